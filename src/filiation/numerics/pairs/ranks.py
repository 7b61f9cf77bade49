"""Where does a pair stand among the pairs of strangers of its two models?"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["stranger_ranks"]


def stranger_ranks(z: NDArray[np.float64], family: NDArray[np.int64]) -> NDArray[np.float64]:
    """(1 + strangers at least as close) / (1 + strangers), for both models, the larger.

    Args:
        z: Closeness of every pair, float64 [models, models]; NaN where unknown.
        family: Number of each model's family; models of different families are strangers.

    Returns:
        float64 [models, models]; NaN where z is.
    """
    stranger = (family[:, None] != family[None, :]) & np.isfinite(z)
    np.fill_diagonal(stranger, False)
    ranks = np.full(z.shape, np.nan)
    for a in range(z.shape[0]):
        row = np.sort(z[a, stranger[a]])
        above = row.size - np.searchsorted(row, z[a], side="left")
        own = stranger[a]  # a stranger stands among the strangers; do not count it twice
        ranks[a] = (1.0 + above - own) / (1.0 + row.size - own)
    return np.where(np.isfinite(z), np.maximum(ranks, ranks.T), np.nan)
