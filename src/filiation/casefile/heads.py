"""The heads of a log: one by whoever appended last, and beneath it the last one by the lead.

head.json            how far the log goes, and the digest of case.db; by whoever appended last
countersigned.json   how far the lead has signed for it; by the lead alone

A party's key signs head.json and nothing else, so it cannot make a log that was cut look whole: the
lead's head names more events. Only who kept an earlier copy of both can put that back, which shows
against what is kept outside the folder alone. Cases of the first edition have no second head.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

import rfc8785

from filiation.casefile.laws.parties import edition
from filiation.casefile.ledger.dsse import Envelope, SigningKey, open_envelope, pae, seal
from filiation.casefile.ledger.event import Event
from filiation.casefile.ledger.merkle import Growing, leaf_hash
from filiation.casefile.ledger.objects import write_whole
from filiation.casefile.seen import Seen, another
from filiation.casefile.state import State
from filiation.errors import CaseError, UnreadableError
from filiation.files import opened

__all__ = [
    "COUNTERSIGNED",
    "HEAD",
    "HEAD_KIND",
    "Head",
    "Heads",
    "read_head",
    "two_heads",
    "unlike",
]

HEAD: Final = "head.json"
COUNTERSIGNED: Final = "countersigned.json"
HEAD_KIND: Final = "application/vnd.filiation.head+json"
LONGEST: Final = 1 << 16


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A head as it was signed; who signed it is for the reader to check.

    Attributes:
        case: Id of the case.
        size: How many events.
        root: Root (hex) of their tree.
        database: SHA-256 (hex) of case.db.
        envelope: What it came in.
    """

    case: str
    size: int
    root: str
    database: str
    envelope: Envelope


def read_head(path: Path) -> Head | None:
    """A head; None if there is none. Does not check the signature.

    Raises:
        CaseError: Something else lies there.
    """
    if not path.exists():
        return None
    try:
        with opened(path, follow=True) as file:
            raw = file.read(LONGEST)
    except (UnreadableError, OSError) as error:
        raise CaseError(str(error)) from error
    envelope = open_envelope(raw, path.name)
    try:
        found = json.loads(envelope.payload)
        return Head(
            case=str(found["case"]),
            size=int(found["size"]),
            root=str(found["root"]),
            database=str(found["database"]),
            envelope=envelope,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CaseError(f"{path.name}: not a head of a log: {error}; altered") from error


def unlike(head: Head, name: str, roots: Sequence[str]) -> Iterator[str]:
    """Where a log, of which `roots` are the roots at every size, is not the one of a head."""
    if head.size > len(roots):
        yield (
            f"case.db: {len(roots)} events, but the head that was signed names {head.size} "
            f"({name}); the log was truncated by {head.size - len(roots)}"
        )
    elif head.size < 1 or roots[head.size - 1] != head.root:
        yield (
            f"case.db: its first {head.size} events are not those that {name} was signed for; "
            "the log was rewritten"
        )


def two_heads(state: State) -> bool:
    """Does the lead sign for the log apart? Not in cases of the first edition."""
    return edition(state, 2)


@final
class Heads:
    """The heads of one case."""

    def __init__(self, case: str, folder: Path) -> None:
        self._case = case
        self._folder = folder

    def must_continue(self, roots: Sequence[str], seen: Seen | None, state: State) -> None:
        """Refuse to add to a log that is not the one of its heads, or of what was seen.

        Raises:
            CaseError: It was cut or rewritten, or a head was altered, removed or made older.
        """
        for wrong in self._wrong(roots, seen, state):
            raise CaseError(f"{wrong}; nothing is added to such a log")

    def _wrong(self, roots: Sequence[str], seen: Seen | None, state: State) -> Iterator[str]:
        yield from another(seen, self._case, roots)
        for name in (HEAD, *([COUNTERSIGNED] if state.events and two_heads(state) else [])):
            head = read_head(self._folder / name)
            if head is None:
                yield from [f"{name}: not there; removed"] if roots else []
                continue
            yield from unlike(head, name, roots)
            if name == HEAD and head.size < len(roots) - 1:
                yield f"{name}: an older head was put in its place"
            if name == COUNTERSIGNED and head.envelope.key != state.events[0].key:
                yield f"{name}: not signed by {state.opening.lead}, the lead; altered"

    def settle(
        self,
        last: Sequence[Event],
        tree: Growing,
        actor: str,
        key: SigningKey,
        partial: Path,
    ) -> None:
        """Sign the head that an interrupted verb left out."""
        head = read_head(self._folder / HEAD)
        if tree.size and (head is None or head.size < tree.size):
            self._write(HEAD, tree, last[-1].time, actor, key, partial)

    def sign(
        self, tree: Growing, state: State, event: Event, key: SigningKey, partial: Path
    ) -> None:
        """After an event: the lead signs for the whole log, anybody else how far it goes."""
        if event.actor == state.opening.lead:
            self.countersign(tree, state, key, partial)
        else:
            self._write(HEAD, tree, event.time, event.actor, key, partial)

    def countersign(self, tree: Growing, state: State, key: SigningKey, partial: Path) -> None:
        """The lead signs for the log as it stands."""
        names = (COUNTERSIGNED, HEAD) if two_heads(state) else (HEAD,)
        for name in names:
            self._write(name, tree, state.events[-1].time, state.opening.lead, key, partial)

    def rehearse(
        self, before: Growing, last: Sequence[Event], log: Path, event: Event, raw: bytes,
        key: SigningKey,
    ) -> None:  # fmt: skip
        """Have every head signed that an event will need, as the log will be; nothing is written.

        Args:
            before: The tree without the event.
            last: The event before it, if there is one.
            log: A copy of case.db with the event in it.
            event: To be appended.
            raw: Its envelope.
            key: Of whoever acts.
        """
        head = read_head(self._folder / HEAD)
        if before.size and (head is None or head.size < before.size):
            own = self._folder / "case.db"
            key.sign(pae(HEAD_KIND, self._message(before, last[-1].time, event.actor, own)))
        after = before.grown(leaf_hash(raw))
        key.sign(pae(HEAD_KIND, self._message(after, event.time, event.actor, log)))

    def _message(self, tree: Growing, moment: str, actor: str, log: Path) -> bytes:
        """What a head says, as it is signed."""
        with log.open("rb") as file:
            database = hashlib.file_digest(file, "sha256").hexdigest()
        head: dict[str, str | int] = {
            "case": self._case,
            "size": tree.size,
            "root": tree.root.hex(),
            "time": moment,
            "actor": actor,
            "database": database,
        }
        return rfc8785.dumps(head)

    def _write(
        self,
        name: str,
        tree: Growing,
        moment: str,
        actor: str,
        key: SigningKey,
        partial: Path,
    ) -> None:
        raw = seal(HEAD_KIND, self._message(tree, moment, actor, self._folder / "case.db"), key)
        write_whole(self._folder / name, raw, partial=partial)
