"""The verb `survey`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from filiation.model.survey import Survey

__all__ = ["command"]


def command(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL...",
            help="Checkpoints or sketches; or recorded answers: FILE#* for all models of a file.",
        ),
    ],
    families: Annotated[
        Path | None,
        typer.Option(help="Which models are known relatives (TOML or JSON; recordings only)."),
    ] = None,
    normaliser: Annotated[
        str | None,
        typer.Option(
            help="How answers are read: letter/1, number/1, literal/1 or text/1. "
            "Default: chosen by looking, and said."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of all random streams.")] = 0,
    most: Annotated[int, typer.Option(min=1, help="Pairs to show per method.")] = 20,
    executor: Annotated[
        str, typer.Option(help="Where pairs are compared: local, local:N, ray, ray:ADDRESS.")
    ] = "local",
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for survey.json, stemma.svg, stemma.nwk and matrix.svg; an interrupted "
            "survey of checkpoints goes on from there."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object with every pair.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Compare every pair of a population: of checkpoints, or of recorded models.

    For finding out how models hang together, what a question set can show, and whether strangers
    stay strangers. A suspicion is examined with `examine`, on a plan fixed beforehand: the closest
    of hundreds of pairs is close by selection alone.
    """
    from filiation.errors import UsageError
    from filiation.proceedings import survey_answers as survey_recordings
    from filiation.proceedings import survey_weights
    from filiation.readers.answers import is_recording

    kinds = {is_recording(model) for model in models}
    if len(kinds) > 1:
        raise UsageError("checkpoints and recordings together; a survey compares one kind")
    if kinds == {True}:
        found = survey_recordings.survey_of(
            models, families=families, normaliser=normaliser, seed=seed
        )
    elif families is not None or normaliser is not None:
        raise UsageError("--families and --normaliser are for recordings, not for checkpoints")
    else:
        found = survey_weights.survey_of(models, seed=seed, executor=executor, out=out, quiet=quiet)
    if out is not None:
        survey_weights.write(found, out)
    if as_json:
        typer.echo(survey_weights.as_json(found), nl=False)
    else:
        _show(found, most)
        if out is not None:
            typer.echo(f"The survey is in {out}")


def _show(found: "Survey", most: int) -> None:
    import math

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from filiation.library.weights_survey import COMBINED
    from filiation.report.wording.stemma import stemma_sentences

    console = Console()
    methods = dict.fromkeys(pair.method for pair in found.pairs)
    for method in methods if found.stemma is None else [m for m in methods if m == COMBINED]:
        pairs = [pair for pair in found.pairs if pair.method == method]
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
        columns = ["model", "model", "observed", "log10 p", "items"]
        columns[2] = "methods" if method == COMBINED else "z"
        columns += [] if method == COMBINED else ["rank"]
        for heading in columns:
            table.add_column(heading, justify="left" if heading == "model" else "right")
        for pair in pairs[:most]:
            shown = f"{pair.observed:.4g}" if pair.z is None else f"{pair.z:.1f}"
            rank = () if pair.rank is None else (f"{pair.rank:.3f}",)
            table.add_row(
                Text(pair.a), Text(pair.b), shown, f"{pair.log_p / math.log(10):.1f}",
                str(pair.items), *rank,
            )  # fmt: skip
        console.print(Text(f"{method.partition('/')[0]}: {len(pairs)} pairs"), table, sep="\n")
    if found.stemma is None:
        for outcome in found.absent:
            console.print(Text(f"{outcome.method.partition('/')[0]}: {outcome.reason}"))
    elif found.absent:
        console.print(
            Text(f"{len(found.absent)} comparisons did not apply; --json gives every method's p")
        )
    for note in found.notes:
        console.print(Text(f"note: {note}"))
    if found.stemma is not None:
        for sentence in stemma_sentences(found.stemma):
            console.print(Text(sentence))
