"""A lot in a case: a party commits, then the lead tosses a coin, each once, in one log."""

import secrets
from collections.abc import Callable
from pathlib import Path

from filiation.casefile.facts import Committed, Tossed
from filiation.casefile.laws.inquiries import posed_in_force
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.model.kinds import HISTORY, LOG
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


def toss_coin(
    case: Path, named: str, *, acting: str | None = None,
    value: Callable[[str], str] = lambda _: secrets.token_hex(32),
) -> Entry[Tossed]:  # fmt: skip
    """Toss the coin for a commitment: 32 bytes from the operating system.

    Args:
        case: The case.
        named: A commitment, the digest of a plan of a log or a history, or either by its name.
        acting: Who tosses.
        value: Draws 32 bytes (hex) for a commitment; a page draws them once, however often the
            deed is prepared, since whoever could look and prepare it again would choose.

    Raises:
        UsageError: A law of the case forbids it.
    """
    record = Record(case)
    signer, state = record.signer(acting), record.state()
    known = state.exhibits.get(named)
    planned = known is not None and known.fact.kind in (LOG, HISTORY)
    commitment = posed_in_force(named, state).fact.digest if planned else named
    fact = Tossed(commitment=commitment, value=value(commitment))
    draft = Draft(verb="coin", fact=fact, arguments=on_record({"commitment": commitment}))
    return Entry(event=record.append(draft, *signer), fact=fact)
