"""The verbs of `history`: checkpoints of one training, in order."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from filiation.cli._options import AsJson, Quiet, Seed

__all__ = ["examine", "take"]

Checkpoints: TypeAlias = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER",
        help="A folder of checkpoints or sketches whose names end in their steps, or a manifest "
        "(TOML or JSON) that lists them: `at`, `step`, `date`, `stamp`, `seal`.",
    ),
]
Out: TypeAlias = Annotated[
    Path,
    typer.Option(
        "--out", "-o", metavar="HISTORY",
        help="The folder of sketches to make; one that was interrupted goes on.",
    ),
]  # fmt: skip
Requests: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--requests",
        help="Write a time-stamp request (RFC 3161) for each checkpoint; extra `timestamp`.",
    ),
]
History: TypeAlias = Annotated[
    Path, typer.Argument(metavar="HISTORY", help="What `filiation history take` made.")
]
Source: TypeAlias = Annotated[
    str, typer.Option("--source", metavar="MODEL", help="The claimed source, or its sketch.")
]
Final: TypeAlias = Annotated[
    str | None,
    typer.Option("--final", metavar="MODEL", help="The exhibit that it should end in."),
]
Published: TypeAlias = Annotated[
    str,
    typer.Option(
        "--published", metavar="DATE", help="When the source was published, YYYY-MM-DD; UTC."
    ),
]
Roots: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--roots", metavar="FILE", help="Certificates (PEM) of the time-stamp authorities trusted."
    ),
]


def take(
    checkpoints: Checkpoints, out: Out, requests: Requests = False, as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Sketch the checkpoints of one training, so that no weights need be handed over.

    One after another, in the memory of one; sketches that are given are taken as they are. A run
    that was interrupted goes on with the same command: a sketch is kept whose checkpoint has not
    changed.
    """
    from filiation.cli._printing import show
    from filiation.cli._progress import bar
    from filiation.proceedings.naming import present

    present(checkpoints, "checkpoints, or a manifest")
    from filiation.proceedings.trainings import take_history
    from filiation.report.render.training import taken_json
    from filiation.report.wording.training import taken_lines

    with bar(quiet) as shown:
        found = take_history(
            checkpoints, out, requests=requests, step=shown.step, progress=shown.progress
        )
    if as_json:
        typer.echo(taken_json(found), nl=False)
    elif not quiet:
        show(*taken_lines(found, str(out)), whole=True)


def examine(
    history: History, source: Source, final: Final = None, published: Published = "",
    roots: Roots = None, seed: Seed = 0, as_json: AsJson = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Test what a training history claims, one claim after another.

    Its start, its steps, its end, contact with the source, dates. It ends in: supports independence
    as far as .., fails at a step, or neither. It speaks of weights; what was learnt from answers of
    the source leaves a true history.
    """
    from filiation.cli._printing import show
    from filiation.cli._progress import bar
    from filiation.proceedings.naming import model_named, present

    present(history, "a history, from `filiation history take`")
    against = model_named(source, "a model's weights")
    exhibit = None if final is None else model_named(final, "a model's weights")
    from filiation.proceedings.trainings import examine_history
    from filiation.report.render.training import examined_json
    from filiation.report.wording.training import history_lines

    with bar(quiet) as shown:
        found = examine_history(
            history, against, final=exhibit, published=published, roots=roots, seed=seed,
            step=shown.step, progress=shown.progress,
        )  # fmt: skip
    if as_json:
        typer.echo(examined_json(found), nl=False)
    elif not quiet:
        show(*history_lines(found))
