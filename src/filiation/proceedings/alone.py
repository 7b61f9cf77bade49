"""Exhibits that are examined alone: a log, a record of served answers, a history, a session."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from filiation.casefile.ledger.event import Written
from filiation.casefile.ledger.staging import Staged
from filiation.errors import UsageError
from filiation.files import Handed
from filiation.model.kinds import HISTORY, LOG, SERVED, SESSION
from filiation.proceedings.blind.basis import check_whole
from filiation.proceedings.blind.exhibiting import told_in
from filiation.proceedings.exhibits import MATERIAL
from filiation.proceedings.histories import hold_history
from filiation.readers.logs.kept import is_kept, open_log
from filiation.readers.owner.served_record import is_served_record, read_served_record
from filiation.readers.trainings.manifest import HISTORY as LIST
from filiation.readers.trainings.manifest import is_history
from filiation.sealed.blind.kept import Kept, thin
from filiation.sealed.blind.kept import is_kept as is_session

__all__ = ["PART", "Alone", "alone", "keep_alone"]

PART: Final = "part:"  # of a history, and its name there; not "file:", which the other side lacks


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """One such exhibit: its kind, and its file or folder, from which every number follows."""

    kind: str
    path: Path


def alone(spec: str) -> Alone | None:
    """What is examined alone, by what the file says of itself; None of all else."""
    path = Path(spec)
    if is_kept(path):
        return Alone(kind=LOG, path=path)
    if is_served_record(path):
        return Alone(kind=SERVED, path=path)
    if is_history(path):
        return Alone(kind=HISTORY, path=path)
    return Alone(kind=SESSION, path=path) if is_session(path) else None


def keep_alone(staged: Staged, found: Alone, handed: Handed) -> tuple[list[Written], str]:
    """Keep it, and check it as it was kept; the digest that plans name.

    Of a session that is kept which everybody has; what only its tribunal got goes along as a copied
    file alone (`--copy`), which exports leave out.

    Raises:
        UnreadableError: It is damaged, or contradicts itself.
        UsageError: A history lacks a part.
        CaseError: A session whose messages contradict each other.
    """
    if found.kind == HISTORY:
        return _keep_history(staged, handed)
    if found.kind == SESSION:
        kept = Kept(found.path)
        told = told_in(kept).told
        if kept.whole and told is not None:
            check_whole(kept, kept.session(), told)
        raw = thin(kept)
        written = Written(what=MATERIAL, sha256=staged.put(raw), size=len(raw))
        return [written], hashlib.sha256(raw).hexdigest()
    open_log(found.path) if found.kind == LOG else read_served_record(found.path)
    (name,) = handed.files
    sha256, size = staged.put_file(handed.opened(name))
    digest = open_log(staged.path(sha256)).digest if found.kind == LOG else sha256
    return [Written(what=MATERIAL, sha256=sha256, size=size)], digest


def _keep_history(staged: Staged, handed: Handed) -> tuple[list[Written], str]:
    """Its list, and every part that the list names; what else lies in the folder is not kept."""
    kept: dict[str, Written] = {}

    def at(name: str) -> Path:
        if name not in kept:
            if name not in handed.files:
                raise UsageError(f"{name}: named by the history and not in its folder")
            sha256, size = staged.put_file(handed.opened(name))
            what = MATERIAL if name == LIST else PART + name
            kept[name] = Written(what=what, sha256=sha256, size=size)
        return staged.path(kept[name].sha256)

    held = hold_history(at)
    return list(kept.values()), held.digest
