"""Histories that were never trained: rows of tiny weights with a chosen way."""

from collections.abc import Sequence

import numpy as np

from filiation.examining.trainings.bands import Band
from filiation.model.sketch import Sketch
from size.shape import TINY, Weights
from size.starts import plain
from size.view import sketched

BANDS = {
    "length": Band(low=0.001, high=0.8, values=100),
    "turn": Band(low=-0.5, high=0.9, values=100),
    "spike": Band(low=1.1, high=4.0, values=100),
    "uneven": Band(low=1.0, high=4.0, values=100),
    "kept": Band(low=0.5, high=1.0, values=100),
    "bend": Band(low=-0.3, high=0.8, values=10),
}


def wandering(points: int = 9, seed: int = 1) -> list[Weights]:
    """Steps of rank two whose directions drift: what a gradient looks like from afar."""
    rng = np.random.default_rng([91, seed])
    now = plain(TINY, seed)
    left = {n: rng.standard_normal((x.shape[0], 2)) for n, x in now.items() if x.ndim > 1}
    right = {n: rng.standard_normal((2, x.shape[1])) for n, x in now.items() if x.ndim > 1}
    found = [now]
    for _ in range(points - 1):
        now = dict(now)
        for name in left:
            left[name] = 0.7 * left[name] + 0.7 * rng.standard_normal(left[name].shape)
            right[name] = 0.7 * right[name] + 0.7 * rng.standard_normal(right[name].shape)
            now[name] = (now[name] + 0.01 * left[name] @ right[name]).astype(np.float32)
        found.append(now)
    return found


def line(points: int = 9) -> list[Weights]:
    """A straight line between two strangers."""
    one, other = plain(TINY, 1), wandering(seed=2)[-1]
    return [
        {n: ((1 - t) * one[n] + t * other[n]).astype(np.float32) for n in one}
        for t in np.linspace(0, 1, points)
    ]


def noise(points: int = 9) -> list[Weights]:
    """A random walk: steps without any direction."""
    rng, now = np.random.default_rng(5), plain(TINY, 1)
    found = [now]
    for _ in range(points - 1):
        now = {
            n: x + (0.02 * rng.standard_normal(x.shape)).astype(np.float32) if x.ndim > 1 else x
            for n, x in now.items()
        }
        found.append(now)
    return found


def taken(points: Sequence[Weights]) -> list[Sketch]:
    """As sketches."""
    return [sketched(f"{n:02}", one, TINY) for n, one in enumerate(points)]
