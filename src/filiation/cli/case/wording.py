"""The verb `case wording`."""

from pathlib import Path
from typing import Annotated

import typer

from filiation.cli.case._options import Quiet

__all__ = ["command"]

LONGEST = 1 << 26  # bytes of a text


def command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Text, Markdown or HTML.")],
    quiet: Quiet = False,
) -> None:
    """Judge the words of a report that a person wrote or edited.

    Refused are the transposed conditional and words that claim more than an examination shows, with
    the reason and what to write instead. Quotations may say anything: quotation marks, lines that
    begin with ">", blockquote and q in HTML.
    """
    from filiation.errors import UsageError, WordingError
    from filiation.report.wording.edited import judge_edited

    wrong = 0
    for path in files:
        try:
            if path.stat().st_size > LONGEST:
                raise UsageError(f"{path}: more than {LONGEST} bytes; refused")
            raw = path.read_bytes()
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
        if b"\0" in raw:
            raise UsageError(f"{path}: no plain text or HTML; save it as one of these first")
        for found in judge_edited(raw):
            wrong += 1
            typer.echo(f"{path.name}:{found.line}: {found.refusal.phrase!r}")
            typer.echo(f"  why: {found.refusal.why}")
            typer.echo(f"  write: {found.refusal.instead}")
    if wrong:
        raise WordingError(f"{wrong} phrase{'' if wrong == 1 else 's'} that no report may use")
    if not quiet:
        typer.echo("nothing that claims more than an examination can show")
