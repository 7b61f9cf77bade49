"""What does each served answer add, and what could each of its twins have added in its place?

Arrays [prompts, 1 + twins]: column 0 is the served answer. Under the null any column could be it,
so whatever is computed alike for all columns of a prompt may be taken, and the sum over prompts has
an exact distribution. What other models find likely is taken off by one slope each, common to all
prompts; what is left is divided by half its own spread in the prompt and half the middle one (which
was chosen by measuring, see the page), cut at four, and written in tenths. Every prompt has the
same say in slopes and in the middle spread: one answer of a million unlikely words moves neither.

What was not measured is the worst for the claim that is written: a served answer stands four below
the mean of its prompt, a twin four above it, and the others so much lower for that.
"""

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["STEPS", "places_of", "scores_of", "speaking"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]
Bool: TypeAlias = NDArray[np.bool_]

STEPS: Final = 10  # of a score of 1
MOST: Final = 4.0
LEAST: Final = 1e-9  # relative: sums of the same logarithms in another order


def scores_of(values: Float64, taken_off: Sequence[Float64] = ()) -> Int64:
    """Scores in tenths.

    Args:
        values: Of the subject, not a number where nothing was measured.
        taken_off: The same shape each, whole.

    Returns:
        int64 [prompts, 1 + twins].
    """
    lost = np.isnan(values)
    left = _left(values, lost, taken_off)
    own = np.sqrt(_mean(left**2, ~lost))
    common = float(np.median(own[own > 0.0])) if (own > 0.0).any() else 0.0
    spread = 0.5 * own + 0.5 * common
    flat = own <= LEAST * max(common, LEAST)
    score = np.divide(left, spread, out=np.zeros_like(left), where=~flat & (spread > 0.0))
    score -= MOST * lost[:, 1:].sum(axis=1, keepdims=True) / score.shape[1]  # of the mean, if known
    score = np.clip(score, -MOST, MOST)
    score[:, 0][lost[:, 0]] = -MOST
    score[:, 1:][lost[:, 1:]] = MOST
    return np.asarray(np.rint(STEPS * score), dtype=np.int64)


def places_of(values: Float64) -> Int64:
    """Place of each column in its prompt, 1 the highest; ties and what is missing against it.

    Returns:
        int64 [prompts, 1 + twins].
    """
    filled = values.copy()
    filled[:, 0] = np.where(np.isnan(values[:, 0]), -np.inf, values[:, 0])
    filled[:, 1:] = np.where(np.isnan(values[:, 1:]), np.inf, values[:, 1:])
    return np.asarray((filled[:, None, :] >= filled[:, :, None]).sum(axis=2), dtype=np.int64)


def speaking(scores: Int64) -> Bool:
    """Prompts whose columns differ: the others (one answer only) say nothing."""
    return np.asarray(scores.max(axis=1) > scores.min(axis=1))


def _left(values: Float64, lost: Bool, taken_off: Sequence[Float64]) -> Float64:
    """What other models leave, centred within prompts; 0 where nothing was measured."""
    centred = _centred(values, ~lost)
    if not taken_off:
        return centred
    more = np.stack([_centred(np.where(lost, np.nan, one), ~lost) for one in taken_off], 2)
    size = np.sqrt((more**2).mean(axis=(1, 2)) + (centred**2).mean(axis=1))[:, None]
    weight = np.divide(1.0, size, out=np.zeros_like(size), where=size > 0.0)
    told = (more * weight[:, :, None]).reshape(-1, len(taken_off))
    slopes = np.linalg.lstsq(told, (centred * weight).ravel(), rcond=None)[0]
    return np.asarray(centred - more @ slopes)


def _centred(values: Float64, known: Bool) -> Float64:
    filled = np.where(known, values, 0.0)
    return np.where(known, filled - _mean(filled, known), 0.0)


def _mean(values: Float64, known: Bool) -> Float64:
    """Of what is known of each prompt, float64 [prompts, 1]."""
    total = np.where(known, values, 0.0).sum(axis=1, keepdims=True)
    return np.asarray(total / np.maximum(1, known.sum(axis=1, keepdims=True)))
