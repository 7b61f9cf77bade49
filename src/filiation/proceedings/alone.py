"""Exhibits that are examined alone: a reduced log, a record of served answers, a session."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import final

from filiation.casefile.ledger.event import Written
from filiation.casefile.ledger.staging import Staged
from filiation.files import Handed
from filiation.model.kinds import LOG, SERVED, SESSION
from filiation.proceedings.blind.exhibiting import told_in
from filiation.proceedings.exhibits import MATERIAL
from filiation.readers.logs.kept import is_kept, open_log
from filiation.readers.owner.served_record import is_served_record, read_served_record
from filiation.sealed.blind.kept import Kept, thin
from filiation.sealed.blind.kept import is_kept as is_session

__all__ = ["Alone", "alone", "keep_alone"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """One such exhibit: its kind, and its file, from which every number follows."""

    kind: str
    path: Path


def alone(spec: str) -> Alone | None:
    """What is examined alone, by what the file says of itself; None of all else."""
    path = Path(spec)
    if is_kept(path):
        return Alone(kind=LOG, path=path)
    if is_served_record(path):
        return Alone(kind=SERVED, path=path)
    return Alone(kind=SESSION, path=path) if is_session(path) else None


def keep_alone(staged: Staged, found: Alone, handed: Handed) -> tuple[Written, str]:
    """Keep the file, and check it as it was kept; the digest that plans name.

    Of a session that is kept which everybody has; what only its tribunal got goes along as a copied
    file alone (`--copy`), which exports leave out.

    Raises:
        UnreadableError: It is damaged, or contradicts itself.
        CaseError: A session whose messages do.
    """
    if found.kind == SESSION:
        kept = Kept(found.path)
        told_in(kept)
        raw = thin(kept)
        written = Written(what=MATERIAL, sha256=staged.put(raw), size=len(raw))
        return written, hashlib.sha256(raw).hexdigest()
    open_log(found.path) if found.kind == LOG else read_served_record(found.path)
    (name,) = handed.files
    sha256, size = staged.put_file(handed.opened(name))
    digest = open_log(staged.path(sha256)).digest if found.kind == LOG else sha256
    return Written(what=MATERIAL, sha256=sha256, size=size), digest
