"""A key that lies elsewhere: the same log and heads as with the key here, or nothing at all."""

import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from filiation.casefile.heads import HEAD_KIND
from filiation.casefile.ledger import keys
from filiation.casefile.ledger.dsse import SigningKey, pae, taken_apart
from filiation.casefile.ledger.elsewhere import KeyElsewhere
from filiation.casefile.ledger.event import KIND
from filiation.errors import CaseError, MovedOnError, UsageError
from filiation.proceedings.admitting import admit
from filiation.proceedings.countersigning import countersign
from filiation.proceedings.deciding import decide
from filiation.proceedings.opening import open_case
from filiation.proceedings.stating import state_words
from filiation.proceedings.verifying import verify_case


class Desk:
    """Holds the keys, and what it was asked to sign."""

    def __init__(self, home: Path) -> None:
        self.home, self.asked = home, list[bytes]()

    def key(self, whose: str) -> Ed25519PrivateKey:
        return keys._load(self.home / "keys" / f"{whose}.pem")

    def sign(self, whose: str, message: bytes) -> bytes:
        self.asked.append(message)
        return self.key(whose).sign(message)

    def ring(self, _wanted: str, whose: str) -> SigningKey:
        return KeyElsewhere(self.key(whose).public_key(), lambda m: self.sign(whose, m))


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FILIATION_HOME", str(tmp_path / "home"))
    open_case(tmp_path / "case", title="T", lead="lead")
    keys.make_key("acme")
    admit(tmp_path / "case", "acme", role="claimant",
          public_key=tmp_path / "home" / "keys" / "acme.pub")  # fmt: skip
    return tmp_path / "case"


def claim(case: Path, words: str = "Theirs came from ours.") -> None:
    state_words(case, "claim", party="acme", title="claim", text=words)


def names(case: Path) -> set[str]:
    return {str(path.relative_to(case)) for path in case.rglob("*")}


def test_the_record_is_whole_and_each_head_is_signed(case: Path) -> None:
    desk = Desk(case.parent / "home")
    with keys.signing_with(desk.ring):
        claim(case)
        decide(case, "dismiss", because="Nothing was shown.")
    kinds = [taken_apart(message, "message")[0] for message in desk.asked]
    assert kinds == [KIND, HEAD_KIND] * 2
    found = verify_case(case)
    assert found.problems == () and found.notes == () and found.counts["events"] == 4


def test_no_key_of_this_computer_is_used_meanwhile(case: Path) -> None:
    def nobody(_wanted: str, whose: str) -> SigningKey:
        raise UsageError(f"{whose} is not here")

    with keys.signing_with(nobody), pytest.raises(UsageError, match="acme is not here"):
        claim(case)
    claim(case)  # and afterwards it is


def test_a_log_that_moved_on_refuses_and_nothing_is_left(case: Path) -> None:
    """While one signs, another's deed is recorded: the first is refused, whole."""
    desk = Desk(case.parent / "home")

    def slow(_wanted: str, whose: str) -> SigningKey:
        def ask(message: bytes) -> bytes:
            if not desk.asked:
                other = threading.Thread(target=claim, args=(case, "Another claim."))
                other.start()  # the lock is free, so it does not wait
                other.join(20)
                assert not other.is_alive()
            return desk.sign(whose, message)

        return KeyElsewhere(desk.key(whose).public_key(), ask)

    with keys.signing_with(slow), pytest.raises(MovedOnError, match="moved on"):
        claim(case)
    found = verify_case(case)
    assert found.problems == () and found.notes == () and found.counts["events"] == 3
    assert not [name for name in names(case) if ".staged" in name]


@pytest.mark.parametrize("wrong", [b"", b"x" * 64])
def test_another_signature_is_none(case: Path, wrong: bytes) -> None:
    before = names(case)
    desk = Desk(case.parent / "home")

    def ring(_wanted: str, whose: str) -> SigningKey:
        return KeyElsewhere(desk.key(whose).public_key(), lambda _: wrong)

    with keys.signing_with(ring), pytest.raises(UsageError, match="not that of the key"):
        claim(case)
    assert names(case) == before


def test_a_head_that_was_left_out_is_signed_as_well(case: Path) -> None:
    head = (case / "head.json").read_bytes()
    claim(case)
    (case / "head.json").write_bytes(head)  # as if killed after the event was on record
    desk = Desk(case.parent / "home")
    with keys.signing_with(desk.ring):
        claim(case, "Once more.")
    assert [taken_apart(m, "m")[0] for m in desk.asked] == [KIND, HEAD_KIND, HEAD_KIND]
    assert verify_case(case).notes == ()


def test_the_lead_signs_for_the_log_alone(case: Path) -> None:
    desk = Desk(case.parent / "home")
    with keys.signing_with(desk.ring):
        countersign(case)
    assert len(desk.asked) == 1 and verify_case(case).problems == ()


@pytest.mark.parametrize(
    "raw", [b"", b"DSSEv1", b"DSSEv1 1 a 1 ", b"DSSEv1 1 a 1 bc", b"DSSEv1 -1 a 1 b",
            b"DSSEv2 1 a 1 b", b"DSSEv1 x a 1 b", b"DSSEv1 01 a 1 b"]
)  # fmt: skip
def test_what_is_no_message_is_told(raw: bytes) -> None:
    with pytest.raises(CaseError):
        taken_apart(raw, "message")


def test_a_message_is_taken_apart() -> None:
    assert taken_apart(pae("a kind", b"x y \x00"), "message") == ("a kind", b"x y \x00")
