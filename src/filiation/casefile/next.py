"""What is due next in a case, as far as the log shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

from filiation.casefile import facts
from filiation.casefile.ended import ended_by
from filiation.casefile.state import State
from filiation.casefile.stood import asked_alone
from filiation.model.kinds import ALONE, ASIDE, HISTORY, LOG

__all__ = ["Due", "Step", "due_next"]

Step: TypeAlias = Literal[
    "admit-claimant", "admit-respondent", "claim", "answer",
    "add", "plan", "examine", "review", "unmask", "decide",
    "plan-alone", "coin", "examine-alone", "review-alone",
]  # fmt: skip
SAYS: Final[tuple[tuple[str, Step, Step], ...]] = (
    ("claimant", "admit-claimant", "claim"),
    ("respondent", "admit-respondent", "answer"),
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A step that is still missing; `name` is that of the line-up or exhibit that it is about."""

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
    kinds = {name: entry.fact.kind for name, entry in state.exhibits.items()}
    alone = [name for name, kind in kinds.items() if kind in ALONE]
    left = kinds.keys() - asked_alone(state)
    compared = sum(kinds[name] not in ASIDE for name in left)
    whole = True
    if compared or not alone:
        pair = list(_of_pair(compared, state))
        yield from pair
        whole = not pair or pair[0].step == "review"
    for name in alone:
        lone = list(_alone(name, state))
        yield from lone
        whole = whole and (not lone or lone[0].step == "review-alone")
    unmasked = {e.fact.lineup for e in state.of(facts.Unmasked)}
    for drawn in state.of(facts.Drawn):
        if drawn.fact.lineup not in unmasked:
            yield Due(step="unmask", name=drawn.fact.lineup)
    if whole:
        yield Due(step="decide")


def _of_pair(exhibits: int, state: State) -> Iterator[Due]:
    """What is missing of the comparison of two models, of so many that are exhibits."""
    if exhibits < 2:
        yield Due(step="add")
    elif not state.of(facts.Planned):
        yield Due(step="plan")
    elif not any(e.fact.plan == state.plan.fact.digest for e in state.of(facts.Examined)):
        yield Due(step="examine")
    elif not _reviewed(state, state.examination().event.sequence):
        yield Due(step="review")


def _alone(name: str, state: State) -> Iterator[Due]:
    """What is missing of the question about one exhibit."""
    answers = [e for e in state.of(facts.Inquired) if e.fact.exhibit == name]
    planned = state.exhibits[name].fact.kind in (LOG, HISTORY)
    plans = [e.fact.digest for e in state.of(facts.Posed) if e.fact.exhibit == name]
    tossed = {e.fact.commitment for e in state.of(facts.Tossed)}
    if planned and not plans:
        yield Due(step="plan-alone", name=name)
    elif planned and plans[-1] not in tossed:
        yield Due(step="coin", name=name)
    elif not answers or (planned and answers[-1].fact.plan != plans[-1]):
        yield Due(step="examine-alone", name=name)
    elif not _reviewed(state, answers[-1].event.sequence):
        yield Due(step="review-alone", name=name)


def _reviewed(state: State, examination: int) -> bool:
    return any(e.fact.examination == examination for e in state.of(facts.Reviewed))
