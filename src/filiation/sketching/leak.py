"""How much of a model can be reckoned back from its sketch?

A reader of a sketch knows the directions of each unit in up to three frames: `native`, which the
seed alone gives, and `token` and `table`, which are known to whoever has the embeddings, as of a
public base. All columns together are linear equations for the row: with as many as the row has
axes it is found but for rounding, with k of d axes least squares leave a relative error of about
sqrt(1 - k/d), for rows that are spread evenly. The deep part holds whole rows as they are, in
eight bits.
"""

from dataclasses import dataclass
from math import sqrt
from typing import final

from filiation.errors import UsageError
from filiation.model.layout import Layout
from filiation.model.sketch import TABLE_COLUMNS, SketchMethod
from filiation.sketching.deep import deep_layers, rows_kept

__all__ = ["Leak", "check_leak", "leak_of", "least_error"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """What a sketch shows at most.

    Attributes:
        error: Relative error at which rows can be reckoned back by least squares.
        whole: Share of the units of which whole rows are kept.
    """

    error: float
    whole: float


def least_error(equations: int, axes: int) -> float:
    """Relative error that least squares leave, for rows that are spread evenly."""
    return sqrt(max(0.0, 1.0 - equations / axes))


def leak_of(layout: Layout, method: SketchMethod) -> Leak:
    """What the sketch of such a model shows at most, by its sizes alone."""
    equations = 2 * method.columns + TABLE_COLUMNS
    matrices = [m for layer in layout.layers for m in (*layer.matrices, *layer.attention)]
    error = min((least_error(equations, matrix.width) for matrix in matrices), default=1.0)
    deep = deep_layers(layout, method.deep)
    units = sum(layer.units for layer in layout.layers)
    kept = sum(rows_kept(layout.layers[n].units, len(deep), method.deep) for n in deep)
    return Leak(error=error, whole=kept / units if units else 0.0)


def check_leak(leak: Leak, *, error: float, whole: float) -> None:
    """Refuse to show more than was agreed.

    Raises:
        UsageError: It would.
    """
    if leak.error < error:
        raise UsageError(
            f"the sketch would let its reader reckon rows back to a relative error of "
            f"{leak.error:.2f}, the terms allow no less than {error:.2f}; other terms are needed, "
            "with fewer columns or a bound that both accept (`blind start --columns`, `--error`); "
            "nothing was committed to"
        )
    if leak.whole > whole:
        raise UsageError(
            f"the sketch would hold whole rows of {leak.whole:.0%} of the units, the terms allow "
            f"{whole:.0%}; other terms are needed, with a smaller deep part or a bound that both "
            "accept (`blind start --deep`, `--whole`); nothing was committed to"
        )
