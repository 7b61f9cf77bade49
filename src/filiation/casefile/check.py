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

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from filiation.casefile.dated import dates_shown, stated_dates
from filiation.casefile.documents.kept import documents_kept
from filiation.casefile.facts import Joined, Opened, Planned, Stamped, read_fact
from filiation.casefile.laws import law
from filiation.casefile.ledger.dsse import Envelope, open_envelope, public_id, signed_by
from filiation.casefile.ledger.event import Event, Signed, read_event
from filiation.casefile.ledger.keys import public_key
from filiation.casefile.ledger.merkle import Growing, leaf_hash
from filiation.casefile.ledger.objects import digest_file
from filiation.casefile.ledger.staging import leftovers, moving, others
from filiation.casefile.ledger.store import altered_schema
from filiation.casefile.placed import another_history, moved_back, placed
from filiation.casefile.record import HEAD_KIND, Record
from filiation.casefile.stamp import check_stamp, head_message, stamps_work
from filiation.casefile.state import State
from filiation.casefile.strangers import left, strangers
from filiation.errors import CaseError, FiliationError, UnreadableError

__all__ = ["Checked", "check_record"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found.

    Attributes:
        events: How many events the log holds.
        files: How many files were compared with their digests.
        root: Root (hex) of the log.
        problems: What was altered, by place; empty if the record is whole.
        notes: What an interruption left, and what could not be checked.
        stamps: How many time stamps hold.
        unnamed: How many files no event names; the notes name them, an interruption left them.
        state: Where the case stands, up to the first event that breaks a law.
    """

    events: int
    files: int
    root: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    stamps: int
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
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._state = State(law)
        self._roots: list[str] = []
        self._files = 0
        self._unnamed = 0

    def run(self, pinned: tuple[int, str] | None, found: Sequence[str]) -> Checked:
        signed = self._log()
        self._head(len(signed))
        self._problems += altered_schema(self._record.log)
        if pinned is not None:
            self._pinned(*pinned)
        events = [one.event for one in signed]
        self._settings(events)
        named, said = documents_kept(self._record.objects, self._state)
        self._problems += said
        self._objects(events, named)
        self._plans()
        self._copies(events)
        self._strangers(events)
        stamps = self._stamps()
        return Checked(
            events=len(signed),
            files=self._files,
            root=self._roots[-1] if self._roots else "",
            problems=(*self._problems, *found),
            notes=tuple(self._notes),
            stamps=stamps,
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
            self._signature(signed, what)
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

    def _signature(self, signed: Signed, what: str) -> None:
        event = signed.event
        try:
            fact = read_fact(dict(event.facts), what)
            if isinstance(fact, Opened) or (isinstance(fact, Joined) and fact.key):
                key = public_key(self._record.objects.get(event.written("key")), what)
                claimed = event.key if isinstance(fact, Opened) else fact.key
                if public_id(key) == claimed:
                    self._keys[claimed] = key
                else:
                    self._problems.append(f"{what}: brings another key than it names; swapped")
        except FiliationError as error:
            self._problems.append(f"{what}: its key: {error}")
        if signed.envelope.key != event.key or event.key not in self._keys:
            self._problems.append(
                f"case.db: {what}: signed with {signed.envelope.key[:12]}.., which is no party's "
                "key; it was swapped"
            )
        elif not signed_by(signed.envelope, self._keys[event.key]):
            self._problems.append(
                f"case.db: {what}: the signature of {event.actor} does not fit; it was altered"
            )

    def _head(self, size: int) -> None:
        try:
            head = self._signed_head()
        except (CaseError, KeyError, ValueError, TypeError) as error:
            self._problems.append(f"head.json: {error}; altered or removed")
            return
        if head is None:
            self._notes.append("head.json: not written yet; the first verb was interrupted")
        elif head[0] > size:
            self._problems.append(
                f"case.db: {size} events, but the head that was signed names {head[0]}; the log "
                f"was truncated by {head[0] - size}"
            )
        elif self._roots and self._roots[head[0] - 1] != head[1]:
            self._problems.append(
                f"case.db: its first {head[0]} events are not those that head.json was signed for; "
                "the log was rewritten"
            )
        elif head[0] < size:
            self._notes.append(
                f"head.json: names {head[0]} of {size} events; a verb was interrupted after its "
                "event was on record, the next one signs a new head"
            )
            if size - head[0] > 1:
                self._problems.append(
                    f"head.json: is {size - head[0]} events behind, and an interruption leaves it "
                    "at most one behind; an older head was put in its place"
                )
        elif digest_file(self._record.log)[0] != head[2]:
            self._problems.append(
                "case.db: its bytes are not those that head.json was signed for; it was altered"
            )

    def _signed_head(self) -> tuple[int, str, str] | None:
        path = self._record.folder / "head.json"
        if not path.exists() and len(self._roots) == 1:
            return None
        if not path.is_file():
            raise CaseError("not there")
        envelope: Envelope = open_envelope(path.read_bytes()[: 1 << 16], "head.json")
        key = self._keys.get(envelope.key)
        if envelope.kind != HEAD_KIND or key is None or not signed_by(envelope, key):
            raise CaseError("not signed by a party of this case")
        head = json.loads(envelope.payload)
        if head["case"] != self._record.id:
            raise CaseError("the head of another case")
        return int(head["size"]), str(head["root"]), str(head["database"])

    def _pinned(self, size: int, root: str) -> None:
        if size > len(self._roots):
            self._problems.append(
                f"case.db: {len(self._roots)} events, the head kept elsewhere names {size}; the "
                "log was truncated"
            )
        elif size < 1 or self._roots[size - 1] != root:
            self._problems.append(
                f"case.db: its first {size} events are not those of the head kept elsewhere; the "
                "log was rewritten"
            )

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

    def _copies(self, events: Sequence[Event]) -> None:
        for event in events:
            for written in event.writes:
                path = self._record.folder / written.shown
                if not written.shown or self._exists(path, event, last=event is events[-1]):
                    continue
                self._problems.append(
                    f"{written.shown}: not there; event {event.sequence} wrote it, it was removed"
                )
        for event in events:
            for written in event.writes:
                if written.shown and (self._record.folder / written.shown).is_file():
                    path = self._record.folder / written.shown
                    self._files += self._compare(path, written.sha256)

    def _exists(self, path: Path, event: Event, *, last: bool) -> bool:
        if path.is_file():
            return True
        if last:
            self._notes.append(
                f"{self._name(path)}: not written yet; event {event.sequence} was interrupted "
                "after it was on record, the next verb writes it"
            )
        return last

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
