"""First page, prescribed words and requirements of an expert report, in words."""

from collections.abc import Sequence
from typing import Final

from filiation.casefile import facts
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry, State
from filiation.report.wording.expert_terms import event_words, place, time_words, who

__all__ = [
    "ATTACHED",
    "PAGE",
    "PRESCRIBED",
    "PROFILE",
    "UNREVIEWED",
    "UNSIGNED",
    "about_words",
    "blank_place",
    "check_place",
    "data_label",
    "footer_words",
    "front_rows",
    "log_words",
    "statements_place",
]

PRESCRIBED: Final = (
    "The words below are those that the rules prescribe or ask for. The program does not sign, and "
    "fills in no name and no date."
)
PROFILE: Final = "the profile of this report"
UNSIGNED: Final = (
    "Unsigned draft. Put together by a program; to be completed, checked and signed by the person "
    "who answers for it."
)
UNREVIEWED: Final = "Nobody reviewed it by the time of this report."
PAGE: Final = "page {page} of {pages}"
ATTACHED: Final = "The report as data: every number, and every word of this document"


def about_words(subject: str, source: str) -> str:
    """Whom the report is about."""
    return f"{subject} examined against {source}"


def front_rows(
    state: State,
    examination: Entry[facts.Examined],
    rules: str,
    edition: str,
    *,
    plan: str,
    root: str,
) -> Sequence[Sequence[str]]:
    """What the first page says of rules, case, examination, record and plan."""
    event, last = examination.event, state.events[-1]
    when = f"{event_words(event)}, {time_words(event.time)}, by {who(event.actor)}"
    return [
        ["Rules", rules],
        ["Edition", edition],
        ["Case", f"{state.events[0].case}, led by {who(state.opening.lead)}"],
        ["Examined", when],
        ["Record", f"as of {event_words(last)}, {time_words(last.time)}"],
        ["Log", log_words(len(state.events), root)],
        ["Plan", plan],
        ["Examination", examination.event.written("examination")],
    ]


def data_label() -> str:
    """Before the digest of the report's own data, which no part of that data can hold."""
    return "Report as data"


def log_words(size: int, root: str) -> str:
    """The head of the log, by which the record can be held against this page."""
    return f"{size:,} events, root {root}"


def check_place() -> str:
    """Where the reader finds how to check the report."""
    return f"How to check this report in five minutes: {place('check')}."


def footer_words(title: str, last: Event) -> str:
    """What stands under every page."""
    return f"{title} \u00b7 case {last.case[:12]} \u00b7 {event_words(last)}"


def statements_place() -> str:
    """Where the declarations stand."""
    return f"{place('statements')}, to be signed"


def blank_place(section: str, *, given: bool) -> str:
    """Where something is left to the expert, and whether it was filled in."""
    return f"{place(section)}, {'given' if given else 'left open'} for the expert"
