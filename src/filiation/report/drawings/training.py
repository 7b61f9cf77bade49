"""Drawings of a training history: its way, contact of neighbours, contact with the source."""

import math
from collections.abc import Sequence
from typing import Final

from filiation.model.training import HistoryExamined
from filiation.report.drawings import svg
from filiation.report.wording.trained import CONTACT_TITLE, NEIGHBOURS_TITLE, WAY_TITLE

__all__ = ["contact_bars", "neighbour_bars", "way_drawn"]

WIDE: Final = 620.0
HIGH: Final = 300.0
EDGE: Final = 26.0
TALL: Final = 120.0
LEFT: Final = 70.0
FOOT: Final = 140.0
LEVEL: Final = 6.0  # powers of ten, of a question about weights
DEEPEST: Final = 30.0  # beyond, a bar ends in the band above: the number is not the point
NAMED: Final = 16  # bars whose step is written
APART: Final = 24.0  # points whose step is written, from each other


def way_drawn(found: HistoryExamined) -> str:
    """The checkpoints in a plane, joined in their order, to one scale both ways."""
    placed = [
        (point.step, one.across, one.up)
        for point, one in zip(found.history.points, found.along, strict=True)
        if one.across is not None and one.up is not None
    ]
    low_x, high_x = min(x for _, x, _ in placed), max(x for _, x, _ in placed)
    low_y, high_y = min(y for *_, y in placed), max(y for *_, y in placed)
    scale = min(
        (WIDE - 2 * EDGE - 60) / ((high_x - low_x) or 1e-9),
        (HIGH - 2 * EDGE) / ((high_y - low_y) or 1e-9),
    )
    tall = 2 * EDGE + scale * (high_y - low_y)
    at = [(EDGE + scale * (x - low_x), tall - EDGE - scale * (y - low_y)) for _, x, y in placed]
    parts, named = [svg.polyline(at)], list[tuple[float, float]]()
    for n, ((x, y), (step, *_)) in enumerate(zip(at, placed, strict=True)):
        fill = "#ffffff" if n == 0 else svg.HUE
        parts.append(svg.circle(x, y, 4, fill=fill, stroke=svg.HUE, said=f"step {step:,}"))
        if all(math.hypot(x - a, y - b) >= APART for a, b in named):
            named.append((x, y))
            parts.append(svg.text(x + 7, y - 6, f"{step:,}", size=9))
    return svg.document(WIDE, tall, WAY_TITLE, parts)


def neighbour_bars(found: HistoryExamined) -> str:
    """Of each checkpoint but the first, its contact with the one before."""
    values = [one.neighbour for one in found.along[1:]]
    steps = [point.step for point in found.history.points[1:]]
    kept = [one.kept for one in found.along[1:]]
    return _bars(NEIGHBOURS_TITLE, steps, values, kept)


def contact_bars(found: HistoryExamined) -> str:
    """Of each checkpoint, its contact with the source."""
    values = [one.contact for one in found.along]
    return _bars(CONTACT_TITLE, [point.step for point in found.history.points], values, [])


def _bars(
    title: str, steps: Sequence[int], values: Sequence[float | None], shares: Sequence[float | None]
) -> str:
    slot = min(44.0, (WIDE - LEFT - 10) / max(1, len(values)))
    bar, parts = 0.7 * slot, []
    every = max(1, math.ceil(len(values) / NAMED))
    for n, value in enumerate(values):
        x = LEFT + n * slot
        if shares and (share := shares[n]) is not None:
            parts.append(svg.rect(x, FOOT - TALL * share, bar, TALL * share, fill=svg.TINT))
        if value is None:
            parts.append(svg.hatched(x, FOOT - 12, bar, 12))
        else:
            high = max(1.0, TALL * _deep(value))
            thin = bar * (0.5 if shares else 1.0)
            parts.append(svg.rect(x + (bar - thin) / 2, FOOT - high, thin, high, fill=svg.HUE))
        if n % every == 0:
            parts.append(svg.text(x + bar / 2, FOOT + 13, f"{steps[n]:,}", anchor="middle", size=9))
    right, level = LEFT + len(values) * slot, FOOT - TALL * LEVEL / DEEPEST
    parts += [
        svg.line(LEFT - 4, FOOT, right, FOOT),
        svg.line(LEFT - 4, level, right, level, dash="4 3"),
        svg.text(LEFT - 8, FOOT + 1, "1", anchor="end", size=9),
        svg.text(LEFT - 8, level + 3, "1e-6", anchor="end", size=9),
        svg.text(LEFT - 8, FOOT - TALL + 4, "1e-30", anchor="end", size=9),
        svg.text(0, FOOT + 13, "step", size=9),
        svg.text(0, 12, "p", size=9),
    ]
    return svg.document(max(300.0, right + 10), FOOT + 22, title, parts)


def _deep(log_p: float) -> float:
    return min(1.0, -log_p / math.log(10.0) / DEEPEST)
