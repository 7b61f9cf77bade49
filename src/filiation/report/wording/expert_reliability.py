"""Error rates, checks, reviews, decisions, time and tools of an expert report, in sentences."""

import math
from collections.abc import Sequence
from datetime import date
from typing import Final

from filiation.casefile import facts
from filiation.casefile.clock import Reading, missed
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry
from filiation.model.validation import Alarms, RegimeFigures, Validation, Verdict
from filiation.report.wording.clock import calendar_named
from filiation.report.wording.expert_plain import level_words
from filiation.report.wording.expert_terms import carried_out, place, said, said_last, who
from filiation.report.wording.figures import as_sentence, clean, excerpt, quoted
from filiation.report.wording.validation import method_name

__all__ = [
    "ALARM_HEADS",
    "APPEND_ONLY",
    "BOUNDS",
    "CHECKED",
    "NOT_REVIEWED",
    "NO_CLOCK",
    "NO_DECISION",
    "REPLAY",
    "SMALL",
    "alarm_cells",
    "alarms_caption",
    "combined_alarms",
    "criteria_sentence",
    "decision_source",
    "failed_plain",
    "failed_sentence",
    "fixed_sentence",
    "late_sentence",
    "levels_sentence",
    "measured_names",
    "more_of_time",
    "overdue_sentence",
    "rate_sentence",
    "received_sentence",
    "record_tool_words",
    "reviewed_sentence",
    "stamped_sentence",
    "stopped_sentence",
    "study_source",
    "tools_sentence",
    "unmeasured_plain",
    "unmeasured_sentence",
]

OUTCOMES: Final = {
    "dismiss": "that the complaint is dismissed",
    "escalate": "that the case goes on",
    "need-more": "that more is needed",
}
ABSENT: Final = (
    "No validation report was given to this report, so it states no error rate. How often the "
    "methods take unrelated models for relatives must then be shown by other evidence."
)
CHECKED: Final = "How the numbers can be checked"
REPLAY: Final = (
    "Every number was computed from the fingerprints that the record keeps. Anybody can compute "
    "all of them again, and this report too, and compare letter by letter; the steps stand there. "
    "The program's source is open."
)
APPEND_ONLY: Final = (
    "Every event of the record is signed, and nothing can be taken out or put in between without "
    "that being seen. What was altered, if anything was, is found without a network."
)
ALARM_HEADS: Final = (
    "unrelated models that share", "separate pairs", "wrongly taken for related",
    "what so many pairs can show",
)  # fmt: skip
BOUNDS: Final = (
    "Pairs that have a model in common are not counted twice here. The bound holds with 95 in 100 "
    "confidence. No false alarm among so many pairs shows a rate below the bound, and no more."
)
SMALL: Final = (
    "The models of the study are small and were trained for it. How often copies are found need "
    "not be the same for models of another size or recipe."
)
NOT_REVIEWED: Final = "This examination was not reviewed by a second person."
NO_DECISION: Final = "No decision is on record."
NO_CLOCK: Final = "The clock could not be read on the day of this report."


def combined_alarms(regime: RegimeFigures) -> Alarms | None:
    """Pairs of a regime that met the study's level by all methods together."""
    found = [a for a in regime.alarms if a.method == "combined"]
    return min(found, key=lambda a: a.level) if found else None


