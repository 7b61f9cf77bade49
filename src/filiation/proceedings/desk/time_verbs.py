"""Deeds of a page about time: the clock, service, deadlines, more time, closed days."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, cast, get_args

from filiation.casefile.time_facts import Counting, TimedStep
from filiation.errors import FieldError
from filiation.proceedings import clock, deadlines
from filiation.proceedings.desk.given import Doing
from filiation.report.wording import clock as words
from filiation.report.wording.desk import lacking

__all__ = ["TIMES"]

Lines = Iterator[str]


def _stop(doing: Doing) -> Lines:
    given = doing.given
    made = clock.stop_clock(
        doing.case, given.needed("because"), on=given.one("on") or None, acting=doing.party
    )
    yield words.stopped(made)


def _resume(doing: Doing) -> Lines:
    made = clock.resume_clock(doing.case, on=doing.given.one("on") or None, acting=doing.party)
    yield words.resumed(made)


def _closed(doing: Doing) -> Lines:
    given = doing.given
    made = deadlines.close_days(
        doing.case, given.needed("closed_name"), first=given.needed("first_day"),
        last=given.one("last_day") or None, acting=doing.party,
    )  # fmt: skip
    yield words.closed(made)


def _deadline(doing: Doing) -> Lines:
    given = doing.given
    made = deadlines.set_deadline(
        doing.case,
        cast("TimedStep", given.among("step", get_args(TimedStep))),
        party=given.needed("by_whom"),
        days=_days(doing),
        counting=cast("Counting", given.among("counting", get_args(Counting))),
        clear=given.on("clear"),
        served=given.number("counted_from"),
        acting=doing.party,
    )
    yield words.deadline_set(made)


def _extend(doing: Doing) -> Lines:
    given = doing.given
    file = given.file("order")
    made = deadlines.extend(
        doing.case, given.number("deadline") or 0, _days(doing), because=given.needed("because"),
        order=None if file else given.needed("order_words"), file=file, acting=doing.party,
    )  # fmt: skip
    yield words.extended(made)


def _serve(doing: Doing) -> Lines:
    given = doing.given
    made = deadlines.serve(
        doing.case,
        given.number("event") or 0,
        party=given.needed("on_whom"),
        on=given.one("on") or None,
        at=given.one("at"),
        means=given.one("means"),
        proof=given.one("proof"),
        because=given.one("why_again"),
        acting=doing.party,
    )
    yield from words.served(made)


def _days(doing: Doing) -> int:
    found = doing.given.number("more_days")
    if found is None:
        raise FieldError("more_days", lacking("more_days"))
    return found


TIMES: Final[Mapping[str, Callable[[Doing], Lines]]] = {
    "stop": _stop, "resume": _resume, "closed": _closed, "deadline": _deadline,
    "extend": _extend, "serve": _serve,
}  # fmt: skip
