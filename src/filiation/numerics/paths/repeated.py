"""A step of a training beside repetitions of it, from the same beginning."""

import math
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Repeated", "repeated"]

Float: TypeAlias = NDArray[np.float64]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """Distances over the mean length of the repeated step, and what they are worth.

    Attributes:
        distance: Mean, of the claimed end from the repeated ones.
        spread: Mean, of the repeated ends from each other.
        log_rank: Natural log of the exact p that the claimed end is one more repetition: the share
            of all ends, it among them, that lie as far from the others as it does.
        log_chance: Natural log of a bound on the chance that a step in a direction of its own
            points as closely in that of the repeated one.
    """

    distance: float
    spread: float
    log_rank: float
    log_chance: float


def repeated(begin: Float, claimed: Float, ends: Float) -> Repeated:
    """Hold a claimed end against repeated ones.

    The bound: of directions that are uniform in n dimensions, a share of at most
    (1 - c^2)^((n - 1) / 2) / 2 has a cosine of c > 0 or more with a given one: the difference is
    nought at both ends and grows first.

    Args:
        begin: Weights from which all were trained, [values].
        claimed: Where the history says that it ended, [values].
        ends: Where the repetitions did, [two or more, values].
    """
    every = np.concatenate([claimed[None], ends])
    apart = np.linalg.norm(every[:, None] - every[None], axis=2)
    length = float(np.mean(np.linalg.norm(ends - begin, axis=1)))
    length = max(length, 1e-150)
    others = len(ends)
    far = apart.sum(axis=1) / others
    among = apart[1:, 1:].sum() / (others * (others - 1))
    rank = float(np.mean(far >= far[0] * (1 - 1e-12)))
    step, mean = claimed - begin, ends.mean(axis=0) - begin
    size = float(np.linalg.norm(step) * np.linalg.norm(mean))
    cosine = float(step @ mean) / size if size > 0.0 else 0.0
    chance = 0.0
    if cosine > 0.0:
        rest = max(1.0 - cosine * cosine, 1e-300)
        chance = (len(begin) - 1) / 2.0 * math.log(rest) - math.log(2.0)
    return Repeated(
        distance=float(far[0]) / length,
        spread=float(among) / length,
        log_rank=math.log(rank),
        log_chance=min(0.0, chance),
    )
