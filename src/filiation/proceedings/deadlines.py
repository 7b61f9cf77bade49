"""Putting on record what was served, by when a step is due, more time, and closed days."""

import re
from pathlib import Path

from filiation.casefile.clock import deemed_day
from filiation.casefile.deadlines import read_steps
from filiation.casefile.deeds import DeadlineSet, ServiceMade
from filiation.casefile.facts import Allowed, Closed, Extended, Served
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.casefile.time_facts import Counting, TimedStep
from filiation.proceedings.given import day, on_record, read_words

__all__ = ["close_days", "extend", "serve", "set_deadline"]


def serve(
    case: Path,
    of: int,
    *,
    party: str,
    on: str | None = None,
    at: str = "",
    means: str = "",
    proof: str = "",
    because: str = "",
    acting: str | None = None,
) -> ServiceMade:
    """Record that what an event put on record was served on a party; 0 is the complaint.

    Raises:
        UsageError: A law of the case forbids it.
    """
    record = Record(case)
    fact = Served(
        of=of,
        party=party,
        on=day(on, "on", record.state().opening.terms),
        at=at,
        means=means,
        proof=proof,
        because=because,
    )
    given = {"of": of, "party": party, "on": fact.on, "at": at or None, "by": means or None}
    rest = {"proof": proof or None, "because": because or None}
    draft = Draft(verb="serve", fact=fact, arguments=on_record({**given, **rest}))
    event = record.append(draft, *record.signer(acting))
    return ServiceMade(entry=Entry(event=event, fact=fact), deemed=deemed_day(record.state(), fact))


def set_deadline(
    case: Path,
    step: TimedStep,
    *,
    party: str,
    days: int,
    counting: Counting = "calendar",
    clear: bool = False,
    served: int | None = None,
    acting: str | None = None,
) -> DeadlineSet:
    """Set by when a party is to take a step: from a service on it, or from today.

    Raises:
        UsageError: A law of the case forbids it, or a deadline for that step is open.
    """
    record = Record(case)
    fact = Allowed(step=step, party=party, days=days, counting=counting, clear=clear, served=served)
    given = {"step": step, "party": party, "days": days, "clear": clear, "served": served}
    counted = {"counting": counting if counting != "calendar" else None}
    draft = Draft(verb="deadline", fact=fact, arguments=on_record({**given, **counted}))
    event = record.append(draft, *record.signer(acting))
    state = record.state()
    *_, set_now = read_steps(state, day(None, "today", state.opening.terms))
    return DeadlineSet(event=event.sequence, step=set_now)


def extend(
    case: Path,
    of: int,
    days: int,
    *,
    because: str,
    order: str | None = None,
    file: Path | None = None,
    acting: str | None = None,
) -> Entry[Extended]:
    """Give more days for the step of an event, or for the decision (0), by an order that is kept.

    Raises:
        UsageError: A law of the case forbids it, or there is no order.
    """
    record = Record(case)
    raw = read_words(order, file, "order")
    suffix = re.sub(r"[^A-Za-z0-9.]", "", file.suffix)[:10] if file is not None else ".txt"
    who, key = record.signer(acting)
    fact = Extended(of=of, days=days, because=because)
    draft = Draft(
        verb="extend",
        fact=fact,
        arguments=on_record({"of": of, "days": days, "because": because, "file": file}),
        blobs=[("order", raw, f"submissions/{who}/{{sequence}}-order{suffix}")],
    )
    return Entry(event=record.append(draft, who, key), fact=fact)


def close_days(
    case: Path,
    name: str,
    *,
    first: str,
    last: str | None = None,
    acting: str | None = None,
) -> Entry[Closed]:
    """Say on which days the authority is closed, and why.

    Raises:
        UsageError: A law of the case forbids it, or not a date.
    """
    record = Record(case)
    fact = Closed(first=day(first, "--from"), last=day(last or first, "--until"), name=name)
    given = on_record({"name": name, "from": first, "until": last})
    event = record.append(Draft(verb="closed", fact=fact, arguments=given), *record.signer(acting))
    return Entry(event=event, fact=fact)
