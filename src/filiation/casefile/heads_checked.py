"""Are the heads of a case those of its log, and of whom are they?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from filiation.casefile.heads import (
    COUNTERSIGNED,
    HEAD,
    HEAD_KIND,
    Head,
    read_head,
    two_heads,
    unlike,
)
from filiation.casefile.ledger.dsse import signed_by
from filiation.casefile.ledger.objects import digest_file
from filiation.casefile.record import Record
from filiation.casefile.seen import Seen, another
from filiation.casefile.state import State
from filiation.errors import CaseError

__all__ = ["HeadsChecked", "compared_with", "pinned_unlike"]


@final
class HeadsChecked:
    """The heads of a case against its log, of which `roots` are the roots at every size.

    Attributes:
        notes: What an interruption left.
        signed_for: For how many of the first events the lead has signed; None in a case of the
            first edition.
        interrupted: Whether the last event has no head yet.
    """

    def __init__(
        self,
        record: Record,
        state: State,
        roots: Sequence[str],
        keys: Mapping[str, Ed25519PublicKey],
    ) -> None:
        self._record, self._state, self._roots, self._keys = record, state, roots, keys
        self.notes: list[str] = []
        self.signed_for: int | None = None
        self.interrupted = False

    def problems(self, pinned: tuple[int, str] | None, seen: Seen | None) -> Iterator[str]:
        """What was altered, by the heads in the folder, one that was given, and the last seen."""
        yield from self._of(HEAD)
        if self._state.events and two_heads(self._state):
            yield from self._of(COUNTERSIGNED)
        if pinned is not None:
            yield from pinned_unlike(pinned, self._roots)
        for wrong in another(seen, self._record.id, self._roots):
            yield f"case.db: {wrong}"

    def _of(self, name: str) -> Iterator[str]:
        try:
            head = self._signed(name)
        except CaseError as error:
            yield f"{name}: {error}; altered or removed"
            return
        wrong = list(unlike(head, name, self._roots))
        yield from wrong
        if not wrong:
            yield from self._last(head) if name == HEAD else self._leads(head)

    def _signed(self, name: str) -> Head:
        """A head with a good signature, of the lead where it is the lead's.

        A case comes to be with its heads: that none was written yet is never so.
        """
        head = read_head(self._record.folder / name)
        if head is None:
            raise CaseError("not there")
        key = self._keys.get(head.envelope.key)
        if head.envelope.kind != HEAD_KIND or key is None or not signed_by(head.envelope, key):
            raise CaseError("not signed by a party of this case")
        if name == COUNTERSIGNED and head.envelope.key != self._state.events[0].key:
            raise CaseError(f"not signed by {self._state.opening.lead}, the lead")
        if head.case != self._record.id:
            raise CaseError("the head of another case")
        return head

    def _last(self, head: Head) -> Iterator[str]:
        """The head of whoever appended last names all events, or all but an interrupted one."""
        behind = len(self._roots) - head.size
        if behind:
            self.interrupted = True
            self.notes.append(
                f"{HEAD}: names {head.size} of {len(self._roots)} events; a verb was interrupted "
                "after its event was on record, the next one signs a new head"
            )
        if behind > 1:
            yield (
                f"{HEAD}: is {behind} events behind, and an interruption leaves it at most one "
                "behind; an older head was put in its place"
            )
        if not behind and digest_file(self._record.log)[0] != head.database:
            yield f"case.db: its bytes are not those that {HEAD} was signed for; it was altered"

    def _leads(self, head: Head) -> Iterator[str]:
        """The lead's head goes beyond its last event but one: the last may be interrupted."""
        lead = self._state.opening.lead
        acted = [event.sequence for event in self._state.events if event.actor == lead]
        self.signed_for = max(head.size, acted[-1] + 1)
        if len(acted) > 1 and head.size <= acted[-2]:
            yield (
                f"{COUNTERSIGNED}: {lead} signed for {head.size} events there, and has acted in "
                f"event {acted[-2]} since; an older head was put in its place"
            )


def pinned_unlike(pinned: tuple[int, str], roots: Sequence[str]) -> Iterator[str]:
    """Where a log, of which `roots` are the roots at every size, is not that of a head."""
    size, root = pinned
    if size > len(roots):
        yield (
            f"case.db: {len(roots)} events, the head kept elsewhere names {size}; the log was "
            "truncated"
        )
    elif size < 1 or roots[size - 1] != root:
        yield (
            f"case.db: its first {size} events are not those of the head kept elsewhere; the log "
            "was rewritten"
        )


def compared_with(
    pinned: tuple[int, str] | None, seen: Seen | None, *, size: int, stamps: int = 0
) -> Iterator[str]:
    """What from outside the folder a log of a size was held against, in words."""
    if seen is not None:
        yield f"the {min(seen.size, size)} events of it that this computer saw before"
    if pinned is not None:
        yield f"the head of {pinned[0]} events that was given"
    if stamps:
        yield f"{stamps} {'time stamp' if stamps == 1 else 'time stamps'}"
