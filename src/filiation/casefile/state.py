"""Where does the case stand? The events folded in order, each under its laws.

The same fold runs before an event is appended and when a case is verified, so that a case that
breaks a law cannot be written and, if it was forged, is not believed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import singledispatch
from typing import Any, Generic, TypeVar, cast, final

import rfc8785

from filiation.casefile import facts
from filiation.casefile.documents.laws import document_law
from filiation.casefile.facts import Fact, read_fact
from filiation.casefile.ledger.event import Event
from filiation.casefile.ledger.keys import NAME
from filiation.casefile.rules import given, lead_only, neutral_only
from filiation.errors import CaseError, UsageError

__all__ = ["Entry", "State", "fold", "mask_commitment"]

F = TypeVar("F")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Generic[F]):
    """A fact and the event that states it."""

    event: Event
    fact: F


@final
class State:
    """All facts so far, by kind. Only `take` adds to it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.parties: dict[str, Entry[facts.Joined]] = {}
        self.exhibits: dict[str, Entry[facts.Exhibited]] = {}
        self._entries: dict[type, list[Entry[Any]]] = {}

    def of(self, kind: type[F]) -> list[Entry[F]]:
        """All facts of a kind, in order."""
        return self._entries.get(kind, [])

    def take(self, event: Event) -> None:
        """Add an event.

        Raises:
            UsageError: It breaks a law of the case as it stands.
            CaseError: It is not an event this version can have written.
        """
        fact = read_fact(dict(event.facts), f"event {event.sequence}")
        if not self.events and not isinstance(fact, facts.Opened):
            raise CaseError("event 0: expected the opening of the case; it was altered")
        if self.events:
            self._actor(event)
        _law(fact, event, self)
        entry = Entry(event=event, fact=fact)
        if isinstance(fact, facts.Opened):
            lead = facts.Joined(party=fact.lead, name=fact.name, role="lead", key=event.key)
            self.parties[fact.lead] = Entry(event=event, fact=lead)
        elif isinstance(fact, facts.Joined):
            self.parties[fact.party] = cast("Entry[facts.Joined]", entry)
        elif isinstance(fact, facts.Exhibited):
            self.exhibits[fact.exhibit] = cast("Entry[facts.Exhibited]", entry)
        self._entries.setdefault(type(fact), []).append(entry)
        self.events.append(event)

    @property
    def opening(self) -> facts.Opened:
        """The first fact."""
        return self.of(facts.Opened)[0].fact

    @property
    def plan(self) -> Entry[facts.Planned]:
        """The plan in force.

        Raises:
            UsageError: None was fixed yet.
        """
        if not self.of(facts.Planned):
            raise UsageError("no plan was fixed yet; `filiation case plan` comes before looking")
        return self.of(facts.Planned)[-1]

    def looks(self, kind: str) -> int:
        """How many plans that ask about a kind were carried out, by examining or in a line-up?"""
        seen = {e.fact.plan for e in self.of(facts.Examined)}
        seen |= {e.fact.plan for e in self.of(facts.Drawn)}
        return len({entry.fact.digest for entry in self._plans(kind)} & seen)

    def level_left(self, kind: str) -> float | None:
        """The most that the level of a further plan may be; None if it would be the first.

        The first plan of a kind sets a level, the i-th that is carried out is held to a share 1/i^2
        of it: however often plans are amended, an innocent subject is accused with a probability of
        at most pi^2/6, or 1.65, times that level.
        """
        plans = self._plans(kind)
        first = plans[0].fact.level(kind) if plans else None
        return None if first is None else first / (self.looks(kind) + 1) ** 2

    def _plans(self, kind: str) -> list[Entry[facts.Planned]]:
        return [entry for entry in self.of(facts.Planned) if entry.fact.level(kind) is not None]

    def examination(self, sequence: int | None = None) -> Entry[facts.Examined]:
        """An examination by its event, or the last one.

        Raises:
            UsageError: There is none.
        """
        found = [e for e in self.of(facts.Examined) if sequence in (None, e.event.sequence)]
        if not found:
            raise UsageError(
                "nothing was examined yet; `filiation case examine` carries the plan out"
                if sequence is None
                else f"event {sequence} is no examination"
            )
        return found[-1]

    def comparable(self, name: str) -> Entry[facts.Exhibited]:
        """An exhibit that a plan may name.

        Raises:
            UsageError: There is none of that name, or its files are kept and not examined.
        """
        if name not in self.exhibits:
            raise UsageError(f"{name}: no exhibit of this case; `filiation case add` puts it in")
        if self.exhibits[name].fact.kind == "files":
            raise UsageError(
                f"{name}: files that are kept and not examined; a plan compares what methods read"
            )
        return self.exhibits[name]

    def party(self, name: str) -> facts.Joined:
        """A party.

        Raises:
            UsageError: No such party.
        """
        if name not in self.parties:
            raise UsageError(f"{name!r}: no party of this case; it has {', '.join(self.parties)}")
        return self.parties[name].fact

    def root_at(self, size: int, current: str) -> str:
        """Root (hex) of the first `size` events; `current` is that of all."""
        if not 0 < size <= len(self.events):
            raise CaseError(f"the log has {len(self.events)} events, found a head of {size}")
        return self.events[size].root if size < len(self.events) else current

    def _actor(self, event: Event) -> None:
        party = self.party(event.actor)
        if party.key != event.key:
            raise CaseError(
                f"event {event.sequence}: signed with {event.key[:12]}.., the key of {party.party} "
                f"is {party.key[:12] or 'none'}; another key was put in its place"
            )