def rate_sentence(found: Validation | None, planned: Sequence[str]) -> str:
    """The error rate in one sentence: counts, bound, population, date; or that there is none."""
    if found is None:
        return ABSENT
    if not {*planned} & {*found.methods}:
        return (
            f"The validation report that was given ({quoted(found.population)}, "
            f"{clean(found.date)}) examined none of the methods planned here, so no error "
            "rate is known for them from it."
        )
    rows = [(r, a) for r in found.regimes if r.innocent and (a := combined_alarms(r))]
    if not rows:
        return "The validation report that was given holds no pairs of unrelated models."
    worst, alarm = max(rows, key=lambda row: row[1].bound_disjoint)
    free = sum(not a.found for _, a in rows)
    return (
        f"The tests were tried on {found.models:,} models of known history "
        f"({quoted(found.population)}, {clean(found.date)}), at a level of "
        f"{level_words(alarm.level)}. In {free} of {len(rows)} kinds of unrelated pairs no pair "
        f"was wrongly taken for related. Least is known of one kind ({clean(worst.regime)}): "
        f"{alarm.disjoint:,} separate pairs exist, of which {alarm.found_disjoint:,} were wrongly "
        f"taken for related: with so few an error rate of up to {_hundred(alarm.bound_disjoint)} "
        f"cannot be ruled out there. More tests would lower this number, or raise it."
        f"{_untried(found, planned)}"
    )


def _untried(found: Validation, planned: Sequence[str]) -> str:
    """How many of the planned tests the study did not try; empty if it tried them all."""
    left = len({*planned} - {*found.methods})
    if not left:
        return ""
    tried = "was not among" if left == 1 else "were not among"
    return f" Of {len({*planned}):,} tests planned here, {left:,} {tried} those tried."


def _hundred(rate: float) -> str:
    """A rate rounded up, so that it is not told smaller than it is."""
    return f"{math.ceil(100.0 * rate - 1e-6)} in 100"


def alarm_cells(regime: RegimeFigures, alarms: Alarms) -> tuple[str, ...]:
    """Separate unrelated pairs, how many met the level, and which rate that leaves open."""
    return (
        clean(regime.regime),
        f"{alarms.disjoint:,}",
        f"{alarms.found_disjoint:,}",
        f"a rate below {_hundred(alarms.bound_disjoint)}",
    )


def study_source(digest: str) -> str:
    """The validation report as a source; `digest` is empty if none was given."""
    if not digest:
        return "no validation report"
    return f"validation report, SHA-256 {digest[:16]}\u2026; {place('rates')}"


def alarms_caption(found: Validation) -> str:
    """Of the false alarms of all methods together."""
    return (
        f"False alarms of all methods together, population {quoted(found.population)}, "
        f"{clean(found.date)}; what each number leaves open, with 95 in 100 confidence"
    )


def levels_sentence(study: float, plan: float) -> str:
    """The level of the study and that of the plan, where they differ."""
    more = (
        " More is let through here than there, so false alarms may be more frequent than the study "
        "counted."
        if plan > study
        else " Less is let through here than there."
    )
    return f"The study's level is {level_words(study)}, the plan's {level_words(plan)}.{more}"


def unmeasured_plain(titles: Sequence[str]) -> str:
    """How many planned tests the study has nothing on, by name without variants."""
    names = ", ".join(dict.fromkeys(title.partition(", ")[0] for title in titles))
    return (
        "Of these tests, or of one of their variants, that study has no error rate: "
        f"{names}. Which variants stands in {place('rates')}."
    )


def unmeasured_sentence(titles: Sequence[str]) -> str:
    """Which planned methods the study has nothing on."""
    names = ", ".join(dict.fromkeys(titles))
    return f"Planned here but not examined in that study, so without an error rate: {names}."


def tools_sentence(study: str, examination: str) -> str:
    """The program of the study and that of the examination, where they differ."""
    return f"The study was made with {clean(study)}, the examination with {clean(examination)}."


def criteria_sentence(found: Validation) -> str:
    """How many acceptance criteria passed and failed."""
    failed = sum(v.passed is False for v in found.verdicts)
    passed = sum(v.passed is True for v in found.verdicts)
    return (
        f"What the tests had to achieve was fixed before the study: {passed} of these demands were "
        f"met, {failed} were not, {len(found.verdicts) - passed - failed} had nothing to judge."
    )


def failed_plain(verdict: Verdict) -> str:
    """A criterion that failed: what had been asked for, without the name of a setting."""
    return (
        f"Not met, in the words of the study: {excerpt(verdict.criterion.because)}. By how much, "
        f"and where, stands in {place('rates')}."
    )


