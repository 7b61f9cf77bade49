"""Deeds of a page on questions about one exhibit, and on reports."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final, cast, get_args

from filiation.errors import UsageError
from filiation.model.kinds import HISTORY
from filiation.proceedings import reporting
from filiation.proceedings.desk.given import Doing
from filiation.proceedings.history_in_case import HistoryInCase, plan_of_history
from filiation.proceedings.inquiries import LogAsked, examine_alone, plan_of_log
from filiation.report.languages.catalogue import LANGUAGES
from filiation.report.wording import deeds
from filiation.report.wording.desk import ONLY_UNDER_RULES
from filiation.report.wording.inquiry_deeds import answered_line, posed_lines

__all__ = ["ANSWERS"]

Lines = Iterator[str]


def _pose(doing: Doing) -> Lines:
    given = doing.given
    asked = LogAsked(
        exhibit=given.needed("log"), level=given.share("level"), because=given.one("because")
    )
    most = given.number("most")
    asked = asked if most is None else replace(asked, most=most)
    yield from posed_lines(*plan_of_log(doing.case, asked, acting=doing.party))


def _trained(doing: Doing) -> Lines:
    given = doing.given
    asked = HistoryInCase(
        exhibit=given.needed("history"), source=given.needed("origin"), final=given.one("final"),
        published=given.one("published"), roots=given.file("roots"), because=given.one("because"),
    )  # fmt: skip
    yield from posed_lines(plan_of_history(doing.case, asked, acting=doing.party), 0)


def _inquire(doing: Doing) -> Lines:
    kind, _, exhibit = doing.given.needed("alone").partition(":")
    again = doing.given.many("again") if kind == HISTORY else ()
    made = examine_alone(
        doing.case, exhibit, kind, again=again, acting=doing.party, step=doing.step
    )
    yield answered_line(made.entry)


def _report(doing: Doing) -> Lines:
    given, case, acting = doing.given, doing.case, doing.party
    on, profile = given.number("examination"), given.one("profile")
    tongues = tuple(one for one in LANGUAGES if one in given.many("languages"))
    told = reporting.Given(
        validation=given.file("rates"), filled=given.file("filled"), languages=tongues
    )
    if profile:
        form = cast("reporting.Form", given.among("profile", get_args(reporting.Form)))
        made = reporting.issue_expert_report(case, form, told, on=on, acting=acting)
    elif told.validation or told.filled:
        raise UsageError(ONLY_UNDER_RULES)
    elif reporting.is_inquiry(case, on):
        made = reporting.issue_inquiry_report(case, told, on=on, acting=acting)
    else:
        made = reporting.issue_report(case, on=on, acting=acting, languages=tongues)
    if said := deeds.set_pages(made)[0]:
        yield said
    yield deeds.reported(made.entry)


ANSWERS: Final[Mapping[str, Callable[[Doing], Lines]]] = {
    "pose": _pose, "trained": _trained, "inquire": _inquire, "report": _report,
}  # fmt: skip
