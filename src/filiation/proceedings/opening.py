"""Opening a case, and making the keys that its parties sign with."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from filiation.casefile.calendar import check_jurisdiction, check_zone
from filiation.casefile.deeds import KeyMade, OpenedCase
from filiation.casefile.facts import Opened
from filiation.casefile.laws.clock import known_time
from filiation.casefile.laws.opening import EDITIONS, known_terms
from filiation.casefile.ledger import keys
from filiation.casefile.ledger.dsse import SigningKey, public_id
from filiation.casefile.place import free_place
from filiation.casefile.record import Record
from filiation.casefile.time_facts import Terms
from filiation.errors import UsageError
from filiation.proceedings.admitting import public_half
from filiation.proceedings.given import UTC_TERMS, day, on_record

__all__ = ["make_key", "open_case", "terms_of"]


def make_key(name: str) -> KeyMade:
    """Make a key pair. The private half never enters a case.

    Raises:
        UsageError: A bad name, a key of that name, or a folder that cannot be written.
    """
    path = keys.make_key(name)
    return KeyMade(private=path, public=path.with_suffix(".pub"))


def open_case(
    case: Path, *, title: str, lead: str, name: str | None = None, received: str | None = None,
    days: int = 60, counting: Literal["calendar", "working"] = "calendar", jurisdiction: str = "",
    subdivision: str = "", terms: Terms = UTC_TERMS, public_key: Path | None = None,
) -> OpenedCase:  # fmt: skip
    """Open a case. The lead signs with the key of that name, which is made if there is none.

    With `public_key` the lead signs with the other half of that, wherever it is kept.

    Raises:
        UsageError: Something is there already, or a term that no case can have.
    """
    fact = Opened(
        title=title,
        lead=lead,
        name=name or lead,
        received=day(received, "--received", terms),
        days=days,
        counting=counting,
        jurisdiction=jurisdiction,
        subdivision=subdivision,
        laws=EDITIONS[-1],
        terms=terms,
    )
    _known(fact)
    free_place(case)
    public, key = _lead_key(lead) if public_key is None else _kept_elsewhere(public_key, lead)
    given = {"title": title, "lead": lead, "name": name, "received": received, "days": days}
    rest = {"counting": counting, "jurisdiction": jurisdiction, "subdivision": subdivision}
    record = on_record({"case": case, **given, **rest, **_terms(terms)})
    Record.create(case, fact, key, record)
    return OpenedCase(
        folder=case, lead=lead, key=public.with_suffix(".pem"), jurisdiction=jurisdiction
    )


def _known(fact: Opened) -> None:
    """Can a case be opened on these terms?

    Raises:
        UsageError: No.
    """
    known_time(fact.terms)
    if fact.terms.zone:
        check_zone(fact.terms.zone)
    if fact.received > (today := day(None, "today", fact.terms)):
        raise UsageError(f"--received {fact.received}: that day is to come; it is {today}")
    known_terms(fact)
    check_jurisdiction(fact)


def _lead_key(lead: str) -> tuple[Path, SigningKey]:
    """Where the lead's public key lies, and the private one; both are made if there are none."""
    public = keys.home() / "keys" / f"{lead}.pub"
    if not public.exists():
        keys.make_key(lead)
    key = keys.private_key(public_id(keys.public_key(public.read_bytes(), public.name)), lead)
    return public, key


def _kept_elsewhere(public: Path, lead: str) -> tuple[Path, SigningKey]:
    return public, keys.private_key(public_half(public)[1], lead)


def terms_of(
    *,
    zone: str = "",
    clear: bool = False,
    starts: Literal["receipt", "service"] = "receipt",
    deemed: Sequence[str] = (),
    closes: str = "",
) -> Terms:
    """Terms of time, with rules of service as MEANS=DAYS.

    Raises:
        UsageError: Not MEANS=DAYS, or terms that cannot be.
    """
    rules = []
    for rule in deemed:
        means, _, days = rule.partition("=")
        if not re.fullmatch(r"[0-9]{1,3}", days):
            raise UsageError(f"--deemed {rule!r}: expected MEANS=DAYS, such as post=2")
        rules.append((means, int(days)))
    terms = Terms(zone=zone, clear=clear, starts=starts, deemed=tuple(rules), closes=closes)
    known_time(terms)
    return terms


def _terms(terms: Terms) -> dict[str, object]:
    """The terms of time as arguments, where they are not those of every case."""
    return {
        "zone": terms.zone or None,
        "clear": terms.clear,
        "starts": terms.starts if terms.starts != UTC_TERMS.starts else None,
        "deemed": [f"{means}={days}" for means, days in terms.deemed],
        "closes": terms.closes or None,
    }
