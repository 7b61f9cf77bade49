"""Write the vectors of a blind comparison: whole sessions of messages, and what follows from them.

Keys and shares are fixed, so that the same bytes come out again; `tests/sealed` holds both
implementations against them.
"""

import json
from pathlib import Path
from typing import Any, Final

import rfc8785

from filiation.casefile.ledger.dsse import open_envelope, seal
from filiation.errors import CaseError
from filiation.sealed.blind.messages import ENVELOPE
from filiation.sealed.blind.session import Session, session_of
from sealed.courses import Course, course, key_of, message, said, terms, word

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


SEALS: Final[dict[str, dict[str, object]]] = {
    "leaves-as-text": {"leaves": "64"},
    "too-few-leaves": {"leaves": 32},
    "leaves-of-no-tree": {"leaves": 65},
    "too-many-leaves": {"leaves": 1 << 23},
    "no-root": {"root": "ab"},
    "label-too-long": {"label": "x" * 1001},
    "label-of-another-type": {"label": 5},
    "more-in-the-seal": {"more": 1},
}
TERMS: Final[dict[str, dict[str, object]]] = {
    "audit-of-nothing": {"audit": 0},
    "audit-as-text": {"audit": "4"},
    "too-many-columns": {"columns": 1025},
    "bound-above-100": {"error": 101},
    "one-key-twice": {"keys": dict.fromkeys(("claimant", "respondent", "tribunal"), word("x"))},
    "other-material": {"material": "gold"},
    "both-as-number": {"both": 1},
    "epsilon-of-weights": {"epsilon": 100},
    "epsilon-of-matches": {"material": "set", "share": "matches", "epsilon": 100},
    "controls-without-epsilon": {"material": "set", "controls": 9},
    "too-many-controls": {"material": "set", "epsilon": 100, "controls": 1001},
    "controls-as-text": {"material": "set", "epsilon": 100, "controls": "9"},
    "battery-of-weights": {"battery": "traps", "items": 9, "repeat": 1},
    "name-of-a-battery-alone": {"battery": "traps"},
    "answers-without-prompts": {"material": "answers", "battery": "traps", "repeat": 1},
    "more-in-the-terms": {"more": 1},
}


def _joined(given: dict[str, object]) -> list[bytes]:
    """A side that joins with a seal in which something is otherwise."""
    raw = terms()
    session = session_of(raw, "terms")
    body = said(session, "join", "claimant")
    return [raw, message(session, "claimant", body={**body, "seal": {**body["seal"], **given}})]


def _aborted(whole: Course, **given: Any) -> list[bytes]:
    session = whole.upto(6)
    fields: dict[str, Any] = {
        "number": 3, "answers": session.answers(3), "step": "abort", "body": {"reason": "no"},
    } | given  # fmt: skip
    return [*[raw for _, _, raw in whole.messages[:6]], message(session, "tribunal", **fields)]


def _tribunal_joined(*lacking: str, **given: object) -> list[bytes]:
    """A tribunal that joins otherwise than it should."""
    raw = terms()
    session = session_of(raw, "terms")
    body = {**said(session, "join", "tribunal"), **given}
    kept = {name: one for name, one in body.items() if name not in lacking}
    return [raw, message(session, "tribunal", body=kept)]


def _older() -> list[bytes]:
    """Terms of the first version of the protocol, as it was before anything was released."""
    payload = json.loads(open_envelope(terms(), "it").payload)
    del payload["body"]["controls"]
    return [seal(ENVELOPE, rfc8785.dumps({**payload, "protocol": 1}), key_of("tribunal"))]


def crafted(whole: Course) -> dict[str, list[bytes]]:
    """What its own sender signed wrongly."""
    session = whole.upto(4)
    last = whole.upto(len(whole.messages) - 1)
    result = said(last, "result", "tribunal")
    before = [raw for _, _, raw in whole.messages[:-1]]
    found = {f"join, {name}": _joined(given) for name, given in SEALS.items()}
    found |= {f"terms, {name}": [terms(**given)] for name, given in TERMS.items()}  # type: ignore[arg-type]
    found |= {
        "join, tribunal without its secret of the noise": _tribunal_joined("noise"),
        "join, tribunal with a seal": _tribunal_joined(seal={"root": word("x"), "leaves": 64,
                                                             "label": ""}),
        "join, secret of the noise that is none": _tribunal_joined(noise="ab"),
        "terms, of protocol 1": _older(),
        "abort, reason too long": _aborted(whole, body={"reason": "x" * 1001}),
        "abort, no reason": _aborted(whole, body={"reason": None}),
        "abort, of the past": _aborted(whole, number=2),
        "abort, of the future": _aborted(whole, number=9),
        "abort, answers what was not said": _aborted(whole, answers=(word("x"),)),
        "abort, said as text": _aborted(whole, number="3"),
        "value of another type": [
            *[raw for _, _, raw in whole.messages[:4]],
            message(session, "claimant", body={"value": 5}),
        ],
        "result without what was found": [
            *before, message(last, "tribunal", body={**result, "found": ""}),
        ],
        "result with a list for one side": [
            *before, message(last, "tribunal", body={**result, "matches": {"claimant": word("x")}}),
        ],
        "result of another kind": [
            *before, message(last, "tribunal", body={**result, "claimant": "won"}),
        ],
    }  # fmt: skip
    return found


def followed(raws: list[bytes]) -> str:
    """What comes of a course: seed, audit's coin and who aborted; or that it is refused."""
    try:
        session: Session = session_of(raws[0], "terms")
        for raw in raws[1:]:
            session.take(raw, "message")
    except CaseError:
        return "refused"
    if session.aborted is not None:
        return f"aborted by {session.aborted.sender}"
    if session.says("reveal", "tribunal") is None:
        return "under way"
    return f"{session.seed()} {session.audit().hex()}"


def main() -> None:
    """All of them, each message once."""
    OUT.mkdir(parents=True, exist_ok=True)
    files: dict[bytes, str] = {}
    told = []
    one, two, four = course("one"), course("two", "set"), course("four", "answers")
    honest = {"weights": one, "set": two, "answers": four}
    courses = {name: [m[2] for m in made.messages] for name, made in honest.items()}
    noisy = terms("five", material="set", epsilon=100, controls=9)
    courses |= {"counts with noise": [noisy]}
    courses |= {"aborted": _aborted(one), "aborted later": _aborted(one, number=4)}
    good = set(courses)
    courses |= broken(one, course("three")) | crafted(one)
    for name, raws in courses.items():
        outcome = followed(raws)
        if (outcome == "refused") is (name in good):
            raise SystemExit(f"{name}: {outcome}")
        for raw in raws:
            files.setdefault(raw, f"{len(files):02}.json")
        told.append({"name": name, "files": [files[raw] for raw in raws], "outcome": outcome})
    for path in OUT.glob("[0-9]*.json"):
        path.unlink()
    for raw, name in files.items():
        (OUT / name).write_bytes(raw)
    (OUT / "sessions.json").write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
