"""When was a digest fixed, as this case shows it? What a party says of its own date counts nothing.

Three things show it: a time stamp (RFC 3161) over the digest itself; a time stamp over a head of
the log after the exhibit was put in; or an event from then on that another role has signed. Whoever
put the exhibit in cannot date it alone: his clock is his own, and so may be an authority whose root
certificate he brings.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, TypeAlias, final

from pydantic import TypeAdapter

from filiation.casefile import facts
from filiation.casefile.record import Record
from filiation.casefile.stamp import check_stamp, head_message, material_message
from filiation.casefile.state import Entry, State
from filiation.errors import UsageError
from filiation.model.plan import Dated

__all__ = ["Token", "dated_again", "dated_sources", "dates_shown", "stated_dates"]

How: TypeAlias = Literal["stamp", "stamped-head", "countersigned"]

DATES: Final = TypeAdapter(dict[str, Dated])
NEUTRAL: Final = ("lead", "examiner")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A time stamp over a material's digest, and the roots (PEM) it is checked against."""

    response: bytes
    roots: bytes


def dated_sources(
    case: str,
    state: State,
    names: Sequence[str],
    available: date | None,
    *,
    kept: Callable[[str], bytes],
    subject: Sequence[str] = (),
    token: Token | None = None,
    before: int | None = None,
) -> Mapping[str, Dated]:
    """What the case shows of the date of each exhibit of the source, by kind of material.

    Args:
        case: Its id.
        state: Of the case.
        names: The source's exhibits.
        available: From when on the subject could be had, as the authority enters it; without it
            nothing is dated.
        kept: Gives the bytes of an object of the case.
        subject: The subject's exhibits: what stands in the case was available by then.
        token: A stamp over the digest, brought by whoever plans.
        before: Only events before this one count; all without.

    Raises:
        UsageError: Nothing but the party's own word dates one, or not before the subject was there.
        CaseError: A stamp that does not hold, or of another digest.
    """
    if available is None:
        return {}
    found = {
        state.exhibits[name].fact.kind: _find_dated(
            case, state, name, available, kept=kept, token=token, before=before
        )
        for name in names
    }
    for dated in found.values():
        _before_it_was_there(state, subject, dated)
    return found


def dated_again(
    case: str,
    state: State,
    entry: Entry[facts.Planned],
    plan: Mapping[str, Any],
    *,
    kept: Callable[[str], bytes],
) -> Mapping[str, Dated]:
    """The same, from the events before a plan and the stamp that was kept with it.

    Raises:
        UsageError: What the plan says is dated cannot be, by what the case holds.
        CaseError: A stamp that does not hold.
    """
    days = {date.fromisoformat(d["subject_available"]) for d in stated_dates(plan).values()}
    writes = {w.what: w.sha256 for w in entry.event.writes}
    token = None
    if "source-stamp" in writes:
        token = Token(
            response=kept(writes["source-stamp"]), roots=kept(entry.event.written("stamp-roots"))
        )
    return dated_sources(
        case,
        state,
        entry.fact.source,
        min(days, default=None),
        kept=kept,
        subject=entry.fact.subject,
        token=token,
        before=entry.event.sequence,
    )


def dates_shown(
    record: Record, state: State, entry: Entry[facts.Planned], plan: Mapping[str, Any]
) -> dict[str, Any]:
    """What the case shows of a plan's dates, as `stated_dates` gives what the plan says."""
    shown = dated_again(record.id, state, entry, plan, kept=record.objects.get)
    found: dict[str, Any] = DATES.dump_python(dict(shown), mode="json")
    return found


def stated_dates(plan: Mapping[str, Any]) -> Mapping[str, dict[str, Any]]:
    """What a plan in JSON says of its sources' dates, by kind."""
    asked = plan["questions"]
    return {q["kind"]: q["source_dated"] for q in asked if q.get("source_dated") is not None}


def _before_it_was_there(state: State, subject: Sequence[str], dated: Dated) -> None:
    """Refuse what the case itself contradicts: it held the subject when the source was dated.

    Raises:
        UsageError: The subject was in the case by then, or days before the day that is claimed.
    """
    for name in subject:
        entered = datetime.fromisoformat(state.exhibits[name].event.time)
        if datetime.fromisoformat(dated.time) > entered:
            raise UsageError(
                f"{name} was put into this case at {entered.isoformat()}, and the source is dated "
                f"{dated.time}; expected a source that was dated before the subject was there"
            )
        if dated.subject_available > entered.date() + timedelta(days=1):
            raise UsageError(
                f"--subject-available {dated.subject_available}: {name} was put into this case on "
                f"{entered.date()}; expected a day no later than the one after"
            )


def _find_dated(
    case: str,
    state: State,
    exhibit: str,
    available: date,
    *,
    kept: Callable[[str], bytes],
    token: Token | None,
    before: int | None,
) -> Dated:
    """The earliest that the case shows of when an exhibit's digest was fixed."""
    entry = state.exhibits[exhibit]
    shown = list(_shown(case, state, entry, kept, token, before))
    if not shown:
        raise UsageError(
            f"{exhibit}: nothing dates it but {entry.fact.offered_by}'s own word; expected a time "
            "stamp over its digest or over the log, or a later event signed by another role"
        )
    how, time, event = min(shown, key=lambda one: datetime.fromisoformat(one[1]))
    return Dated(
        digest=entry.fact.digest,
        time=time,
        by=how,
        event=event,
        subject_available=available,
    )


def _shown(
    case: str,
    state: State,
    entry: Entry[facts.Exhibited],
    kept: Callable[[str], bytes],
    token: Token | None,
    before: int | None,
) -> Iterator[tuple[How, str, int]]:
    """How, when and by which event."""
    placed = entry.event.sequence
    if token is not None:
        found = check_stamp(token.response, material_message(entry.fact.digest), token.roots)
        yield "stamp", found.time.isoformat(), placed
    events = [
        event
        for event in state.events
        if placed <= event.sequence and (before is None or event.sequence < before)
    ]
    owner = state.parties[entry.fact.offered_by].fact
    for event in events:
        if _another(state, event.actor, owner):
            yield "countersigned", event.time, event.sequence
            break
    for stamped in state.of(facts.Stamped):
        fact, event = stamped.fact, stamped.event
        if fact.size > placed and event in events and state.party(event.actor).role in NEUTRAL:
            response, roots = (kept(event.written(what)) for what in ("token", "roots"))
            held = check_stamp(response, head_message(case, fact.size, fact.root), roots)
            yield "stamped-head", held.time.isoformat(), event.sequence


def _another(state: State, actor: str, owner: facts.Joined) -> bool:
    """Whether an actor is of another role, and signs with another key, than the exhibit's owner."""
    party = state.party(actor)
    return party.role != owner.role and party.key not in ("", owner.key)
