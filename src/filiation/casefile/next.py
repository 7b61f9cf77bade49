"""What is due next in a case, as far as the log shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

from filiation.casefile import facts
from filiation.casefile.ended import ended_by
from filiation.casefile.state import State

__all__ = ["Due", "Step", "due_next"]

Step: TypeAlias = Literal[
    "admit-claimant", "admit-respondent", "claim", "answer",
    "add", "plan", "examine", "review", "unmask", "decide",
]  # fmt: skip
SAYS: Final[tuple[tuple[str, Step, Step], ...]] = (
    ("claimant", "admit-claimant", "claim"),
    ("respondent", "admit-respondent", "answer"),
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A step that is still missing; `name` is that of the line-up, where it is about one."""

    step: Step
    name: str = ""


def due_next(state: State) -> Iterator[Due]:
    """The steps that are still missing, in their order; none once a decision ended the time."""
    if ended_by(state) is not None:
        return
    roles = {entry.fact.role for entry in state.parties.values()}
    said = {entry.fact.kind for entry in state.of(facts.Stated)}
    for role, admit, speak in SAYS:
        if role not in roles:
            yield Due(step=admit)
        elif speak not in said:
            yield Due(step=speak)
    if len(state.exhibits) < 2:
        yield Due(step="add")
    elif not state.of(facts.Planned):
        yield Due(step="plan")
    elif not any(e.fact.plan == state.plan.fact.digest for e in state.of(facts.Examined)):
        yield Due(step="examine")
    else:
        yield from _after_examination(state)


def _after_examination(state: State) -> Iterator[Due]:
    last = state.examination().event.sequence
    if not any(e.fact.examination == last for e in state.of(facts.Reviewed)):
        yield Due(step="review")
    unmasked = {e.fact.lineup for e in state.of(facts.Unmasked)}
    for drawn in state.of(facts.Drawn):
        if drawn.fact.lineup not in unmasked:
            yield Due(step="unmask", name=drawn.fact.lineup)
    yield Due(step="decide")
