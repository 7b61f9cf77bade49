"""What is drawn of a history: its way in a plane, and contact along it."""

import math
from collections.abc import Sequence

from filiation.examining.trainings.measured import Measured, kept_path
from filiation.model.sketch import Sketch
from filiation.model.training import AlongPoint
from filiation.numerics.paths.moving import plane
from filiation.numerics.rounding import significant

__all__ = ["along_way"]


def along_way(
    points: Sequence[Sketch], way: Measured | None, contact: Sequence[float | None]
) -> tuple[tuple[AlongPoint, ...], tuple[float, float]]:
    """Each checkpoint, and how much of the steps the two drawn directions hold.

    Args:
        points: The checkpoints.
        way: What was measured of their steps; None if nothing could be.
        contact: Natural log of p of contact with the source, of each.
    """
    path = None if way is None else kept_path(points)
    if way is None or path is None:
        return tuple(AlongPoint(contact=_told(one)) for one in contact), (0.0, 0.0)
    drawn = plane(path)
    rows = [
        AlongPoint(
            across=_told(drawn.places[n, 0]), up=_told(drawn.places[n, 1]), contact=_told(found)
        )
        if n == 0
        else AlongPoint(
            across=_told(drawn.places[n, 0]),
            up=_told(drawn.places[n, 1]),
            contact=_told(found),
            neighbour=_told(min(0.0, way.log_p[n - 1])),
            length=_told(way.length[n - 1]),
            turn=_told(way.turn[n - 1]),
            spike=_told(way.spike[n - 1]),
            kept=_told(way.kept[n - 1]),
        )
        for n, found in enumerate(contact)
    ]
    return tuple(rows), (significant(drawn.shares[0]), significant(drawn.shares[1]))


def _told(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else significant(float(value))
