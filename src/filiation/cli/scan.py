"""The verb `scan`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from filiation.cli._options import GATE, AsCsv, AsJson, Quiet, Seed, not_both

if TYPE_CHECKING:
    from filiation.model.scan import Condition, Scan

__all__ = ["command"]

FIRST = 3  # cells of a row that stand on one line where the terminal is narrow

Paths: TypeAlias = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH...",
        help="Folders, wheels, zips, npm and tar archives, a hub's cache, or single files.",
    ),
]
Known: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--library", metavar="FOLDER", help="A library of your own to hold every model against."
    ),
]
Most: TypeAlias = Annotated[
    int, typer.Option("--most", min=1, help="Models of the library compared in full with each.")
]
Level: TypeAlias = Annotated[
    float,
    typer.Option("--level", min=1e-12, max=0.5, help="False discovery rate over the library."),
]
CycloneDx: TypeAlias = Annotated[
    Path | None,
    typer.Option("--cyclonedx", metavar="FILE", help="Write a bill of materials, CycloneDX 1.7."),
]
Spdx: TypeAlias = Annotated[
    Path | None,
    typer.Option("--spdx", metavar="FILE", help="Write one in SPDX 3.0.1 (JSON-LD)."),
]
FailIf: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-if",
        metavar="CONDITION",
        help="Exit with 1 if there is a row of this kind: `clash` (what it declares contradicts "
        "what was found), `undeclared-relative` (nothing beside it names its relative), "
        "`unreadable`, `no-licence` (none beside it).",
    ),
]


def command(
    paths: Paths, library: Known = None, most: Most = 3, level: Level = 0.01, seed: Seed = 0,
    fail_if: FailIf = None, cyclonedx: CycloneDx = None, spdx: Spdx = None,
    as_json: AsJson = False, as_csv: AsCsv = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Find every model below PATH: what it is, whom it is related to, what it declares.

    Each model is held against the public models that this program knows, and against a library of
    yours. A row whose declared base or licence contradicts what was found stands first. Copies and
    files that could not be read are rows too; nothing stops the scan.

    Nothing is run, fetched or written beside the models. Licences are quoted and not read: a scan
    says whose licence to read.
    """
    from filiation.cli._progress import bar
    from filiation.proceedings.naming import free, present

    not_both(as_json, as_csv)
    for path in paths:
        present(path, "what to scan")
    for target in (cyclonedx, spdx):
        if target is not None:
            free(target)
    from filiation.proceedings.scanning import conditions, scan, write_bills

    gates = conditions(fail_if or ())
    with bar(quiet) as shown:
        found = scan(
            paths, library=library, most=most, level=level, seed=seed,
            step=shown.step, progress=shown.progress,
        )  # fmt: skip
    write_bills(found, cyclonedx=cyclonedx, spdx=spdx)
    _show(found, as_json=as_json, as_csv=as_csv, quiet=quiet)
    _gate(found, gates)


def _show(found: "Scan", *, as_json: bool, as_csv: bool, quiet: bool) -> None:
    from filiation.cli._printing import show
    from filiation.cli._tables import fitting
    from filiation.report.render.scanned import scan_csv, scan_grids, scan_json
    from filiation.report.wording.scanned import clash_sentences, scan_sentences

    if as_json or as_csv:
        typer.echo(scan_json(found) if as_json else scan_csv(found), nl=False)
    elif not quiet:
        for sentence in clash_sentences(found):
            show(sentence, "")
        for grid in scan_grids(found):
            show(grid.title, whole=True)
            show(*fitting(grid, FIRST), "")
        show(*scan_sentences(found))


def _gate(found: "Scan", gates: "tuple[Condition, ...]") -> None:
    """Exit with 1 if a row meets a condition."""
    from filiation.report.wording.scanned import gate_sentence

    met = [(one, len(found.meeting(one))) for one in gates]
    met = [(one, count) for one, count in met if count]
    if met:
        typer.echo(gate_sentence(met, GATE), err=True)
        raise typer.Exit(GATE)
