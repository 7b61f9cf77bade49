"""The verb `survey`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from filiation.cli._options import AsCsv, AsJson, Quiet, Seed, not_both

if TYPE_CHECKING:
    from filiation.model.survey import Survey

__all__ = ["command"]

Models: TypeAlias = Annotated[
    list[str],
    typer.Argument(
        metavar="[NAME=]MODEL...",
        help="Checkpoints in any form that `examine` takes, or sketches; or recorded answers: "
        "FILE#* for all models of a file; or tokenizers; or source trees.",
    ),
]
Families: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--families", help="Which models are known relatives (TOML or JSON; recordings only)."
    ),
]
Normaliser: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--normaliser",
        help="How answers are read: letter/2, number/2, literal/2 or text/2. "
        "Default: chosen by looking, and said.",
    ),
]
Most: TypeAlias = Annotated[int, typer.Option("--most", min=1, help="Pairs to show per method.")]
Executor: TypeAlias = Annotated[
    str,
    typer.Option("--executor", help="Where pairs are compared: local, local:N, ray, ray:ADDRESS."),
]
Every: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--every-pair/--alike",
        help="Compare all pairs of checkpoints in full, or those that look alike. "
        "Default: all of up to 64 models.",
    ),
]
Only: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--only",
        metavar="KIND",
        help="What is compared; of model folders also `tokenizers`, those beside their weights. "
        "Default: the kind that was named.",
    ),
]
Out: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        help="Folder for survey.json, stemma.svg, stemma.nwk and matrix.svg; an interrupted "
        "survey of checkpoints goes on from there.",
    ),
]


def command(
    models: Models, families: Families = None, normaliser: Normaliser = None, seed: Seed = 0,
    most: Most = 20, every_pair: Every = None, executor: Executor = "local", only: Only = None,
    out: Out = None,
    as_json: AsJson = False, as_csv: AsCsv = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Compare the pairs of a population: checkpoints, recorded models, tokenizers or source trees.

    A checkpoint that cannot be read, or is a copy of another, is told with its reason and stops
    nothing. Of many checkpoints all pairs are screened and those that look alike are compared.

    For finding out how models hang together, what a question set can show, and whether strangers
    stay strangers. A suspicion is examined with `examine`, on a plan fixed beforehand: the closest
    of hundreds of pairs is close by selection alone.
    """
    from filiation.cli._progress import bar
    from filiation.proceedings.naming import models_named, present_at

    not_both(as_json, as_csv)
    named = models_named(models)
    present_at([(families, "a table of families")])
    from filiation.proceedings.surveying import survey
    from filiation.report.render.records import survey_csv, survey_json

    with bar(quiet) as shown:
        found = survey(
            named, families=families, normaliser=normaliser, seed=seed, every_pair=every_pair,
            executor=executor, out=out, only=only,
            step=shown.step, progress=shown.progress,
        )  # fmt: skip
    if as_json or as_csv:
        typer.echo(survey_json(found) if as_json else survey_csv(found), nl=False)
    else:
        _show(found, most, out)


def _show(found: "Survey", most: int, out: Path | None) -> None:
    from filiation.cli._printing import show
    from filiation.cli._tables import table
    from filiation.report.render.grids import survey_grids
    from filiation.report.wording.verbs import survey_sentences, surveyed_line

    for grid in survey_grids(found, most):
        show(grid.title, table(grid))
    for sentence in survey_sentences(found, most):
        show(sentence)
    if out is not None:
        typer.echo(surveyed_line(str(out)))
