"""What the tiny models learn: a chain in which a token and the class of the one before decide.

Tokens are as unequal as words are: of 96 the rarest comes once in some thousand.
"""

from dataclasses import dataclass
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Chain", "chain"]

CLASSES: Final = 4  # of the token before the last
FOLLOWERS: Final = 3  # of a token in each class
SPREAD: Final = 0.3  # of the weights of followers: the smaller, the more unequal


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chain:
    """A language of its own: which tokens follow, and how often.

    Attributes:
        followers: int64 [tokens, classes, followers].
        cumulated: float64, likewise: their probabilities, summed up.
    """

    followers: NDArray[np.int64]
    cumulated: NDArray[np.float64]

    def windows(self, count: int, length: int, seed: int) -> NDArray[np.int64]:
        """So many independent texts, [count, length]."""
        rng = np.random.default_rng(seed)
        tokens = len(self.followers)
        found = np.empty((count, length + 8), dtype=np.int64)
        found[:, :2] = rng.integers(tokens, size=(count, 2))
        for n in range(2, length + 8):
            last, before = found[:, n - 1], found[:, n - 2] % CLASSES
            place = (rng.random((count, 1)) > self.cumulated[last, before]).sum(axis=1)
            found[:, n] = self.followers[last, before, np.minimum(place, FOLLOWERS - 1)]
        return found[:, 8:]

    def entropies(self, seed: int = 0) -> tuple[float, float]:
        """Nats per token: of a token alone, and of a token after its two predecessors."""
        seen = self.windows(4096, 66, seed)
        shares = np.bincount(seen.ravel(), minlength=len(self.followers)) / seen.size
        parts = np.diff(self.cumulated, axis=2, prepend=0.0)
        inner = -(parts * np.log(np.maximum(parts, 1e-12))).sum(axis=2)
        known = inner[seen[:, 1:], seen[:, :-1] % CLASSES].mean()
        shares = shares[shares > 0]
        return float(-(shares * np.log(shares)).sum()), float(known)


def chain(seed: int, tokens: int) -> Chain:
    """The language of this seed. Followers are drawn by a law of unequal frequencies."""
    rng = np.random.default_rng([17, seed])
    frequent = 1.0 / (1.0 + rng.permutation(tokens))
    shape = (tokens, CLASSES, FOLLOWERS)
    followers = rng.choice(tokens, size=shape, p=frequent / frequent.sum())
    weights = rng.gamma(SPREAD, size=shape) + 1e-3
    return Chain(
        followers=followers, cumulated=np.cumsum(weights / weights.sum(2, keepdims=True), axis=2)
    )