def fold(events: Iterable[Event]) -> State:
    """The state after these events."""
    state = State()
    for event in events:
        state.take(event)
    return state


def mask_commitment(names: tuple[tuple[str, str], ...], salt: str) -> str:
    """SHA-256 (hex) that commits to who is who without telling: salted canonical JSON."""
    said = {"names": [[code, name] for code, name in names], "salt": salt}
    return hashlib.sha256(rfc8785.dumps(said)).hexdigest()


@singledispatch
def _law(fact: Fact, event: Event, state: State) -> None:
    """Raise if the fact may not stand here."""
    raise CaseError(f"event {event.sequence}: no law for {type(fact).__name__}")


@_law.register
def _opened(fact: facts.Opened, event: Event, state: State) -> None:
    if state.events:
        raise CaseError(f"event {event.sequence}: opens the case again; it was altered")
    if event.actor != fact.lead or not NAME.fullmatch(fact.lead):
        raise UsageError(f"lead {fact.lead!r}: expected a name of a-z, 0-9 and '-'")
    if not 1 <= fact.days <= 10_000:
        raise UsageError(f"{fact.days} days; expected 1 to 10000")


@_law.register
def _joined(fact: facts.Joined, event: Event, state: State) -> None:
    lead_only(event, state, "admit a party")
    if fact.party in state.parties:
        raise UsageError(f"{fact.party}: already a party of this case")
    if not NAME.fullmatch(fact.party):
        raise UsageError(f"party {fact.party!r}: expected up to 40 of a-z, 0-9 and '-'")
    if fact.role == "lead":
        raise UsageError(f"{fact.party}: a case has one lead, {state.opening.lead}")
    if fact.key and fact.key in {entry.fact.key for entry in state.parties.values()}:
        raise UsageError(f"{fact.party}: another party signs with this key; each needs its own")


@_law.register
def _exhibited(fact: facts.Exhibited, event: Event, state: State) -> None:
    state.party(fact.offered_by)
    if fact.exhibit in state.exhibits:
        raise UsageError(
            f"{fact.exhibit}: an exhibit of that name exists; an exhibit never changes"
        )


@_law.register
def _stated(fact: facts.Stated, event: Event, state: State) -> None:
    party = state.party(fact.party)
    if party.key and event.actor != fact.party:
        raise UsageError(f"{fact.party} signs for itself; {event.actor} cannot speak for it")
    if not party.key:
        lead_only(event, state, f"record what {fact.party} says")
    wanted = {"claim": "claimant", "answer": "respondent"}.get(fact.kind)
    if wanted not in (None, party.role):
        raise UsageError(f"{fact.party} is {party.role}; a {fact.kind} comes from a {wanted}")
    if fact.alternative is not None:
        given(fact.proposition, "alternative explanation")


@_law.register
def _planned(fact: facts.Planned, event: Event, state: State) -> None:
    neutral_only(event, state, "fix a plan")
    for name in fact.exhibits:
        state.comparable(name)
    if state.of(facts.Planned):
        given(fact.because, "amending a plan that was fixed")
        _amended(fact, state)


def _amended(fact: facts.Planned, state: State) -> None:
    """What an amendment cannot buy: another seed, or the same level once more."""
    first = state.of(facts.Planned)[0].fact
    if fact.seed != first.seed:
        raise UsageError(
            f"plan: seed is {fact.seed}, the first plan of this case fixed {first.seed}; a seed "
            "that is chosen after looking could be chosen for what it gives"
        )
    for kind, level in fact.levels:
        left, looks = state.level_left(kind), state.looks(kind)
        if left is not None and not level <= left:
            raise UsageError(
                f"plan: level for {kind} is {level:g}, expected at most {left:g} after {looks} "
                "plans were carried out; each further look has a smaller share of the level that "
                "was fixed first"
            )


@_law.register
def _reckoned(fact: facts.Reckoned, event: Event, state: State) -> None:
    neutral_only(event, state, "reckon with a plan")
    _in_force(fact.plan, event, state)


