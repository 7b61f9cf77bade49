"""The clock of a case in words: what is due when, what is overdue, and what was entered late."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from filiation.casefile.clock import Afterwards, Lapse, Moved, Reading, missed
from filiation.casefile.deadlines import StepRead
from filiation.casefile.deeds import ClockRead, DeadlineSet, ServiceMade
from filiation.casefile.next import Due, Step
from filiation.casefile.state import Entry
from filiation.casefile.time_facts import Closed, Extended, Resumed, Stopped
from filiation.report.wording.figures import clean

__all__ = [
    *("after_deadline", "afterwards_words", "calendar_named", "clock_lines", "closed", "deadline"),
    *("deadline_set", "deadline_words", "due_step", "extended", "lapse_words", "moved_lines"),
    *("overdue", "resumed", "served", "step_words", "stopped", "was_due"),
]

STEPS: Final[dict[Step, str]] = {
    "admit-claimant": "admit a claimant",
    "admit-respondent": "admit a respondent",
    "claim": "the claim of the claimant",
    "answer": "the answer of the respondent",
    "add": "the exhibits of both sides",
    "plan": "fix the plan",
    "examine": "carry the plan out",
    "review": "a review by a second examiner",
    "unmask": "unmask line-up {name}, after an opinion",
    "plan-alone": "plan the examination of {name}",
    "coin": "toss the coin for the plan of {name}",
    "examine-alone": "examine {name} alone",
    "review-alone": "a review of what was found of {name} by a second examiner",
    "decide": "the decision",
}
VERBS: Final[dict[Step, str]] = {  # that take a step in a terminal
    "admit-claimant": "case party",
    "admit-respondent": "case party",
    "claim": "case claim",
    "answer": "case answer",
    "add": "case add",
    "plan": "case plan",
    "examine": "case examine",
    "review": "case review",
    "unmask": "case lineup",
    "plan-alone": "case plan --log or --history",
    "coin": "case coin",
    "examine-alone": "case examine --log, --served, --history, --session or --workload",
    "review-alone": "case review",
    "decide": "case decide",
}
MOVED: Final[dict[Moved, str]] = {
    "stop": "the stop of {on}",
    "resumption": "the resumption of {on}",
    "closing": "the closed days from {on}",
    "service": "the service of {on}",
}
TAKEN: Final = {
    "claim": "claim of {party}",
    "answer": "answer of {party}",
    "submission": "submission of {party}",
    "add": "exhibits of {party}",
    "plan": "plan of {party}",
    "examine": "examination by {party}",
    "review": "review by {party}",
}


def stopped(entry: Entry[Stopped]) -> str:
    """The clock was stopped."""
    return f"event {entry.event.sequence}: the clock stands from {entry.fact.on} on"


def resumed(entry: Entry[Resumed]) -> str:
    """The clock runs again."""
    return f"event {entry.event.sequence}: the clock runs from {entry.fact.on} on"


def closed(entry: Entry[Closed]) -> str:
    """Days on which the authority is closed."""
    fact = entry.fact
    days = f"on {fact.first}" if fact.first == fact.last else f"from {fact.first} to {fact.last}"
    return f"event {entry.event.sequence}: closed {days}: {clean(fact.name)}"


def served(made: ServiceMade) -> Iterator[str]:
    """What was served on whom, from when on it counts, and whether anything proves it."""
    fact = made.entry.fact
    what = f"event {fact.of}" if fact.of else "the complaint"
    how = f" by {fact.means}" if fact.means else ""
    yield (
        f"event {made.entry.event.sequence}: {what} was served on {fact.party}{how} on {fact.on}; "
        f"it counts as served on {made.deemed:%A}, {made.deemed}"
    )
    proof = f"exhibit {fact.proof}" if fact.proof else "none was put in"
    yield f"  proof of service: {proof}"


def deadline_set(made: DeadlineSet) -> str:
    """By when a step is due."""
    return f"event {made.event}: {step_words(made.step)}"


def extended(entry: Entry[Extended]) -> str:
    """More time was given, by an order that is kept."""
    fact = entry.fact
    what = f"the deadline of event {fact.of}" if fact.of else "the time for the decision"
    shown = next(w.shown for w in entry.event.writes if w.what == "order")
    return (
        f"event {entry.event.sequence}: {what} is extended by {_days(fact.days)}; "
        f"the order is {shown}"
    )


def clock_lines(read: ClockRead, *, typed: bool = True) -> Iterator[str]:
    """The clock on a day, what moved it, which days do not count, and what is due next.

    Args:
        read: The clock.
        typed: Whether verbs of the command line stand beside what is due next.
    """
    found = read.reading
    where = f"; days begin and end as in {read.zone}" if read.zone else ""
    if found.began is None:
        yield f"{read.on}: the {found.days} days have not begun; received on {read.received}{where}"
    else:
        counted = f"{read.counting} days{', clear' if read.clear else ''}"
        yield (
            f"{read.on}: day {found.day} of {found.days} {counted} since {found.began}; "
            f"{calendar_named(found)}{where}"
        )
    yield f"  {deadline_words(read)}"
    yield from (f"  {line}" for line in moved_lines(found))
    for holiday, called in found.skipped:
        yield f"  {holiday} is {clean(called)}"
    for step in read.steps:
        yield f"  {step_words(step)}"
    for due in read.due:
        yield f"  next: {due_step(due, typed=typed)}"


def deadline_words(read: ClockRead) -> str:
    """When the decision is due, or was, and whether it came in time."""
    if read.decision is None:
        return deadline(read.reading)
    event, late = read.decision
    return f"decided in event {event}, {after_deadline(late)}" if late else was_due(read.reading)


def deadline(found: Reading) -> str:
    """When a decision is due, or why the clock stands."""
    if found.began is None:
        return "no day is due yet: the complaint is not on record as served on a respondent"
    if found.due is None:
        return f"the clock stands: {clean(found.standing) or 'from a later day on'}"
    late = f"{_days(-found.left)} overdue" if found.left < 0 else f"{found.left} left"
    return f"a decision is due on {found.due:%A}, {found.due} ({late})"


def was_due(found: Reading) -> str:
    """When a decision was due, where one is on record."""
    return f"a decision was due on {found.due:%A}, {found.due}" if found.due else deadline(found)


def after_deadline(late: date) -> str:
    """The mark of a decision that came late."""
    return f"after the deadline, which was {late:%A}, {late}"


def moved_lines(found: Reading) -> Iterator[str]:
    """Extensions, what was entered afterwards, and that time had run out before."""
    for event, days in found.extended:
        yield f"extended by {_days(days)}, by the order of event {event}"
    for one in found.afterwards:
        yield afterwards_words(one)
    if found.lapsed is not None:
        yield lapse_words(found.lapsed)


def afterwards_words(one: Afterwards) -> str:
    """What was put on record after the day from which it counts."""
    what = MOVED[one.what].format(on=one.on)
    return f"{what} was entered afterwards, on {one.entered} (event {one.event})"


def lapse_words(one: Lapse) -> str:
    """Time that had run out and does not come back."""
    return (
        f"the time had run out on {one.due:%A}, {one.due}, before event {one.event} was entered on "
        f"{one.entered}; what is entered later does not undo that"
    )


def step_words(found: StepRead) -> str:
    """A deadline for a step: when it is due, or whether the step was taken in time."""
    what, read = TAKEN[found.step].format(party=found.party), found.reading
    set_by = f"deadline of event {found.event}{_orders(read)}"
    if found.taken is not None:
        when = f"after its last day, {found.missed}" if found.missed else "in time"
        return f"{what}: on record in event {found.taken}, {when} ({set_by})"
    if read.due is None:
        return f"{what}: the clock stands ({set_by})"
    late = f"overdue since {found.missed}" if found.missed else f"{read.left} left"
    return f"{what}: due on {read.due:%A}, {read.due} ({late}; {set_by})"


def _orders(read: Reading) -> str:
    """By which orders a deadline was extended, and whether it had passed by then."""
    orders = ", ".join(f"event {event}" for event, _ in read.extended)
    late = read.lapsed is not None and read.lapsed.ordered
    passed = f", after it had passed on {read.lapsed.due}" if read.lapsed and late else ""
    return f", extended by the order of {orders}{passed}" if orders else ""


def overdue(read: ClockRead) -> Iterator[str]:
    """All that is overdue on a day, until it was done."""
    lost = missed(read.reading, read.on)
    if lost is not None and read.decision is None:
        yield f"overdue: a decision was due on {lost:%A}, {lost}, and none is on record"
    for step in read.steps:
        if step.missed is not None and step.taken is None:
            what = TAKEN[step.step].format(party=step.party)
            yield f"overdue: {what}, due on {step.missed:%A}, {step.missed} (event {step.event})"


def calendar_named(found: Reading) -> str:
    """Where the holidays come from."""
    return found.calendar or "no holidays: no jurisdiction was named"


def due_step(due: Due, *, typed: bool = True) -> str:
    """A step that is still missing; where it is typed, with the verb that takes it."""
    step = STEPS[due.step].format(name=due.name)
    return f"{step} ({VERBS[due.step]})" if typed else step


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
