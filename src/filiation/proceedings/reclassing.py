"""Putting functions of source code into other classes than an examination proposed."""

from pathlib import Path

from filiation.casefile.codec import examination_from_bytes
from filiation.casefile.facts import Reclassed
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.proceedings.given import judged, on_record
from filiation.proceedings.moving import moves_in, with_moves

__all__ = ["reclass"]


def reclass(
    case: Path, table: Path, *, examination: int | None = None, acting: str | None = None
) -> Entry[Reclassed]:
    """Put functions into other classes, of an examination that is on record, by default the last.

    Raises:
        UsageError: No such table, a function that was not matched, a phrase that is refused, or a
            law of the case forbids it.
    """
    moves = moves_in(table)
    for _, move in moves:
        judged(move.why, "another class")
    record = Record(case)
    signer = record.signer(acting)
    entry = record.state().examination(examination)
    raw = record.objects.get(entry.event.written("examination"))
    with_moves(examination_from_bytes(raw, "examination"), moves)  # they are there
    fact = Reclassed(
        examination=entry.event.sequence,
        moves=tuple((name, move.to, move.why) for name, move in moves),
    )
    draft = Draft(
        verb="reclass",
        fact=fact,
        arguments=on_record({"examination": entry.event.sequence, "table": table}),
    )
    return Entry(event=record.append(draft, *signer), fact=fact)
