"""Which pairs are more alike than the two models' own habits explain?

A symmetric table of log similarities is the sum of one effect per model and a rest,

    y[a, b] = e[a] + e[b] + rest[a, b],

fitted with weights that fall off for large rests (Huber), so that relatives nobody named move the
effects little. A cell is judged by its *deleted* rest: what it would be if the cell itself had not
been used, so that a pair cannot explain itself away. Its spread is that of the rests in the pair's
own two rows, moderated towards the common spread (Smyth, Statistical Applications in Genetics and
Molecular Biology 3 (2004), with a fixed prior weight).
"""

from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

__all__ = ["TwoWay", "alike_from", "fit_two_way", "student_log_p"]

Float64: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

CUT: Final = 2.0  # standard deviations beyond which a cell loses weight
SHRINK: Final = 0.960728  # E[w u^2] / E[w] for normal u and w = min(1, CUT / |u|)
PRIOR: Final = 4.0  # observations that the common spread counts for in each row
SWEEPS: Final = 12
WARM: Final = 4  # sweeps with a median spread, before the weights settle
RIDGE: Final = 1e-9
LEAST: Final = 0.05  # share of a cell's variance that its own leverage may leave


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWay:
    """A table of pairs, fitted with one effect for each model.

    Attributes:
        rest: float64 [n, n], the deleted rests; the diagonal is 0.
        z: float64 [n, n], the deleted rests in their standard deviations; the diagonal is 0.
        free: float64 [n, n], the same without the end of the scale, if there is one.
        counted: int64 [n], how many cells of each row were used.
    """

    rest: Float64
    z: Float64
    free: Float64
    counted: NDArray[np.int64]


def fit_two_way(values: Float64, use: Mask, noise: Float64, least: Float64 | None = None) -> TwoWay:
    """Fit the table on the cells in `use`; judge every finite cell, used or not.

    Args:
        values: float64 [n, n], symmetric; cells that are not finite are never used.
        use: bool [n, n], symmetric; which cells the fit may rest on.
        noise: float64 [n, n], a variance below which no cell's spread is taken to be.
        least: float64 [n, n], what cells hold of models that have nothing in common: no rest is
            larger than what stands above it. The effects of two models that are like nobody add
            up to less, which no two models can have, and strangers would stand above that.
    """
    n = len(values)
    known = np.isfinite(values) & ~np.eye(n, dtype=bool)
    use = use & known
    y = np.where(known, values, 0.0)
    counted = use.sum(axis=1)
    weight = use.astype(np.float64)
    rest = variance = leverage = np.zeros((n, n))
    for sweep in range(SWEEPS):
        inverse = np.linalg.inv(np.diag(weight.sum(axis=1) + RIDGE) + weight)
        effect = inverse @ (weight * y).sum(axis=1)
        rest = np.where(known, y - effect[:, None] - effect, 0.0)
        own = np.diag(inverse)
        leverage = np.maximum(own[:, None] + own + 2.0 * inverse, 0.0)
        inflated = rest / np.sqrt(np.clip(1.0 - weight * leverage, LEAST, 1.0))
        spread = _median_variance(inflated, use) if sweep < WARM else _variance(inflated, weight)
        variance = np.maximum(spread, noise)
        far = np.abs(rest) / np.sqrt(variance)
        weight = np.where(use, np.minimum(1.0, CUT / np.maximum(far, CUT)), 0.0)
    left = np.clip(1.0 - weight * leverage, LEAST, 1.0)
    free = rest / left
    deleted = free if least is None else np.minimum(free, y - np.where(known, least, 0.0))
    inflated = rest / np.sqrt(left)
    variance = np.maximum(_variance(inflated, weight, deleted=True), noise)
    spread = np.sqrt(variance * np.where(use, 1.0 / left, 1.0 + leverage))
    return TwoWay(
        rest=deleted,
        z=np.where(known, deleted / spread, 0.0),
        free=np.where(known, free / spread, 0.0),
        counted=counted,
    )


def alike_from(values: Float64, chance: Float64) -> Float64:
    """What two models must stand above to be alike, where the values are free of habits already.

    What is left of a model's own level is then how far it goes along with the others. Two that do
    not are no more unlike each other than they are unlike the others, and the sum of their levels
    is. So a pair is alike as far as it stands above chance, and above what the stranger of the two
    usually has in common with the others.

    Args:
        values: float64 [n, n], nan where nothing was measured.
        chance: float64 [n, n], of two that have nothing in common.
    """
    known = np.isfinite(values) & ~np.eye(len(values), dtype=bool)
    usual = np.array(
        [
            np.median(row[use]) if use.any() else -np.inf
            for row, use in zip(values, known, strict=True)
        ]
    )
    return np.asarray(np.maximum(chance, np.minimum(usual[:, None], usual)))


def _variance(rest: Float64, weight: Float64, *, deleted: bool = False) -> Float64:
    """Mean of the two rows' moderated variances, float64 [n, n]; `deleted`: without the cell."""
    square = weight * rest**2
    all_weight = float(weight.sum())
    if all_weight == 0.0:
        return np.ones(weight.shape)
    common = float(square.sum()) / all_weight / SHRINK
    total = np.repeat(weight.sum(axis=1)[:, None], len(weight), axis=1)
    sums = np.repeat(square.sum(axis=1)[:, None], len(weight), axis=1)
    if deleted:
        total, sums = total - weight, sums - square
    rows = np.divide(sums, SHRINK * total, out=np.full(sums.shape, common), where=total > RIDGE)
    free = np.maximum((weight > 0).sum(axis=1)[:, None] - 1.0, 0.0)
    moderate = (PRIOR * common + free * np.maximum(rows, 0.0)) / (PRIOR + free)
    return _between(moderate)


def _median_variance(rest: Float64, use: Mask) -> Float64:
    """The same from medians, to begin with: no outlier moves them."""
    if not use.any():
        return np.ones(use.shape)
    size = np.where(use, np.abs(rest), np.nan)
    middle = float(np.nanmedian(size))
    size[~use.any(axis=1), 0] = middle  # a row without cells takes the common one
    rows = (np.nanmedian(size, axis=1) / 0.6745) ** 2
    free = np.maximum(use.sum(axis=1) - 1.0, 0.0)
    moderate = (PRIOR * (middle / 0.6745) ** 2 + free * rows) / (PRIOR + free)
    return _between(np.repeat(moderate[:, None], len(rows), axis=1))


def _between(rows: Float64) -> Float64:
    return np.asarray(np.maximum((rows + rows.T) / 2.0, np.finfo(np.float64).tiny))


def student_log_p(z: float, df: float, *, floor: float) -> float:
    """Log of P(t >= z), never below `floor`."""
    tail = float(stdtr(df, -z))
    return min(0.0, max(floor, float(np.log(tail)) if tail > 0.0 else floor))
