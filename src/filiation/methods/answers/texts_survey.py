"""Every pair of a table of likeness against all others, for surveys and for validation."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.texts import PairValues
from filiation.methods.answers.texts_families import families_of
from filiation.numerics.pairs.among_controls import FEWEST_CONTROLS, log_p_beside
from filiation.numerics.pairs.two_way import TwoWay, fit_two_way

__all__ = ["judge_all"]


def judge_all(
    names: Sequence[str], table: PairValues, families: Mapping[str, str], *, fewest_items: int
) -> tuple[TwoWay, NDArray[np.float64]]:
    """Every pair of a table against all others: the fit, and log p (0 where nothing was asked).

    Pairs of one declared family are kept out of the null; pairs with too few prompts in common, or
    with fewer than five controls, are not judged.
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
    return fit, log_p
