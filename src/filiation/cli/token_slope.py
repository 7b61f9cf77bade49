"""The verb `token-slope`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from filiation.cli._options import AsCsv, AsJson, Quiet, not_both

if TYPE_CHECKING:
    from filiation.model.slopes import TokenSlopes

__all__ = ["command"]

Transcript: TypeAlias = Annotated[
    Path,
    typer.Argument(metavar="TRANSCRIPT", help="What `ask --battery token-slope` wrote."),
]
Tokenizers: TypeAlias = Annotated[
    list[str],
    typer.Option(
        "--tokenizer", metavar="[NAME=]PATH", help="A known tokenizer's file; repeatable."
    ),
]


def command(
    path: Transcript, tokenizer: Tokenizers, as_json: AsJson = False, as_csv: AsCsv = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Which of known tokenizers counts as the server behind a transcript does?

    Record it by `filiation ask ENDPOINT --battery token-slope --max-tokens 16 --out TRANSCRIPT`.
    """
    from filiation.cli._progress import bar
    from filiation.proceedings.naming import models_named, present
    from filiation.proceedings.token_slopes import token_slopes

    not_both(as_json, as_csv)
    present(path, "answers to token-slope")
    named = models_named(tokenizer, "a tokenizer", here=True)
    with bar(quiet) as shown:
        found = token_slopes(path, named, step=shown.step, progress=shown.progress)
    _show(found, as_json=as_json, as_csv=as_csv)


def _show(found: "TokenSlopes", *, as_json: bool, as_csv: bool) -> None:
    from filiation.cli._printing import show
    from filiation.cli._tables import fitting
    from filiation.report.render.slopes import slopes_csv, slopes_grid, slopes_json
    from filiation.report.wording.token_slopes import token_slope_lines

    if as_json or as_csv:
        typer.echo(slopes_json(found) if as_json else slopes_csv(found), nl=False)
        return
    show(*(f"{line}\n" for line in token_slope_lines(found)), *fitting(slopes_grid(found), 4))
