"""Whose signature is taken, and what whoever signs is told: of files, and of addresses."""

import base64
import contextlib
import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from filiation.casefile.ledger.dsse import pae
from filiation.casefile.ledger.event import KIND
from filiation.casefile.ledger.keys import _load
from filiation.errors import CaseError, FiliationError, UsageError
from filiation.proceedings.desk.signing import sign_at, sign_file
from web.desk import Bench


def test_another_key_signs_nothing(at_plan: Bench) -> None:
    deed = at_plan.began("acme", "state", {"kind": "claim", "text": "Once more."})
    found = at_plan.signed("acme", deed, key="first")
    assert found["where"] == "not taken" and "not that of acme" in found["said"][0]
    assert at_plan.signed("acme", deed)["where"] == "done"  # it still waits for its own


def test_what_was_signed_for_other_bytes_is_none(at_plan: Bench) -> None:
    """A signature of the same key over another deed's bytes."""
    one = at_plan.began("acme", "state", {"kind": "claim", "text": "One."})
    two = at_plan.began("acme", "state", {"kind": "claim", "text": "Two."})
    message = at_plan.stands("acme", one, "sign")["message"]
    key = _load(at_plan.home / "keys" / "acme.pem")
    signature = base64.b64encode(key.sign(base64.b64decode(message))).decode()
    at_plan.stands("acme", two, "sign")
    sent = {"message": message, "signature": signature}
    assert at_plan.send("acme", f"deeds/{two}/signature", sent).code == 400
    assert at_plan.stands("acme", two)["where"] == "sign"


def test_a_file_is_signed_on_another_computer(at_plan: Bench, tmp_path: Path) -> None:
    """The event, and then the head that follows it; only what a case has signed is signed."""
    deed = at_plan.began("acme", "state", {"kind": "claim", "text": "From afar."})
    at_plan.stands("acme", deed, "sign")
    shutil.copytree(at_plan.home / "keys", at_plan.case.parent / "home" / "keys")
    file, shown = tmp_path / "deed.json", list[str]()
    for place, follows in enumerate((True, False)):
        file.write_bytes(at_plan.ask("acme", f"deeds/{deed}.json").body)
        out = tmp_path / f"{place}.signed"
        assert sign_file(file, out, lambda lines: bool(shown.extend(lines)) or True) is follows
        answer = at_plan.upload("acme", f"deeds/{deed}/signature", {},
                                [(out.name, out.read_bytes())], "signed")  # fmt: skip
        assert answer.code == 303, answer.text
    assert at_plan.stands("acme", deed)["where"] == "done"
    assert "  From afar." in shown and any("You vouch" in line for line in shown)
    found = json.loads(file.read_bytes())
    found["message"] = base64.b64encode(pae("application/x-other", b"{}")).decode()
    file.write_text(json.dumps(found))
    with pytest.raises(CaseError, match="no page prepares"):
        sign_file(file, tmp_path / "other.signed", lambda _: True)
    with pytest.raises(UsageError, match="not signed"):
        file.write_bytes(at_plan.ask("acme", f"deeds/{_waiting(at_plan)}.json").body)
        sign_file(file, tmp_path / "none.signed", lambda _: False)


@pytest.mark.parametrize(
    "changed",
    [
        {"message": "no base64!"},
        {"message": base64.b64encode(b"DSSEv1 1 a 1 b").decode()},
        {"message": base64.b64encode(pae(KIND, b"[]")).decode()},
        {"message": base64.b64encode(pae(KIND, b"{")).decode()},
        {"message": 7},
        {"key": None, "texts": 3},
        {"said": None},
        {"where": [[]], "message": "="},
    ],
)
def test_what_no_page_prepared_is_told_in_words(
    at_plan: Bench, tmp_path: Path, changed: dict[str, object]
) -> None:
    """Whatever a program on this computer answers, whoever signs reads a sentence."""
    found = json.loads(at_plan.ask("acme", f"deeds/{_waiting(at_plan)}.json").body)
    file = tmp_path / "deed.json"
    file.write_text(json.dumps({**found, **changed}))
    with pytest.raises(FiliationError):
        sign_file(file, tmp_path / "out", lambda _: True)
    answered = json.dumps({**found, **changed}).encode()
    with _answering(answered) as port, pytest.raises(FiliationError):
        list(sign_at(f"http://127.0.0.1:{port}/{'t' * 43}/deeds/one", lambda _: True))


@contextlib.contextmanager
def _answering(raw: bytes) -> Iterator[int]:
    """A program on this computer that answers whatever it is asked with these bytes."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def _waiting(made: Bench) -> str:
    deed = made.began("acme", "state", {"kind": "claim", "text": "Another."})
    made.stands("acme", deed, "sign")
    return deed
