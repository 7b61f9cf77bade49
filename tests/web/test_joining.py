"""Opening a case and joining it on pages, attacked: whose key is whose, and what a guest sees."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.types import ASGIApp

from cli.case.conftest import at_home
from filiation.casefile.ledger.dsse import pae
from filiation.casefile.ledger.keys import public_pem
from filiation.casefile.place import is_free
from filiation.casefile.record import Record
from filiation.errors import UsageError
from filiation.proceedings.desk.open import Desk
from filiation.proceedings.desk.person import people
from filiation.proceedings.verifying import verify_case
from filiation.web.app import application
from filiation.web.guard import form_secret
from filiation.web.people import JOINING
from filiation.web.sessions import GUESTS, Sessions
from web.asking import PORT
from web.desk import Bench, token

LEAD, ACME, EVE = (Ed25519PrivateKey.generate() for _ in range(3))


@dataclass
class Joining(Bench):
    """A server at which a case is opened."""

    sessions: Sessions

    def proof(self, who: str, key: Ed25519PrivateKey) -> str:
        secret = form_secret(token(who))
        return base64.b64encode(key.sign(pae(JOINING, secret.encode()))).decode()

    def hands_in(self, who: str, key: Ed25519PrivateKey, proof: str | None = None) -> int:
        said = {"signature": self.proof(who, key) if proof is None else proof}
        files = [(f"{who}.pub", public_pem(key.public_key()))]
        return self.upload(who, "do/key", said, files, "public_key").code

    def secret(self, who: str) -> str:
        return form_secret(token(who))

    def sign(self, who: str, deed: str, key: Ed25519PrivateKey) -> list[str]:
        while (now := self.stands(who, deed, "sign", "done", "refused"))["where"] == "sign":
            signature = base64.b64encode(key.sign(base64.b64decode(now["message"]))).decode()
            sent = {"message": now["message"], "signature": signature}
            assert self.send(who, f"deeds/{deed}/signature", sent).code == 303
        assert now["where"] == "done", now
        said: list[str] = now["said"]
        return said


OPENED = {"dispute": "Orders", "short": "tribunal", "days": "30", "counting": "calendar"}


def served(case: Path) -> Joining:
    sessions = Sessions({token("one"): one for one in people(case, [], [])})
    desk = Desk(case, sessions.opened)
    app: ASGIApp = application(case, sessions=sessions, port=PORT, largest=1 << 20, desk=desk)
    return Joining(case, app, desk, case.parent, sessions)


@pytest.fixture(params=["nothing", "an empty folder"])
def made(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Joining]:
    """A server where there is no case."""
    if request.param == "an empty folder":
        (tmp_path / "case").mkdir()
    with at_home(tmp_path):
        found = served(tmp_path / "case")
        yield found
        found.desk.close()


@pytest.fixture
def opened(made: Joining, monkeypatch: pytest.MonkeyPatch) -> Joining:
    """The case is opened; who is invited gets the tokens `acme`, `eve`."""
    assert made.hands_in("one", LEAD) == 303
    made.sign("one", made.began("one", "open", OPENED), LEAD)
    for who in ("acme", "eve"):
        monkeypatch.setattr("filiation.web.sessions.new_token", lambda who=who: token(who))
        assert made.send("one", "do/invite", {}).code == 303
    return made


def test_who_opens_a_case_leads_it_at_the_same_address(made: Joining, tmp_path: Path) -> None:
    assert made.ask("one", "index.html").headers["location"] == "do.html"
    assert "no case in this folder yet" in made.ask("one", "do.html").text
    assert made.ask("one", "do/open.html").headers["location"] == "../key.html"  # first a key
    assert made.hands_in("one", LEAD) == 303
    assert made.ask("one", "do/open.html").code == 200
    assert is_free(tmp_path / "case")
    first = made.began("one", "open", OPENED)
    second = made.began("one", "open", {**OPENED, "short": "other"})
    assert "tribunal leads it" in made.sign("one", first, LEAD)[0]
    assert made.stands("one", second, "sign", "refused")["where"] in ("sign", "refused")
    assert "tribunal" in made.ask("one", "index.html").text
    assert "Admit a party" in made.ask("one", "do.html").text
    assert verify_case(tmp_path / "case").problems == ()
    assert not (tmp_path / "home" / "keys").exists()
    assert [*tmp_path.glob("case/case.toml")] and Record(tmp_path / "case").state().opening.days


def test_an_opening_that_waits_survives_a_kill(made: Joining, tmp_path: Path) -> None:
    made.hands_in("one", LEAD)
    deed = made.began("one", "open", OPENED)
    made.stands("one", deed, "sign")
    made.desk.close()
    again = served(tmp_path / "case")
    assert "opened" in again.sign("one", deed, LEAD)[0]
    began = again.began("one", "state", {"kind": "submission", "text": "Later."})
    again.stands("one", began, "sign")
    again.desk.close()  # and what waits in the case that was opened, does too
    with pytest.raises(UsageError, match="no party"):
        people(tmp_path / "case", ["one"], [])
    desk = Desk(tmp_path / "case")
    assert desk.get(began, "tribunal") is not None
    desk.close()


def test_a_guest_sees_no_word_of_the_case(opened: Joining) -> None:
    assert "Orders" in opened.ask("one", "index.html").text
    for path in ("log.html", "do.html", "deeds.html", "people.html", "search.html", "key.html",
                 "log/0.html", "de/key.html", "do/open.html", "do/party.html"):  # fmt: skip
        found = opened.ask("eve", path, query="q=Orders" if "search" in path else "")
        assert "Orders" not in found.text and "tribunal" not in found.text, path
        assert found.code in (200, 307, 404)
    assert opened.send("eve", "do/state", {"kind": "claim", "text": "x"}).code == 400
    assert opened.send("eve", "do/invite", {}).code == 404


def test_anothers_public_key_opens_nothing(opened: Joining) -> None:
    """It is no secret; who joins shows that the other half is at hand, for this address alone."""
    for proof in ("", "x", opened.proof("eve", EVE), opened.proof("acme", ACME), "A" * 88):
        assert opened.hands_in("eve", ACME, proof) == 400
    assert opened.hands_in("acme", ACME) == 303
    key = re.search(r'<option value="([0-9a-f]{64})"', opened.ask("one", "do/party.html").text)
    assert key
    party = {"short": "acme", "role": "claimant", "invited": key[1]}
    opened.sign("one", opened.began("one", "party", party), LEAD)
    assert opened.hands_in("eve", ACME, opened.proof("acme", ACME)) == 400
    assert opened.ask("eve", "index.html").headers["location"] == "key.html"
    assert opened.ask("acme", "index.html").code == 200  # admitted, and seen to be
    assert "You act as acme" in opened.ask("acme", "do.html").text
    assert opened.ask("acme", "key.html").code == 404
    deed = opened.began("acme", "state", {"kind": "claim", "text": "They took it."})
    assert "claim of acme" in opened.sign("acme", deed, ACME)[0]
    assert verify_case(opened.case).problems == ()


@pytest.mark.parametrize("raw", [b"", b"x", b"-----BEGIN PRIVATE KEY-----\nx\n", b"\xff" * 9000])
def test_what_is_no_public_key_is_refused(opened: Joining, raw: bytes) -> None:
    said = {"signature": opened.proof("eve", EVE)}
    found = opened.upload("eve", "do/key", said, [("eve.pub", raw)], "public_key")
    assert found.code == 400 and str(opened.case.parent) not in found.text
    assert opened.upload("eve", "do/key", said, [], "public_key").code == 400


def test_two_keys_or_one_that_nobody_handed_in(opened: Joining) -> None:
    party = {"short": "acme", "role": "claimant", "invited": "0" * 64}
    assert opened.send("one", "do/party", party).code == 400
    opened.hands_in("acme", ACME)
    (key,) = re.findall(r'<option value="([0-9a-f]{64})"',
                        opened.ask("one", "do/party.html").text)  # fmt: skip
    files = [("eve.pub", public_pem(EVE.public_key()))]
    found = opened.upload("one", "do/party", {**party, "invited": key}, files, "public_key")
    assert found.code == 400 and "two keys" in found.text


def test_invitations_are_bounded(opened: Joining, monkeypatch: pytest.MonkeyPatch) -> None:
    count = iter(range(1000))
    monkeypatch.setattr("filiation.web.sessions.new_token", lambda: token(f"g{next(count)}"))
    codes = [opened.send("one", "do/invite", {}).code for _ in range(GUESTS)]
    assert codes.count(303) == GUESTS - 2 and codes[-1] == 400


def test_the_lead_finds_everybodys_address(
    opened: Joining, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, role in (("basel", "respondent"), ("first", "examiner")):
        files = [] if name == "basel" else [("f.pub", public_pem(EVE.public_key()))]
        began = opened.upload("one", "do/party", {"short": name, "role": role}, files, "public_key")
        deed = re.search(r"deeds/([\w-]+)\.html", began.headers["location"])
        assert deed
        opened.sign("one", deed[1], LEAD)
    made = iter(("basel", "first"))
    monkeypatch.setattr("filiation.web.sessions.new_token", lambda: token(next(made)))
    page = opened.ask("one", "people.html").text
    assert token("basel") in page and token("first") in page and token("one") in page
    assert "You act as first" in opened.ask("first", "do.html").text
    assert opened.ask("basel", "index.html").code == 200  # joined without a key: reads
    assert opened.send("basel", "do/state", {"kind": "answer", "text": "x"}).code == 405
    for who in ("acme", "first", "basel"):
        assert opened.ask(who, "people.html").code == 404
