"""Is the record whole, and if not, what exactly was altered? Offline, and without stopping early.

Law: whoever changes a byte of an event, an object, a copy, a key, the settings or the database
file, removes or reorders a row, cuts the log, or sets the clock back is named by place. Whoever
rewrites a whole case with keys of their own is found only against something kept elsewhere: a head
(`pinned`), a time stamp, or an export that another party holds.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import final

from filiation.casefile.dated import dates_shown, stated_dates
from filiation.casefile.documents.kept import documents_kept
from filiation.casefile.facts import Planned, Posed, Stamped
from filiation.casefile.heads_checked import HeadsChecked, compared_with
from filiation.casefile.laws import law
from filiation.casefile.ledger.event import Event, Signed, read_event
from filiation.casefile.ledger.merkle import Growing, leaf_hash
from filiation.casefile.ledger.objects import digest_file
from filiation.casefile.ledger.staging import leftovers, moving, others
from filiation.casefile.ledger.store import altered_schema
from filiation.casefile.placed import another_history, moved_back, placed
from filiation.casefile.record import Record
from filiation.casefile.seen import Seen, last_seen
from filiation.casefile.signatures import Signatures
from filiation.casefile.stamp import check_stamp, head_message, stamps_work
from filiation.casefile.state import Entry, State
from filiation.casefile.strangers import left, strangers
from filiation.errors import CaseError, FiliationError, UnreadableError
from filiation.model.inquiry import TRAINED, HistoryPlan, groups_plan, history_plan

__all__ = ["Checked", "check_record"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found.

    Attributes:
        events: How many events the log holds.
        files: How many files were compared with their digests.
        roots: Root (hex) of the log at every size.
        problems: What was altered, by place; empty if the record is whole.
        notes: What an interruption left, and what could not be checked.
        stamps: How many time stamps hold.
        signed_for: For how many of the first events the lead has signed; None if this is a case of
            the first edition, in which any party could sign for the log.
        compared: Which heads from outside the folder the log was held against, in words.
        unnamed: How many files no event names; the notes name them, an interruption left them.
        state: Where the case stands, up to the first event that breaks a law.
    """

    events: int
    files: int
    roots: tuple[str, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    stamps: int
    signed_for: int | None
    compared: tuple[str, ...]
    unnamed: int
    state: State

    @property
    def counts(self) -> dict[str, int]:
        """How many of what were checked."""
        return {"events": self.events, "files": self.files, "stamps": self.stamps}


def check_record(
    record: Record, *, pinned: tuple[int, str] | None = None, found: Sequence[str] = ()
) -> Checked:
    """Check a case.

    Args:
        record: The case.
        pinned: Size and root (hex) of a head that was kept elsewhere.
        found: Problems that were found before, with what lies outside the case.
    """
    return _Check(record).run(pinned, found)


@final
class _Check:
    """One check in the making."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._problems: list[str] = []
        self._notes: list[str] = []
        self._signatures = Signatures(record.objects)
        self._state = State(law)
        self._roots: list[str] = []
        self._files = 0
        self._unnamed = 0
        self._signed_for: int | None = None
        self._interrupted = False

    def run(self, pinned: tuple[int, str] | None, found: Sequence[str]) -> Checked:
        seen = last_seen(self._record.id)
        signed = self._log()
        self._heads(pinned, seen)
        self._problems += altered_schema(self._record.log)
        events = [one.event for one in signed]
        self._settings(events)
        named, said = documents_kept(self._record.objects, self._state)
        self._problems += said
        self._objects(events, named)
        self._plans()
        self._posed()
        self._copies(events)
        self._strangers(events)
        stamps = self._stamps()
        return Checked(
            events=len(signed),
            files=self._files,
            roots=tuple(self._roots),
            problems=(*self._problems, *found),
            notes=tuple(self._notes),
            stamps=stamps,
            signed_for=self._signed_for,
            compared=tuple(compared_with(pinned, seen, size=len(signed), stamps=stamps)),
            unnamed=self._unnamed,
            state=self._state,
        )

    def _log(self) -> list[Signed]:
        """Rows, signatures, history, times, laws."""
        try:
            rows = self._record.rows()
        except FiliationError as error:
            self._problems.append(str(error))
            return []
        found: list[Signed] = []
        tree, last = Growing(), ""
        lawful = whole = True
        for expected, (place, raw) in zip(count(), rows, strict=False):
            what = f"event {place}"
            if place != expected:
                self._problems.append(
                    f"case.db: row {place} stands where {expected} was expected; "
                    f"event {expected} was removed"
                )
                return found
            try:
                signed = read_event(raw, what)
            except CaseError as error:
                self._problems.append(f"case.db: {error}")
                return found
            event = signed.event
            self._problems += placed(event, place, self._record.id)
            if event.root != tree.root.hex() and whole:
                self._problems.append(another_history(place))
                whole = False
            if event.time < last:
                self._problems.append(moved_back(event, place, last))
            last = max(last, event.time)
            self._problems += self._signatures.problems(signed, what)
            lawful = lawful and self._take(event)
            tree.append(leaf_hash(raw))
            self._roots.append(tree.root.hex())
            found.append(signed)
        if not rows:
            self._problems.append("case.db: no events, expected at least the opening; emptied")
        return found

    def _take(self, event: Event) -> bool:
        try:
            self._state.take(event)
        except FiliationError as error:
            self._problems.append(f"case.db: event {event.sequence} breaks a law of cases: {error}")
            return False
        return True

    def _heads(self, pinned: tuple[int, str] | None, seen: Seen | None) -> None:
        found = HeadsChecked(self._record, self._state, self._roots, self._signatures.keys)
        self._problems += found.problems(pinned, seen)
        self._notes += found.notes
        self._signed_for = found.signed_for
        self._interrupted = found.interrupted

    def _stamps(self) -> int:
        """How many time stamps hold; what does not hold is a problem."""
        held = 0
        for entry in self._state.of(Stamped):
            what = f"event {entry.event.sequence}: its time stamp"
            if not stamps_work():
                self._notes.append(f"{what}: not checked, rfc3161-client is not installed")
                continue
            try:
                fact = entry.fact
                message = head_message(self._record.id, fact.size, fact.root)
                token, roots = (
                    self._record.objects.get(entry.event.written(w)) for w in ("token", "roots")
                )
                found = check_stamp(token, message, roots)
                if found.time.isoformat() != fact.time:
                    raise CaseError(f"says {found.time.isoformat()}, the event {fact.time}")
                held += 1
            except FiliationError as error:
                self._problems.append(f"{what}: {error}")
        return held

    def _settings(self, events: Sequence[Event]) -> None:
        if events:
            recorded = events[0].reads.get("case.toml", "")
            self._files += self._compare(self._record.folder / "case.toml", recorded)

    def _objects(self, events: Sequence[Event], documents: Mapping[str, tuple[int, str]]) -> None:
        named = {w.sha256: (e.sequence, w.what) for e in events for w in e.writes}
        named = {**documents, **named}
        present = list(self._record.objects.present())
        known = set(present)
        moved = {digest for folder in leftovers(self._record.folder) for digest in moving(folder)}
        for digest, (sequence, what) in named.items():
            place = self._record.objects.path(digest)
            if place not in known:
                self._problems.append(
                    f"{self._name(place)}: not there; event {sequence} names it as {what}, "
                    "it was removed"
                )
        for path in present:
            fits = path.parent == self._record.objects.folder / "sha256" / path.name[:2]
            if fits and path.name in named:
                self._files += self._compare(path, path.name)
            elif fits and path.name in moved and self._compare(path, path.name):
                self._unnamed += 1
                self._notes.append(
                    f"{self._name(path)}: no event names it; an interrupted deed was moving it, "
                    "the next verb removes it"
                )
            else:
                self._problems.append(
                    f"{self._name(path)}: no event names it; it was added, or the log was cut"
                )

    def _plans(self) -> None:
        """The laws on amendments bind what events say of a plan; it must be what the plan says."""
        for entry in self._state.of(Planned):
            what = f"event {entry.event.sequence}: its plan"
            try:
                plan = json.loads(self._record.objects.get(entry.event.written("plan")))
                levels = {asked["kind"]: asked["level"] for asked in plan["questions"]}
                found = {"seed": plan["seed"], "levels": levels, "dates": stated_dates(plan)}
                shown = dates_shown(self._record, self._state, entry, plan)
            except FiliationError as error:
                self._problems.append(f"{what}: {error}")
                continue
            except (ValueError, KeyError, TypeError) as error:
                self._problems.append(f"{what}: not a plan: {error!r}; it was altered")
                continue
            said = {"seed": entry.fact.seed, "levels": dict(entry.fact.levels), "dates": shown}
            for name in said:
                if found[name] != said[name]:
                    self._problems.append(
                        f"{what}: {name} is {found[name]}, the event says {said[name]}; the event "
                        "was written to pass a law that the plan breaks"
                    )

    def _posed(self) -> None:
        """Likewise of the plan of a log or history: what its event says must be what it says."""
        for entry in self._state.of(Posed):
            what, fact = f"event {entry.event.sequence}: its plan", entry.fact
            try:
                raw = self._record.objects.get(entry.event.written("plan"))
                if fact.question == TRAINED:
                    self._posed_history(entry, history_plan(raw, what), what)
                    continue
                plan = groups_plan(raw, what)
            except FiliationError as error:
                self._problems.append(f"{what}: {error}")
                continue
            log = self._state.exhibits[fact.exhibit].fact.digest
            said = (self._record.id, fact.exhibit, log, fact.level)
            if (plan.case, plan.exhibit, plan.log, plan.level) != said:
                self._problems.append(
                    f"{what}: of case {plan.case[:40]!a}, exhibit {plan.exhibit[:40]!a}, log "
                    f"{plan.log[:12]!a}.. at level {plan.level:g}; the event says otherwise, it "
                    "was written to pass a law that the plan breaks"
                )

    def _posed_history(self, entry: Entry[Posed], plan: HistoryPlan, what: str) -> None:
        fact, digest = entry.fact, {"": ""}
        digest |= {name: one.fact.digest for name, one in self._state.exhibits.items()}
        roots = next((w.sha256 for w in entry.event.writes if w.what == "roots"), "")
        found = (plan.case, plan.exhibit, plan.history, plan.source, plan.source_digest)
        said = (self._record.id, fact.exhibit, digest[fact.exhibit], fact.source,
                digest[fact.source])  # fmt: skip
        end = (plan.final, plan.final_digest, plan.roots)
        if (*found, *end) != (*said, fact.final, digest[fact.final], roots):
            self._problems.append(
                f"{what}: of case {plan.case[:40]!a}, history {plan.exhibit[:40]!a}, source "
                f"{plan.source[:40]!a}, end {plan.final[:40]!a}; the event says otherwise, it was "
                "written to pass a law that the plan breaks"
            )

    def _copies(self, events: Sequence[Event]) -> None:
        for event in events:
            for written in event.writes:
                path = self._record.folder / written.shown
                late = self._interrupted and event is events[-1]
                if not written.shown or self._exists(path, event, late=late):
                    continue
                self._problems.append(
                    f"{written.shown}: not there; event {event.sequence} wrote it, it was removed"
                )
        for event in events:
            for written in event.writes:
                if written.shown and (self._record.folder / written.shown).is_file():
                    path = self._record.folder / written.shown
                    self._files += self._compare(path, written.sha256)

    def _exists(self, path: Path, event: Event, *, late: bool) -> bool:
        """Is a copy there? It comes before the head: one that a head vouches for is not late."""
        if path.is_file():
            return True
        if late:
            self._notes.append(
                f"{self._name(path)}: not written yet; event {event.sequence} was interrupted "
                "after it was on record, the next verb writes it"
            )
        return late

    def _strangers(self, events: Sequence[Event]) -> None:
        shown = {written.shown for event in events for written in event.writes}
        for folder in leftovers(self._record.folder):
            besides = others(folder)
            self._unnamed += len(besides)
            self._notes.append(left(folder.name, besides))
        self._problems += strangers(self._record.folder, shown)

    def _compare(self, path: Path, recorded: str) -> bool:
        if not path.is_file():  # a pipe would never end
            self._problems.append(f"{self._name(path)}: not there, or not a file; it was removed")
            return False
        try:
            found = digest_file(path)[0]
        except UnreadableError as error:
            self._problems.append(str(error))
            return False
        if found != recorded:
            self._problems.append(
                f"{self._name(path)}: sha256 is {found[:12]}.., the record says {recorded[:12]}..; "
                "it was altered"
            )
        return found == recorded

    def _name(self, path: Path) -> str:
        return path.relative_to(self._record.folder).as_posix()
