"""Is it the same training in another exhibit, and is a repetition one that somebody else made?

A history is recognised by the tensors of its checkpoints and not by who put it in: whoever hands a
copy of it to another party, or takes its sketches anew, has no other history by that.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from filiation.casefile import facts
from filiation.casefile.exchange.held import Held
from filiation.casefile.state import State
from filiation.errors import UsageError
from filiation.examining.weights.relation import Stored, stored
from filiation.model.kinds import HISTORY
from filiation.model.sketch import Sketch
from filiation.proceedings.alone import PART
from filiation.proceedings.exhibits import MATERIAL
from filiation.readers.trainings.manifest import HISTORY as LIST
from filiation.readers.trainings.manifest import history_of
from filiation.sketching.sketch_file import read_sketch

__all__ = ["by_others", "part_of", "sharing"]

NO_SIDE: Final = ("lead", "examiner", "reviewer")


def part_of(record: Held, state: State, name: str, part: str) -> Path:
    """Where a part of a history lies, by its name in the folder that was put in.

    Raises:
        AlteredError: Its bytes changed.
        WithheldError: An export does not hold it.
    """
    digest = state.exhibits[name].event.written(MATERIAL if part == LIST else PART + part)
    record.objects.check(digest)
    return record.objects.path(digest)


def sharing(record: Held, state: State, name: str, before: int) -> tuple[str, ...]:
    """Other histories, put in before an event, that hold a checkpoint of this one."""
    others = [
        other
        for other, one in state.exhibits.items()
        if one.fact.kind == HISTORY and other != name and one.event.sequence < before
    ]
    mine = _checkpoints(record, state, name) if others else {}
    return tuple(one for one in others if mine.keys() & _checkpoints(record, state, one).keys())


def by_others(
    record: Held, state: State, fact: facts.Inquired, again: Mapping[str, Sketch],
    before: int | None,
) -> None:  # fmt: skip
    """Refuse a repetition that the maker of the history can have handed in.

    Nobody who put in a history with these checkpoints repeats it; and one that equals a checkpoint,
    bit for bit, counts only from the lead, an examiner or a reviewer: whoever holds the checkpoint
    could hand it in, through whichever party.

    Args:
        record: The case or the export.
        state: Where it stands.
        fact: Which history.
        again: The ends of repetitions, by exhibit.
        before: Event of an answer that is derived again; None where it is given now.

    Raises:
        UsageError: One is such.
    """
    now = len(state.events) if before is None else before
    same = sharing(record, state, fact.exhibit, now)
    makers = {state.exhibits[one].fact.offered_by: one for one in same}
    owner = state.exhibits[fact.exhibit].fact.offered_by
    mine = _checkpoints(record, state, fact.exhibit)
    for name, sketch in again.items():
        by = state.exhibits[name].fact.offered_by
        if by == owner or state.party(by).role in NO_SIDE:
            continue  # the law of the case refuses the owner's, whatever it holds
        if by in makers:
            raise UsageError(
                f"{name}: put in by {by}, who also put in {makers[by]}, a history with "
                f"checkpoints of {fact.exhibit}; it could hand in its own checkpoint; expected one "
                "that another party or an examiner trained"
            )
        if stored(sketch) in mine:
            raise UsageError(
                f"{name}: the same tensors as checkpoint {mine[stored(sketch)]!a:.80} of "
                f"{fact.exhibit}, and put in by {by}, a side; whoever holds the checkpoint could "
                "hand it in; expected one that an examiner trained"
            )


def _checkpoints(record: Held, state: State, name: str) -> dict[Stored, str]:
    """What each checkpoint of a history stores, with its name; one sketch is read at a time."""
    history = history_of(part_of(record, state, name, LIST))
    return {
        stored(read_sketch(part_of(record, state, name, point.file))): point.name
        for point in history.points
    }
