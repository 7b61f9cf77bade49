"""The record of a case on disk.

case.toml         id, schema, title; never changes
case.db           the log: signed events in order
head.json         signed head of the log, and the digest of case.db
countersigned.json  how far the lead has signed for the log
objects/sha256/   every file that events name, under its digest
submissions/ID/   copies for people of what each party submitted
reports/          copies for people of the reports
keys/ID.pub       the parties' public keys
.staged-*/        what a deed brings along, while it is under way

An event is on record when its transaction is committed. What it names lies apart until the laws
have allowed it, and becomes objects just before that; copies for people come after it, and then the
heads; the next verb writes what an interruption left out. A refused deed leaves nothing. Every
reading is held against the head that this computer saw last (`seen`).
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import final

from filiation import __version__
from filiation.casefile.documents.kept import documents_kept
from filiation.casefile.facts import Fact, Opened, fact_fields
from filiation.casefile.heads import Heads
from filiation.casefile.laws import fold
from filiation.casefile.ledger.dsse import SigningKey, public_id
from filiation.casefile.ledger.elsewhere import KeyElsewhere, moved_on
from filiation.casefile.ledger.event import (
    Event,
    Signed,
    Written,
    read_event,
    sign_event,
    time_text,
)
from filiation.casefile.ledger.folders import no_links
from filiation.casefile.ledger.keys import private_key, public_pem
from filiation.casefile.ledger.lock import locked, writable
from filiation.casefile.ledger.merkle import EMPTY, Growing, leaf_hash, roots_of
from filiation.casefile.ledger.objects import WRITING, Objects, write_whole
from filiation.casefile.ledger.staging import Staged, staging, sweep, take_back
from filiation.casefile.ledger.store import append_rows, create_log, read_rows
from filiation.casefile.place import making
from filiation.casefile.seen import another, last_seen, remember
from filiation.casefile.settings import read_settings, settings_text
from filiation.casefile.signatures import Signatures
from filiation.casefile.state import State
from filiation.errors import CaseError, MovedOnError, UnwritableError, UsageError

__all__ = ["Draft", "Record", "now"]


def now() -> datetime:
    """The time that events are signed with."""
    return datetime.now(UTC)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event in the making.

    Attributes:
        verb: What is done.
        fact: What it states.
        arguments: As given.
        reads: Name to SHA-256 of what went in.
        blobs: What to keep: place in the event, bytes, path of the copy for people or empty. In
            such a path `{sequence}` becomes the number of the event.
        kept: What was staged for it, or is kept already.
    """

    verb: str
    fact: Fact
    arguments: Mapping[str, str] = field(default_factory=dict)
    reads: Mapping[str, str] = field(default_factory=dict)
    blobs: Sequence[tuple[str, bytes, str]] = ()
    kept: Sequence[Written] = ()


