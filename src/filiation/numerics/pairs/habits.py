"""Do two models depart from their own habits on the same prompts, in the same ways?

Every model has a mean of its own, and goes along with the crowd so far: where the prompt asks for a
list, most give one. Two models that do not go along (plain text, answers off the point) are not
alike for it. So from each feature the model's own mean is taken away, and what its departures have
in common with the mean departures of the others: as far as *it* goes along with them, which may be
not at all. The others' mean taken away whole would leave the crowd, with its sign turned, in all
who do not follow it.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["habit_likeness"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

CLIP: Final = 4.0  # standard deviations: one monstrous answer is one odd answer, no more
RIDGE: Final = 0.1  # share of a feature's variance added before whitening
DIRECTIONS: Final = 8  # of the crowd, in which a model may follow it with other features
PROMPTS: Final = 10  # for each of them
TINY: Final = 1e-12  # of a sum of squares


def habit_likeness(features: Float64) -> tuple[Float64, Int64, Float64]:
    """Fisher's z of the correlation of two models' departures, over prompts and features.

    On 107 models the mean habits tell relatives from strangers far worse (AUC 0.74) than the
    departures do (0.98). Features are put on one scale, then whitened, so that ten ways of being
    long count as one.

    Args:
        features: float64 [prompts, models, features], nan where a model did not answer.

    Returns:
        float64 [models, models] with nan where two models share no prompt; the number of prompts
        they share; and float64 [models, models], what two that depart independently are expected to
        have: each is part of the crowd that the other's departures are reckoned from.
    """
    there = ~np.isnan(features[:, :, 0])
    seen = there.astype(np.float64)
    items = np.rint(seen.T @ seen).astype(np.int64)
    x, along = _departures(np.where(there[:, :, None], features, 0.0), there)
    products = np.zeros(items.shape)
    for rows in x:
        products += rows @ rows.T
    size = (x**2).sum(
        axis=2
    ).T @ seen  # of the row's model, on the prompts shared with the column's
    scale = np.sqrt(size * size.T)
    cosine = np.divide(products, scale, out=np.zeros_like(products), where=scale > 0)
    values = np.arctanh(np.clip(cosine, -0.999999, 0.999999))
    others = max(float(there.sum(axis=1).mean()) - 1.0, 1.0)
    chance = (along * along[:, None] - along - along[:, None]) / others
    return np.where(items > 0, values, np.nan), items, chance


def _departures(x: Float64, there: Mask) -> tuple[Float64, Float64]:
    """What each model has beyond its own mean and the crowd; and how far it goes along, 0 to 1."""
    others = x.sum(axis=1, keepdims=True) - x  # of the models that answered; x is 0 elsewhere
    others /= np.maximum(there.sum(axis=1)[:, None] - 1, 1)[:, :, None]
    own, crowd = _centred(x, there), _centred(others, there)
    follows = (own * crowd).sum(axis=0) / np.maximum((crowd**2).sum(axis=0), TINY)
    x = _beyond(own - follows * crowd, crowd, there)
    answers = max(int(there.sum()), 1)
    spread = np.sqrt((x**2).sum(axis=(0, 1)) / answers)
    varied = spread > 1e-9
    x = _centred(np.clip(x[:, :, varied] / spread[varied], -CLIP, CLIP), there)
    flat = x.reshape(x.shape[0] * x.shape[1], x.shape[2])
    values, vectors = np.linalg.eigh(flat.T @ flat / answers)
    white = flat @ (vectors / np.sqrt(np.maximum(values, 0.0) + RIDGE))
    weight = (crowd**2).sum(axis=0)[:, varied] / spread[varied] ** 2
    share = (follows[:, varied] * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), TINY)
    return np.asarray(white.reshape(x.shape)), np.clip(share, 0.0, 1.0)


def _centred(x: Float64, there: Mask) -> Float64:
    """Without the mean over the prompts that each model answered; 0 where it did not."""
    mean = x.sum(axis=0, keepdims=True) / np.maximum(there.sum(axis=0), 1)[None, :, None]
    return np.where(there[:, :, None], x - mean, 0.0)


def _beyond(x: Float64, crowd: Float64, there: Mask) -> Float64:
    """Without what follows the crowd's main directions, whatever feature it shows in.

    One paragraph is as long as its text: who sets no paragraphs follows others' length by it.
    """
    many = min(DIRECTIONS, len(x) // PROMPTS)
    scale = np.sqrt((crowd**2).mean(axis=(0, 1))) + TINY
    main = np.linalg.svd((crowd / scale).mean(axis=1), full_matrices=False)[2][:many]
    left = x.copy()
    for model, held in enumerate(there.T):
        ways = (crowd[held, model] / scale) @ main.T
        left[held, model] -= ways @ np.linalg.lstsq(ways, x[held, model], rcond=None)[0]
    return left