@_law.register
def _examined(fact: facts.Examined, event: Event, state: State) -> None:
    neutral_only(event, state, "examine")
    _in_force(fact.plan, event, state)


def _in_force(plan: str, event: Event, state: State) -> None:
    if plan != state.plan.fact.digest:
        raise UsageError(
            f"{event.verb}: carries out plan {plan[:12]}.., the plan in force is "
            f"{state.plan.fact.digest[:12]}..; it was amended meanwhile, run it again"
        )


def _lineup(name: str, state: State) -> Entry[facts.Drawn]:
    for entry in state.of(facts.Drawn):
        if entry.fact.lineup == name:
            return entry
    raise UsageError(f"line-up {name!r}: none of that name was drawn")


@_law.register
def _drawn(fact: facts.Drawn, event: Event, state: State) -> None:
    neutral_only(event, state, "draw a line-up")
    _in_force(fact.plan, event, state)
    if any(entry.fact.lineup == fact.lineup for entry in state.of(facts.Drawn)):
        raise UsageError(f"line-up {fact.lineup}: exists; give the new one another name")
    if len(set(fact.codes)) < max(2, len(fact.codes)):
        raise UsageError(f"line-up: {len(fact.codes)} members, expected at least two, all distinct")


@_law.register
def _opined(fact: facts.Opined, event: Event, state: State) -> None:
    drawn = _lineup(fact.lineup, state)
    given(fact.words, "opinion")
    for code in fact.stand_out:
        if code not in drawn.fact.codes:
            raise UsageError(f"{code}: not in the line-up; it has {', '.join(drawn.fact.codes)}")


@_law.register
def _unmasked(fact: facts.Unmasked, event: Event, state: State) -> None:
    drawn = _lineup(fact.lineup, state)
    if any(entry.fact.lineup == fact.lineup for entry in state.of(facts.Unmasked)):
        raise UsageError(f"line-up {fact.lineup}: was unmasked already")
    if not any(entry.fact.lineup == fact.lineup for entry in state.of(facts.Opined)):
        raise UsageError(
            f"line-up {fact.lineup}: no opinion was recorded; the examiner's opinion comes before "
            "the names"
        )
    if mask_commitment(fact.names, fact.salt) != drawn.fact.commitment:
        raise CaseError(
            f"line-up {fact.lineup}: the names are not those that were committed to when it was "
            "drawn; they were altered"
        )


@_law.register
def _reviewed(fact: facts.Reviewed, event: Event, state: State) -> None:
    examination = state.examination(fact.examination)
    given(fact.words, "review")
    if examination.event.key == event.key:
        raise UsageError(
            f"{event.actor} examined (event {examination.event.sequence}); a review is by another"
        )


@_law.register
def _decided(fact: facts.Decided, event: Event, state: State) -> None:
    lead_only(event, state, "decide")
    given(fact.because, "decision")
    if fact.outcome == "escalate":
        state.examination()


@_law.register
def _stopped(fact: facts.Stopped, event: Event, state: State) -> None:
    lead_only(event, state, "stop the clock")
    given(fact.because, "stopping the clock")
    stops, resumed = state.of(facts.Stopped), state.of(facts.Resumed)
    if len(stops) > len(resumed):
        raise UsageError(f"the clock stands still since {stops[-1].fact.on}")
    earliest = resumed[-1].fact.on if resumed else state.opening.received
    if fact.on < earliest:
        raise UsageError(f"stop on {fact.on}: before {earliest}, when the clock last began to run")


@_law.register
def _resumed(fact: facts.Resumed, event: Event, state: State) -> None:
    lead_only(event, state, "start the clock")
    stops = state.of(facts.Stopped)
    if len(stops) == len(state.of(facts.Resumed)):
        raise UsageError("the clock is running; there is nothing to resume")
    if fact.on < stops[-1].fact.on:
        raise UsageError(f"resume on {fact.on}: before it stopped on {stops[-1].fact.on}")


@_law.register
def _reported(fact: facts.Reported, event: Event, state: State) -> None:
    state.examination(fact.examination)
    if fact.profile:
        _is_head(fact.size, fact.root, event, state)


@_law.register
def _stamped(fact: facts.Stamped, event: Event, state: State) -> None:
    _is_head(fact.size, fact.root, event, state)


@_law.register
def _exported(fact: facts.Exported, event: Event, state: State) -> None:
    state.party(fact.party)
    _is_head(fact.size, fact.root, event, state)


def _is_head(size: int, root: str, event: Event, state: State) -> None:
    if state.root_at(size, event.root) != root:
        raise CaseError(
            f"event {event.sequence}: names a head of {size} events that this log never had; "
            "the log was rewritten"
        )


@_law.register(facts.Produced | facts.Tagged | facts.Privileged | facts.Redacted | facts.Queried)
def _documents(fact: facts.DocumentFact, event: Event, state: State) -> None:
    document_law(fact, event, state)
