"""Do several channels agree on one pair, more than they agree on pairs of strangers?

Each channel gives every pair of a line-up a z. A harmonic mean of p-values is as large as the floor
of the weakest channel, though all put the same pair first. So the z are added pair by pair, before
anything is ranked:

    s[a, b] = sum over channels of q(z[a, b]),   q(z) = the normal score of z among Student's t,

and the pair in question stands among the sums of all pairs that have a control in either place.
Channels read the same texts and are dependent; nothing is assumed of that, since the sums of
strangers scatter as much as their dependence makes them. Scores end at one in a thousand, as the
tail of every channel was checked on real models no further, so that none carries the sum alone.
"""

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri_exp, stdtr

from filiation.numerics.combining.combine import harmonic_mean_log_p
from filiation.numerics.pairs.among_controls import (
    CHECKED,
    FEWEST_CONTROLS,
    freedom,
    log_floor,
    log_p_beside,
)

__all__ = ["TWO_WAYS", "agreement_log_p", "agreement_z", "least_log_p", "normal_scores"]

Float64: TypeAlias = NDArray[np.float64]

TWO_WAYS = math.log(2.0)  # the smaller of two p-values, times two
FARTHEST = -float(ndtri_exp(math.log(CHECKED)))  # of a score, either way
FEWEST_PAIRS = 10  # of strangers: with fewer, their scatter is no scatter


def agreement_log_p(tables: Sequence[Float64], controls: int) -> float | None:
    """Log p of the first two models in all channels together; None where it cannot be known.

    Args:
        tables: float64 [models, models] of each channel: source, subject, controls; nan where
            nothing was measured or where a pair says nothing of strangers.
        controls: Families of controls that are independent of each other.
    """
    z = agreement_z(tables, controls)
    return None if z is None else log_p_beside(z, controls)


def agreement_z(tables: Sequence[Float64], controls: int) -> float | None:
    """The first two models' sum of scores, in root mean squares of the sums of strangers.

    Undeclared relatives among the controls make the scatter larger and p larger with it.
    """
    total = np.sum([normal_scores(table, freedom(controls)) for table in tables], axis=0)
    strangers = np.isfinite(total) & np.tri(len(total), k=-1, dtype=bool)
    strangers[1, 0] = False
    if not math.isfinite(total[1, 0]) or np.count_nonzero(strangers) < FEWEST_PAIRS:
        return None
    sums = total[strangers]
    centre = float(sums.mean())
    scatter = math.sqrt(float(np.mean((sums - centre) ** 2)))
    return (float(total[1, 0]) - centre) / scatter if scatter > 0.0 else None


def normal_scores(z: Float64, df: int) -> Float64:
    """The normal deviate as rare as each z is among Student's t, at most one in a thousand."""
    tail = stdtr(df, -np.abs(z))
    score = -ndtri_exp(np.log(np.maximum(tail, CHECKED)))
    return np.asarray(np.copysign(np.minimum(score, FARTHEST), z))


def least_log_p(floors: Sequence[float], *, line_ups: int = 0, controls: int = 0) -> float:
    """The smallest log p that findings with these floors can give together.

    Args:
        floors: Of each finding that counts, natural logs; at least one.
        line_ups: How many of them are added pair by pair; 0 where the plan adds none.
        controls: Independent ones that all these line-ups have.
    """
    alone = harmonic_mean_log_p(floors)
    if line_ups < 2 or controls < FEWEST_CONTROLS:
        return alone
    return min(0.0, TWO_WAYS + min(alone, log_floor(controls)))