def failed_sentence(verdict: Verdict) -> str:
    """A criterion that failed, and by how much."""
    where = f" ({clean(verdict.of)[:120]})" if verdict.of else ""
    worst = "none" if verdict.figure is None else f"{verdict.figure:.3g}"
    return (
        f"Failed: {clean(verdict.criterion.id)}, worst figure {worst}{where}. "
        f"{as_sentence(verdict.criterion.because)}"
    )


def reviewed_sentence(reviews: Sequence[Entry[facts.Reviewed]]) -> str:
    """Who reviewed this examination."""
    if not reviews:
        return NOT_REVIEWED
    return f"This examination was reviewed by {', '.join(who(e.event.actor) for e in reviews)}."


def decision_source(entry: Entry[facts.Decided]) -> str:
    """Who decided what, when."""
    event = carried_out(entry.event).removeprefix(who(entry.event.actor))
    outcome = OUTCOMES[entry.fact.outcome]
    return f"Decision of {who(entry.event.actor)}, {outcome}{event}"


def received_sentence(opened: facts.Opened, clock: Reading, on: date) -> str:
    """When the case came in, which day of the time it is, and when a decision is due."""
    zone = f" Days begin and end as in {opened.terms.zone}." if opened.terms.zone else ""
    received = f"The case was received on {opened.received.isoformat()}."
    if clock.began is None:
        return (
            f"{received} The {clock.days} days for the decision have not begun: the complaint is "
            f"not on record as served on a respondent.{zone}"
        )
    due = (
        f"A decision is due on {clock.due.isoformat()}"
        if clock.due
        else f"The clock stands, for the reason: {said(clock.standing, 300)}"
    )
    since = f" since {clock.began.isoformat()}" if clock.began != opened.received else ""
    clear = ", clear" if opened.terms.clear else ""
    return (
        f"{received} On {on.isoformat()} it is day {clock.day} of {clock.days} {opened.counting} "
        f"days{clear}{since} ({calendar_named(clock)}). {due}.{zone}"
    )


def late_sentence(late: date) -> str:
    """The mark of a decision that was put on record after the last day."""
    return f"This decision was put on record after the deadline, which was {late.isoformat()}."


def overdue_sentence(clock: Reading, on: date) -> str:
    """That no decision was on record by the last day; empty if it had not passed."""
    late = missed(clock, on)
    if late is None:
        return ""
    return f"Overdue: a decision was due on {late.isoformat()}, and none was on record by then."


def more_of_time(count: int) -> str:
    """That more is on record about time than the report lists."""
    return f"{count} more of this kind are on record."


def stopped_sentence(stop: facts.Stopped, resumed: facts.Resumed | None) -> str:
    """From when to when the clock stood, and why."""
    until = f"to {resumed.on.isoformat()}" if resumed else "on"
    return f"The clock stood from {stop.on.isoformat()} {until}: {said_last(stop.because, 300)}"


def stamped_sentence(stamp: facts.Stamped) -> str:
    """Which authority has seen how much of the record, when."""
    return (
        f"A time-stamp authority ({quoted(stamp.authority, 60)}) has seen the first "
        f"{stamp.size:,} events at {clean(stamp.time)}."
    )


def record_tool_words(tool: str, events: Sequence[Event]) -> str:
    """A program that put events on record, how many, from where on."""
    return f"{clean(tool)} ({len(events):,} events, first {events[0].sequence})"


def fixed_sentence(*, talked: bool) -> str:
    """That no language model wrote the report; `talked` if one was examined by its answers."""
    fixed = (
        "The sentences of this report are fixed in the program and filled with numbers. No "
        "language model wrote, chose or judged any of them."
    )
    heard = " Language models were examined: their recorded answers are exhibits."
    return f"{fixed}{heard if talked else ''}"


def measured_names(methods: Sequence[str]) -> str:
    """The methods that a study has error rates of."""
    names = "; ".join(dict.fromkeys(method_name(method) for method in methods))
    return f"Methods whose error rates were measured: {names}."
