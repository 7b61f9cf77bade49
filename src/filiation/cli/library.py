"""The verb `library`: sketches of many models in one place."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Keep sketches of many models, and ask which of them a model is related to.",
)

Where = Annotated[Path, typer.Argument(metavar="LIBRARY", help="The library's folder.")]
Named = Annotated[str, typer.Argument(help="Name of a model in the library.")]


@app.command("add")
def add(
    library: Where,
    models: Annotated[list[Path], typer.Argument(help="Models to sketch, or sketches.")],
    name: Annotated[
        str | None, typer.Option(help="What to call it (one model only; default: its own name).")
    ] = None,
) -> None:
    """Sketch models and keep the sketches. The library is made if there is none."""
    from tempfile import TemporaryDirectory

    from filiation.errors import UsageError
    from filiation.library.store import Library
    from filiation.proceedings.gathering import reading, sketch_file

    if name is not None and len(models) > 1:
        raise UsageError(f"--name {name}: {len(models)} models were given, expected one")
    with (
        Library(library, create=True) as kept,
        TemporaryDirectory() as scratch,
        reading(False) as progress,
    ):
        for number, model in enumerate(models):
            path, own = sketch_file(model, Path(scratch) / f"{number}.sketch", progress)
            entry = kept.add(name or own, path)
            typer.echo(f"{entry.name}: added, {entry.layers} layers, {entry.units} units")


@app.command("list")
def list_models(
    library: Where,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """List the models of a library."""
    import json
    from dataclasses import asdict

    from filiation.library.store import Library

    with Library(library) as kept:
        entries = kept.entries()
    if as_json:
        typer.echo(json.dumps({"schema_version": 1, "models": [asdict(e) for e in entries]}))
        return
    for entry in entries:
        typer.echo(
            f"{entry.name}  model {entry.subject[:12]}  {entry.layers} layers  {entry.units} units"
        )
    typer.echo(f"{len(entries)} models")


@app.command("remove")
def remove(library: Where, name: Named) -> None:
    """Forget a model and delete its sketch."""
    from filiation.library.store import Library

    with Library(library) as kept:
        entry = kept.remove(name)
    typer.echo(f"{entry.name}: removed, sketch {entry.sketch[:12]} deleted")


@app.command("export")
def export(
    library: Where,
    name: Named,
    out: Annotated[Path, typer.Option("--out", "-o", help="The sketch file to write.")],
) -> None:
    """Write a copy of a model's sketch."""
    from filiation.library.store import Library

    with Library(library) as kept:
        kept.export(name, out)
    typer.echo(f"{name}: sketch written to {out}")


@app.command("search")
def search(
    library: Where,
    model: Annotated[Path, typer.Argument(help="The model to look for, or its sketch.")],
    most: Annotated[int, typer.Option(min=1, help="Length of the shortlist.")] = 20,
    level: Annotated[
        float, typer.Option(min=1e-12, max=0.5, help="False discovery rate over the library.")
    ] = 0.01,
    seed: Annotated[int, typer.Option(help="Of all random streams.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Which models of the library share weights with MODEL?

    A coarse signature shortlists, each of the shortlist is compared in full, and e-BH keeps the
    rate of false discoveries over the whole library. A relative that was not shortlisted is
    missed: for a suspicion about one model, use `examine`.
    """
    import json
    import math
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from filiation.library.search import search_library
    from filiation.library.store import Library
    from filiation.proceedings.gathering import reading, sketch_file
    from filiation.sketching.sketch_file import read_sketch

    with (
        Library(library) as kept,
        TemporaryDirectory() as scratch,
        reading(False) as progress,
    ):
        path, own = sketch_file(model, Path(scratch) / "query.sketch", progress)
        task = progress.add_task("searching", total=None)
        found = search_library(
            kept,
            replace(read_sketch(path), name=own),
            most=most,
            level=level,
            seed=seed,
            step=lambda doing: progress.update(task, description=doing),
        )
    rows = [
        {
            "name": c.name,
            "log10_p": None if c.log_p is None else float(f"{c.log_p / math.log(10):.12g}"),
            "log10_e": None if c.log_p is None else float(f"{c.log_e / math.log(10):.12g}"),
            "found": c.found,
        }
        for c in found.candidates
    ]
    if as_json:
        summary = {
            "schema_version": 1, "query": found.query, "models": found.models,
            "compared": found.compared, "level": found.level, "candidates": rows,
        }  # fmt: skip
        typer.echo(json.dumps(summary, indent=1, allow_nan=False))
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("model", "log10 p", "log10 e", "shared weights"):
        table.add_column(heading, justify="left" if heading == "model" else "right")
    for candidate in found.candidates:
        table.add_row(
            Text(candidate.name), _powers(candidate.log_p),
            "-" if candidate.log_p is None else _powers(candidate.log_e),
            _standing(candidate.log_p, candidate.found),
        )  # fmt: skip
    console = Console()
    console.print(table)
    console.print(
        Text(
            f"{len(rows)} of {found.models} models shortlisted and compared; at most "
            f"{100 * found.level:g} % of what is marked “supported” is expected to be false. "
            "Models that were not shortlisted were not examined."
        )
    )


def _standing(log_p: float | None, found: bool) -> str:
    if log_p is None:
        return "not comparable"
    return "supported" if found else "not seen"


def _powers(log: float | None) -> str:
    import math

    return "-" if log is None else f"{log / math.log(10) + 0.0:.1f}".replace("-0.0", "0.0")
