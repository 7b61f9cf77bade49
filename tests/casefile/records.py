"""Small cases, made through the library: no models, a few milliseconds each."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from filiation.casefile import facts
from filiation.casefile.ledger.dsse import public_id
from filiation.casefile.ledger.keys import public_pem
from filiation.casefile.record import Draft, Record

LEAD = Ed25519PrivateKey.from_private_bytes(b"lead" * 8)
ACME = Ed25519PrivateKey.from_private_bytes(b"acme" * 8)
OPENED = facts.Opened(
    title="Acme and Basel",
    lead="lead",
    name="A Tribunal",
    received=date(2026, 3, 2),
    laws=2,
)


def claim(text: bytes = b"Our weights.\n", *, title: str = "claim") -> Draft:
    return Draft(
        verb="claim",
        fact=facts.Stated(kind="claim", party="acme", title=title),
        blobs=[("text", text, "submissions/acme/{sequence}-claim.txt")],
    )


def acme_joins() -> Draft:
    return Draft(
        verb="party",
        fact=facts.Joined(
            party="acme", name="Acme", role="claimant", key=public_id(ACME.public_key())
        ),
        blobs=[("key", public_pem(ACME.public_key()), "keys/acme.pub")],
    )


def basel_joins() -> Draft:
    return Draft(verb="party", fact=facts.Joined(party="basel", name="Basel", role="respondent"))


def answer(**more: object) -> Draft:
    fact = facts.Stated(kind="answer", party="basel", title="answer", **more)  # type: ignore[arg-type]
    blobs = [("text", b"Same data.\n", "submissions/basel/{sequence}-answer.txt")]
    return Draft(verb="answer", fact=fact, blobs=blobs)


def ticking(start: datetime | None = None) -> Callable[[], datetime]:
    """A clock that moves one second a reading."""
    moment = [start or datetime(2026, 3, 2, 9, tzinfo=UTC)]

    def tick() -> datetime:
        moment[0] += timedelta(seconds=1)
        return moment[0]

    return tick


def small_case(folder: Path) -> Record:
    """Six events: opening, two parties, a claim, an answer, a stop of the clock."""
    record = Record.create(folder, OPENED, LEAD, {"title": OPENED.title})
    record.append(acme_joins(), "lead", LEAD)
    record.append(basel_joins(), "lead", LEAD)
    record.append(claim(), "acme", ACME)
    record.append(answer(), "lead", LEAD)
    stopped = facts.Stopped(on=date(2026, 3, 9), because="The parties negotiate.")
    record.append(Draft(verb="clock", fact=stopped), "lead", LEAD)
    return record
