"""Does a row of checkpoints move as a training does, or as somebody who drew the way afterwards?

A gradient is a sum over few directions, so that a step of training has singular values far above
those of noise of its size; training turns, so that its first and last thirds lie in other
directions; and a straight line does neither. What is measured here says nothing alone: the bands
of real trainings do (`tools/trainings`).
"""

from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Plane", "bend", "edge_ratio", "lengths", "plane", "turns", "unevenness"]

Float: TypeAlias = NDArray[np.float64]

FAR: Final = 0.1  # of the rows
FARTHEST: Final = 1e6
TINY: Final = 1e-150  # its square is still a number


def lengths(path: Float) -> Float:
    """Length of each step, over the mean size of the weights at its two ends; [points - 1].

    Args:
        path: Weights in the order of the checkpoints, [points, values].
    """
    size = np.linalg.norm(path, axis=1)
    step = np.linalg.norm(np.diff(path, axis=0), axis=1)
    return np.asarray(step / np.maximum((size[1:] + size[:-1]) / 2.0, TINY))


def turns(path: Float) -> Float:
    """Cosine between each step and the next, [points - 2]; 0 where one of them has no length."""
    step = np.diff(path, axis=0)
    size = np.maximum(np.linalg.norm(step, axis=1), TINY)
    return np.asarray((step[1:] * step[:-1]).sum(axis=1) / (size[1:] * size[:-1]))


def bend(path: Float) -> float:
    """Cosine between the way from the first third to the second and that to the last.

    A third stands for the mean of its points, so that noise at each point hides a straight line
    less than it would hide it from two neighbours. 1 on a straight line; 0 if there is no way.
    """
    first, middle, last = (part.mean(axis=0) for part in np.array_split(path, 3))
    one, two = middle - first, last - middle
    size = float(np.linalg.norm(one) * np.linalg.norm(two))
    return float(one @ two) / size if size > 0.0 else 0.0


def unevenness(change: Float) -> float:
    """How far the tenth of the rows goes that goes farthest, at least, over the middle row.

    Args:
        change: What was added to each row, [rows, columns].

    Returns:
        From 1 to a million; 1 where none of them moved.
    """
    far, middle = np.quantile(np.linalg.norm(change, axis=1), (1.0 - FAR, 0.5))
    return float(min(far / middle, FARTHEST)) if middle > 0.0 else FARTHEST if far > 0.0 else 1.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """A way as it is drawn.

    Attributes:
        places: Of each point, over the mean size of the weights; the first is 0. [points, 2]
        shares: Of the steps' squared lengths that lie in either direction.
    """

    places: Float
    shares: tuple[float, float]


def plane(path: Float) -> Plane:
    """A way in the two leading directions of its own steps, by their singular values.

    Each direction points to where the way ends. Places are rounded to a millionth.
    """
    steps = np.diff(path, axis=0)
    size = max(float(np.linalg.norm(path, axis=1).mean()), TINY)
    values, vectors = np.linalg.eigh(steps @ steps.T)
    found, shares = np.zeros((len(path), 2)), [0.0, 0.0]
    whole = float(np.square(steps).sum())
    for n, at in enumerate(range(len(values) - 1, max(len(values) - 3, -1), -1)):
        length = float(np.sqrt(max(values[at], 0.0)))
        if length <= 1e-6 * np.sqrt(whole):
            continue
        places = np.concatenate([[0.0], np.cumsum(length * vectors[:, at])]) / size
        found[:, n] = np.round(places if places[-1] >= 0.0 else -places, 6) + 0.0
        shares[n] = float(values[at]) / whole
    return Plane(places=found, shares=(shares[0], shares[1]))


def edge_ratio(matrix: Float) -> float:
    """Largest singular value over where that of independent entries of the same size would end.

    The edge is that of Marchenko and Pastur (1967), s (sqrt(rows) + sqrt(columns)) for entries of
    root mean square s. 0 of a matrix of zeros.
    """
    rms = float(np.sqrt(np.mean(np.square(matrix))))
    if rms == 0.0:
        return 0.0
    edge = rms * (np.sqrt(matrix.shape[0]) + np.sqrt(matrix.shape[1]))
    return float(np.linalg.norm(matrix, 2) / edge)
