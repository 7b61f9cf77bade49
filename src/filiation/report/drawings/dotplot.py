"""The line-up of one finding as a dot plot: who stands where on the statistic's own axis.

Where the method reckons with ability or habit in z only, so that the order is not that of what was
observed, the axis is that of z.

Up to sixty models have a row of their own, with both numbers. Of more, the first dozen and the
subject have one, and everybody stands in a strip below, dots in one place on top of each other.
"""

import math
import unicodedata
from dataclasses import dataclass
from typing import Final, final

from filiation.model.finding import Finding, Place
from filiation.report.drawings import svg
from filiation.report.wording import (
    Worded,
    axis_is_z,
    has_z,
    is_measured,
    lineup_axis,
    lineup_sentence,
    method_text,
    place_words,
    quantity,
    quoted,
)

__all__ = ["ROWS", "dot_plot"]

ROWS: Final = 60  # up to this many models are named, each in a row of its own
NAMED: Final = 12  # of more, so many of the first
CELLS: Final = 120  # places of the strip
LARGEST: Final = 1e300  # beyond, a number is drawn at the edge
LEFT: Final = 196.0
WIDE: Final = 392.0
TOP: Final = 22.0
PITCH: Final = 15.0
STRIP: Final = 110.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """What is drawn of a model to a place between 0 and 1, with a margin on both sides."""

    low: float
    high: float
    step: float
    by_z: bool

    @classmethod
    def of(cls, finding: Finding) -> "_Scale":
        by_z = axis_is_z(finding)
        values = [p.z if by_z else p.observed for p in finding.lineup if is_measured(p)]
        seen = [_bounded(value) for value in values if math.isfinite(value)] or [0.0]
        low, high = min(seen), max(seen)
        if high - low <= 1e-9 * max(abs(low), abs(high), 1e-280):
            around = max(0.1 * abs(high), 1.0)
            low, high = low - around, high + around
        margin = 0.03 * (high - low)
        rough = (high - low) / 5.0
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * m for m in (1.0, 2.0, 5.0, 10.0) if power * m >= 0.999 * rough)
        return cls(low=low - margin, high=high + margin, step=step, by_z=by_z)

    def at(self, value: float) -> float:
        return (_bounded(value) - self.low) / (self.high - self.low)

    def place(self, place: Place) -> float | None:
        """Where a model is drawn; None if there is nothing to draw."""
        value = place.z if self.by_z else place.observed
        return self.at(value) if is_measured(place) and math.isfinite(value) else None

    def ticks(self) -> list[float]:
        first, last = math.ceil(self.low / self.step), math.floor(self.high / self.step)
        return [k * self.step for k in range(first, last + 1)]


def _bounded(value: float) -> float:
    return max(-LARGEST, min(LARGEST, value))


def dot_plot(finding: Finding, worded: Worded) -> str:
    """Everybody in the line-up; the subject square, relatives hollow."""
    rows = _rows(finding.lineup)
    scale = _Scale.of(finding)
    foot = TOP + PITCH * len(rows) + 4
    parts = [svg.text(LEFT + WIDE + 62, TOP - 8, "observed", anchor="end", size=10)]
    with_z = has_z(finding)
    if with_z:
        parts.append(svg.text(LEFT + WIDE + 122, TOP - 8, "z", anchor="end", size=10))
    parts += _axis(scale, TOP, foot)
    for place, row in enumerate(rows):
        parts += _row(row, TOP + PITCH * (place + 0.5) + 2, scale, with_z)
    if len(rows) < len(finding.lineup):
        parts += _strip(finding.lineup, scale, foot + 44)
        foot += 44 + STRIP
        parts += _axis(scale, foot, foot)
    parts.append(
        svg.text(LEFT + WIDE / 2, foot + 31, lineup_axis(finding), anchor="middle", size=10)
    )
    about = method_text(worded, finding.method)
    title = f"{about.title}: line-up. {lineup_sentence(finding)}"
    return svg.document(720, foot + 38, title, parts)


