"""Which models resemble each other so far beyond the others that they are one family?

A scatter of pairs of strangers is one only while most pairs are strangers. Where most controls are
copies of one model, most pairs are relatives, and every robust scatter takes them for the usual.
So a family counts once here: groups of models are joined, the most alike first (mean linkage), and
a join holds where it lies far beyond the pairs of the groups that would be left, one value for
each two groups. However many copies stand there, they are one voice.
"""

import math
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.robust import winsorised
from filiation.numerics.tails.student import t_log_p

__all__ = ["families_alike"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]

FAR: Final = math.log(1e-4)  # joins rarer than this among the pairs of the groups left
FEWEST: Final = 6  # pairs of groups: with fewer, their scatter is no scatter


def families_alike(values: Float64, noise: Float64, family: Int64, *, parties: int) -> Int64:
    """Join the models that lie far beyond what the families left show.

    The fewest families are taken whose last join was far beyond them: all joins before it are of
    models more alike still. A join takes pairs out of a null and lowers the number of independent
    models; no finding is made of it.

    Args:
        values: float64 [models, models], how alike, symmetric; nan where nothing was measured.
        noise: float64 [models, models], variance of a value from the number of items alone.
        family: int64 [models], as declared: models of one number are joined already.
        parties: The first rows, never joined to anything; their pair is the question, not used.

    Returns:
        int64 [models], a family under the number of one of its members' declared ones; equal to
        `family` where nobody is joined.
    """
    known = np.isfinite(values) & ~np.eye(len(values), dtype=bool)
    known[:parties, :parties] = False
    numbers, member = np.unique(family[parties:], return_inverse=True)
    total, count, loose = (
        _added(np.where(known, each, 0.0), member + parties, numbers.size + parties)
        for each in (values, known.astype(np.float64), noise)
    )
    alone = np.arange(numbers.size)
    joined, best = alone.copy(), alone
    while (pair := _most_alike(total, count, parties)) is not None:
        a, b = pair
        height, variance = total[a, b] / count[a, b], loose[a, b] / count[a, b]
        for sums in (total, count, loose):
            _join(sums, a, b)
        joined[joined == b - parties] = a - parties
        if _far(height, variance, _between(total, count)):
            best = joined.copy()
    return np.concatenate((family[:parties], numbers[best[member]]))


def _added(values: Float64, member: Int64, groups: int) -> Float64:
    """Sums over the members of every two groups; the parties are the first groups."""
    parties = len(values) - member.size
    of = np.zeros((groups, len(values)))
    of[np.concatenate((np.arange(parties), member)), np.arange(len(values))] = 1.0
    return np.asarray(of @ values @ of.T)


def _most_alike(total: Float64, count: Float64, parties: int) -> tuple[int, int] | None:
    mean = np.divide(total, count, out=np.full_like(total, -math.inf), where=count > 0.0)
    mean[:parties] = -math.inf
    mean[np.tril_indices(len(mean))] = -math.inf
    a, b = divmod(int(mean.argmax()), len(mean))
    return (a, b) if math.isfinite(mean[a, b]) else None


def _join(sums: Float64, a: int, b: int) -> None:
    """Add group b to group a, in place; b is empty from now on."""
    sums[a] += sums[b]
    sums[:, a] += sums[:, b]
    sums[b] = sums[:, b] = 0.0


def _between(total: Float64, count: Float64) -> Float64:
    """The mean of each two groups, once."""
    upper = np.triu(count, 1) > 0.0
    return np.asarray(total[upper] / count[upper])


def _far(height: float, variance: float, strangers: Float64) -> bool:
    if strangers.size < FEWEST:
        return False
    centre, scatter = winsorised(strangers)
    spread = math.sqrt(scatter**2 + variance)
    if spread <= 0.0:
        return False
    return bool(t_log_p(np.asarray((height - centre) / spread), strangers.size - 1) < FAR)
