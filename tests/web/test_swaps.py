"""What a server or a file could have somebody sign that reads otherwise, or is not asked for."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from filiation.casefile.heads import HEAD_KIND
from filiation.casefile.ledger import keys
from filiation.casefile.ledger.dsse import pae, taken_apart
from filiation.proceedings.desk import signing
from filiation.report.wording.desk import message_lines
from web.desk import Bench, begun, events

MODELS = Path(__file__).resolve().parents[2] / "examples" / "casebook"
ADDRESS = "http://127.0.0.1:1/" + "t" * 43 + "/deeds/it"


@pytest.mark.parametrize("other", [{"key": "0" * 64}, {"time": "2020-01-01T00:00:00Z"}, {}])
def test_a_head_that_is_not_the_events_is_asked_about(
    at_plan: Bench, monkeypatch: pytest.MonkeyPatch, other: dict[str, str]
) -> None:
    """After an event a server could have had any key of this computer sign a head, unasked."""
    deed = at_plan.began("acme", "state", {"kind": "claim", "text": "Once."})
    event = at_plan.stands("acme", deed, "sign")
    said = json.loads(taken_apart(base64.b64decode(event["message"]), "it")[1])
    head = {"case": said["case"], "size": said["sequence"] + 1, "actor": "acme", "root": "0" * 64}
    head |= {"time": other.get("time", said["time"]), "database": "0" * 64}
    message = base64.b64encode(pae(HEAD_KIND, rfc8785.dumps(head))).decode()
    then = {**event, "message": message, "key": other.get("key", said["key"])}
    done = {**event, "where": "done", "said": ["done"]}
    answers = [signing._Waiting.read(json.dumps(one).encode()) for one in (event, then, done)]
    monkeypatch.setattr(signing, "_asked", lambda *_: answers.pop(0))
    monkeypatch.setattr(signing, "private_key", lambda *_: Ed25519PrivateKey.generate())
    asked: list[list[str]] = []
    assert list(signing.sign_at(ADDRESS, lambda lines: not asked.append(lines))) == ["done"]
    assert len(asked) == (2 if other else 1)


def test_no_character_of_what_is_signed_moves_a_terminal() -> None:
    """Words that hide, overwrite or turn round what stands behind them."""
    words = "I agree.\x1b[8m\u202e to nothing\r\x9b2J\ud800"
    event = {"sequence": 1, "case": "c\x1b[2J", "actor": "a\u202eb", "verb": "claim\n\x07"}
    shown = [*message_lines("x.event+json", json.dumps(event).encode(), [words])]
    digest = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()
    event |= {"writes": [{"what": "text", "sha256": digest}]}  # type: ignore[dict-item]
    shown += message_lines("x.event+json", json.dumps(event).encode(), [words])
    shown += message_lines("x.head+json", json.dumps({"case": "\x1b[8m", "size": "\x9b"}).encode())
    shown += message_lines("x.export+json", json.dumps({"for": "\u202e"}).encode())
    assert any("I agree." in line for line in shown)
    assert all(c.isprintable() or c == "\n" for line in shown for c in line)


def test_what_was_signed_before_the_rest_was_dropped_is_told(at_plan: Bench) -> None:
    """Three exhibits in one deed, dropped after the first: one is on record, and it says so."""
    model, count = MODELS / "parent", events(at_plan)
    files = [(path.name, path.read_bytes()) for path in sorted(model.iterdir())]
    fields = {"name": "theirs", "how": "by mail", "along": "on"}
    deed = begun(at_plan.upload("acme", "do/add", fields, files))
    own = at_plan.home / "keys" / "acme.pem"
    for _ in range(2):  # the event and its head
        _sign(at_plan, deed, own)
    at_plan.stands("acme", deed, "sign")
    assert at_plan.send("acme", f"deeds/{deed}/drop", {}).code == 303
    said = at_plan.stands("acme", deed, "refused")["said"]
    assert events(at_plan) == count + 1
    assert "on record" in said[0] and "theirs" in said[1] and "dropped" in said[-1]


def test_a_refusal_does_not_say_where_the_server_keeps_things(at_plan: Bench) -> None:
    fields = {"name": "n", "how": "by mail"}
    for name, raw in (("x.csv", b"a,b\n1,2\n"), ("m.tar", b"no tar"), ("m.safetensors", b"{}")):
        deed = begun(at_plan.upload("acme", "do/add", fields, [(name, raw)]))
        (said,) = at_plan.stands("acme", deed, "refused")["said"]
        assert name in said and "desk" not in said and str(at_plan.case.parent) not in said, said


def _sign(made: Bench, deed: str, own: Any) -> None:
    now = made.stands("acme", deed, "sign")
    signature = keys._load(own).sign(base64.b64decode(now["message"]))
    sent = {"message": now["message"], "signature": base64.b64encode(signature).decode()}
    assert made.send("acme", f"deeds/{deed}/signature", sent).code == 303
