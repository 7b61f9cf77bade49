"""Tables on a terminal."""

from typing import TYPE_CHECKING, Final, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType
    from rich.table import Table

    from filiation.model.library import Search, TreeSearch
    from filiation.report.render.grids import Grid

__all__ = ["fitting", "show_search", "table"]

ABSENT: Final = "-"
WHOLE: Final = ("model", "sha256", "standing")
NAMES: Final = 24  # letters of these that stand on one line
BROAD: Final = 100  # columns of a terminal on which a grid of many columns can be read


def table(grid: "Grid") -> "Table":
    """Columns of a grid side by side: names to the left, numbers to the right."""
    from rich.table import Table
    from rich.text import Text

    found = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    side: Literal["left", "right"]
    for place, heading in enumerate(grid.headings):
        side = "left" if heading in grid.left else "right"
        longest = max((len(row[place]) for row in grid.rows), default=0)
        whole = heading in WHOLE and longest <= NAMES
        found.add_column(heading, justify=side, overflow="fold", no_wrap=whole)
    for row in grid.rows:
        found.add_row(*(Text(cell) for cell in row))
    return found


def fitting(grid: "Grid", first: int) -> "Iterator[RenderableType]":
    """A table; on a narrow terminal rows with their first cells on a line and the others below.

    Args:
        grid: What is shown; one of no more than `first` columns is always a table.
        first: How many cells stand on the line.
    """
    from rich.padding import Padding
    from rich.text import Text

    from filiation.cli._printing import console

    if console().width >= BROAD or len(grid.headings) <= first:
        yield table(grid)
        return
    for row in grid.rows:
        yield Text("  ".join(row[:first]))
        more = zip(grid.headings[first:], row[first:], strict=True)
        said = "; ".join(f"{heading} {cell}" for heading, cell in more if cell != ABSENT)
        yield Padding(Text(said), (0, 0, 0, 4))


def show_search(found: "Search | TreeSearch", *, as_json: bool, as_csv: bool) -> None:
    """Print the shortlist of a search."""
    from filiation.cli._printing import show
    from filiation.model.library import TreeSearch

    if isinstance(found, TreeSearch):
        return _show_trees(found, as_json=as_json, as_csv=as_csv)
    from filiation.report.render.grids import search_grid
    from filiation.report.render.records import search_csv, search_json
    from filiation.report.wording.verbs import search_sentence

    if as_json or as_csv:
        typer.echo(search_json(found) if as_json else search_csv(found), nl=False)
        return
    show(table(search_grid(found)), search_sentence(found))


def _show_trees(found: "TreeSearch", *, as_json: bool, as_csv: bool) -> None:
    from filiation.cli._printing import show
    from filiation.report.render.grids import tree_search_grid
    from filiation.report.render.records import tree_search_csv, tree_search_json
    from filiation.report.wording.verbs import tree_search_sentence

    if as_json or as_csv:
        typer.echo(tree_search_json(found) if as_json else tree_search_csv(found), nl=False)
        return
    show(table(tree_search_grid(found)), tree_search_sentence(found))
