"""E-values: evidence that may be averaged under any dependence and screened over a library."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["e_bh", "log_e_from_log_p", "log_p_of_log_e"]


def log_e_from_log_p(log_p: float) -> float:
    """Log of the e-value that a log p-value is worth, whatever its distribution beyond validity.

    The mixture over all k in (0, 1) of the calibrators k p^(k-1): (1 - p + p log p) / (p log^2 p).
    Its expectation under the null is at most 1. Source: Vovk and Wang, E-values: calibration,
    combination and applications, Annals of Statistics 49 (2021), equation (1).

    Args:
        log_p: Natural log of p, at most 0.
    """
    if not log_p <= 0.0:
        raise ValueError(f"log p is {log_p}, expected at most 0")
    if log_p > -1e-4:  # the limit at p = 1 is 1/2; the fraction would lose its digits there
        return math.log(0.5 - log_p / 6.0)
    p = math.exp(log_p)
    return math.log1p(p * (log_p - 1.0)) - log_p - 2.0 * math.log(-log_p)


def log_p_of_log_e(log_e: float) -> float:
    """The largest log p that is worth this e-value: the inverse of `log_e_from_log_p`.

    Args:
        log_e: Natural log of an e-value above 1/2, which is what p = 1 is worth.
    """
    low, high = -2.0 * abs(log_e) - 100.0, 0.0  # the e-value falls as p grows
    while math.nextafter(low, 0.0) < high and (middle := (low + high) / 2) not in (low, high):
        low, high = (middle, high) if log_e_from_log_p(middle) >= log_e else (low, middle)
    return low


def e_bh(log_es: Sequence[float], level: float) -> NDArray[np.bool_]:
    """Which of many nulls may be rejected so that at most `level` of the rejections are false?

    The k largest e-values are rejected, for the largest k whose k-th largest is at least
    n/(k level). The false discovery rate is at most `level` under any dependence. Source: Wang and
    Ramdas, False discovery rate control with e-values, JRSS B 84 (2022).

    Args:
        log_es: Natural logs of e-values, one per null; -inf for a null that was not tested.
        level: In (0, 1).

    Returns:
        bool [n].
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level is {level}, expected between 0 and 1")
    values = np.asarray(log_es, dtype=np.float64)
    order = np.argsort(-values, kind="stable")
    ranks = np.arange(1, values.size + 1)
    wanted = math.log(max(1, values.size)) - math.log(level) - np.log(ranks)
    reached = np.flatnonzero(values[order] >= wanted)
    rejected = np.zeros(values.size, dtype=np.bool_)
    if reached.size:
        rejected[order[: int(reached[-1]) + 1]] = True
    return rejected
