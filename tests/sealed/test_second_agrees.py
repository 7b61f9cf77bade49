"""Messages in which their own sender put something else: both implementations take the same."""

import base64
import json
import random
import subprocess
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import rfc8785

from filiation.casefile.ledger.dsse import open_envelope, seal
from filiation.errors import CaseError
from filiation.sealed.blind.messages import ENVELOPE
from filiation.sealed.blind.session import session_of
from sealed.courses import Course, course, key_of, word

VERIFIER = Path(__file__).resolve().parents[2] / "examples" / "verifier" / "verify.mjs"
TRIALS = 400
ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, 2, 3, -1, 64, 65, 101, 1025, 10_000, 10_001, 2**53, 1.5, "", "64", "x",
    "count", "matches", "set", "weights", "answers", "held", "failed", "tribunal", "claimant",
    "traps", "abort", "coin", "a" * 63, "A" * 64, word("x"), "é" * 1000, "é" * 1001,
    "\U0001f600" * 100,
    [], {}, [word("x")], {"claimant": word("x"), "respondent": word("y")}, {"claimant": word("x")},
)  # fmt: skip
DRIVER = """
import { verifySession } from %s;
import { readFileSync } from "node:fs";
for (const line of readFileSync(0, "utf8").split("\\n").filter(Boolean)) {
  let told = "taken";
  try { verifySession(JSON.parse(line).map((raw) => Buffer.from(raw, "base64"))); }
  catch { told = "refused"; }
  console.log(told);
}
"""


def changed(found: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """Something else in one place, a field less, or one more."""
    said: dict[str, Any] = json.loads(json.dumps(found))
    places = [(said, name) for name in said if name != "body"]
    inner = [one for one in (said["body"], said["body"].get("seal"), said["body"].get("keys"))
             if isinstance(one, dict)]  # fmt: skip
    places += 3 * [(one, name) for one in inner for name in one]
    where, name = draw.choice(places)
    how = draw.random()
    if how < 0.08:
        del where[name]
    elif how < 0.14:
        where["more"] = draw.choice(ODD)
    else:
        where[name] = draw.choice(ODD)
    return said


def crafted(whole: Course, draw: random.Random) -> list[bytes]:
    """A course up to some message, that one changed, and signed by whoever should sign it."""
    place = draw.randrange(len(whole.messages))
    _, role, raw = whole.messages[place]
    said = changed(json.loads(open_envelope(raw, "it").payload), draw)
    if draw.random() < 0.25 and place > 0:
        reason: dict[str, Any] = {"reason": draw.choice(ODD)}
        said = {**said, "step": "abort", "body": reason,
                "number": said.get("number", 1) + draw.choice((-1, 0, 0, 0, 1, 2))
                if type(said.get("number")) is int else 1}  # fmt: skip
    before = [one for _, _, one in whole.messages[:place]]
    return [*before, seal(ENVELOPE, rfc8785.dumps(said), key_of(role))]


def ours(raws: list[bytes]) -> str:
    try:
        session = session_of(raws[0], "terms")
        for raw in raws[1:]:
            session.take(raw, "message")
    except CaseError:
        return "refused"
    return "taken"


def trials() -> list[list[bytes]]:
    draw, found = random.Random(21), list[list[bytes]]()
    courses = [course(), course("two", "set"), course("four", "answers")]
    while len(found) < TRIALS:
        try:
            found.append(crafted(draw.choice(courses), draw))
        except rfc8785.CanonicalizationError:  # nobody could sign it
            continue
    return found


@pytest.mark.skipif(which("node") is None, reason="runs under Node.js")
def test_both_take_and_refuse_the_same(tmp_path: Path) -> None:
    raws = trials()
    driver = tmp_path / "driver.mjs"
    driver.write_text(DRIVER % json.dumps(VERIFIER.as_uri()))
    given = "\n".join(json.dumps([base64.b64encode(raw).decode() for raw in one]) for one in raws)
    done = subprocess.run(
        ["node", driver], input=given, capture_output=True, text=True, check=True
    )  # fmt: skip
    theirs, told = done.stdout.split(), [ours(one) for one in raws]
    assert len(theirs) == TRIALS and 20 < told.count("taken") < TRIALS - 200
    differing = [
        json.loads(open_envelope(one[-1], "it").payload)
        for one, here, there in zip(raws, told, theirs, strict=True)
        if here != there
    ]
    assert differing == []
