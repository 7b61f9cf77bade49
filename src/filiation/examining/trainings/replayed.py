"""An interval of a training, drawn by lot after the history was fixed, trained again."""

import hashlib
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from filiation.examining.trainings.measured import kept_path
from filiation.examining.weights.relation import same_tensors, stored
from filiation.model.sketch import Sketch
from filiation.model.training import TrainingClaim
from filiation.numerics.paths.repeated import repeated

__all__ = ["claim_replay", "drawn_interval"]

FEWEST: Final = 2  # repetitions
# Over the length of the step. Repetitions of tiny trainings whose gradients are a thousandth off
# end some three thousandths apart, and a history that is drawn to a copy is drawn by a part of
# each step (`python -m trainings replays`).
NEAR: Final = 0.01
TIMES: Final = 3.0  # the distance of repetitions from each other
SCATTERED: Final = 0.1  # beyond, repetitions tell nothing


def drawn_interval(history_digest: str, lot: str, points: int) -> int:
    """From which checkpoint to the next is trained again: 0 to points - 2, evenly but for 2**-200.

    Args:
        history_digest: SHA-256 (hex) of the history, fixed before the lot was known.
        lot: What nobody knew then: a round of a beacon, or numbers that both parties opened.
        points: Checkpoints.
    """
    said = f"filiation history interval\n{history_digest}\n{lot}".encode()
    return int.from_bytes(hashlib.sha256(said).digest(), "big") % (points - 1)


def _distinct(again: Sequence[Sketch]) -> list[Sketch]:
    """Each end once: one that is handed in twice tells nothing of how far repetitions scatter."""
    return list({stored(one): one for one in reversed(again)}.values())[::-1]


def claim_replay(points: Sequence[Sketch], place: int, again: Sequence[Sketch]) -> TrainingClaim:
    """Whether the checkpoint after `place` lies where training again from `place` ends.

    It never fails: whoever trained on batches in another order than the history's ends as far away
    as from a forged checkpoint.

    Args:
        points: The checkpoints.
        place: From which it was trained again.
        again: The ends of the repetitions.
    """
    claimed, at = points[place + 1], place + 1
    if any(same_tensors(claimed, one) for one in again):
        return TrainingClaim(claim="replay", outcome="holds", why="same-bits", place=at)
    again = _distinct(again)
    if len(again) < FEWEST:
        return TrainingClaim(claim="replay", outcome="open", why="too-few-repeated", place=at)
    every = [points[place], claimed, *again]
    path = kept_path(every)
    if path is None or any(_units(one) != _units(claimed) for one in every):
        return TrainingClaim(claim="replay", outcome="open", why="shapes-change", place=at)
    found = repeated(path[0], path[1], path[2:])
    limit = max(NEAR, TIMES * found.spread)
    near = found.distance <= limit and found.spread < SCATTERED
    distance, most = _of_units(every)
    near = near and distance <= most
    figures = (
        ("distance", found.distance, 0.0, limit), ("spread", found.spread, 0.0, SCATTERED),
        ("units-distance", distance, 0.0, most), ("rank", float(np.exp(found.log_rank)), 0.0, 1.0),
    )  # fmt: skip
    return TrainingClaim(
        claim="replay",
        outcome="holds" if near else "open",
        why="as-repeated" if near else "beyond-repeated",
        place=at,
        log_p=found.log_chance if near else None,
        figures=figures,
    )


def _of_units(every: Sequence[Sketch]) -> tuple[float, float]:
    """Likewise of all units, projected and rounded: distance over the step's length, and its most.

    Kept values stand at places that anybody can name beforehand, and a forger can spare them; a
    projection sums whole rows. Two roundings are allowed for, as if they were independent.

    Args:
        every: Begin, claimed end, and the ends of two or more repetitions; of the same units.
    """
    squares, blur = np.zeros((len(every), len(every))), 0.0
    for sides in zip(*map(_projected, every), strict=True):
        rms = max(math.sqrt(float(np.mean([np.mean(np.square(x)) for x in sides]))), 1e-30)
        for i, k in itertools.combinations(range(len(every)), 2):
            squares[i, k] += float(np.square((sides[i] - sides[k]) / rms).sum(dtype=np.float64))
        rounded = np.abs(sides[1]).max(axis=1).astype(np.float64) / (127.0 * rms)
        blur += float(np.square(rounded).sum()) * sides[1].shape[1] / 6.0
    apart = np.sqrt(squares)
    length = max(float(np.mean(apart[0, 2:])), 1e-150)
    among = apart[2:, 2:][np.triu_indices(len(every) - 2, 1)]
    most = math.hypot(max(NEAR, TIMES * float(np.mean(among)) / length), math.sqrt(blur) / length)
    return float(np.mean(apart[1, 2:])) / length, most


def _units(sketch: Sketch) -> list[tuple[str, tuple[int, ...]]]:
    return [
        (role, one.directions["native"].shape)
        for layer in (*sketch.layers, *sketch.attention)
        for role, one in sorted(layer.roles.items())
    ]


def _projected(sketch: Sketch) -> Iterator[NDArray[np.float32]]:
    """Rows [units, columns] of every matrix of units, in the native frame, as long as the units."""
    for layer in (*sketch.layers, *sketch.attention):
        for _, one in sorted(layer.roles.items()):
            rows = one.directions["native"].astype(np.float32)
            size = np.maximum(np.linalg.norm(rows, axis=1), 1.0)
            yield np.asarray(rows * (one.norms / size)[:, None], dtype=np.float32)
