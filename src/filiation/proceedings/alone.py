"""Exhibits that are no model's: a log, served answers, a history, a session, what a machine signed.

And makers' certificates, by which what vouches for such a machine is checked. No pair is made of
these; by which kind a file or a folder is, it says of itself.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from filiation.casefile.ledger.event import Written
from filiation.casefile.ledger.staging import Staged
from filiation.errors import UnreadableError, UsageError
from filiation.files import Handed
from filiation.model.kinds import HISTORY, LOG, ROOTS, SERVED, SESSION, WORKLOAD
from filiation.proceedings.blind.basis import check_whole
from filiation.proceedings.blind.exhibiting import told_in
from filiation.proceedings.exhibits import MATERIAL
from filiation.proceedings.histories import hold_history
from filiation.proceedings.workload import ATTESTATION, SIGNED, is_signed
from filiation.readers.logs.kept import is_kept, open_log
from filiation.readers.owner.served_record import is_served_record, read_served_record
from filiation.readers.trainings.manifest import HISTORY as LIST
from filiation.readers.trainings.manifest import is_history
from filiation.sealed.attestation.chains import are_roots, roots_in
from filiation.sealed.attestation.documents import LONGEST
from filiation.sealed.blind.kept import Kept, thin
from filiation.sealed.blind.kept import is_kept as is_session
from filiation.sealed.workload import read_signed

__all__ = ["PART", "Alone", "alone", "keep_alone"]

PART: Final = "part:"  # of a folder, and its name there; not "file:", which the other side lacks


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """One such exhibit: its kind, and its file or folder, from which every number follows."""

    kind: str
    path: Path


def alone(spec: str) -> Alone | None:
    """Of what no pair is made, by what the file says of itself; None of all else."""
    path = Path(spec)
    if is_kept(path):
        return Alone(kind=LOG, path=path)
    if is_served_record(path):
        return Alone(kind=SERVED, path=path)
    if is_history(path):
        return Alone(kind=HISTORY, path=path)
    if path.is_dir() and (path / SIGNED).is_file():
        return Alone(kind=WORKLOAD, path=path)
    if is_signed(path) and path.name.endswith(SIGNED):
        return Alone(kind=WORKLOAD, path=path)
    if are_roots(path):
        return Alone(kind=ROOTS, path=path)
    return Alone(kind=SESSION, path=path) if is_session(path) else None


def keep_alone(staged: Staged, found: Alone, handed: Handed) -> tuple[list[Written], str]:
    """Keep it, and check it as it was kept; the digest that plans name, empty: that of its files.

    Of a session that is kept which everybody has; what only its tribunal got goes along as a copied
    file alone (`--copy`), which exports leave out.

    Raises:
        UnreadableError: It is damaged, or contradicts itself.
        UsageError: A history lacks a part.
        CaseError: A session whose messages contradict each other.
    """
    if found.kind == HISTORY:
        return _keep_history(staged, handed)
    if found.kind == WORKLOAD:
        return _keep_workload(staged, handed), ""
    if found.kind == ROOTS:
        return _keep_roots(staged, handed), ""
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


def _keep_workload(staged: Staged, handed: Handed) -> list[Written]:
    """What the machine signed, which must hold; the attestation as it is, held or not."""
    kept: list[Written] = []
    for name in handed.files:
        called = name.rpartition("/")[2]
        if not (called.endswith(SIGNED) or name == ATTESTATION):
            continue
        sha256, size = staged.put_file(handed.opened(name))
        what = PART + ATTESTATION if name == ATTESTATION else MATERIAL
        kept.append(Written(what=what, sha256=sha256, size=size))
        if what == MATERIAL:
            read_signed(staged.path(sha256), name)
        elif size > LONGEST:
            raise UnreadableError(f"{name}: {size:,} bytes, expected an attestation of {LONGEST}")
    if sum(one.what == MATERIAL for one in kept) != 1:
        raise UsageError(f"expected one {SIGNED}, as `filiation workload` wrote it; found another")
    return kept


def _keep_roots(staged: Staged, handed: Handed) -> list[Written]:
    """Every certificate and list, each of which must be one."""
    kept = [
        Written(what=PART + name, sha256=sha256, size=size)
        for name in handed.files
        if not any(part.startswith(".") for part in name.split("/"))  # as `verify --roots` does
        for sha256, size in [staged.put_file(handed.opened(name))]
    ]
    roots_in({one.what: staged.path(one.sha256) for one in kept}, "roots")
    return kept
