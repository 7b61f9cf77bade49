"""How many of the drawn are marked, when they are drawn from an urn and not put back?"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr

__all__ = ["urn_log_p"]

Float64: TypeAlias = NDArray[np.float64]


def urn_log_p(marked: NDArray[Any], drawn: NDArray[Any], share: float) -> Float64:
    """A bound on the log of P(at least `marked` of `drawn` balls are marked), never too small.

    exp(-drawn KL(marked/drawn || share)) bounds the tail of the hypergeometric and of the binomial
    alike. Source: Hoeffding, JASA 58 (1963), theorems 1 and 4.

    Args:
        marked: Marked ones among the drawn, [n].
        drawn: Balls drawn, [n], above 0.
        share: Of marked ones in the urn, in (0, 1].
    """
    seen = np.asarray(marked, dtype=np.float64) / np.asarray(drawn, dtype=np.float64)
    if ((seen < 0.0) | (seen > 1.0)).any() or not 0.0 < share <= 1.0:
        raise ValueError(f"more marked than drawn, or a share of {share}: out of range")
    divergence = rel_entr(seen, share) + rel_entr(1.0 - seen, 1.0 - share)
    return np.asarray(np.where(seen > share, -np.asarray(drawn) * divergence, 0.0))
