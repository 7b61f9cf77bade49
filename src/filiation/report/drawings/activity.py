"""Two drawings of a group: its accounts by day, and what was seen against its null."""

import math
from typing import Final

from filiation.model.campaigns import Campaigns, FoundGroup, Spoken
from filiation.report.drawings import svg
from filiation.report.wording.campaigns import (
    ACTIVITY_TITLE,
    CHANNEL_NAMES,
    NULLS_TITLE,
    activity_axis,
)

__all__ = ["activity", "null_distributions"]

CELL: Final = 11.0
LEFT: Final = 70.0
BINS: Final = 40


def activity(found: Campaigns, group: FoundGroup, first_day: str) -> str:
    """Requests of the family by account and day, held days marked below.

    Args:
        found: The log.
        group: Whose.
        first_day: Its name, for the axis.
    """
    rows, days = len(group.activity), found.days
    cell = min(CELL, 620.0 / max(1, days))
    height = min(cell, 420.0 / max(1, rows))
    most = max((count for row in group.activity for _, count in row), default=1)
    parts = []
    for place, row in enumerate(group.activity):
        for day, count in row:
            tone = 0.12 + 0.88 * math.log1p(count) / math.log1p(most)
            box = svg.rect(LEFT + day * cell, 18 + place * height, cell, height, fill=svg.HUE)
            parts.append(box.replace("<rect ", f'<rect fill-opacity="{tone:.2f}" '))
    low = 18 + rows * height
    parts += [
        svg.line(LEFT + d * cell + 1, low + 5, LEFT + (d + 1) * cell - 1, low + 5, width=3)
        for d in found.held
    ]
    parts += [
        svg.text(0, 28, "accounts"),
        svg.text(0, low + 9, "held back"),
        svg.text(LEFT, low + 24, activity_axis(first_day, most)),
    ]
    return svg.document(max(430.0, LEFT + days * cell + 10), low + 32, ACTIVITY_TITLE, parts)


def null_distributions(group: FoundGroup) -> str:
    """Of each channel with draws: values under the null as bars, what was observed as a line."""
    shown = [one for one in group.spoken if one.draws and one.observed is not None]
    parts = []
    for place, one in enumerate(shown):
        parts += _histogram(one, one.observed or 0.0, (place % 3) * 230.0, (place // 3) * 96.0)
    rows = -(-len(shown) // 3)
    return svg.document(690, max(1, rows) * 96.0, NULLS_TITLE, parts)


def _histogram(one: Spoken, observed: float, x: float, y: float) -> list[str]:
    low, high = min(*one.draws, observed), max(*one.draws, observed)
    span = (high - low) or 1.0
    counts = [0] * BINS
    for value in one.draws:
        counts[min(BINS - 1, int((value - low) / span * BINS))] += 1
    most = max(counts)
    at = x + 10 + (observed - low) / span * BINS * 5
    return [
        *(
            svg.rect(x + 10 + i * 5, y + 70 - 50 * n / most, 4.4, 50 * n / most, fill=svg.TINT)
            for i, n in enumerate(counts)
            if n
        ),
        svg.line(x + 10, y + 70, x + 10 + BINS * 5, y + 70),
        svg.line(at, y + 16, at, y + 74, width=2),
        svg.text(x + 10, y + 11, CHANNEL_NAMES[one.id]),
        svg.text(x + 10, y + 86, f"{low:.3g}", size=9),
        svg.text(x + 10 + BINS * 5, y + 86, f"{high:.3g}", anchor="end", size=9),
    ]
