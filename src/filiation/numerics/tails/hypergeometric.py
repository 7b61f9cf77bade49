"""Do the marked fall on the chosen, layer by layer? The exact conditional test, two-sided.

Within each layer the marked are drawn without looking: how many of them are among the chosen is
hypergeometric. The sum over layers has the convolution of these laws (Zelen 1971; Fisher's exact
test where there is one layer). Two-sided: everything as improbable as what was observed counts.
"""

import math
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

__all__ = ["Layer", "in_layers_log_p"]

Layer: TypeAlias = tuple[int, int, int, int]  # all, chosen, marked, marked and chosen
TIE: Final = (
    1.0 + 1e-7
)  # probabilities that differ by rounding are equal, as R's fisher.test has it


def in_layers_log_p(layers: Sequence[Layer]) -> tuple[float, float]:
    """Natural log of p, and by how many the observed sum exceeds what is expected.

    Args:
        layers: Of each layer: all, the chosen, the marked, and those that are both.

    Raises:
        ValueError: A layer holds more of something than of all.
    """
    law = np.ones(1)
    least, observed, expected = 0, 0, 0.0
    for total, chosen, marked, both in layers:
        low, high = max(0, chosen + marked - total), min(chosen, marked)
        if not low <= both <= high:
            raise ValueError(f"{both} of a layer are both, expected from {low} to {high}")
        if low < high:
            law = np.convolve(law, _law(np.arange(low, high + 1), total, chosen, marked))
        least += low
        observed += both
        expected += chosen * marked / total if total else 0.0
    mass = law[observed - least]
    p = float(law[law <= TIE * mass].sum() / law.sum())
    return (min(0.0, math.log(p)) if p > 0.0 else -math.inf), observed - expected


def _law(both: NDArray[np.int64], total: int, chosen: int, marked: int) -> NDArray[np.float64]:
    """The probability of each number that are both (`scipy.stats` is slow to load)."""

    def log_choose(n: int, k: NDArray[np.int64] | int) -> NDArray[np.float64]:
        return np.asarray(-np.log(n + 1.0) - betaln(np.subtract(n, k) + 1.0, np.add(k, 1.0)))

    ways = log_choose(chosen, both) + log_choose(total - chosen, marked - both)
    return np.asarray(np.exp(ways - log_choose(total, marked)))
