"""A blind comparison in a case: opened from what the case keeps, and whose keys signed it."""

import hashlib
from pathlib import Path
from typing import Final

from filiation.casefile import facts
from filiation.casefile.exchange.held import Held
from filiation.casefile.record import Record
from filiation.casefile.state import Entry, State
from filiation.errors import WithheldError
from filiation.model.blind import ROLES, Copy, SessionTold
from filiation.model.inquiry import InCase
from filiation.model.kinds import SESSION
from filiation.proceedings.blind.exhibiting import told_in
from filiation.proceedings.exhibits import MATERIAL
from filiation.proceedings.progress import Step, no_step
from filiation.proceedings.unplanned import unplanned
from filiation.sealed.blind.kept import Kept, is_kept
from filiation.sealed.blind.session import Session, held_beside

__all__ = ["asked_of_session", "session_told"]

FILE: Final = "file:"


def session_told(record: Held, state: State, name: str, step: Step = no_step) -> SessionTold:
    """What a session says; derived again where the case keeps what the tribunal got.

    Raises:
        AlteredError: Its bytes changed.
        CaseError: Its messages contradict each other.
        WithheldError: An export does not hold what the case derives it from.
    """
    entry = state.exhibits[name]
    digest = entry.event.written(MATERIAL)
    record.objects.check(digest)
    return told_in(Kept(record.objects.path(digest)), whole=_whole(record, entry), step=step)


def _whole(record: Held, entry: Entry[facts.Exhibited]) -> Kept | None:
    """The copied file, if it is a session with all that its tribunal got."""
    for written in entry.event.writes:
        if not written.what.startswith(FILE):
            continue
        if not isinstance(record, Record) and not record.holds(written.sha256):
            raise WithheldError(
                f"{entry.fact.exhibit}: what its tribunal got is withheld; this export does not "
                "hold it"
            )
        record.objects.check(written.sha256)
        path: Path = record.objects.path(written.sha256)
        if is_kept(path) and (kept := Kept(path)).whole:
            return kept
    return None


def _session(record: Held, entry: Entry[facts.Exhibited]) -> Session:
    return Kept(record.objects.path(entry.event.written(MATERIAL))).session()


def asked_of_session(record: Held, state: State, name: str, before: int | None) -> InCase:
    """How the case came to ask, as its record stands before the answer."""
    exhibit = state.exhibits[name]
    now = len(state.events) if before is None else before
    session, others = _session(record, exhibit), list[str]()
    copies = list[tuple[str, Copy]]()
    for one, entry in state.exhibits.items():
        if entry.fact.kind != SESSION or entry.event.sequence >= now or one == name:
            continue
        if (held := _session(record, entry)).id == session.id:
            copies.append((one, held_beside(session, held)))
        else:
            others.append(one)
    keys = {
        entry.fact.key: party
        for party, entry in state.parties.items()
        if entry.event.sequence < now and entry.fact.key
    }
    sides = tuple(
        (role, keys.get(hashlib.sha256(bytes.fromhex(session.terms.keys[role])).hexdigest(), ""))
        for role in ROLES
    )
    return unplanned(state, name, others, sides, copies)
