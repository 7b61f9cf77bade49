"""The record of a case on disk.

case.toml         id, schema, title; never changes
case.db           the log: signed events in order
head.json         signed head of the log, and the digest of case.db
objects/sha256/   every file that events name, under its digest
submissions/ID/   copies for people of what each party submitted
reports/          copies for people of the reports
keys/ID.pub       the parties' public keys
.staged-*/        what a deed brings along, while it is under way

An event is on record when its transaction is committed. What it names lies apart until the laws
have allowed it, and becomes objects just before that; copies for people and the head come after it,
and the next verb writes what an interruption left out. A refused deed leaves nothing.
"""

import hashlib
import json
import secrets
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, final

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from filiation import __version__
from filiation.casefile.documents.kept import documents_kept
from filiation.casefile.facts import Fact, Opened, fact_fields
from filiation.casefile.laws import fold
from filiation.casefile.ledger.dsse import open_envelope, public_id, seal
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
from filiation.casefile.ledger.merkle import Growing, leaf_hash
from filiation.casefile.ledger.objects import Objects, flush_folder, write_whole
from filiation.casefile.ledger.staging import Staged, staging, sweep, take_back
from filiation.casefile.ledger.store import append_rows, create_log, read_rows
from filiation.casefile.state import State
from filiation.errors import CaseError, UnreadableError, UnwritableError, UsageError
from filiation.files import opened

__all__ = ["HEAD_KIND", "SCHEMA", "Draft", "Record", "free_place", "now"]

