"""What every model of an examination answered, as far as the case or the export holds it."""

from collections.abc import Iterator
from typing import Final

from filiation.casefile import facts
from filiation.casefile.exchange.held import ExportHeld, Held
from filiation.casefile.state import State
from filiation.model.kinds import ANSWERS
from filiation.model.recording import Recording
from filiation.proceedings.exhibits import MATERIAL, open_exhibit
from filiation.report.site.answers import Answered, Asked, Role

__all__ = ["answered"]

LONGEST: Final = 2000  # characters of an answer that a page shows


def answered(record: Held, state: State, plan: facts.Planned) -> tuple[Answered, ...]:
    """Source, subject and every control with answers, in that order."""
    sides: tuple[tuple[Role, tuple[str, ...]], ...]
    sides = (("source", plan.source), ("subject", plan.subject), ("control", plan.controls))
    return tuple(
        Answered(name=name, role=role, asked=dict(_of(record, state, name)))
        for role, names in sides
        for name in names
        if name in state.exhibits and state.exhibits[name].fact.kind == ANSWERS
    )


def _of(record: Held, state: State, name: str) -> Iterator[tuple[str, Asked]]:
    """Item to what was asked and answered; nothing where the answers are withheld."""
    digest = state.exhibits[name].event.written(MATERIAL)
    if isinstance(record, ExportHeld) and not record.holds(digest):
        return
    said = open_exhibit(record, state, (name,)).materials[0].content
    if not isinstance(said, Recording):
        return
    for item, text in zip(said.items, said.finished, strict=True):
        yield (
            item.id,
            Asked(prompt=_short(item.prompt), said=None if text is None else _short(text)),
        )


def _short(text: str | None) -> str:
    found = text or ""
    return found if len(found) <= LONGEST else f"{found[:LONGEST]}\u2026"
