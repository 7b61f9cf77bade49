"""Do the intervals of likelihood ratios hold, and is "at least" at least? Prints a table.

Populations as in `ratios.py`, from known distributions, so that the true ratio of every pair is
known. Families are left out in turn, in four groups; a pair's interval is learnt without its own
families, and bounded. It holds if the true ratio, drawn into the same bounds, lies in it.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from docs.ratios import drawn
from filiation.model.population import HIGHEST, LOWEST
from filiation.numerics.likelihoods.likelihood import cllr
from filiation.numerics.rng import stream

REPEATS = 3
FOLDS = 4
SIZES = (16, 32)
APART = (3.0, 6.0)
SPREAD = 0.4  # of the logarithm of a relative's distance
EFFECT = 0.3 * 0.5**2  # standard deviation of what two families share


def truth(values: NDArray[np.float64], apart: float) -> NDArray[np.float64]:
    """log10 of the true ratio of each value."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    shifts = apart * np.exp(SPREAD * nodes)
    related = norm.pdf(values[:, None] - shifts) @ (weights / weights.sum())
    unrelated = norm.pdf(values, scale=np.sqrt(1.0 + EFFECT**2))
    return np.asarray(
        np.log10(np.maximum(related, 1e-300)) - np.log10(np.maximum(unrelated, 1e-300))
    )


def main() -> None:
    """Print the table."""
    print('families  apart  Cllr  intervals that hold  too strong  "at least" that holds')
    for families in SIZES:
        for apart in APART:
            rows = [_row(families, apart, repeat) for repeat in range(REPEATS)]
            cost, holds, strong, least = np.nanmean(rows, axis=0)
            print(
                f"{families:8}  {apart:5.0f}  {cost:4.2f}  {100 * holds:18.1f}%"
                f"  {100 * strong:9.1f}%  {100 * least:20.1f}%"
            )


def _row(families: int, apart: float, repeat: int) -> tuple[float, float, float, float]:
    """Cllr, share of intervals that hold, that lie too far from 1, and of "at least" that hold."""
    rng = stream(repeat, "ratio intervals", f"{families} {apart}")
    pairs = drawn(families, apart, rng)
    bounds = pairs.bounds(pairs.held_out(folds=FOLDS))
    aside = pairs.kept_aside(FOLDS, (LOWEST, HIGHEST), rng)
    low, value, high = np.clip(aside, bounds.low, bounds.high)
    true = truth(pairs.values, apart)
    within = np.clip(true, bounds.low, bounds.high)
    holds = [_each_side(x, pairs.related) for x in (
        (low <= within) & (within <= high),
        ((within < low) & (low > 0.0)) | ((within > high) & (high < 0.0)),
    )]  # fmt: skip
    reached = value >= bounds.high
    least = float(np.mean(true[reached] >= bounds.high)) if reached.any() else np.nan
    return cllr(value[pairs.related], value[~pairs.related]), holds[0], holds[1], least


def _each_side(held: NDArray[np.bool_], related: NDArray[np.bool_]) -> float:
    """The mean share among relatives and among strangers, which are many more."""
    return float(held[related].mean() + held[~related].mean()) / 2.0


if __name__ == "__main__":
    main()