SCHEMA: Final = 1
HEAD_KIND: Final = "application/vnd.filiation.head+json"


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
        self.settings = _settings(folder)
        self.id = str(self.settings["id"])
        self.objects = Objects(folder / "objects")
        self.log = folder / "case.db"

    @classmethod
    def create(
        cls, folder: Path, fact: Opened, key: Ed25519PrivateKey, arguments: Mapping[str, str]
    ) -> "Record":
        """Open a new case: a directory that is there whole or not at all.

        Raises:
            UsageError: Something is there already, or the place cannot be written.
        """
        free_place(folder)
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            partial = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".partial-"))
        except OSError as error:
            raise UsageError(f"{folder}: cannot be written: {error.strerror}") from error
        try:
            with writable(folder.name):
                text = _toml(fact)
                write_whole(partial / "case.toml", text, partial=partial)
                create_log(partial / "case.db")
                (partial / "objects").mkdir()
                draft = Draft(
                    verb="open",
                    fact=fact,
                    arguments=arguments,
                    reads={"case.toml": hashlib.sha256(text).hexdigest()},
                    blobs=[("key", public_pem(key.public_key()), f"keys/{fact.lead}.pub")],
                )
                cls(partial).append(draft, fact.lead, key)
                partial.chmod(0o755)
                partial.rename(folder)
                flush_folder(folder.parent)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return cls(folder)

    def rows(self) -> list[tuple[int, bytes]]:
        """The log as stored."""
        return read_rows(self.log)

    def signed(self) -> list[Signed]:
        """All events, parsed. Signatures are checked by `check`, not here."""
        return [read_event(raw, f"event {place}") for place, raw in self.rows()]

    def state(self) -> State:
        """Where the case stands."""
        return fold(signed.event for signed in self.signed())

    def signer(self, party: str | None) -> tuple[str, Ed25519PrivateKey]:
        """Who acts, by default the lead, and the private key.

        Raises:
            UsageError: No such party, one that has no key, or the key is not here.
        """
        state = self.state()
        who = state.party(party or state.opening.lead)
        if not who.key:
            raise UsageError(
                f"{who.party}: joined without a key, so {state.opening.lead} records what it says"
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
        key: Ed25519PrivateKey,
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
        with (
            locked(self.folder),
            writable(self.folder.name),
            nullcontext(staged) if staged else staging(self.folder) as held,
        ):
            no_links(self.folder)
            rows = self.rows()
            tree = Growing([leaf_hash(raw) for _, raw in rows])
            state = fold(read_event(raw, f"event {place}").event for place, raw in rows)
            sweep(self.folder, self.objects, self._named)
            before = state.events[-1:]
            event = self._event(draft, actor, key, state, tree, held, clock)
            raw = sign_event(event, key)
            self._settle_head(before, tree, actor, key, held)
            self._show(before, held)
            self._record(raw, len(rows), held)
            tree.append(leaf_hash(raw))
            self._finish(event, tree, actor, key, held)
        return event

    def _finish(
        self, event: Event, tree: Growing, actor: str, key: Ed25519PrivateKey, staged: Staged
    ) -> None:
        """Write what comes after an event is on record: the head, and copies for people."""
        try:
            self._sign_head(tree, event.time, actor, key, staged)
            self._show([event], staged)
        except OSError as error:
            raise UnwritableError(
                f"{self.folder.name}: event {event.sequence} is on record, but the head or a copy "
                f"for people is not: {error.strerror}; the next verb writes them"
            ) from error

    def _event(
        self,
        draft: Draft,
        actor: str,
        key: Ed25519PrivateKey,
        state: State,
        tree: Growing,
        staged: Staged,
        clock: Callable[[], datetime],
    ) -> Event:
        """Stage the blobs; make the event; let the laws judge it."""
        written = [_staged(blob, tree.size, staged) for blob in draft.blobs]
        event = Event(
            case=self.id,
            sequence=tree.size,
            time=_after(state, time_text(clock())),
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
        tree = Growing([leaf_hash(raw) for _, raw in self.rows()])
        return tree.size, tree.root.hex()

    def roots(self) -> list[str]:
        """Root (hex) of the log at every size from 1."""
        tree, found = Growing(), []
        for _, raw in self.rows():
            tree.append(leaf_hash(raw))
            found.append(tree.root.hex())
        return found

    def _show(self, events: Sequence[Event], staged: Staged) -> None:
        """Write the copies for people that are not there."""
        for event in events:
            for written in event.writes:
                if written.shown and not (target := self.folder / written.shown).exists():
                    raw = self.objects.get(written.sha256)
                    write_whole(target, raw, partial=staged.folder)

    def _settle_head(
        self,
        last: Sequence[Event],
        tree: Growing,
        actor: str,
        key: Ed25519PrivateKey,
        staged: Staged,
    ) -> None:
        """Sign the head that an interrupted verb left out; refuse to grow a log that was cut."""
        if not tree.size:
            return
        path = self.folder / "head.json"
        signed = 0
        if path.exists():
            envelope = open_envelope(path.read_bytes()[: 1 << 16], "head.json")
            try:
                signed = int(json.loads(envelope.payload)["size"])
            except (ValueError, KeyError, TypeError) as error:
                raise CaseError(f"head.json: not a head of a log: {error}; altered") from error
        if signed > tree.size:
            raise CaseError(
                f"case.db: {tree.size} events, but the head that was signed names {signed}; the "
                "log was truncated, and nothing is added to such a log"
            )
        if signed < tree.size:
            self._sign_head(tree, last[-1].time, actor, key, staged)

    def _sign_head(
        self, tree: Growing, moment: str, actor: str, key: Ed25519PrivateKey, staged: Staged
    ) -> None:
        with self.log.open("rb") as file:
            database = hashlib.file_digest(file, "sha256").hexdigest()
        head: dict[str, str | int] = {
            "case": self.id,
            "size": tree.size,
            "root": tree.root.hex(),
            "time": moment,
            "actor": actor,
            "database": database,
        }
        raw = seal(HEAD_KIND, rfc8785.dumps(head), key)
        write_whole(self.folder / "head.json", raw, partial=staged.folder)


def free_place(folder: Path) -> None:
    """A case is opened where nothing is.

    Raises:
        UsageError: Something is there.
    """
    if folder.exists():
        raise UsageError(f"{folder}: exists; a case is never overwritten")


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


def _toml(fact: Opened) -> bytes:
    title = json.dumps(fact.title, ensure_ascii=True)
    return (
        "# A Filiation case. This file never changes: its digest stands in the first event.\n"
        f"schema_version = {SCHEMA}\n"
        f'id = "{secrets.token_hex(16)}"\n'
        f"title = {title}\n"
    ).encode()


def _settings(folder: Path) -> dict[str, Any]:
    path = folder / "case.toml"
    try:
        with opened(path, follow=True) as file:
            raw = file.read(1 << 16)
    except (UnreadableError, OSError) as error:
        raise UsageError(
            f"{folder}: no case here ({error}); `filiation case open` makes one"
        ) from error
    try:
        found = tomllib.loads(raw.decode())
    except ValueError as error:
        raise CaseError(f"case.toml: not TOML: {error}; it was altered") from error
    schema = found.get("schema_version")
    if isinstance(schema, int) and schema > SCHEMA:
        raise CaseError(
            f"case.toml: schema {schema}, this version reads up to {SCHEMA}; the case was made by "
            "a newer version of filiation, which is needed to read it"
        )
    if schema != SCHEMA or not isinstance(found.get("id"), str):
        raise CaseError(f"case.toml: schema {schema!r} and no id of a case; it was altered")
    return found
