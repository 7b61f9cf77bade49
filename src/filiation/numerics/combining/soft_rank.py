"""An e-value straight from permutations: how far the observed stands out, softly ranked.

With s_0 observed and s_1 .. s_B drawn, all exchangeable under the null,

    e = (B + 1) exp(r s_0) / sum over b = 0 .. B of exp(r s_b)

has expectation 1: whichever of them was observed, the shares sum to 1. The rate r may depend on
the unordered values, so it is counted in their standard deviation. A p-value of B draws that is
calibrated is worth about (B + 1) / log(B + 1)^2, this up to B + 1: with groups to screen that is
the difference between ten thousand draws and a million. Source: Koning, Post-hoc valid and
anytime valid permutation and group invariance testing (2023), arXiv 2310.01153.
"""

import math
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

__all__ = ["RATE", "rank_log_p", "soft_rank_log_e"]

Float64: TypeAlias = NDArray[np.float64]

RATE: Final = 3.0  # per standard deviation: best against what stands three of them out


def soft_rank_log_e(observed: float, draws: Float64) -> float:
    """Log of the e-value that large `observed` is worth; at most log(draws + 1).

    Args:
        observed: The statistic.
        draws: It under random elements of the group of the null, float64 [B]; finite.
    """
    every = np.concatenate([[observed], np.asarray(draws, dtype=np.float64)])
    if not np.isfinite(every).all():
        raise ValueError("a statistic is not finite")
    spread = float(every.std())
    if spread <= 1e-12 * max(1.0, float(np.abs(every).max())):
        return 0.0  # all alike: nothing can be learnt
    scaled = RATE / spread * (every - every.max())
    return math.log(every.size) + float(scaled[0] - logsumexp(scaled))


def rank_log_p(observed: float, draws: Float64) -> float:
    """Log of (1 + draws at least as large) / (1 + draws); rounding counts as a tie."""
    slack = 1e-9 * max(1.0, abs(observed))
    return math.log1p(int((draws >= observed - slack).sum())) - math.log1p(len(draws))
