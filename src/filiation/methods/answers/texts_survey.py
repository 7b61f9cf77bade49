"""Every pair of a table of likeness against all others, for surveys and for validation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.texts import FEWEST_ITEMS, PairValues
from filiation.methods.answers.texts_families import families_of
from filiation.numerics.pairs.among_controls import FEWEST_CONTROLS, log_p_beside
from filiation.numerics.pairs.two_way import fit_two_way

__all__ = ["AllPairs", "judge_all"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AllPairs:
    """Every pair of a set of recordings.

    Attributes:
        names: One per model.
        observed: float64 [n, n], times the overlap that both models' habits explain.
        z: float64 [n, n], in standard deviations of the pairs of the two models.
        log_p: float64 [n, n], natural log.
        items: int64 [n, n], prompts both answered.
    """

    names: tuple[str, ...]
    observed: Float64
    z: Float64
    log_p: Float64
    items: Int64


def judge_all(
    names: Sequence[str],
    table: PairValues,
    families: Mapping[str, str],
    *,
    fewest_items: int = FEWEST_ITEMS,
) -> AllPairs:
    """Every pair of a table against all others.

    Pairs of one declared family are kept out of the null. Pairs with fewer prompts in common
    than asked, or among fewer than seven models (two and five controls), get z = 0 and p = 1.
    """
    n = len(names)
    kin = np.array(families_of(names, families))
    independent = len(set(kin.tolist())) - 2
    values = np.where(table.items >= fewest_items, table.values, np.nan)
    fit = fit_two_way(values, kin[:, None] != kin, table.noise, table.least)
    log_p = np.zeros((n, n))
    for a in range(n):
        for b in range(a):
            controls = min(independent, int(fit.counted[a]) - 1, int(fit.counted[b]) - 1)
            if controls >= FEWEST_CONTROLS and np.isfinite(values[a, b]):
                log_p[a, b] = log_p[b, a] = log_p_beside(float(fit.z[a, b]), controls)
    return AllPairs(
        names=tuple(names),
        observed=np.exp(fit.rest),
        z=np.where(log_p < 0.0, fit.z, 0.0),
        log_p=log_p,
        items=table.items,
    )
