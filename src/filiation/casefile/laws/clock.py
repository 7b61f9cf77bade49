"""When may the clock stop and run again, what was served when, and who may give more time?"""

import re
from datetime import date
from typing import Final

from filiation.casefile import facts, time_facts
from filiation.casefile.calendar import local_day
from filiation.casefile.laws.parties import given, lead_only
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import State
from filiation.casefile.taken import taken_by
from filiation.errors import UsageError

__all__ = ["allowed", "closed", "extended", "known_time", "resumed", "served", "stopped"]

MOST: Final = 10_000  # days that are allowed at once
LONGEST: Final = 366  # days closed in a row
HOUR: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
MEANS: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
ZONE: Final = re.compile(r"[A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}")
SLOWEST: Final = 60  # days after which a means of service counts


def known_time(terms: time_facts.Terms) -> None:
    """The form of the terms; whether this computer knows the time zone is asked where it is used.

    Raises:
        UsageError: A zone, an hour or a rule of service that cannot be one.
    """
    if terms.zone and not ZONE.fullmatch(terms.zone):
        raise UsageError(f"time zone {terms.zone!r}: expected a name such as Europe/London")
    _hour(terms.closes, "closing hour")
    means = [name for name, _ in terms.deemed]
    if len(set(means)) < len(means):
        raise UsageError(f"deemed service: {', '.join(means)}: a means has one rule, not two")
    for name, days in terms.deemed:
        if not MEANS.fullmatch(name) or not 0 <= days <= SLOWEST:
            raise UsageError(
                f"deemed service {name!r} after {days} days: expected a-z, 0-9 and '-', and 0 to "
                f"{SLOWEST} days"
            )


def stopped(fact: facts.Stopped, event: Event, state: State) -> None:
    """A running clock stops, by the lead, with a reason, not before it last began to run."""
    lead_only(event, state, "stop the clock")
    given(fact.because, "stopping the clock")
    stops, resumed = state.of(facts.Stopped), state.of(facts.Resumed)
    if len(stops) > len(resumed):
        raise UsageError(f"the clock stands still since {stops[-1].fact.on}")
    received = state.opening.received
    if fact.on < received:
        raise UsageError(f"stop on {fact.on}: before the case was received, on {received}")
    if resumed and fact.on < resumed[-1].fact.on:
        raise UsageError(
            f"stop on {fact.on}: before {resumed[-1].fact.on}, when the clock last began to run"
        )


def resumed(fact: facts.Resumed, event: Event, state: State) -> None:
    """A standing clock runs again, by the lead, not before it stopped."""
    lead_only(event, state, "start the clock")
    stops = state.of(facts.Stopped)
    if len(stops) == len(state.of(facts.Resumed)):
        raise UsageError("the clock is running; there is nothing to resume")
    if fact.on < stops[-1].fact.on:
        raise UsageError(f"resume on {fact.on}: before it stopped on {stops[-1].fact.on}")


def closed(fact: time_facts.Closed, event: Event, state: State) -> None:
    """The lead says when the authority is closed, under a name, for a year at most."""
    lead_only(event, state, "say when the authority is closed")
    given(fact.name, "closed days")
    if not 0 <= (fact.last - fact.first).days < LONGEST:
        raise UsageError(
            f"closed from {fact.first} to {fact.last}: expected a first and a last day, no more "
            f"than {LONGEST} days in all"
        )


def served(fact: time_facts.Served, event: Event, state: State) -> None:
    """What is on record was served, by its day of entry at the latest, not before it was there."""
    lead_only(event, state, "record a service")
    state.party(fact.party)
    if not 0 <= fact.of < len(state.events):
        raise UsageError(f"service of event {fact.of}: no such event; it is served after it is on "
                         "record")  # fmt: skip
    there = _there(fact.of, state)
    if fact.on < there:
        raise UsageError(
            f"service on {fact.on}: event {fact.of} is on record since {there}; nothing is served "
            "before it is there"
        )
    entered = local_day(event.time, state.opening.terms)
    if fact.on > entered:
        raise UsageError(f"service on {fact.on}: that day is to come; it is {entered}")
    _hour(fact.at, "hour of service")
    means = [name for name, _ in state.opening.terms.deemed]
    if means and fact.means not in means:
        raise UsageError(
            f"service by {fact.means or 'no means'}: this case was opened with rules for "
            f"{', '.join(means)}"
        )
    if fact.proof and fact.proof not in state.exhibits:
        raise UsageError(f"proof of service {fact.proof}: no exhibit of this case")
    again = [e.event.sequence for e in state.of(time_facts.Served)
             if (e.fact.of, e.fact.party) == (fact.of, fact.party)]  # fmt: skip
    if again and not fact.because.strip():
        raise UsageError(
            f"event {fact.of} was served on {fact.party} before (event {again[0]}); say why it is "
            "served again. The first service counts for the decision"
        )


def allowed(fact: time_facts.Allowed, event: Event, state: State) -> None:
    """The lead sets a deadline; while it is open a second one would be an extension unordered."""
    lead_only(event, state, "set a deadline")
    state.party(fact.party)
    _days(fact.days, "deadline")
    if fact.served is not None:
        found = [e.fact for e in state.of(time_facts.Served) if e.event.sequence == fact.served]
        if not found or found[0].party != fact.party:
            raise UsageError(f"event {fact.served}: no service on {fact.party}")
    for entry in state.of(time_facts.Allowed):
        same = (entry.fact.step, entry.fact.party) == (fact.step, fact.party)
        if same and taken_by(state, entry) is None:
            raise UsageError(
                f"{fact.step} of {fact.party}: a deadline is set (event {entry.event.sequence}); "
                "more time is given by an order (case extend)"
            )


def extended(fact: time_facts.Extended, event: Event, state: State) -> None:
    """The lead gives more days, with a reason and an order that the case keeps."""
    lead_only(event, state, "extend a deadline")
    given(fact.because, "extension")
    _days(fact.days, "extension")
    deadlines = [e.event.sequence for e in state.of(time_facts.Allowed)]
    if fact.of not in (0, *deadlines):
        raise UsageError(f"event {fact.of}: sets no deadline; expected one of "
                         f"{', '.join(map(str, (0, *deadlines)))}")  # fmt: skip
    if not any(written.what == "order" and written.size for written in event.writes):
        raise UsageError("extension: no order was given; time is extended by an order only")


def _there(of: int, state: State) -> date:
    """Since when a document is there: the complaint since its receipt, others since their entry."""
    opened = state.opening
    return local_day(state.events[of].time, opened.terms) if of else opened.received


def _hour(text: str, what: str) -> None:
    if text and not HOUR.fullmatch(text):
        raise UsageError(f"{what} {text!r}: expected a time such as 16:30")


def _days(days: int, what: str) -> None:
    if not 1 <= days <= MOST:
        raise UsageError(f"{what}: {days} days; expected 1 to {MOST}")
