"""How small must p be to survive that somebody chose which items are compared?

Let the statistic be a sum of one number per item, set in scatters. Whoever holds back m of n + m
items, whichever he likes, can raise the sum of the n that are left by no more than
sqrt(n m) scatters of one item: of N = n + m numbers with mean mu and variance s^2, any n have
S = sum(x - mu) = -sum over the others, so S^2/n + S^2/m <= N s^2 (Cauchy and Schwarz on both
parts), S <= s sqrt(n m). In scatters of the sum of n items that is sqrt(m), whatever n is and
however the items hang together, and it is reached where the m are alike. So an innocent pair, whose
z on all items exceeds z_level with probability `level`, exceeds z_level + sqrt(m) on what is left
with no more.

A count of choices (Bonferroni over the subsets) asks for sqrt(2 m log(n/m)) instead.
"""

import math

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

__all__ = ["held_back_to_explain", "log_p_needed"]


def log_p_needed(level: float, held_back: int) -> float:
    """Natural log of the largest p that meets `level` whichever `held_back` items were left out."""
    z = -float(ndtri_exp(np.float64(math.log(level)))) + math.sqrt(held_back)
    return float(log_ndtr(np.float64(-z)))


def held_back_to_explain(log_p: float, level: float) -> int:
    """The least number of items that whoever chose them must have held back, if all is innocent.

    Returns:
        0 where p does not meet the level: then there is nothing to explain.
    """
    if log_p > math.log(level):
        return 0
    beyond = -float(ndtri_exp(np.float64(log_p))) + float(ndtri_exp(np.float64(math.log(level))))
    return max(1, math.ceil(beyond * beyond))
