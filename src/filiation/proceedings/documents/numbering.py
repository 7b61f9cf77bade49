"""Give the documents of a production the numbers under which they are cited from then on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from filiation.casefile.facts import Numbered, Produced
from filiation.casefile.laws.numbers import cited, first_free, prefix_of
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import State
from filiation.errors import UsageError
from filiation.proceedings.given import on_record, own_signer

__all__ = ["Given", "number"]

DIGITS: Final = 6


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Numbers that are on record: the event, the production, its first number and its last."""

    event: int
    production: str
    first: str
    last: str


def number(
    case: Path, production: str, *, prefix: str | None = None, first: int | None = None,
    present: Sequence[str] = (), acting: str | None = None,
) -> Given:  # fmt: skip
    """Number the documents of a production, in their order. It is done once and stays.

    Args:
        case: The case's folder.
        production: Its name.
        prefix: Up to 12 of A-Z and 0-9; if None, the one of the party that put it in.
        first: The first number; if None, the next one of that prefix.
        present: Who stood by, where the lead numbers for another.
        acting: Who signs; if None, the party itself if it has a key, otherwise the lead.

    Raises:
        UsageError: There is no such production, or the law of numbers refuses it.
    """
    record = Record(case)
    state = record.state()
    held = {entry.fact.production: entry.fact for entry in state.of(Produced)}
    if production not in held:
        raise UsageError(f"{production}: no production of this case")
    owner, count = held[production].offered_by, held[production].documents
    given, digits = _prefix(state, production, owner, prefix)
    fact = Numbered(
        production=production,
        prefix=given,
        first=first if first is not None else first_free(state, given),
        digits=digits,
        stood_by=tuple(present),
    )
    who, key = record.signer(acting or own_signer(record, owner, present))
    arguments = on_record({"production": production, "prefix": given, "present": present})
    event = record.append(Draft(verb="documents number", fact=fact, arguments=arguments), who, key)
    return Given(event=event.sequence, production=production, first=cited(fact, 0),
                 last=cited(fact, count - 1))  # fmt: skip


def _prefix(state: State, production: str, owner: str, prefix: str | None) -> tuple[str, int]:
    """The prefix that is asked for, or the owner's; and how many digits its numbers have."""
    before = prefix_of(state, owner)
    if prefix is None and before is None:
        raise UsageError(f"{production}: {owner} has no prefix yet; --prefix names one, e.g. ACME")
    return prefix or (before or ("", 0))[0], before[1] if before else DIGITS
