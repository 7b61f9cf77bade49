"""Documents over time: one bar for each year, month or day."""

from collections.abc import Sequence
from typing import Final

from filiation.report.drawings import svg

__all__ = ["timeline"]

WIDTH: Final = 640.0
HEIGHT: Final = 110.0
LEFT: Final = 8.0
LABELS: Final = 6  # of the axis, at most


def timeline(counts: Sequence[tuple[str, int]], title: str) -> str:
    """Bars, in order; steps without a document are among them as zero.

    Args:
        counts: Name of each step, and how many documents it has.
        title: What a reader who cannot see it is told.
    """
    most = max((count for _, count in counts), default=0) or 1
    wide = min(36.0, (WIDTH - 2 * LEFT) / max(1, len(counts)))
    every = max(1, -(-len(counts) // LABELS))
    parts = [svg.line(LEFT, HEIGHT, LEFT + wide * len(counts), HEIGHT)]
    for place, (name, count) in enumerate(counts):
        x = LEFT + place * wide
        high = (HEIGHT - 14) * count / most
        if count:
            parts.append(
                svg.rect(x + 0.08 * wide, HEIGHT - max(1.0, high), 0.84 * wide, max(1.0, high),
                         fill=svg.HUE, said=f"{name}: {count:,}")
            )  # fmt: skip
        if place % every == 0:
            parts += [svg.line(x, HEIGHT, x, HEIGHT + 4), svg.text(x, HEIGHT + 17, name)]
    return svg.document(WIDTH, HEIGHT + 24, title, parts)
