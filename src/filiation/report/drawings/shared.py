"""Drawings of what accounts share, and of where served answers stand among their twins."""

from collections.abc import Sequence
from typing import Final

from filiation.model.campaigns import SharedSignature
from filiation.model.inquiry import TwinsShown
from filiation.report.drawings import svg
from filiation.report.wording.inquiry import (
    BARS_TITLE,
    PLACES_HEADS,
    PLACES_TITLE,
    TWINS_NULL_TITLE,
)

__all__ = ["places_bars", "shared_bars", "twins_null"]

LEFT: Final = 190.0
WIDE: Final = 380.0
ROW: Final = 18.0
BINS: Final = 48


def shared_bars(shared: Sequence[SharedSignature]) -> str:
    """A bar for each signature: accounts of the group, then others."""
    most = max((one.members + one.others for one in shared), default=1) or 1
    parts = []
    for place, one in enumerate(shared):
        y = 6 + place * ROW
        own, rest = (WIDE * count / most for count in (one.members, one.others))
        parts += [
            svg.text(0, y + 11, f"{one.of} {one.hashed}"),
            svg.rect(LEFT, y, own, ROW - 5, fill=svg.HUE),
            svg.text(LEFT + own + rest + 6, y + 11, f"{one.members:,} + {one.others:,}"),
        ]
        if rest:
            parts.append(svg.rect(LEFT + own, y, rest, ROW - 5, fill=svg.TINT))
    return svg.document(LEFT + WIDE + 90, 12 + len(shared) * ROW, BARS_TITLE, parts)


def places_bars(shown: TwinsShown) -> str:
    """Counts by place, for the subject, the source and answers to others."""
    rows = [(PLACES_HEADS[1], shown.subject), (PLACES_HEADS[2], shown.source)]
    rows += [(PLACES_HEADS[3], shown.others)] if shown.others else []
    parts: list[str] = []
    for place, (name, counts) in enumerate(rows):
        parts += _counts(name, counts, place * 215.0)
    return svg.document(len(rows) * 215.0, 108, PLACES_TITLE, parts)


def _counts(name: str, counts: Sequence[int], x: float) -> list[str]:
    most, step = max(counts) or 1, 190.0 / len(counts)
    even = 80 - 60 * (sum(counts) / len(counts)) / most
    return [
        svg.text(x, 11, name),
        *(
            svg.rect(x + i * step, 80 - 60 * n / most, max(1.0, step - 1.5), 60 * n / most,
                     fill=svg.HUE)
            for i, n in enumerate(counts)
        ),
        svg.line(x, 80, x + 190, 80),
        svg.line(x, even, x + 190, even, dash="3 3"),
        svg.text(x, 94, "1", size=9),
        svg.text(x + 190, 94, f"{len(counts)}", anchor="end", size=9),
    ]  # fmt: skip


def twins_null(shown: TwinsShown) -> str:
    """The statistic under its null as bars, what was observed as a line."""
    low, high = min(*shown.draws, shown.observed), max(*shown.draws, shown.observed)
    span = (high - low) or 1.0
    counts = [0] * BINS
    for value in shown.draws:
        counts[min(BINS - 1, int((value - low) / span * BINS))] += 1
    most, step = max(counts), 10.0
    at = 10 + (shown.observed - low) / span * BINS * step
    parts = [
        *(
            svg.rect(10 + i * step, 90 - 74 * n / most, step - 1, 74 * n / most, fill=svg.TINT)
            for i, n in enumerate(counts)
            if n
        ),
        svg.line(10, 90, 10 + BINS * step, 90),
        svg.line(at, 8, at, 94, width=2),
        svg.text(10, 106, f"{low:.3g}", size=9),
        svg.text(10 + BINS * step, 106, f"{high:.3g}", anchor="end", size=9),
    ]
    return svg.document(20 + BINS * step, 112, TWINS_NULL_TITLE, parts)
