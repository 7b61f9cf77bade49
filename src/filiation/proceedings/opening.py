"""Opening a case, and making the keys that its parties sign with."""

from pathlib import Path
from typing import Literal

from filiation.casefile.calendar import check_jurisdiction
from filiation.casefile.deeds import KeyMade, OpenedCase
from filiation.casefile.facts import Opened
from filiation.casefile.laws.opening import known_terms
from filiation.casefile.ledger import keys
from filiation.casefile.ledger.dsse import public_id
from filiation.casefile.record import Record, free_place
from filiation.proceedings.given import day, on_record

__all__ = ["make_key", "open_case"]


def make_key(name: str) -> KeyMade:
    """Make a key pair. The private half never enters a case.

    Raises:
        UsageError: A bad name, a key of that name, or a folder that cannot be written.
    """
    path = keys.make_key(name)
    return KeyMade(private=path, public=path.with_suffix(".pub"))


def open_case(
    case: Path,
    *,
    title: str,
    lead: str,
    name: str | None = None,
    received: str | None = None,
    days: int = 60,
    counting: Literal["calendar", "working"] = "calendar",
    jurisdiction: str = "",
    subdivision: str = "",
) -> OpenedCase:
    """Open a case. The lead signs with the key of that name, which is made if there is none.

    Raises:
        UsageError: Something is there already, or a term that no case can have.
    """
    fact = Opened(
        title=title,
        lead=lead,
        name=name or lead,
        received=day(received, "--received"),
        days=days,
        counting=counting,
        jurisdiction=jurisdiction,
        subdivision=subdivision,
    )
    known_terms(fact)
    check_jurisdiction(fact)
    free_place(case)
    public = keys.home() / "keys" / f"{lead}.pub"
    if not public.exists():
        keys.make_key(lead)
    key = keys.private_key(public_id(keys.public_key(public.read_bytes(), public.name)), lead)
    given = {"title": title, "lead": lead, "name": name, "received": received, "days": days}
    rest = {"counting": counting, "jurisdiction": jurisdiction, "subdivision": subdivision}
    Record.create(case, fact, key, on_record({"case": case, **given, **rest}))
    return OpenedCase(
        folder=case, lead=lead, key=public.with_suffix(".pem"), jurisdiction=jurisdiction
    )
