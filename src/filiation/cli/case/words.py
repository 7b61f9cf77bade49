"""The verb `case words`."""

from pathlib import Path
from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["command"]


def command(
    case: CasePath,
    prompts: Annotated[
        Path,
        typer.Argument(metavar="PROMPTS", help="JSON lines with `prompt`, such as the whole log."),
    ],
    log: Annotated[str, typer.Option(metavar="EXHIBIT", help="The reduced log.")],
    key: Annotated[Path, typer.Option(metavar="FILE", help="The key under which it was reduced.")],
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Tell the words of templates that groups of a log share, as its party.

    Only templates (slots blanked) whose hashes an answer shows go on record, and everybody reads
    them there. Neither the key nor a prompt does.
    """
    from filiation.proceedings.log_words import tell_words
    from filiation.proceedings.naming import present_at
    from filiation.report.wording.inquiry_deeds import worded_line

    present_at([(prompts, "prompts"), (key, "a key")])
    made = tell_words(case, log, prompts, key, acting=acting)
    if not quiet:
        typer.echo(worded_line(made))
