"""What can be read: a case, or the export of one that its receiver holds.

An export is checked whole before anything of it is read, and held against what this computer saw of
the case. What it does not hold is withheld, and known to be there: every event has its leaf under
the lead's head, every document its leaf under the root that a signed event names. The laws of a
case are judged again where no event is withheld; otherwise whether an event may stand could depend
on one that is not shown, and the lead vouches for that.
"""

import hashlib
from collections.abc import Set
from functools import cached_property
from pathlib import Path
from typing import Final, TypeAlias, final

from filiation.casefile.documents.account import Account, Accounted
from filiation.casefile.documents.papers import Papers, Part, Whole
from filiation.casefile.exchange.export import chosen, write_parts
from filiation.casefile.exchange.export_checked import check_export, is_export
from filiation.casefile.facts import Fact, Produced
from filiation.casefile.laws import law
from filiation.casefile.laws.documents import production, redactions
from filiation.casefile.ledger.event import Event, Signed
from filiation.casefile.ledger.merkle import tree_root
from filiation.casefile.ledger.objects import Objects
from filiation.casefile.record import Record
from filiation.casefile.seen import another, last_seen
from filiation.casefile.state import Entry, State
from filiation.errors import CaseError, WithheldError

__all__ = ["ExportHeld", "Held", "entry_of", "held", "index_name", "papers_of", "withheld_of"]


@final
class ExportHeld:
    """An export that was checked.

    Attributes:
        folder: Where it lies.
        id: Id of the case.
        party: For whom it was made.
        objects: What it holds; what else its events name is withheld.
        withheld: Numbers of the events that it gives as hashes alone.
        head: Size and root (hex) of the log.
    """

    def __init__(
        self, folder: Path, kept: Path, *, case: str, party: str, withheld: tuple[int, ...],
        signed: tuple[Signed, ...], holds: Set[str], head: tuple[int, str],
    ) -> None:  # fmt: skip
        self.folder, self.id, self.party, self.head = folder, case, party, head
        self.objects: Final = Objects(kept, held=holds)
        self.withheld, self._signed, self._held = withheld, signed, holds

    @classmethod
    def checked(cls, folder: Path) -> "ExportHeld":
        """Check an export.

        Raises:
            CaseError: It was altered, or is of another history than this computer saw.
        """
        found = check_export(folder)
        for wrong in another(last_seen(found.case), found.case, found.roots, earlier=True):
            raise CaseError(f"{folder.name}: {wrong}")
        return cls(
            folder, folder / "objects", case=found.case, party=found.party,
            withheld=found.withheld, signed=found.signed, holds=found.held,
            head=(found.size, found.roots[-1]),
        )  # fmt: skip

    @classmethod
    def as_it_would_be(
        cls, record: Record, party: str, folder: Path, *, fresh: bool = True
    ) -> "ExportHeld":
        """What an export for a party would hold now, read from the case; none is made.

        What is withheld is chosen by the code that makes exports.

        Args:
            record: The case.
            party: Who looks.
            folder: For what an export keeps of productions of which a part is withheld.
            fresh: Whether it is empty; else it holds that already.

        Raises:
            UsageError: No such party.
        """
        found = chosen(record, party)
        if fresh:
            write_parts(record, found, folder)
        return cls(
            folder, record.objects.folder, case=record.id, party=party,
            withheld=tuple(place for place, one in enumerate(found.whole) if one is None),
            signed=tuple(one for one in found.whole if one is not None),
            holds=found.kept.keys(), head=(len(found.leaves), tree_root(found.leaves).hex()),
        )  # fmt: skip

    def signed(self) -> list[Signed]:
        """The events that it gives whole, in order."""
        return list(self._signed)

    def holds(self, digest: str) -> bool:
        """Does it hold the object of that digest?"""
        return digest in self._held

    def state(self) -> State:
        """Where the case stands, as far as these events say.

        Raises:
            UsageError: Nothing is withheld, and an event breaks a law of the case.
        """
        return self._state

    @cached_property
    def _state(self) -> State:
        state = State(_not_judged if self.withheld else law)
        for one in self._signed:
            state.take(one.event)
        return state


Held: TypeAlias = Record | ExportHeld


def held(folder: Path | Held) -> Held:
    """The case or the export in a folder; what was opened already, as it is.

    Raises:
        UsageError: Neither is there.
        CaseError: It was altered.
    """
    if not isinstance(folder, Path):
        return folder
    return ExportHeld.checked(folder) if is_export(folder) else Record(folder)


def withheld_of(found: Held, before: int | None = None) -> tuple[int, ...]:
    """Numbers of the events that are withheld, of a log up to a size."""
    if isinstance(found, Record):
        return ()
    return tuple(n for n in found.withheld if before is None or n < before)


def papers_of(found: Held, produced: Entry[Produced]) -> Papers:
    """The documents of a production, as far as they are held.

    Raises:
        CaseError: Their account was altered.
    """
    digest = produced.event.written("account")
    if isinstance(found, Record) or found.holds(digest):
        return Whole(Account(found.objects, digest))
    return Part(found.folder, produced.fact, _redacted(found, produced.fact.production))


def entry_of(found: Held, produced: Entry[Produced], number: int) -> tuple[Papers, Accounted]:
    """The documents of a production, and what its account says of one of them.

    Raises:
        WithheldError: The export does not hold that one.
        CaseError: There is none of that number, or the account was altered.
    """
    papers = papers_of(found, produced)
    entry = papers.entry(number)
    if entry is None:
        document = f"{produced.fact.production}:{number}"
        raise WithheldError(f"{document}: withheld; this export does not hold it")
    return papers, entry


def _redacted(found: ExportHeld, named: str) -> dict[int, bytes]:
    """Number of a document to the words that its last redaction left, where they are held."""
    state = found.state()
    last = {
        int(name.partition(":")[2]): entries[-1].event.written("redacted")
        for name, entries in redactions(state).items()
        if production(state, name).fact.production == named
    }
    return {n: found.objects.get(digest) for n, digest in last.items() if found.holds(digest)}


def index_name(found: Held) -> str:
    """What the index of its documents is called: a case and each party's view have one each."""
    if isinstance(found, Record):
        return found.id
    return hashlib.sha256(f"{found.id} {found.party}".encode()).hexdigest()[:32]


def _not_judged(fact: Fact, event: Event, state: State) -> None:
    """No law: what is withheld may be what allows it."""
