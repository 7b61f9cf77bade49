"""Checking a case or an export of one offline, and deriving every number of a case again."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from filiation.casefile.check import Checked, check_record
from filiation.casefile.exchange.export import ExportChecked, check_export, is_export
from filiation.casefile.exchange.manifest import manifest_bytes
from filiation.casefile.record import Record
from filiation.errors import CaseError, UsageError
from filiation.files import handed_over, shown
from filiation.proceedings.replaying import Replayed, replay

__all__ = ["derive_again", "verify_case"]


def verify_case(
    case: Path, *, head: str | None = None, exhibits: Sequence[str] = ()
) -> Checked | ExportChecked:
    """Check the whole record, or an export of one.

    Args:
        case: The folder.
        head: SIZE:ROOT of a head that was kept elsewhere.
        exhibits: NAME=PATH of files that are to be held against an exhibit.

    Raises:
        UsageError: No case, or an option that an export has no use for.
        CaseError: An export was altered; what is wrong with a case is told in `Checked`.
    """
    if is_export(case):
        if head is not None or exhibits:
            raise UsageError("--head and --exhibit go with a case, this is an export of one")
        return check_export(case)
    record = Record(case)
    other = [str(problem) for spec in exhibits for problem in _compared(record, spec)]
    return check_record(record, pinned=_head(head), found=other)


def derive_again(case: Path) -> Iterator[Replayed]:
    """Derive every number again from what the case keeps, one event at a time."""
    record = Record(case)
    return replay(record, record.state())


def _head(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    size, _, root = text.partition(":")
    if not size.isdecimal() or len(root) != 64:
        raise UsageError(f"head {text!r}: expected SIZE:ROOT as `case log --head` prints it")
    return int(size), root


def _compared(record: Record, spec: str) -> Iterator[CaseError]:
    """What is wrong with files that are held against an exhibit."""
    name, _, where = spec.partition("=")
    entry = record.state().exhibits.get(name)
    if entry is None or not where:
        raise UsageError(f"--exhibit {spec!r}: expected NAME=PATH with an exhibit of this case")
    path = Path(where)
    found = manifest_bytes(name, handed_over(path, follow=True)).digests
    recorded = entry.event.reads
    for file in sorted(recorded.keys() | found.keys()):
        if recorded.get(file) != found.get(file):
            kind = "was altered" if file in recorded and file in found else "is not in both"
            yield CaseError(
                f"exhibit {name}: {shown(file)} {kind}: not the file that was exhibited"
            )
