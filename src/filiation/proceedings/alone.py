"""Exhibits that are examined alone: a reduced log, a record of served answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import final

from filiation.casefile.ledger.event import Written
from filiation.casefile.ledger.staging import Staged
from filiation.files import Handed
from filiation.model.kinds import LOG, SERVED
from filiation.proceedings.exhibits import MATERIAL
from filiation.readers.logs.kept import is_kept, open_log
from filiation.readers.owner.served_record import is_served_record, read_served_record

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
    return None


def keep_alone(staged: Staged, found: Alone, handed: Handed) -> tuple[Written, str]:
    """Keep the file, and check it as it was kept; the digest that plans name.

    Raises:
        UnreadableError: It is damaged, or contradicts itself.
    """
    open_log(found.path) if found.kind == LOG else read_served_record(found.path)
    (name,) = handed.files
    sha256, size = staged.put_file(handed.opened(name))
    digest = open_log(staged.path(sha256)).digest if found.kind == LOG else sha256
    return Written(what=MATERIAL, sha256=sha256, size=size), digest
