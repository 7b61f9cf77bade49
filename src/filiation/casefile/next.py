"""What is due next in a case, as far as the log shows."""

from collections.abc import Iterator

from filiation.casefile import facts
from filiation.casefile.state import State

__all__ = ["due_next"]


def due_next(state: State) -> Iterator[str]:
    """The steps that are still missing, in their order."""
    roles = {entry.fact.role for entry in state.parties.values()}
    said = {entry.fact.kind for entry in state.of(facts.Stated)}
    for role, kind in (("claimant", "claim"), ("respondent", "answer")):
        if role not in roles:
            yield f"admit a {role} (case party)"
        elif kind not in said:
            yield f"the {kind} of the {role} (case {kind})"
    if len(state.exhibits) < 2:
        yield "the exhibits of both sides (case add)"
    elif not state.of(facts.Planned):
        yield "fix the plan (case plan)"
    elif not any(e.fact.plan == state.plan.fact.digest for e in state.of(facts.Examined)):
        yield "carry the plan out (case examine)"
    else:
        yield from _after_examination(state)


def _after_examination(state: State) -> Iterator[str]:
    last = state.examination().event.sequence
    if not any(e.fact.examination == last for e in state.of(facts.Reviewed)):
        yield "a review by a second examiner (case review)"
    unmasked = {e.fact.lineup for e in state.of(facts.Unmasked)}
    for drawn in state.of(facts.Drawn):
        if drawn.fact.lineup not in unmasked:
            yield f"unmask line-up {drawn.fact.lineup}, after an opinion (case lineup)"
    decisions = state.of(facts.Decided)
    if not decisions or decisions[-1].event.sequence < last:
        yield "the decision (case decide)"
