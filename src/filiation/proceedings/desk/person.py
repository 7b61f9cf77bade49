"""Who is at a page, what may they do, and what do they see?

Everybody but the lead sees what an export made for them would hold, and nothing else; the code that
withholds from exports withholds here. What they may do is a table, and the laws of the case judge
each deed again when it is signed.
"""

import shutil
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final, get_args

from filiation.casefile import facts
from filiation.casefile.exchange.export_checked import is_export
from filiation.casefile.exchange.held import ExportHeld, Held, held
from filiation.casefile.place import is_free
from filiation.casefile.record import Record
from filiation.errors import UsageError
from filiation.proceedings.documents.handing_over import going_along
from filiation.report.wording.desk import NO_KEY, nobody_yet

__all__ = ["MAY", "Person", "Sight", "people"]

_ALL: Final = frozenset({"state", "add", "documents", "tag", "comment", "privilege", "redact"})
_NEUTRAL: Final = frozenset(
    {"plan", "power", "draw", "opine", "unmask", "examine", "review", "pose", "trained", "inquire"}
)
_TIME: Final = frozenset({"stop", "resume", "closed", "deadline", "extend", "serve"})
_SIDE: Final = _ALL | {"commit"}
MAY: Final[Mapping[str, frozenset[str]]] = {
    "opener": frozenset({"open"}),
    "lead": _ALL | _NEUTRAL | _TIME | {"party", "decide", "export", "coin", "rule", "report"},
    "examiner": _SIDE | _NEUTRAL | {"report"},
    "reviewer": _SIDE | {"opine", "review", "report"},
    "claimant": _SIDE,
    "respondent": _SIDE,
    "observer": _SIDE,
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody at a page.

    Attributes:
        party: By its name in the case; empty: somebody who reads what the folder holds.
        role: In the case; `opener` is who opens one, `guest` who is to join and makes a key.
        acts: Whether anything can be done; else this person reads.
    """

    party: str
    role: str
    acts: bool

    @property
    def may(self) -> frozenset[str]:
        """The deeds that are theirs."""
        return MAY.get(self.role, frozenset()) if self.acts else frozenset()

    @property
    def makes_key(self) -> bool:
        """Is this somebody who has no part in a case yet, and sees nothing of one?"""
        return self.role in ("opener", "guest")


def people(case: Path, acting: list[str], reading: list[str]) -> list[Person]:
    """The people that a case is served to: who acts, and who reads; none named: one who reads.

    Where there is nothing yet, it is who opens a case there.

    Raises:
        UsageError: No case, no such party, one without a key, or an export, in which nothing can
            be done.
    """
    if is_free(case):
        if acting or reading:
            raise UsageError(nobody_yet(str(case)))
        return [Person(party="", role="opener", acts=True)]
    if not acting and not reading:
        return [Person(party="", role="", acts=False)]
    if is_export(case):
        raise UsageError("an export is read as it is; serve the case itself to its people")
    state = Record(case).state()
    found = []
    for name, acts in ((n, a) for names, a in ((acting, True), (reading, False)) for n in names):
        party = state.party(name)
        if acts and not party.key:
            raise UsageError(f"{name}: {NO_KEY}")
        found.append(Person(party=name, role=party.role, acts=acts))
    return found


@final
class Sight:
    """What one person sees of a case as it stands."""

    def __init__(self, case: Path, person: Person) -> None:
        self._case, self._person = case, person
        self._parts: list[Path] = []  # pages of the last but one may still be in the making
        self._documents: tuple[int, ...] = ()
        weakref.finalize(self, _removed, self._parts)

    def held(self) -> Held:
        """The case or the export itself, or what an export for this person would hold now.

        Raises:
            UsageError: Neither a case nor an export.
            CaseError: It was altered.
        """
        if self._person.role in ("", "lead"):
            return held(self._case)
        record, party = Record(self._case), self._person.party
        said = _said_of_documents(record)
        if self._parts and said == self._documents:
            return ExportHeld.as_it_would_be(record, party, self._parts[-1], fresh=False)
        folder = Path(tempfile.mkdtemp(prefix="filiation-seen-"))
        try:
            seen = ExportHeld.as_it_would_be(record, party, folder, fresh=True)
            for name, raw in going_along(record, party, pages=False).items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(raw)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)  # half of it is never what anybody sees
            raise
        _removed(self._parts, keep=1)
        self._parts.append(folder)
        self._documents = said
        return seen


def _said_of_documents(record: Record) -> tuple[int, ...]:
    """Where a log speaks of documents so that others may see it.

    What an export lays beside its events follows from that alone, and takes long to lay out.
    """
    state = record.state()
    kinds = {*get_args(facts.DocumentFact)} - {facts.Tagged, facts.Queried}
    return tuple(sorted(one.event.sequence for kind in kinds for one in state.of(kind)))


def _removed(folders: list[Path], keep: int = 0) -> None:
    while len(folders) > keep:
        shutil.rmtree(folders.pop(0), ignore_errors=True)
