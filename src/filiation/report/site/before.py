"""What has to be in a case before a deed can be done: in place of a form that offers nothing."""

from collections.abc import Callable, Mapping
from typing import Final

from filiation.casefile import facts
from filiation.casefile.state import State
from filiation.model.kinds import ALONE, FILES, HISTORY, LOG, WEIGHTS

__all__ = ["COMES_FIRST", "is_too_early"]

# By which deeds what is missing comes to be; the first that somebody may do is the way on.
COMES_FIRST: Final[Mapping[str, tuple[str, ...]]] = {
    "plan": ("add",), "power": ("plan",), "examine": ("plan",), "draw": ("plan",),
    "opine": ("draw",), "unmask": ("draw",), "review": ("examine", "inquire"),
    "report": ("examine", "inquire"), "export": ("party",), "rule": ("documents",),
    "pose": ("add",), "trained": ("add",), "inquire": ("add",), "coin": ("pose", "commit"),
    "tag": ("documents",), "privilege": ("documents",), "redact": ("documents",),
    "stop": ("resume",), "resume": ("stop",),
}  # fmt: skip


def is_too_early(verb: str, state: State, party: str) -> bool:
    """Whether the case lacks what a deed is about, so that nothing could be filled in.

    Args:
        verb: Which deed.
        state: Of the case, as whoever asks sees it.
        party: Who asks.
    """
    lacks = LACKS.get(verb)
    return lacks is not None and lacks(state, party)


def _compared(state: State, party: str) -> bool:
    kinds = [entry.fact.kind for entry in state.exhibits.values()]
    return sum(kind not in (FILES, *ALONE) for kind in kinds) < 2


def _planned(state: State, party: str) -> bool:
    return not state.of(facts.Planned)


def _controls(state: State, party: str) -> bool:
    return _planned(state, party) or not state.of(facts.Planned)[-1].fact.controls


def _drawn(state: State, party: str) -> bool:
    return not state.of(facts.Drawn)


def _answered(state: State, party: str) -> bool:
    return not state.of(facts.Examined) and not state.of(facts.Inquired)


def _others(state: State, party: str) -> bool:
    return not set(state.parties) - {party}


def _claimed(state: State, party: str) -> bool:
    return not state.of(facts.Privileged)


def _papers(state: State, party: str) -> bool:
    return not state.of(facts.Produced)


def _holds(*kinds: str) -> Callable[[State, str], bool]:
    """That an exhibit of one of the kinds is missing."""

    def lacks(state: State, party: str) -> bool:
        return not any(entry.fact.kind in kinds for entry in state.exhibits.values())

    return lacks


def _trained(state: State, party: str) -> bool:
    return _holds(HISTORY)(state, party) or _holds(WEIGHTS)(state, party)


def _waits(state: State, party: str) -> bool:
    """No plan of one exhibit and no commitment waits for its coin."""
    done = {entry.fact.commitment for entry in state.of(facts.Tossed)}
    posed = {entry.fact.exhibit: entry.fact.digest for entry in state.of(facts.Posed)}
    return {*posed.values(), *(one.fact.commitment for one in state.of(facts.Committed))} <= done


def _stands(state: State, party: str) -> bool:
    return len(state.of(facts.Stopped)) > len(state.of(facts.Resumed))


def _runs(state: State, party: str) -> bool:
    return not _stands(state, party)


LACKS: Final[Mapping[str, Callable[[State, str], bool]]] = {
    "plan": _compared, "power": _planned, "examine": _planned, "draw": _controls,
    "opine": _drawn, "unmask": _drawn, "review": _answered, "report": _answered,
    "export": _others, "rule": _claimed, "pose": _holds(LOG), "trained": _trained,
    "inquire": _holds(*ALONE), "coin": _waits, "tag": _papers, "privilege": _papers,
    "redact": _papers, "stop": _stands, "resume": _runs,
}  # fmt: skip
