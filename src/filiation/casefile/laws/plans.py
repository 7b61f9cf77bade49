"""When may a plan be fixed, amended, reckoned with and carried out?"""

from filiation.casefile import facts
from filiation.casefile.laws.parties import given, neutral_only
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import State
from filiation.errors import UsageError

__all__ = ["examined", "in_force", "planned", "reckoned"]


def planned(fact: facts.Planned, event: Event, state: State) -> None:
    """The lead or an examiner fixes it; a later one needs a reason and buys nothing.

    What is compared with itself is no comparison, and a control counted twice is no second one.
    """
    neutral_only(event, state, "fix a plan")
    for place, name in enumerate(fact.exhibits):
        state.comparable(name)
        if name in fact.exhibits[:place]:
            raise UsageError(
                f"{name}: is named twice; subject, source and controls of a plan are different "
                "exhibits, each named once"
            )
    if state.of(facts.Planned):
        given(fact.because, "amending a plan that was fixed")
        _amended(fact, state)


def reckoned(fact: facts.Reckoned, event: Event, state: State) -> None:
    """Power is of the plan in force."""
    neutral_only(event, state, "reckon with a plan")
    in_force(fact.plan, event, state)


def examined(fact: facts.Examined, event: Event, state: State) -> None:
    """What is carried out is the plan in force."""
    neutral_only(event, state, "examine")
    in_force(fact.plan, event, state)


def in_force(plan: str, event: Event, state: State) -> None:
    """A plan that was amended meanwhile is not carried out."""
    if plan != state.plan.fact.digest:
        raise UsageError(
            f"{event.verb}: carries out plan {plan[:12]}.., the plan in force is "
            f"{state.plan.fact.digest[:12]}..; it was amended meanwhile, run it again"
        )


def _amended(fact: facts.Planned, state: State) -> None:
    """What an amendment cannot buy: another seed, or the same level once more."""
    first = state.of(facts.Planned)[0].fact
    if fact.seed != first.seed:
        raise UsageError(
            f"plan: seed is {fact.seed}, the first plan of this case fixed {first.seed}; a seed "
            "that is chosen after looking could be chosen for what it gives"
        )
    for kind, level in fact.levels:
        left, looks = state.level_left(kind), state.looks(kind)
        if left is not None and not level <= left:
            raise UsageError(
                f"plan: level for {kind} is {level:g}, expected at most {left:g} after {looks} "
                "plans were carried out; each further look has a smaller share of the level that "
                "was fixed first"
            )