@final
class Record:
    """One case directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = read_settings(folder)
        self.id = str(self.settings["id"])
        self.objects = Objects(folder / "objects")
        self.log = folder / "case.db"
        self.heads = Heads(self.id, folder)

    @classmethod
    def create(
        cls, folder: Path, fact: Opened, key: SigningKey, arguments: Mapping[str, str]
    ) -> "Record":
        """Open a new case: it is there whole or not at all.

        Raises:
            UsageError: Something is there already, or the place cannot be written.
        """
        with making(folder) as unfinished:
            text = settings_text(fact)
            write_whole(unfinished / "case.toml", text, partial=unfinished)
            create_log(unfinished / "case.db")
            (unfinished / "objects").mkdir()
            draft = Draft(
                verb="open",
                fact=fact,
                arguments=arguments,
                reads={"case.toml": hashlib.sha256(text).hexdigest()},
                blobs=[("key", public_pem(key.public_key()), f"keys/{fact.lead}.pub")],
            )
            cls(unfinished).append(draft, fact.lead, key)
        return cls(folder)

    def rows(self) -> list[tuple[int, bytes]]:
        """The log as stored."""
        return read_rows(self.log)

    def signed(self) -> list[Signed]:
        """All events, parsed. Signatures are checked by `check`, not here.

        Raises:
            CaseError: They do not continue what this computer saw last.
        """
        seen = last_seen(self.id)
        found = [read_event(raw, f"event {place}") for place, raw in self.rows()]
        roots = roots_of([leaf_hash(one.raw) for one in found])
        for wrong in another(seen, self.id, roots):
            raise CaseError(f"{self.folder.name}: {wrong}")
        if (seen is None or seen.size < len(roots)) and self._believed(found):
            remember(self.id, roots, time_text(now()))
        return found

    def _believed(self, events: Sequence[Signed]) -> bool:
        """Are all signatures good? What is not signed is not remembered as having been seen."""
        signatures = Signatures(self.objects)
        return not any(list(signatures.problems(one, "event")) for one in events)

    def state(self) -> State:
        """Where the case stands."""
        return fold(signed.event for signed in self.signed())

    def signer(self, party: str | None) -> tuple[str, SigningKey]:
        """Who acts, by default the lead, and the private key.

        Raises:
            UsageError: No such party, one that has no key, or the key is not here.
        """
        state = self.state()
        who = state.party(party or state.opening.lead)
        if not who.key:
            raise UsageError(
                f"{who.party}: joined without a key, so {state.opening.lead} records what it says; "
                "leave --as out, and the lead signs"
            )
        return who.party, private_key(who.key, who.party)

    @contextmanager
    def staging(self) -> Iterator[Staged]:
        """Room for what a deed brings along; `append` makes it objects of the case.

        Raises:
            UnwritableError: The disk is full or the case read-only; nothing was recorded.
        """
        with ExitStack() as stack, writable(self.folder.name):
            with locked(self.folder):
                no_links(self.folder)
                staged = stack.enter_context(staging(self.folder))
            yield staged

    def append(
        self,
        draft: Draft,
        actor: str,
        key: SigningKey,
        *,
        staged: Staged | None = None,
        clock: Callable[[], datetime] = now,
    ) -> Event:
        """Put an event on record, whole or not at all; it is on disk when this returns.

        Raises:
            UsageError: A law of the case forbids it as the case stands.
            CaseError: The clock stands before the last event, or the record is damaged.
            UnwritableError: The disk is full or the case read-only; nothing was recorded.
        """
        with ExitStack() as stack:
            rehearsed = None
            if isinstance(key, KeyElsewhere):
                rehearsed = self._rehearsed(draft, actor, key, staged, clock())
                stack.enter_context(key.nothing_asked())
            stack.enter_context(locked(self.folder))
            stack.enter_context(writable(self.folder.name))
            held = staged or stack.enter_context(staging(self.folder))
            rows, roots, tree, state = self._stands()
            if rehearsed and rehearsed[0] != rows:
                raise moved_on()
            moment = rehearsed[1] if rehearsed else clock()
            sweep(self.folder, self.objects, self._named)
            before = state.events[-1:]
            event = self._event(draft, actor, key, state, tree, held, moment)
            raw = sign_event(event, key)
            self._show(before, held)
            self.heads.settle(before, tree, actor, key, held.folder)
            self._record(raw, rows, held)
            tree.append(leaf_hash(raw))
            self._finish(event, tree, state, key, held)
            remember(self.id, [*roots, tree.root.hex()], event.time)
        return event

    def _stands(self) -> tuple[int, list[str], Growing, State]:
        """How many events there are, roots and tree, and the state; of a log to be added to."""
        no_links(self.folder)
        seen = last_seen(self.id)
        rows = self.rows()
        leaves = [leaf_hash(raw) for _, raw in rows]
        tree, roots = Growing(leaves), roots_of(leaves)
        state = fold(read_event(raw, f"event {place}").event for place, raw in rows)
        self.heads.must_continue(roots, seen, state)
        return len(rows), roots, tree, state

    def _rehearsed(
        self, draft: Draft, actor: str, key: KeyElsewhere, staged: Staged | None, moment: datetime
    ) -> tuple[int, datetime]:
        """Have all signed that `append` will sign, without the lock.

        Returns:
            Of how many events the log was, and the event's time.
        """
        with nullcontext(staged) if staged else self.staging() as held:
            with locked(self.folder):
                rows, _, tree, state = self._stands()
                before = state.events[-1:]
                event = self._event(draft, actor, key, state, tree, held, moment)
                copy = held.folder / f"{WRITING}log"
                shutil.copyfile(self.log, copy)
            try:
                raw = sign_event(event, key)
                append_rows(copy, rows, [raw])
                self.heads.rehearse(tree, before, copy, event, raw, key)
            finally:
                copy.unlink(missing_ok=True)
        return rows, moment

    def countersign(self, key: SigningKey) -> int:
        """The lead signs for the log as it stands; returns how many events it has.

        Raises:
            CaseError: The log does not continue what the heads say.
            UnwritableError: The disk is full or the case read-only.
        """
        with locked(self.folder), writable(self.folder.name), staging(self.folder) as staged:
            no_links(self.folder)
            signed = self.signed()
            state = fold(one.event for one in signed)
            tree = Growing([leaf_hash(one.raw) for one in signed])
            roots = roots_of([leaf_hash(one.raw) for one in signed])
            self.heads.must_continue(roots, None, state)
            self.heads.countersign(tree, state, key, staged.folder)
        return tree.size

    def _finish(
        self, event: Event, tree: Growing, state: State, key: SigningKey, staged: Staged
    ) -> None:
        """Write what comes after an event is on record: copies for people, then the heads.

        In this order, so that a copy which a head vouches for cannot be said to be late.
        """
        try:
            self._show([event], staged)
            self.heads.sign(tree, state, event, key, staged.folder)
        except (OSError, MovedOnError) as error:
            why = error.strerror if isinstance(error, OSError) else "it was not signed"
            raise UnwritableError(
                f"{self.folder.name}: event {event.sequence} is on record, but the head or a copy "
                f"for people is not: {why}; the next verb writes them"
            ) from error

    def _event(
        self,
        draft: Draft,
        actor: str,
        key: SigningKey,
        state: State,
        tree: Growing,
        staged: Staged,
        moment: datetime,
    ) -> Event:
        """Stage the blobs; make the event; let the laws judge it."""
        written = [_staged(blob, tree.size, staged) for blob in draft.blobs]
        event = Event(
            case=self.id,
            sequence=tree.size,
            time=_after(state, time_text(moment)),
            actor=actor,
            key=public_id(key.public_key()),
            verb=draft.verb,
            tool=f"filiation {__version__}",
            arguments=dict(draft.arguments),
            reads=dict(draft.reads),
            writes=(*written, *draft.kept),
            facts=fact_fields(draft.fact),
            root=tree.root.hex(),
        )
        state.take(event)
        return event

    def _record(self, raw: bytes, place: int, staged: Staged) -> None:
        """Objects and event, both or neither."""
        try:
            staged.become(self.objects)
            append_rows(self.log, place, [raw])
        except BaseException:
            take_back(staged.folder, self.objects, self._named)
            staged.done()
            raise
        staged.done()

    def _named(self) -> set[str]:
        """Every object that the log names, by itself or in an account of documents."""
        state = self.state()
        documents, problems = documents_kept(self.objects, state)
        if problems:  # what cannot be told apart is left alone
            return {path.name for path in self.objects.present()}
        return {w.sha256 for event in state.events for w in event.writes} | documents.keys()

    def head(self) -> tuple[int, str]:
        """Size and root (hex) of the log."""
        roots = self.roots()
        return len(roots), roots[-1] if roots else EMPTY.hex()

    def roots(self) -> list[str]:
        """Root (hex) of the log at every size from 1."""
        return roots_of([leaf_hash(one.raw) for one in self.signed()])

    def _show(self, events: Sequence[Event], staged: Staged) -> None:
        """Write the copies for people that are not there."""
        for event in events:
            for written in event.writes:
                if written.shown and not (target := self.folder / written.shown).exists():
                    raw = self.objects.get(written.sha256)
                    write_whole(target, raw, partial=staged.folder)


def _staged(blob: tuple[str, bytes, str], sequence: int, staged: Staged) -> Written:
    place, raw, shown = blob
    return Written(
        what=place,
        sha256=staged.put(raw),
        size=len(raw),
        shown=shown.format(sequence=f"{sequence:04d}") if shown else "",
    )


def _after(state: State, moment: str) -> str:
    last = state.events[-1].time if state.events else ""
    if moment < last:
        raise CaseError(
            f"the clock of this computer says {moment}, the last event was signed at {last}; the "
            "clock was moved back, set it right first"
        )
    return moment
