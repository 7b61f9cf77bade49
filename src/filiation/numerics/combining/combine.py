"""Many log p-values into one."""

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import gammaln

from filiation.numerics.log_sum import log_sum_exp
from filiation.numerics.roots import brent

__all__ = ["fisher_log_p", "harmonic_factor", "harmonic_mean_log_p"]


def fisher_log_p(log_ps: Sequence[float]) -> float:
    """Log p of independent log p-values (Fisher 1932).

    Minus twice their sum is at most a chi-square with 2n degrees of freedom, whose tail for an
    even number of degrees is a finite sum: it never underflows, however small the p-values.
    """
    if not log_ps:
        raise ValueError("no p-value to combine")
    half = -math.fsum(log_ps)
    if half == 0.0:
        return 0.0
    k = np.arange(len(log_ps))
    return min(0.0, log_sum_exp(k * math.log(half) - gammaln(k + 1)) - half)


def harmonic_mean_log_p(log_ps: Sequence[float]) -> float:
    """Log p of log p-values that may depend on each other in any way.

    The harmonic mean times `harmonic_factor`. Source: Vovk and Wang, Combining p-values via
    averaging, Biometrika 107 (2020), Proposition 9.
    """
    if not log_ps:
        raise ValueError("no p-value to combine")
    n = len(log_ps)
    mean = math.log(n) - log_sum_exp(-np.asarray(log_ps, dtype=np.float64))
    return min(0.0, mean + math.log(harmonic_factor(n)))


def harmonic_factor(n: int) -> float:
    """The smallest factor that makes the harmonic mean of n p-values a p-value again."""
    if n <= 2:
        return float(n)
    y = brent(lambda x: x * x - n * ((x + 1) * math.log1p(x) - x), 1e-3 * n, 1e3 * n)
    return float((y + n) ** 2 / ((y + 1) * n))
