"""The verb `library`: sketches of many models in one place."""

from os import cpu_count
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from filiation.cli._options import AsCsv, AsJson, Seed, not_both

__all__ = ["add", "export", "list_models", "remove", "search"]


Where: TypeAlias = Annotated[Path, typer.Argument(metavar="LIBRARY", help="The library's folder.")]
Models: TypeAlias = Annotated[
    list[str], typer.Argument(metavar="[NAME=]MODEL...", help="Models to sketch, or sketches.")
]
Called: TypeAlias = Annotated[
    str | None,
    typer.Option("--name", help="What to call it (one model only; default: its own name)."),
]
Out: TypeAlias = Annotated[Path, typer.Option("--out", "-o", help="The sketch file to write.")]
Known: TypeAlias = Annotated[str, typer.Argument(help="Name of a model in the library.")]
Wanted: TypeAlias = Annotated[
    str, typer.Argument(metavar="[NAME=]MODEL", help="The model to look for, or its sketch.")
]
Most: TypeAlias = Annotated[int, typer.Option("--most", min=1, help="Length of the shortlist.")]
Level: TypeAlias = Annotated[
    float,
    typer.Option("--level", min=1e-12, max=0.5, help="False discovery rate over the library."),
]
Quickly: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--quick",
        help="Compare those of the shortlist by few methods and layers: as stored, and with units "
        "in another order.",
    ),
]


def add(library: Where, models: Models, name: Called = None) -> None:
    """Sketch models and keep the sketches. The library is made if there is none.

    Source trees (folders, wheels, archives of code) are kept as lists of functions beside them.

    A model that cannot be read, or that is there already, is told with its reason and stops none;
    the exit code is 3 if one of them could not be kept.
    """
    from filiation.cli._progress import bar
    from filiation.proceedings.naming import models_named

    named = models_named(models)
    from filiation.model.survey import SetAside
    from filiation.proceedings import libraries
    from filiation.report.wording.verbs import added_line, aside_line

    refused = False
    with bar(quiet=False) as shown:
        told = libraries.add(
            library, named, name=name, step=shown.step, progress=shown.progress,
            workers=cpu_count() or 1,
        )  # fmt: skip
        for entry in told:
            if isinstance(entry, SetAside):
                refused |= entry.same_as is None
                typer.echo(aside_line(entry, "not added"))
            else:
                typer.echo(added_line(entry))
    if refused:
        raise typer.Exit(3)


def list_models(library: Where, as_json: AsJson = False) -> None:
    """List the models of a library."""
    _there(library)
    from filiation.proceedings import libraries
    from filiation.report.render.records import entries_json
    from filiation.report.wording.verbs import entry_lines, tree_lines

    found, trees = libraries.entries(library), libraries.trees(library)
    lines = (*(entry_lines(found) if found or not trees else ()), *tree_lines(trees))
    typer.echo(entries_json(found, trees) if as_json else "\n".join(lines), nl=not as_json)


def remove(library: Where, name: Known) -> None:
    """Forget a model and delete its sketch."""
    _there(library)
    from filiation.proceedings import libraries
    from filiation.report.wording.verbs import removed_line

    typer.echo(removed_line(libraries.remove(library, name)))


def export(library: Where, name: Known, out: Out) -> None:
    """Write a copy of a model's sketch."""
    from filiation.proceedings.naming import free

    _there(library)
    free(out)
    from filiation.proceedings import libraries
    from filiation.report.wording.verbs import exported_line

    libraries.export(library, name, out)
    typer.echo(exported_line(name, str(out)))


def search(
    library: Where, model: Wanted, most: Most = 20, level: Level = 0.01, seed: Seed = 0,
    quick: Quickly = False, as_json: AsJson = False, as_csv: AsCsv = False,
) -> None:  # fmt: skip
    """Which models of the library share weights with MODEL?

    A coarse signature shortlists, each of the shortlist is compared in full, and e-BH keeps the
    rate of false discoveries over the whole library. A relative that was not shortlisted is
    missed: for a suspicion about one model, use `examine`. Of a source tree, the trees of the
    library that share most functions with it, without a p.
    """
    from filiation.cli._progress import bar
    from filiation.cli._tables import show_search
    from filiation.proceedings.naming import model_named

    not_both(as_json, as_csv)
    _there(library)
    named = model_named(model, "a model, or its sketch")
    from filiation.proceedings import libraries

    with bar(quiet=False) as shown:
        found = libraries.search(
            library, named, most=most, level=level, seed=seed, quick=quick,
            step=shown.step, progress=shown.progress, workers=cpu_count() or 1,
        )  # fmt: skip
    show_search(found, as_json=as_json, as_csv=as_csv)


def _there(library: Path) -> None:
    from filiation.proceedings.naming import present

    present(library, "a library's folder")
