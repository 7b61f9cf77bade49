"""Which models resemble each other so far beyond the others that they are one family?

A scatter of pairs of strangers is one only while most pairs are strangers. Where most controls are
copies of one model, most pairs are relatives, and every robust scatter takes them for the usual.
So a family counts once here: groups of models are joined, the most alike first (mean linkage), and
a join is judged beside the groups that are left, one value for each two of them. However many
copies stand there, they are one voice.

Strangers are alike, too, where some answers are popular: those who go along with everybody go along
with each other. So a join holds only where two groups are far more alike than either's likeness to
all the others predicts: a level for each group, and one slope on the product of two levels (Tukey,
Biometrics 5 (1949) 232), fitted without the two. Copies of one model are no more like the others
than any one of them is. Where popular answers ruled and likeness itself was judged, 37 strangers
of 51 became one family, and the innocent pairs that were left stood out.
"""

import math
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.pairs.pair_model import fit_pairs
from filiation.numerics.robust import huber, mad, winsorised
from filiation.numerics.tails.student import t_log_p

__all__ = ["families_alike"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

LOOKS: Final = 3  # a family found leaves fewer pairs of relatives, which hid the others
CHANCE: Final = math.log(1e-3)  # of tables of strangers, those in which a join looks far by chance
FREEDOM: Final = 5  # pairs beyond what the fit spends: with fewer, their scatter is no scatter
BESIDE: Final = 3  # others that a group must have been measured against, or it has no level
STEPS: Final = 4  # of reweighting


def families_alike(values: Float64, noise: Float64, family: Int64, *, parties: int) -> Int64:
    """Join the models that are far more alike than their likeness to the families left predicts.

    A family is the largest group whose last join was: all joins before it are of models more alike
    still. Each join is judged at one in a thousand over all pairs of groups, so that of tables of
    strangers about one in a hundred has any two joined (tests/numerics/pairs/test_alike.py). A join
    takes pairs out of a null and lowers the number of independent models; no finding is made of it.

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
    for _ in range(LOOKS):
        joined = _joined(values, noise, known, family, parties)
        if np.array_equal(joined, family):
            break
        family = joined
    return family


def _joined(values: Float64, noise: Float64, known: Mask, family: Int64, parties: int) -> Int64:
    """One look: the families, those joined whose last join is far."""
    numbers, member = np.unique(family[parties:], return_inverse=True)
    total, count, loose = (
        _added(np.where(known, each, 0.0), member + parties, numbers.size + parties)
        for each in (values, known.astype(np.float64), noise)
    )
    joined = np.arange(numbers.size)
    kept = joined.copy()
    while (pair := _most_alike(total, count, parties)) is not None:
        a, b = pair
        far = _far(pair, total, count, loose)
        for sums in (total, count, loose):
            _join(sums, a, b)
        joined[joined == b - parties] = a - parties
        if far:
            kept[joined == a - parties] = a - parties
    return np.concatenate((family[:parties], numbers[kept[member]]))


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


def _far(pair: tuple[int, int], total: Float64, count: Float64, loose: Float64) -> bool:
    """Are these two groups far more alike than their likeness to the others predicts?"""
    left = np.flatnonzero(count.any(axis=1))
    here = np.ix_(left, left)
    known = (count[here] > 0.0) & ~np.eye(left.size, dtype=bool)
    means = np.divide(total[here], count[here], out=np.zeros(known.shape), where=known)
    a, b = np.searchsorted(left, pair).tolist()
    use = known.copy()
    use[a, b] = use[b, a] = False
    pairs = int(np.count_nonzero(use)) // 2
    freedom = pairs - int(np.count_nonzero(use.any(axis=1))) - 1
    if freedom < FREEDOM or min(use[a].sum(), use[b].sum()) < BESIDE:
        return False
    rest, scatter = _beyond(means, use, pairs / freedom)
    estimated = 1.0 + 1.0 / float(use[a].sum()) + 1.0 / float(use[b].sum())
    spread = math.sqrt(scatter**2 * estimated + loose[pair] / count[pair])
    if spread <= 0.0:
        return False
    log_p = float(t_log_p(np.asarray(rest[a, b] / spread), freedom))
    return log_p < CHANCE - math.log(pairs + 1)


def _beyond(means: Float64, use: Mask, spent: float) -> tuple[Float64, float]:
    """What every two groups are alike beyond prediction, [groups, groups], and its scatter."""
    level = np.diag(_robust(means, use, np.zeros(means.shape))) / 2.0
    level = level - np.median(level)
    rest = means - _robust(means, use, np.outer(level, level))
    centre, scatter = winsorised(rest[use])
    return rest - centre, scatter * math.sqrt(spent)


def _robust(means: Float64, use: Mask, x: Float64) -> Float64:
    """Fit so that the pull of relatives that are not joined yet is bounded."""
    weights = use.astype(np.float64)
    for _ in range(STEPS):
        rest = means - fit_pairs(means, weights, x, traits=0)
        weights = use * huber(rest, mad(rest[use]))
    return fit_pairs(means, weights, x, traits=0)
