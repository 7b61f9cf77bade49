"""Training of the small models: an invented language, and Adam."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.rng import stream
from filiation.populations.small.network import Weights, loss_and_gradient

__all__ = ["texts", "train"]

Int64: TypeAlias = NDArray[np.int64]

SEQUENCES: Final = 16
PLACES: Final = 33
CORPUS: Final = (256, 257)  # sequences, tokens
HABIT: Final = 2.0  # how far the next token hangs on the last two
CLASSES: Final = 8  # of the last but one
BETAS: Final = (0.9, 0.98)
LARGEST: Final = 1.0  # norm of a gradient


def train(
    weights: Mapping[str, NDArray[np.float32]],
    *,
    language: str,
    vocabulary: int,
    heads: int,
    steps: int,
    rate: float,
    rng: np.random.Generator,
) -> tuple[Weights, float]:
    """Train on a language, by Adam with a falling rate.

    Args:
        weights: To begin with; left as they are.
        language: Name of the invented language.
        vocabulary: How many tokens it has.
        heads: Of the attention.
        steps: Updates.
        rate: Of the first update; falls to a tenth.
        rng: Draws the texts' order.

    Returns:
        The weights, and the mean loss (nats) of the last ten updates.
    """
    found = {name: array.copy() for name, array in weights.items()}
    first = {name: np.zeros_like(array) for name, array in found.items()}
    second = {name: np.zeros_like(array) for name, array in found.items()}
    corpus = texts(language, vocabulary)
    losses = []
    for step in range(1, steps + 1):
        loss, gradient = loss_and_gradient(found, _batch(corpus, rng), heads)
        losses.append(loss)
        size = float(np.sqrt(sum(float(np.vdot(g, g)) for g in gradient.values())))
        pace = rate * (1.0 - 0.9 * step / steps)
        for name, slope in gradient.items():
            g = slope * np.float32(min(1.0, LARGEST / max(size, 1e-9)))
            first[name] += np.float32(1 - BETAS[0]) * (g - first[name])
            second[name] += np.float32(1 - BETAS[1]) * (g * g - second[name])
            mean = first[name] / (1 - BETAS[0] ** step)
            spread = second[name] / (1 - BETAS[1] ** step)
            found[name] -= (pace * mean / (np.sqrt(spread) + 1e-8)).astype(np.float32)
    return found, float(np.mean(losses[-10:]))


@lru_cache(maxsize=8)
def texts(language: str, vocabulary: int) -> Int64:
    """int64 [sequences, tokens] of a language in which the next token hangs on the last two."""
    rng = stream(0, "small population", "language", language)
    habits = HABIT * rng.standard_normal((CLASSES, vocabulary, vocabulary))
    shares = np.exp(habits)
    steps = np.cumsum(shares / shares.sum(axis=-1, keepdims=True), axis=-1)
    found = np.empty(CORPUS, dtype=np.int64)
    found[:, :2] = rng.integers(0, vocabulary, (CORPUS[0], 2))
    for place in range(2, CORPUS[1]):
        drawn = rng.random((CORPUS[0], 1))
        here = steps[found[:, place - 2] % CLASSES, found[:, place - 1]]
        found[:, place] = np.minimum((here < drawn).sum(axis=1), vocabulary - 1)
    found.setflags(write=False)
    return found


def _batch(corpus: Int64, rng: np.random.Generator) -> Int64:
    rows = rng.integers(0, corpus.shape[0], SEQUENCES)
    starts = rng.integers(0, corpus.shape[1] - PLACES, SEQUENCES)
    return np.asarray(corpus[rows[:, None], starts[:, None] + np.arange(PLACES)])
