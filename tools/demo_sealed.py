"""Three computers compare secret models: a true copy, a stranger, two cheats; and secret code.

What came of each goes into a case: examined, reviewed, reported. Each party has a folder, a home
with its key, and hands files to the others; nothing else passes between them. What is typed and
printed is shown; `demo-sealed/` keeps all of it.
"""

import json
import os
import re
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Final

from shown import ROOT, as_typed, printed

DEMO: Final = ROOT / "demo-sealed"
MODELS: Final = Path("examples/casebook")
ROLES: Final = ("claimant", "respondent", "tribunal")
SIDES: Final = ROLES[:2]
LEAST: Final = 24  # characters of a fragment
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
        said = printed(self.root / role / "home", *words, fine=(0, 4))
        if shown:
            self.said.append(f"\n{role}$ {as_typed(*words)}\n{said}".replace(f"{DEMO}/", ""))
        return said

    def folder(self, role: str) -> Path:
        """This party's folder of the session."""
        return self.root / role / "session"

    def begin(self, *more: str) -> None:
        """Terms, seals, and who joins; with a set nothing but the set."""
        sides = [
            word
            for side in ("claimant", "respondent")
            for word in (f"--{side}", self.root / side / "home" / "keys" / f"{side}.pub")
        ]
        start = ("blind", "start", self.folder("tribunal"), "--key", "tribunal", *sides)
        toys = ("--error", "0", "--whole", "100")  # models this small can be solved for
        self.type("tribunal", *start, "--audit", str(AUDIT), *(more or toys))
        terms = self.folder("tribunal") / "send" / "01-terms-tribunal.json"
        for role, model in self.models.items():
            seal = self.root / role / "it.seal"
            joined: tuple[str | Path, ...] = ("--key", role, "--material", model)
            if not more:
                self.type(role, "seal", model, "-o", seal, "--quiet")
                joined += ("--secret", f"{seal}.secret")
            self.type(role, "blind", "join", self.folder(role), terms, *joined)
        self.deliver()

    def deliver(self) -> None:
        """Hand over everybody's `send`, and `send-ROLE` to that role, as a messenger would."""
        for role in ROLES:
            files: list[Path] = []
            for other in (one for one in ROLES if one != role):
                handed = [self.folder(other) / name for name in ("send", f"send-{role}")]
                for path in sorted(p for one in handed if one.exists() for p in one.iterdir()):
                    known = path.name.startswith("01-") or (role, path.name) in self.sent
                    if not known:
                        self.sent.add((role, path.name))
                        files.append(path)
            if files:
                self.type(role, "blind", "take", self.folder(role), *files, "--quiet", shown=False)

    def step(self, *roles: str) -> None:
        """These parties go on, and everything is handed over."""
        for role in roles:
            self.type(role, "blind", "next", self.folder(role))
        self.deliver()

    def end(self, *controls: str | Path) -> str:
        """The tribunal compares; the course as any of them sees it; both keep the session."""
        given = [word for one in controls or (CONTROL,) for word in ("--control", one)]
        report = self.type("tribunal", "blind", "compare", self.folder("tribunal"), *given)
        self.deliver()
        self.type("claimant", "blind", "show", self.folder("claimant"))
        for role, more in (("claimant", ()), ("tribunal", ("--whole",))):
            kept = self.root / role / "it.session"
            self.type(role, "blind", "keep", self.folder(role), "-o", kept, *more)
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


def fragments(name: str, *packages: str, every: int = 1) -> Path:
    """The lines of some of this program's own packages, as a set; of so many files one."""
    paths = [
        path for one in packages for path in sorted((ROOT / "src/filiation" / one).rglob("*.py"))
    ]
    lines = {line.strip() for path in paths[::every] for line in path.read_text().splitlines()}
    out = DEMO / "fragments" / f"{name}.txt"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(sorted(line for line in lines if len(line) > LEAST)) + "\n")
    return out


def secret_code() -> tuple[Demo, str]:
    """Two secret trees: the respondent's has every second file of the claimant's among its own."""
    demo = Demo("code", fragments("respondent", "web"))
    ours, taken = fragments("claimant", "sealed", "sketching"), demo.models["respondent"]
    half = fragments("half", "sealed", "sketching", every=2)
    taken.write_text(taken.read_text() + half.read_text())
    demo.models["claimant"] = ours
    demo.begin("--set", "--matches")
    for roles in (ROLES, SIDES, SIDES, SIDES, ROLES, SIDES):
        demo.step(*roles)
    others = ("numerics", "methods/weights", "methods/owner", "readers/logs", "examining", "cli",
              "populations", "libraries", "casefile/laws", "interrogate")  # fmt: skip
    named = (f"{one.replace('/', '-')}={fragments(one.replace('/', '-'), one)}" for one in others)
    return demo, demo.end(*named)


def in_a_case(names: Sequence[str]) -> str:
    """What came of every session as exhibits of one case; the claimant's own case has them too."""
    demo = Demo("court", MODELS / "parent")
    case = demo.root / "case"
    for role in ("examiner", "reviewer"):
        demo.type("tribunal", "case", "key", role, shown=False)
    demo.type("tribunal", "case", "open", case, "--title", "Secret models", "--lead", "court")
    keys = demo.root / "tribunal" / "home" / "keys"
    for role in ("examiner", "reviewer"):
        party = ("--role", role, "--public-key", keys / f"{role}.pub")
        demo.type("tribunal", "case", "party", case, role, *party)
    for name in names:
        kept = DEMO / name / "tribunal" / "it.session"
        how = ("--from", "court", "--how", "as it was signed", "--copy")
        demo.type("tribunal", "case", "add", case, kept, "--name", name, *how)
        demo.type("tribunal", "case", "examine", case, "--session", name, "--as", "examiner")
        demo.type("tribunal", "case", "review", case, "--as", "reviewer", "--agrees", "The same.")
        demo.type("tribunal", "case", "report", case, "--no-pdf", "--language", "de")
    own = demo.root / "claimant" / "case"
    demo.type("claimant", "case", "open", own, "--title", "Ours", "--lead", "acme")
    thin = DEMO / names[0] / "claimant" / "it.session"
    by = ("--from", "acme", "--how", "as everybody has it")
    demo.type("claimant", "case", "add", own, thin, "--name", names[0], *by)
    demo.type("tribunal", "case", "replay", case)
    return "".join(demo.said)


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
    demo, code = secret_code()
    print(f"\n=== secret code ===\n{''.join(demo.said)}", flush=True)
    if "p = 0.0909" not in code:
        raise SystemExit("secret code: the copied half is not first of ten controls")
    told = in_a_case([name.replace(" ", "-") for name in reports] + ["code"])
    print(f"\n=== in a case ===\n{told}", flush=True)
    if told.count(": the same") < 2 * (len(reports) + 1):
        raise SystemExit("a session, or its report, does not follow from what the case keeps")
    for name, _, cheat, words in EXPECTED:
        found = re.sub(r"\s+", " ", reports[name])
        if (words in found) is (name == "a stranger"):
            raise SystemExit(f"{name}: the report does not say what it should")
        if bool(cheat) is ("is not that of what" not in found):
            raise SystemExit(f"{name}: caught, or not caught, against what was done")
    print(f"\nReports: demo-sealed/*/tribunal/session/send/report.txt ({len(reports)} sessions,")
    print(f"{time.monotonic() - begun:.0f} s). The tribunal's examinations lie beside them;")
    print("pages of the case: demo-sealed/court/case/reports.")


if __name__ == "__main__":
    main()
