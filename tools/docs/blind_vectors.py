"""Write the vectors of a blind comparison: whole sessions of messages, and what follows from them.

Keys and shares are fixed, so that the same bytes come out again; `tests/sealed` holds both
implementations against them.
"""

import json
from pathlib import Path
from typing import Final

from sealed.courses import Course, course, message

OUT: Final = Path(__file__).resolve().parents[2] / "examples" / "verifier" / "vectors" / "blind"


def broken(whole: Course, other: Course) -> dict[str, list[bytes]]:
    """Courses that are refused, by why."""
    raws = [raw for _, _, raw in whole.messages]
    session = whole.upto(4)
    forged = message(session, "claimant", key="respondent")
    return {
        "replayed": [*raws[:5], raws[4]],
        "out-of-order": [*raws[:4], raws[7]],
        "left-out": [*raws[:6], *raws[7:]],
        "of-another-session": [*raws[:5], other.messages[5][2]],
        "signed-by-another": [*raws[:4], forged],
        "altered": [*raws[:4], raws[4].replace(b"payload", b"payloaD", 1)],
        "cut": [*raws[:4], raws[4][:-1]],
    }


def main() -> None:
    """All of them, each message once."""
    OUT.mkdir(parents=True, exist_ok=True)
    files: dict[bytes, str] = {}
    told = []
    one, two = course("one"), course("two", "set")
    courses = {"weights": [m[2] for m in one.messages], "set": [m[2] for m in two.messages]}
    courses |= broken(one, course("three"))
    for name, raws in courses.items():
        for raw in raws:
            files.setdefault(raw, f"{len(files):02}.json")
        outcome = "refused"
        if name in ("weights", "set"):
            ended = (one if name == "weights" else two).upto(len(raws))
            outcome = f"{ended.seed()} {ended.audit().hex()}"
        told.append({"name": name, "files": [files[raw] for raw in raws], "outcome": outcome})
    for raw, name in files.items():
        (OUT / name).write_bytes(raw)
    (OUT / "sessions.json").write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
