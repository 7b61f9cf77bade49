"""Three computers compare secret models: a true copy, a stranger, and two cheats.

Each party has a folder, a home with its key, and hands files to the others; nothing else passes
between them. What is typed and printed is shown; `demo-sealed/` keeps all of it.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
DEMO: Final = ROOT / "demo-sealed"
MODELS: Final = Path("examples/casebook")
ROLES: Final = ("claimant", "respondent", "tribunal")
CONTROL: Final = MODELS / "stranger-3"
AUDIT: Final = 12
SIGNING: Final = Lock()  # the home of a key is this process's, while it signs


class Demo:
    """One session of three parties, in a folder of its own."""

    def __init__(self, name: str, respondent: Path) -> None:
        self.root, self.sent = DEMO / name, set[tuple[str, str]]()
        self.said: list[str] = []
        self.models = {"claimant": MODELS / "parent", "respondent": respondent}
        for role in ROLES:
            (self.root / role).mkdir(parents=True)
            self.type(role, "case", "key", role)

    def type(self, role: str, *words: str | Path, shown: bool = True) -> str:
        """Run one command on this party's computer."""
        given = [str(word) for word in words]
        place = {**os.environ, "FILIATION_HOME": str(self.root / role / "home"), "COLUMNS": "100"}
        done = subprocess.run(
            [sys.executable, "-m", "filiation", *given],
            cwd=ROOT, env=place, check=False, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        if shown:
            said = f"\n{role}$ filiation {shlex.join(given)}\n{done.stdout}"
            self.said.append(said.replace(f"{DEMO}/", ""))
        if done.returncode not in (0, 4):
            raise SystemExit(f"exit status {done.returncode}")
        return done.stdout

    def folder(self, role: str) -> Path:
        """This party's folder of the session."""
        return self.root / role / "session"

    def begin(self) -> None:
        """Terms, seals, and who joins."""
        sides = [
            word
            for side in ("claimant", "respondent")
            for word in (f"--{side}", self.root / side / "home" / "keys" / f"{side}.pub")
        ]
        start = ("blind", "start", self.folder("tribunal"), "--key", "tribunal", *sides)
        toys = ("--error", "0", "--whole", "100")  # models this small can be solved for
        self.type("tribunal", *start, "--audit", str(AUDIT), *toys)
        terms = self.folder("tribunal") / "send" / "01-terms-tribunal.json"
        for role, model in self.models.items():
            seal = self.root / role / "it.seal"
            self.type(role, "seal", model, "-o", seal, "--quiet")
            joined = ("--key", role, "--material", model, "--secret", f"{seal}.secret")
            self.type(role, "blind", "join", self.folder(role), terms, *joined)
        self.deliver()

    def deliver(self) -> None:
        """Hand over what lies in everybody's `send`, as a messenger would."""
        for role in ROLES:
            files: list[Path] = []
            for other in (one for one in ROLES if one != role):
                for path in sorted((self.folder(other) / "send").iterdir()):
                    alone = path.suffix in (".material", ".opening") and role != "tribunal"
                    skipped = path.suffix == ".txt" or path.name.startswith("01-") or alone
                    if not skipped and (role, path.name) not in self.sent:
                        self.sent.add((role, path.name))
                        files.append(path)
            if files:
                self.type(role, "blind", "take", self.folder(role), *files, "--quiet", shown=False)

    def step(self, *roles: str) -> None:
        """These parties go on, and everything is handed over."""
        for role in roles:
            self.type(role, "blind", "next", self.folder(role))
        self.deliver()

    def end(self) -> str:
        """The tribunal compares; the course as any of them sees it."""
        report = self.type(
            "tribunal", "blind", "compare", self.folder("tribunal"), "--control", CONTROL
        )
        self.deliver()
        self.type("claimant", "blind", "show", self.folder("claimant"))
        return report


def course(name: str, respondent: str, cheat: str = "") -> tuple[str, str]:
    """One session: its transcript and report. A cheat sketches `cheat` and seals `respondent`."""
    demo = Demo(name.replace(" ", "-"), MODELS / respondent)
    demo.begin()
    demo.step(*ROLES)
    if cheat:
        demo.type("respondent", "blind", "next", demo.folder("respondent"), shown=False)
        cheated(demo, cheat)
        demo.step("claimant")
    else:
        demo.step("claimant", "respondent")
    demo.step(*ROLES)
    demo.step("claimant", "respondent")
    report = demo.end()
    return "".join(demo.said), report


def cheated(demo: Demo, cheat: str) -> None:
    """Commit to another material, as whoever wrote a program of its own: ours refuses to.

    A stranger's sketch, or (`altered`) random directions under true digests.
    """
    import numpy as np

    from filiation.proceedings.blind.folder import opened_room
    from filiation.proceedings.blind.weights import method_of
    from filiation.readers.weights.exhibited import open_exhibited
    from filiation.sealed.blind.bundles import bundle_of, file_digest
    from filiation.sketching.sketch import take_sketch

    folder = demo.folder("respondent")
    for path in folder.glob("*/04-*"):
        path.unlink()
    room = opened_room(folder)
    target = room.private / "material.sketch"
    if cheat != "altered":
        target.unlink()
        take_sketch(open_exhibited(ROOT / MODELS / cheat), target, method=method_of(room))
    raw = bytearray(target.read_bytes())
    length = int.from_bytes(raw[:8], "little")
    rng = np.random.default_rng(1)
    for name, entry in json.loads(raw[8 : 8 + length]).items():
        if cheat == "altered" and name.endswith((".native", ".token", ".table")):
            begin, end = (8 + length + place for place in entry["data_offsets"])
            raw[begin:end] = rng.integers(-127, 128, end - begin).astype(np.int8).tobytes()
    bundle = room.private / "respondent.material"
    nonce = bytes.fromhex(room.own.nonce)
    bundle.write_bytes(bundle_of(room.session.id, "respondent", "material", nonce, bytes(raw)))
    with SIGNING:
        os.environ["FILIATION_HOME"] = str(demo.root / "respondent" / "home")
        room.say("commit", {"material": file_digest(bundle)})
    demo.deliver()


EXPECTED: Final = (
    ("a true copy", "fine-tuned", "", "The findings support shared weights"),
    ("a stranger", "stranger-2", "", "is not that of what"),
    (
        "seals another model",
        "fine-tuned",
        "stranger-2",
        "respondent's material is not that of what",
    ),
    ("alters its material", "fine-tuned", "altered", "respondent's material is not that of what"),
)


def main() -> None:
    """All four sessions; each must end as it should."""
    begun = time.monotonic()
    shutil.rmtree(DEMO, ignore_errors=True)
    reports: dict[str, str] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        courses = [pool.submit(course, *one[:3]) for one in EXPECTED]
        for one, (name, *_) in zip(courses, EXPECTED, strict=True):
            transcript, reports[name] = one.result()
            print(f"\n=== {name} ===\n{transcript}", flush=True)
    for name, _, cheat, words in EXPECTED:
        found = re.sub(r"\s+", " ", reports[name])
        if (words in found) is (name == "a stranger"):
            raise SystemExit(f"{name}: the report does not say what it should")
        if bool(cheat) is ("is not that of what" not in found):
            raise SystemExit(f"{name}: caught, or not caught, against what was done")
    print(f"\nReports: demo-sealed/*/tribunal/session/send/report.txt ({len(reports)} sessions,")
    print(f"{time.monotonic() - begun:.0f} s). The tribunal's examinations lie beside them.")


if __name__ == "__main__":
    main()