def _rows(lineup: tuple[Place, ...]) -> list[Place]:
    if len(lineup) <= ROWS:
        return list(lineup)
    return [p for n, p in enumerate(lineup) if n < NAMED or p.who == "subject"]


def _axis(scale: _Scale, top: float, foot: float) -> list[str]:
    parts = [svg.line(LEFT, foot, LEFT + WIDE, foot)]
    for tick in scale.ticks():
        x = LEFT + scale.at(tick) * WIDE
        parts.append(svg.line(x, foot, x, foot + 4))
        parts.append(svg.text(x, foot + 16, quantity(tick), anchor="middle", size=10))
    return parts


def _row(place: Place, y: float, scale: _Scale, with_z: bool) -> list[str]:
    name = _name(place)
    guide = f'<g opacity="0.25">{svg.line(LEFT, y, LEFT + WIDE, y, width=0.5)}</g>'
    return [
        svg.text(
            LEFT - 10,
            y + 3.5,
            f"subject {name}" if place.who == "subject" else name,
            anchor="end",
            size=10,
        ),
        guide,
        *_numbers(place, y, scale, with_z),
    ]


def _name(place: Place) -> str:
    """Short enough for the margin; ideographs take two places."""
    room = 20 if place.who == "subject" else 28
    wide = any(unicodedata.east_asian_width(c) in "WF" for c in place.name)
    return quoted(place.name, room // 2 if wide else room)


def _z(z: float) -> str:
    return f"{z:.2f}" if abs(z) < 1000.0 else quantity(z)


def _numbers(place: Place, y: float, scale: _Scale, with_z: bool) -> list[str]:
    if not is_measured(place):
        return [svg.text(LEFT + WIDE + 62, y + 3.5, "not compared", anchor="end", size=10)]
    z = svg.text(LEFT + WIDE + 122, y + 3.5, _z(place.z), anchor="end", size=10)
    at = scale.place(place)
    return [
        *([_dot(place, LEFT + at * WIDE, y)] if at is not None else ()),
        svg.text(LEFT + WIDE + 62, y + 3.5, quantity(place.observed), anchor="end", size=10),
        *([z] if with_z else ()),
    ]


def _dot(place: Place, x: float, y: float) -> str:
    said = place_words(place)
    if place.who == "subject":
        return svg.rect(x - 4.5, y - 4.5, 9, 9, fill=svg.HUE, stroke=svg.INK, said=said)
    fill = "#ffffff" if place.who == "relative" else svg.HUE
    return svg.circle(x, y, 3.8, fill=fill, stroke=svg.HUE, said=said)


def _strip(lineup: tuple[Place, ...], scale: _Scale, top: float) -> list[str]:
    """Everybody at once: dots of one place stand on each other, the subject on its own line."""
    cells: dict[int, list[Place]] = {}
    drawn = [(place, at) for place in lineup if (at := scale.place(place)) is not None]
    for place, at in drawn:
        if place.who != "subject":
            cells.setdefault(math.floor(at * CELLS), []).append(place)
    tallest = max(map(len, cells.values()), default=1)
    pitch = min(5.4, (STRIP - 8) / tallest)
    foot, parts = top + STRIP, list[str]()
    for cell, places in sorted(cells.items()):
        x = LEFT + (cell + 0.5) / CELLS * WIDE
        for level, place in enumerate(sorted(places, key=lambda p: p.who == "relative")):
            fill = "#ffffff" if place.who == "relative" else svg.HUE
            y = foot - 4 - level * pitch
            parts.append(svg.circle(x, y, 1.6, fill=fill, stroke=svg.HUE))
    for place, at in drawn:
        if place.who == "subject":
            x = LEFT + at * WIDE
            parts += [svg.rule(x, top, x, foot, dash="2 3"), _dot(place, x, top)]
    return [*parts, svg.text(LEFT - 10, foot - 4, "everybody", anchor="end", size=10)]
