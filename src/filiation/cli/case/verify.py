"""The verb `case verify`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filiation.cli.case._options import CasePath, Quiet

if TYPE_CHECKING:
    from filiation.casefile.record import Record

__all__ = ["command"]


def command(
    case: CasePath,
    head: Annotated[
        str | None, typer.Option("--head", metavar="SIZE:ROOT", help="A head kept elsewhere.")
    ] = None,
    exhibit: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=PATH", help="Hold the files at PATH against an exhibit."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Check the whole record offline, and say exactly what was altered.

    Signatures, history, order and times of all events, the laws of a case, every file under its
    digest, time stamps, and that nothing was added. A whole case rewritten with other keys is
    found only against something kept elsewhere: --head, a time stamp, another party's export.
    """
    from filiation.casefile.check import check_record
    from filiation.casefile.exchange.export import check_export, is_export
    from filiation.casefile.record import Record
    from filiation.errors import CaseError, UsageError

    if is_export(case):
        if head is not None or exhibit:
            raise UsageError("--head and --exhibit go with a case, this is an export of one")
        said = check_export(case)
        if not quiet:
            typer.echo("\n".join(said))
        return
    record = Record(case)
    checked = check_record(record, pinned=_head(head))
    problems = [*checked.problems]
    for one in exhibit or ():
        problems += _exhibit(record, one)
    for note in checked.notes:
        typer.echo(f"note: {note}", err=True)
    for problem in problems[1:]:
        typer.echo(f"filiation: {problem}", err=True)
    if problems:
        raise CaseError(problems[0])
    if not quiet:
        typer.echo(f"1. {checked.events} events: signatures, history, times and laws hold")
        typer.echo(f"2. {checked.files} files are as the events recorded them, none was added")
        stamps = checked.stamps
        typer.echo(f"3. {stamps} time stamps hold" if stamps else "3. no time stamps")


def _head(text: str | None) -> tuple[int, str] | None:
    from filiation.errors import UsageError

    if text is None:
        return None
    size, _, root = text.partition(":")
    if not size.isdecimal() or len(root) != 64:
        raise UsageError(f"--head {text!r}: expected SIZE:ROOT as `case log --head` prints it")
    return int(size), root


def _exhibit(record: "Record", spec: str) -> list[str]:
    from filiation.casefile.exchange.manifest import manifest_bytes, stat_files
    from filiation.errors import UsageError

    name, _, where = spec.partition("=")
    entry = record.state().exhibits.get(name)
    if entry is None or not where:
        raise UsageError(f"--exhibit {spec!r}: expected NAME=PATH with an exhibit of this case")
    path = Path(where)
    found = manifest_bytes(path, stat_files(path)).digests
    recorded = entry.event.reads
    said = []
    for file in sorted(recorded.keys() | found.keys()):
        if recorded.get(file) != found.get(file):
            kind = "was altered" if file in recorded and file in found else "is not in both"
            said.append(f"exhibit {name}: {file} {kind}: not the file that was exhibited")
    return said
