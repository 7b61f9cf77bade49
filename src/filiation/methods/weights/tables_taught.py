"""Does a table hold nothing but what a text taught it?

A head that begins at nought (muP, and whoever sets it so for the sake of the first steps) has no
random start of its own: what it holds is what the text says of its tokens. Two such heads, trained
on one text by two who never met, lie alike as a copy does. A head that began at random shows it:
in the directions that are looked at, random values are nearly even, and what a text teaches is not.

Both models are looked at alone; no copy changes what its source's table shows.
"""

from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.rng import stream

__all__ = ["UNEVEN", "only_taught", "unevenness"]

Float32: TypeAlias = NDArray[np.float32]

TOKENS: Final = 96  # that are looked at together, whatever there are: the more, the more is taught
FIRST: Final = 12  # direction, whose strength is set
LAST: Final = 23  # against that of this one
DRAWS: Final = 8  # of random tables
UNEVEN: Final = 1.45


def only_taught(rows: Float32) -> bool:
    """Whether the directions of these tokens fall off as no random start lets them."""
    return len(rows) >= TOKENS and unevenness(rows) > UNEVEN


def unevenness(rows: Float32) -> float:
    """How fast directions fall off beside those of random values of the same form: 1 if alike.

    The mean of as many separate choices of tokens as there are.
    """
    choices = len(rows) // TOKENS
    found = [_falling(rows[first::choices][:TOKENS]) for first in range(choices)]
    return float(np.mean(found)) / _random(rows.shape[1])


@lru_cache(maxsize=16)
def _random(width: int) -> float:
    rng = stream(0, "taught", str(width))
    draws = (rng.normal(size=(TOKENS, width)).astype(np.float32) for _ in range(DRAWS))
    return float(np.mean([_falling(rows) for rows in draws]))


def _falling(rows: Float32) -> float:
    """The strength of one direction over that of a later one."""
    unit = _unit(rows)
    unit = _unit(unit - unit.mean(axis=0))
    unit = unit - unit.mean(axis=0)
    strengths = np.linalg.svd(unit, compute_uv=False)
    last = min(LAST, len(strengths) - 1)
    return float((strengths[FIRST] / max(strengths[last], 1e-6)) ** 2)


def _unit(rows: Float32) -> Float32:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30))
