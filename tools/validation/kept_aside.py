"""Do a population's intervals and "at least" hold for families that were kept aside?

    python tools/validation/kept_aside.py POPULATION.json [METHOD]

Families are left out in turn, in six groups; every pair is judged by the others, and bounded. Of
real models no true ratio is known. So pairs are set in ten groups of like stated ratio, and an
interval holds if the ratio seen in its group lies in it: the share of relatives over the share of
strangers that fell there, drawn into the bounds; *too strong* are intervals that lie beyond it,
away from 1. Pairs share families, so the ratio seen is no truth. And "at least X" holds if no more
than one in X of the strangers was given it (Royall's bound of misleading evidence). One row a
method.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from filiation.errors import PopulationError
from filiation.model.population import HIGHEST, LOWEST, Population
from filiation.numerics.likelihoods.likelihood import cllr
from filiation.numerics.rng import stream
from filiation.populations.ratio import known_pairs
from filiation.readers.populations.population import population_digest, read_population
from filiation.report.wording.validation import method_name

FOLDS = 6
GROUPS = 10


def main(arguments: list[str]) -> int:
    """Print the table."""
    population, raw = read_population(Path(arguments[0]))
    wanted = arguments[1] if len(arguments) > 1 else ""
    print(f"{population.name}, SHA-256 {population_digest(raw)}")
    print("Cllr  intervals that hold  too strong  strangers at X  one in X  method")
    for method in population.methods:
        if method.id.startswith(wanted) and (row := _row(population, method.id)) is not None:
            cost, held, strong, reached, allowed = row
            print(
                f"{cost:4.2f}  {100 * held:18.1f}%  {100 * strong:9.1f}%  "
                f"{100 * reached:13.1f}%  {100 * allowed:7.1f}%  {method_name(method.id)}"
            )
    return 0


def _row(population: Population, method: str) -> tuple[float, ...] | None:
    """Cllr, share of intervals that hold, that are too strong; strangers at X, and one in X."""
    pairs, _ = known_pairs(population, method)
    try:
        bounds = pairs.bounds(pairs.held_out(folds=FOLDS))
        rng = stream(population.seed, "kept aside", method)
        aside = pairs.kept_aside(FOLDS, (LOWEST, HIGHEST), rng)
    except PopulationError:
        return None
    known = np.isfinite(aside).all(axis=0)
    low, value, high = np.clip(aside[:, known], bounds.low, bounds.high)
    related = pairs.related[known]
    if bounds.high <= 0.0 or not related.any() or related.all():
        return None
    seen = np.clip(_seen(value, related, pairs.weights()[known]), bounds.low, bounds.high)
    reached = float(np.mean(value[~related] >= bounds.high))
    return (
        cllr(value[related], value[~related]),
        _each_side((low <= seen) & (seen <= high), related),
        _each_side(((seen < low) & (low > 0.0)) | ((seen > high) & (high < 0.0)), related),
        reached,
        10.0**-bounds.high,
    )


def _each_side(told: NDArray[np.bool_], related: NDArray[np.bool_]) -> float:
    """The mean share among relatives and among strangers, which are many more."""
    return float(told[related].mean() + told[~related].mean()) / 2.0


def _seen(
    stated: NDArray[np.float64], related: NDArray[np.bool_], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """log10 of the ratio seen among the pairs of like stated ratio, half a pair added to each.

    Pairs count as they do where the ratio is learnt: one family's like another's.
    """
    sides = stated[related], stated[~related]
    ends = np.unique(
        [np.quantile(side, np.linspace(0, 1, GROUPS // 2 + 1)[1:-1]) for side in sides]
    )
    alone = [x for x in ends if any(np.mean(side == x) >= 1 / GROUPS for side in sides)]
    ends = np.unique([*ends, *np.nextafter(alone, np.inf)])
    group = np.searchsorted(ends, stated, side="right")
    one, none = (_shares(group[side], weights[side], ends.size + 1) for side in (related, ~related))
    return np.asarray(np.log10(one / none)[group])


def _shares(
    group: NDArray[np.int64], weights: NDArray[np.float64], size: int
) -> NDArray[np.float64]:
    """The share of each group, with half a pair of mean weight more."""
    mean = weights.mean()
    there = np.bincount(group, weights=weights, minlength=size)
    return np.asarray((there + mean / 2) / (weights.sum() + mean))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
