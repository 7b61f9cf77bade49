"""A lot in a case: a party commits, then the lead tosses a coin, each once, in one log."""

import secrets
from pathlib import Path

from filiation.casefile.facts import Committed, Tossed
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.proceedings.given import on_record, own_signer

__all__ = ["commit_in_case", "toss_coin"]


def commit_in_case(
    case: Path, commitment: str, *, by: str, acting: str | None = None
) -> Entry[Committed]:
    """Put a commitment on record: the digest that `owner seal` printed.

    Raises:
        UsageError: A law of the case forbids it.
    """
    record, fact = Record(case), Committed(by=by, commitment=commitment)
    signer = record.signer(acting or own_signer(record, by))
    arguments = on_record({"commitment": commitment, "by": by})
    event = record.append(Draft(verb="commit", fact=fact, arguments=arguments), *signer)
    return Entry(event=event, fact=fact)


def toss_coin(case: Path, commitment: str, *, acting: str | None = None) -> Entry[Tossed]:
    """Toss the coin for a commitment: 32 bytes from the operating system.

    Raises:
        UsageError: A law of the case forbids it.
    """
    record, fact = Record(case), Tossed(commitment=commitment, value=secrets.token_hex(32))
    signer = record.signer(acting)
    draft = Draft(verb="coin", fact=fact, arguments=on_record({"commitment": commitment}))
    return Entry(event=record.append(draft, *signer), fact=fact)
