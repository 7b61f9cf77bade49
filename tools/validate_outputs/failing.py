"""Which two models fail at the same items, beyond how hard the items and how able the models are?

Every success has a probability of its own (Rasch 1960): the logistic of an ability less a
difficulty, both estimated from the whole table. Two models are the more alike, the more their
departures from it agree,

    sum (x_a - p_a) (x_b - p_b) / sqrt(sum p_a (1 - p_a) p_b (1 - p_b)),

about one standard deviation of chance per unit, if nothing but ability and difficulty mattered. All
pairs stand some sqrt(items) / (models - 1) below nought then, as each model is one of those that
its difficulties are read from. More does matter (skills, times), so no p is read from it: it is set
against what strangers show.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["failing_alike", "rasch"]

Float64: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

STEPS: Final = 100  # at most; ten to forty are taken
CLOSE: Final = 1e-4  # of a logit: what a last step may move
STRIDE: Final = 0.8  # of a Newton step, since abilities and difficulties move in turn
ABILITY_PRIOR: Final = 0.01  # precision: keeps who fails nowhere, or everywhere, finite
DIFFICULTY_PRIOR: Final = 0.1
LEAST: Final = 0.02  # variance of a cell in a step, so that no step is endless
ONE: Final = 1.0  # item of that variance put under the root: pairs without items show nothing


def rasch(right: Mask, answered: Mask) -> Float64:
    """Probability of every success given all others: float64 [models, items].

    Args:
        right: bool [models, items].
        answered: bool [models, items]; other cells take no part, and have their probability too.
    """
    there = answered.astype(np.float64)
    hits = (right & answered).astype(np.float64)
    ability, difficulty = np.zeros(len(right)), np.zeros(right.shape[1])
    chance = np.full(right.shape, 0.5)
    for _ in range(STEPS):
        rest, spread = hits - chance * there, np.maximum(chance * (1.0 - chance), LEAST) * there
        up = (rest.sum(axis=1) - ABILITY_PRIOR * ability) / (spread.sum(axis=1) + ABILITY_PRIOR)
        ability = ability + STRIDE * up
        chance = _logistic(ability, difficulty)
        rest, spread = hits - chance * there, np.maximum(chance * (1.0 - chance), LEAST) * there
        harder = -rest.sum(axis=0) - DIFFICULTY_PRIOR * difficulty
        harder /= spread.sum(axis=0) + DIFFICULTY_PRIOR
        difficulty = difficulty + STRIDE * harder
        chance = _logistic(ability, difficulty)
        if max(np.abs(up).max(initial=0.0), np.abs(harder).max(initial=0.0)) < CLOSE:
            break
    return chance


def _logistic(ability: Float64, difficulty: Float64) -> Float64:
    return np.asarray(1.0 / (1.0 + np.exp(np.clip(difficulty - ability[:, None], -30.0, 30.0))))


def failing_alike(right: Mask, answered: Mask, chance: Float64) -> Float64:
    """How far the departures of every two models agree: float64 [models, models], 0 with itself."""
    departure = np.where(answered, right - chance, 0.0)
    spread = np.where(answered, chance * (1.0 - chance), 0.0)
    alike = (departure @ departure.T) / np.sqrt(spread @ spread.T + ONE)
    np.fill_diagonal(alike, 0.0)
    return np.asarray(alike)
