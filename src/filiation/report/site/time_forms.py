"""What deeds about time ask for."""

from collections.abc import Iterator, Mapping
from typing import Final, get_args

from filiation.casefile import facts
from filiation.casefile.state import State
from filiation.casefile.time_facts import Counting, TimedStep
from filiation.report.site.fields import Asks, Choices, field, same
from filiation.report.site.view import Field
from filiation.report.wording.desk_fields import LABELS
from filiation.report.wording.looks import service_of

__all__ = ["TIMES"]


def _stop(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("because", "words")
    yield field("on", needed=False)


def _resume(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("on", needed=False)


def _closed(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("closed_name")
    yield field("first_day")
    yield field("last_day", needed=False)


def _deadline(state: State, party: str, role: str) -> Iterator[Field]:
    services = [
        (f"{one.event.sequence}", service_of(one.event.sequence, one.fact.party))
        for one in state.of(facts.Served)
    ]
    yield field("step", "choice", same(get_args(TimedStep)))
    yield field("by_whom", "choice", same(state.parties))
    yield field("more_days")
    yield field("counting", "choice", same(get_args(Counting)))
    yield field("counted_from", "choice", [("", LABELS["today"]), *services], needed=False)
    yield field("clear", "check", needed=False)


def _extend(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("deadline", "choice", [("0", LABELS["decision"]), *_set(state)])
    yield field("more_days")
    yield field("because", "words")
    yield field("order_words", "words", needed=False)
    yield field("order", "files", needed=False)


def _set(state: State) -> Choices:
    return [
        (f"{one.event.sequence}", f"{one.event.sequence}: {one.fact.party}, {one.fact.step}")
        for one in state.of(facts.Allowed)
    ]


def _serve(state: State, party: str, role: str) -> Iterator[Field]:
    yield field("event", value="0")
    yield field("on_whom", "choice", same(state.parties))
    yield field("on", needed=False)
    yield field("at", needed=False)
    means = [name for name, _ in state.opening.terms.deemed]
    if means:
        yield field("means", "choice", same(means))
    else:
        yield field("means", needed=False)
    yield field("proof", "choice", same(["", *state.exhibits]), needed=False)
    yield field("why_again", "words", needed=False)


TIMES: Final[Mapping[str, Asks]] = {
    "stop": _stop, "resume": _resume, "closed": _closed, "deadline": _deadline,
    "extend": _extend, "serve": _serve,
}  # fmt: skip
