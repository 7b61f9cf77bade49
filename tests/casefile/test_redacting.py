"""Who may take passages out of a document: who put it in, and the lead; nobody else."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casefile.records import ACME, LEAD, small_case
from filiation.casefile import facts
from filiation.casefile.laws.documents import redactions
from filiation.casefile.ledger.dsse import public_id
from filiation.casefile.ledger.keys import public_pem
from filiation.casefile.record import Draft, Record
from filiation.errors import UsageError

RIVAL = Ed25519PrivateKey.from_private_bytes(b"riva" * 8)
KEYS = {"acme": ACME, "lead": LEAD, "rival": RIVAL}


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """A case in which Acme has put in three documents, and a rival has a key of its own."""
    record = small_case(tmp_path / "case")
    joined = facts.Joined(
        party="rival", name="Rival", role="respondent", key=public_id(RIVAL.public_key())
    )
    blobs = [("key", public_pem(RIVAL.public_key()), "keys/rival.pub")]
    record.append(Draft(verb="party", fact=joined, blobs=blobs), "lead", LEAD)
    produced = facts.Produced(
        production="mail", offered_by="acme", how="their server", documents=3, files=1, size=9,
        root="ab" * 32,
    )  # fmt: skip
    record.append(Draft(verb="documents add", fact=produced), "acme", ACME)
    return record


def redact(record: Record, who: str, document: str = "mail:2", **more: object) -> None:
    fact = facts.Redacted(document=document, passages=1, ground="secret")
    draft = Draft(verb="documents redact", fact=replace(fact, **more))  # type: ignore[arg-type]
    record.append(draft, who, KEYS[who])


@pytest.mark.parametrize("who", ["acme", "lead"])
def test_who_put_it_in_and_the_lead_may(record: Record, who: str) -> None:
    redact(record, who)
    assert [entry.event.actor for entry in redactions(record.state())["mail:2"]] == [who]


def test_nobody_else_may(record: Record) -> None:
    with pytest.raises(UsageError, match="mail:2: acme put it in; rival cannot redact it"):
        redact(record, "rival")
    assert redactions(record.state()) == {}


def test_a_redaction_of_nothing_is_none(record: Record) -> None:
    with pytest.raises(UsageError, match="no passage is redacted"):
        redact(record, "acme", passages=0)
    with pytest.raises(UsageError, match="holds documents 0 to 2"):
        redact(record, "acme", "mail:3")


@pytest.mark.parametrize("document", ["mail:1\u0662", "mail:\u0662", "mail:01", "mail:1 "])
def test_a_document_has_one_name(record: Record, document: str) -> None:
    """Under a second name an earlier redaction would still hold, and be handed over beside it."""
    record.append(
        Draft(verb="documents add", fact=replace(record.state().of(facts.Produced)[0].fact,
              production="more", documents=20)), "acme", ACME,
    )  # fmt: skip
    for name in (document, document.replace("mail", "more")):
        with pytest.raises(UsageError, match="no document of this case"):
            redact(record, "acme", name)
