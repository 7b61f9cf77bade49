"""In which examinations did each exhibit stand, and which are for questions about one alone?"""

from collections.abc import Iterator, Mapping

from filiation.casefile import facts
from filiation.casefile.state import Entry, State

__all__ = ["asked_alone", "stood_in"]


def stood_in(state: State) -> Mapping[str, tuple[int, ...]]:
    """Exhibit to the events of the examinations in which it stood, in their order.

    Of a comparison these are all that its plan names; of a question about one exhibit that one,
    what its plan sets against it, and the repetitions that it names.
    """
    found: dict[str, tuple[int, ...]] = {}
    for number, names in sorted(_examined(state)):
        for name in dict.fromkeys(names):
            found[name] = (*found.get(name, ()), number)
    return found


def asked_alone(state: State) -> frozenset[str]:
    """The exhibits beside the one that a question is about: they stand in it, and make no pair.

    Not those that a plan of a comparison names as well.
    """
    beside = {name for one in state.of(facts.Posed) for name in _beside(one)}
    beside |= {name for one in state.of(facts.Inquired) for name in one.fact.again}
    return frozenset(beside.difference(*(one.fact.exhibits for one in state.of(facts.Planned))))


def _examined(state: State) -> Iterator[tuple[int, tuple[str, ...]]]:
    plans = {one.fact.digest: one.fact for one in state.of(facts.Planned)}
    for entry in state.of(facts.Examined):
        if entry.fact.plan in plans:  # an export may withhold it
            yield entry.event.sequence, tuple(plans[entry.fact.plan].exhibits)
    posed = {one.fact.digest: one for one in state.of(facts.Posed)}
    for one in state.of(facts.Inquired):
        plan = posed.get(one.fact.plan)
        beside = _beside(plan) if plan else ()
        yield one.event.sequence, (one.fact.exhibit, *beside, *one.fact.again, *one.fact.roots)


def _beside(plan: Entry[facts.Posed]) -> tuple[str, ...]:
    return tuple(name for name in (plan.fact.source, plan.fact.final) if name)
