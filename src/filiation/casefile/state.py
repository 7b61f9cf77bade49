"""Where does the case stand? The events folded in order, each under the law that the fold is given.

The same fold runs before an event is appended and when a case is verified, so that a case that
breaks a law cannot be written and, if it was forged, is not believed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar, cast, final

from filiation.casefile import facts
from filiation.casefile.facts import Fact, read_fact
from filiation.casefile.ledger.event import Event
from filiation.errors import CaseError, UsageError
from filiation.model.kinds import ALONE, ASIDE

__all__ = ["Entry", "Law", "State"]

F = TypeVar("F")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Generic[F]):
    """A fact and the event that states it."""

    event: Event
    fact: F


@final
class State:
    """All facts so far, by kind. Only `take` adds to it, and only what the law allows."""

    def __init__(self, law: "Law") -> None:
        self._law = law
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
        self._law(fact, event, self)
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
            alone = "; what was examined alone has a report without a profile"
            raise UsageError(
                "nothing was examined yet; `filiation case examine` carries the plan out"
                + (alone if self.of(facts.Inquired) else "")
                if sequence is None
                else f"event {sequence} is no examination"
            )
        return found[-1]

    def answered(
        self, sequence: int | None = None
    ) -> Entry[facts.Examined] | Entry[facts.Inquired]:
        """An examination of two models or of one exhibit alone, by its event, or the last one.

        Raises:
            UsageError: There is none.
        """
        both: list[Entry[facts.Examined] | Entry[facts.Inquired]] = [
            *self.of(facts.Examined), *self.of(facts.Inquired)
        ]  # fmt: skip
        found = [e for e in both if sequence in (None, e.event.sequence)]
        if not found:
            self.examination(sequence)  # which says so
        return max(found, key=lambda entry: entry.event.sequence)

    def latest(self) -> list[Entry[facts.Examined] | Entry[facts.Inquired]]:
        """The last examination of two models, and the last of every exhibit examined alone."""
        alone = {entry.fact.exhibit: entry for entry in self.of(facts.Inquired)}
        return [*self.of(facts.Examined)[-1:], *alone.values()]

    def comparable(self, name: str) -> Entry[facts.Exhibited]:
        """An exhibit that a plan may name.

        Raises:
            UsageError: There is none of that name, or its files are kept and not examined.
        """
        if name not in self.exhibits:
            raise UsageError(f"{name}: no exhibit of this case; `filiation case add` puts it in")
        kind = self.exhibits[name].fact.kind
        if kind in ALONE:
            raise UsageError(
                f"{name}: an exhibit of kind {kind}, which is examined alone (--log, --served, "
                "--history, --session, --workload); there is no second one to hold it against"
            )
        if kind in ASIDE:
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


Law: TypeAlias = Callable[[Fact, Event, State], None]  # raises if the fact may not stand there
