"""The verb `case wording`."""

from pathlib import Path
from typing import Annotated

import typer

from filiation.cli.case._options import Quiet

__all__ = ["command"]


def command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Text, Markdown or HTML.")],
    quiet: Quiet = False,
) -> None:
    """Judge the words of a report that a person wrote or edited.

    Refused are the transposed conditional and words that claim more than an examination shows, with
    the reason and what to write instead. Quotations may say anything: quotation marks, lines that
    begin with ">", blockquote and q in HTML. Only English is judged: other languages
    are let through unread.
    """
    from filiation.errors import WordingError
    from filiation.proceedings.wordings import judge_files
    from filiation.report.wording.deeds import nothing_refused, refused_phrase, refused_phrases

    refused = judge_files(files)
    for name, found in refused:
        typer.echo("\n".join(refused_phrase(name, found)))
    if refused:
        raise WordingError(refused_phrases(len(refused)))
    if not quiet:
        typer.echo(nothing_refused())
