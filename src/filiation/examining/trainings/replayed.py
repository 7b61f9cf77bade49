"""An interval of a training, drawn by lot after the history was fixed, trained again."""

import hashlib
from collections.abc import Sequence
from typing import Final

import numpy as np

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
    path = kept_path([points[place], claimed, *again])
    if path is None:
        return TrainingClaim(claim="replay", outcome="open", why="shapes-change", place=at)
    found = repeated(path[0], path[1], path[2:])
    limit = max(NEAR, TIMES * found.spread)
    near = found.distance <= limit and found.spread < SCATTERED
    figures = (
        ("distance", found.distance, 0.0, limit), ("spread", found.spread, 0.0, SCATTERED),
        ("rank", float(np.exp(found.log_rank)), 0.0, 1.0),
    )  # fmt: skip
    return TrainingClaim(
        claim="replay",
        outcome="holds" if near else "open",
        why="as-repeated" if near else "beyond-repeated",
        place=at,
        log_p=found.log_chance if near else None,
        figures=figures,
    )
