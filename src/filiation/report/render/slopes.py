"""Fitted slopes of lines and of tokenizers: JSON, a table, a grid."""

from dataclasses import asdict

from filiation.model.slopes import TokenSlopes
from filiation.report.render.grids import Grid
from filiation.report.render.records import as_csv, as_json
from filiation.report.wording.figures import clean

__all__ = ["slopes_csv", "slopes_grid", "slopes_json"]

FITTED = ("line", "billed", "r_squared", "worst")


def slopes_json(found: TokenSlopes) -> str:
    """One object with every count, every slope and what each tokenizer would have given."""
    return as_json({
        "test": "token-slope",
        **asdict(found),
        "consistent": [one.name for one in found.consistent if not one.estimate],
    })  # fmt: skip


def slopes_csv(found: TokenSlopes) -> str:
    """A line for each probe, a column for each tokenizer."""
    grid = slopes_grid(found)
    rows = [dict(zip(grid.headings, row, strict=True)) for row in grid.rows]
    return as_csv(grid.headings, rows)


def slopes_grid(found: TokenSlopes) -> Grid:
    """What one more repetition of each line costs, as billed and by each tokenizer."""
    return Grid(
        title="",
        headings=(*FITTED, *(clean(one.name) for one in found.candidates)),
        left=frozenset({"line"}),
        rows=tuple(
            (
                probe.name,
                f"{probe.slope:.6g}",
                f"{probe.fit:.5f}",
                f"{probe.worst:.2f}",
                *(f"{one.slopes[place] * one.ratio:.4g}" for one in found.candidates),
            )
            for place, probe in enumerate(found.probes)
        ),
    )
