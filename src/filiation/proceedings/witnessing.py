"""Keeping the heads of a case in a file of one's own, and holding such files against each other."""

from dataclasses import dataclass
from pathlib import Path
from typing import final

from filiation.casefile.deeds import HeadKept
from filiation.casefile.exchange.export_checked import check_export, head_of_export, is_export
from filiation.casefile.exchange.witness import (
    Witness,
    Witnessed,
    first_line,
    meeting,
    next_line,
    read_witness,
    unlike,
)
from filiation.casefile.heads import COUNTERSIGNED, read_head
from filiation.casefile.ledger.merkle import leaf_hash, roots_of
from filiation.casefile.record import Record
from filiation.errors import CaseError, UsageError
from filiation.proceedings.verifying import verify_case

__all__ = ["HeadKept", "compare_witnesses", "keep_head"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Log:
    """What a case or an export shows of its log."""

    case: str
    lead: str
    key: bytes
    leaves: list[bytes]
    head: bytes
    size: int


def keep_head(case: Path, file: Path) -> HeadKept:
    """Verify a case or an export of one, and add the lead's head of it to a witness file.

    Raises:
        UsageError: The lead has signed no head of this case, or the file cannot be written.
        CaseError: The case was altered, or does not continue the heads in the file.
    """
    found = verify_case(case)
    for problem in found.problems:
        raise CaseError(problem)
    log = _of_export(case) if is_export(case) else _of_case(Record(case))
    before = read_witness(file) if file.exists() else None
    if before is not None:
        for wrong in unlike(before, log.case, roots_of(log.leaves)):
            raise CaseError(wrong)
    last = before.heads[-1] if before is not None else None
    heads = len(before.heads) if before is not None else 0
    new = last is None or last.size < log.size
    if new:
        _write(file, log, last)
    return HeadKept(
        lead=log.lead,
        size=log.size,
        later=len(log.leaves) - log.size,
        heads=heads + new,
        new=new,
    )


def compare_witnesses(one: Path, other: Path) -> tuple[Witness, Witness, bool]:
    """Hold two witness files against each other; whether they have a head of one size in common.

    Raises:
        CaseError: A file was altered, they are of two cases, or the lead signed two histories.
    """
    mine, theirs = read_witness(one), read_witness(other)
    found = meeting(mine, theirs)
    for first, second in found:
        if first.root != second.root:
            raise CaseError(
                f"{mine.lead} signed for two different logs of {first.size} events: root "
                f"{first.root[:16]}.. at {first.time} ({one.name}) and {second.root[:16]}.. at "
                f"{second.time} ({other.name}); two histories of this case exist"
            )
    return mine, theirs, bool(found)


def _of_case(record: Record) -> _Log:
    signed = record.signed()
    path = record.folder / COUNTERSIGNED
    head = read_head(path)
    if head is None:
        raise UsageError(
            f"{record.folder.name}: the lead has signed for no head apart; a case that was opened "
            "under the first edition of the laws is witnessed by an export"
        )
    opening = signed[0].event
    return _Log(
        case=record.id,
        lead=opening.actor,
        key=record.objects.get(opening.written("key")),
        leaves=[leaf_hash(one.raw) for one in signed],
        head=path.read_bytes(),
        size=head.size,
    )


def _of_export(folder: Path) -> _Log:
    checked = check_export(folder)
    head, key, leaves = head_of_export(folder)
    return _Log(
        case=checked.case, lead=checked.lead, key=key, leaves=leaves, head=head, size=checked.size
    )


def _write(file: Path, log: _Log, last: Witnessed | None) -> None:
    """Append a line; a new file is begun."""
    leaves = log.leaves[: log.size]
    lines = [first_line(log.case, log.lead, log.key)] if last is None else []
    lines.append(next_line(log.head, leaves, last))
    try:
        with file.open("xb" if last is None else "ab") as written:
            written.write(b"".join(lines))
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from error
