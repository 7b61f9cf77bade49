"""The verb `case claim`."""

from typing import Annotated

import typer

from filiation.cli.case._options import (
    By,
    CasePath,
    Confidential,
    Offline,
    Present,
    Quiet,
    WordsFile,
)
from filiation.cli.case._stating import state

__all__ = ["command"]


def command(
    case: CasePath,
    by: By,
    text: Annotated[str | None, typer.Argument(help="What is claimed.")] = None,
    file: WordsFile = None,
    title: Annotated[str, typer.Option(help="What it is called in lists.")] = "claim",
    confidential: Confidential = False,
    present: Present = None,
    offline: Offline = None,
    quiet: Quiet = False,
) -> None:
    """Put a claimant's claim on record.

    It is signed by the party's own key if it has one, otherwise received and signed by the lead.
    With --offline it is signed into a file, and CASE may be an export; the lead receives it.
    """
    state(
        case,
        "claim",
        by=by,
        title=title,
        text=text,
        file=file,
        confidential=confidential,
        present=present,
        offline=offline,
        quiet=quiet,
    )
