"""For all pairs of models at once: how often they give the same wrong answer, weighed by rarity.

Everything is a sum over items of products of per-model arrays, so the whole table of pairs costs
a few matrix products, block of items by block of items.
"""

from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

__all__ = ["Agreement", "Values", "agreement", "tally"]

Float64: TypeAlias = NDArray[np.float64]
Int32: TypeAlias = NDArray[np.int32]
Int64: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

BLOCK = 2_000  # items at a time
HABIT_PRIOR = 20.0  # answers: a habit seen in fewer is mostly chance


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Values:
    """The wrong answers of a block of items, each distinct (item, answer) once.

    Attributes:
        row: int64 [cells], model of each wrong cell.
        cell: int64 [cells], which (item, answer) it holds.
        item: int64 [values], item of each (item, answer), within the block.
        answer: int64 [values], the answer's code.
        count: int64 [values], models that gave it.
        wrong: int64 [items], models wrong at the item.
    """

    row: Int64
    cell: Int64
    item: Int64
    answer: Int64
    count: Int64
    wrong: Int64

    def weight(self) -> Float64:
        """The share of the *other* wrong models that answered otherwise.

        A shared answer is held by two models; they are taken out first, and one model that
        answers thus with probability 1/4 is put in. Bounded by 1 on purpose: logarithmic weights
        let a few freak answers rule, and were worse on real models at every number of items.
        """
        others = np.maximum(self.wrong[self.item] - 2, 0) + 1.0
        return np.asarray(1.0 - (np.maximum(self.count - 2, 0) + 0.25) / others)


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Agreement:
    """Sums over the items of one stratum, each float64 [models, models].

    Attributes:
        seen: Weights of the wrong answers both gave.
        expected: What exchangeable wrong answers would give.
        variance: Its variance.
        joint: Items both got wrong.
        habit: What their favourite answers add to the expectation.
    """

    seen: Float64
    expected: Float64
    variance: Float64
    joint: Float64
    habit: Float64


def tally(codes: Int32, wrong: Mask) -> Values:
    """Count the wrong answers of a [models, items] block."""
    row, column = np.nonzero(wrong)
    top = int(codes.max(initial=0)) + 1
    name, cell, count = np.unique(
        column * top + codes[row, column], return_inverse=True, return_counts=True
    )
    return Values(
        row=row,
        cell=cell.astype(np.int64),
        item=name // top,
        answer=name % top,
        count=count.astype(np.int64),
        wrong=np.bincount(column, minlength=codes.shape[1]).astype(np.int64),
    )


def agreement(codes: Int32, wrong: Mask) -> Agreement:
    """Sum one stratum, all pairs at once.

    Given who is wrong, two exchangeable models agree at an item with probability
    sum n_v (n_v - 1) / (N (N - 1)); items that fewer than three models got wrong say nothing.

    Args:
        codes: int32 [models, items].
        wrong: bool [models, items].
    """
    n, items = codes.shape
    width = int(codes.max(initial=0)) + 1
    sums = np.zeros((4, n, n))
    given = csr_array((n, width))
    heaviness = np.zeros(width)
    for start in range(0, items, BLOCK):
        part = slice(start, start + BLOCK)
        telling = wrong[:, part] & (wrong[:, part].sum(axis=0) >= 3)
        values = tally(codes[:, part], telling)
        if values.row.size == 0:
            continue
        weight = values.weight()
        sums += _block(values, weight, telling)
        cells = (values.row, values.answer[values.cell])
        given = given + csr_array((np.ones(values.row.size), cells), shape=(n, width))
        heaviness += np.bincount(values.answer, weight * values.count, width)
    seen, expected, variance, joint = sums
    return Agreement(
        seen=seen,
        expected=expected,
        variance=variance,
        joint=joint,
        habit=joint * _habits(csr_array(given), heaviness),
    )


def _block(values: Values, weight: Float64, wrong: Mask) -> Float64:
    """Seen, expected, variance and joint of one block: float64 [4, models, models]."""
    n, items = wrong.shape
    shared = np.flatnonzero(values.count >= 2)
    shape = (n, values.count.size)
    gave = csr_array((np.ones(values.row.size), (values.row, values.cell)), shape=shape)
    heavy = csr_array((weight[values.cell], (values.row, values.cell)), shape=shape)
    chance = values.count * (values.count - 1.0)
    pairs = np.maximum(values.wrong * (values.wrong - 1.0), 1.0)
    mean = np.bincount(values.item, weight * chance, items) / pairs
    square = np.bincount(values.item, weight**2 * chance, items) / pairs
    who = wrong.astype(np.float64)
    return np.stack(
        [
            (heavy[:, shared] @ gave[:, shared].T).toarray(),
            (who * mean) @ who.T,
            (who * (square - mean**2)) @ who.T,
            who @ who.T,
        ]
    )


def _habits(given: csr_array, heaviness: Float64) -> Float64:
    """Extra agreement per joint error from favourite answers: float64 [models, models].

    With p(v) everybody's share of wrong answer v and p_a(v) model a's, shrunk towards it, two
    independent models agree more often than others by sum over v of (p_a - p)(p_b - p); each
    answer counts with its mean weight.
    """
    total = np.asarray(given.sum(axis=0)).ravel()
    usual = np.flatnonzero(total >= 3)
    mine = csr_array(given[:, usual])
    each = np.asarray(given.sum(axis=1)).ravel()
    everybody = total[usual] / max(float(total.sum()), 1.0)
    weight = heaviness[usual] / np.maximum(total[usual], 1.0)
    shrunk = mine.multiply(1.0 / (each + HABIT_PRIOR)[:, None]).tocsr()
    level = each / (each + HABIT_PRIOR)
    heavy = csr_array(shrunk.multiply(weight[None, :]))
    cross = heavy @ everybody
    return np.asarray(
        (heavy @ csr_array(shrunk).T).toarray()
        - np.outer(cross, level)
        - np.outer(level, cross)
        + np.outer(level, level) * float(weight @ everybody**2)
    )
