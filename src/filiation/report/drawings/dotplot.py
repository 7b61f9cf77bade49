"""The line-up of one finding as a dot plot: who stands where on the statistic's own axis.

Where the method reckons with ability or habit in z only, so that the order is not that of what was
observed, the axis is that of z.

Up to sixty models have a row of their own, with both numbers. Of more, the first dozen and the
subject have one, and everybody stands in a strip below, dots in one place on top of each other.
"""

import math
import textwrap
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
from filiation.report.wording.pictures import DISTANCE, EVERYBODY, MEASURED

__all__ = ["ROWS", "dot_plot"]

ROWS: Final = 60  # up to this many models are named, each in a row of its own
NAMED: Final = 12  # of more, so many of the first
CELLS: Final = 120  # places of the strip
LARGEST: Final = 1e300  # beyond, a number is drawn at the edge
TOP: Final = 22.0
STRIP: Final = 110.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """Where rows, numbers and dots stand; in a narrow one names and numbers are above the dots."""

    sheet: float
    left: float
    wide: float
    pitch: float
    observed: float  # right end of the column
    z: float
    every: int  # of how many ticks one has a label
    size: float
    above: float  # of a row's words, over its dot


WIDE: Final = _Room(
    sheet=720.0, left=196.0, wide=392.0, pitch=15.0, observed=650.0, z=710.0,
    every=1, size=10.0, above=0.0,
)  # fmt: skip
NARROW: Final = _Room(
    sheet=360.0, left=8.0, wide=344.0, pitch=32.0, observed=296.0, z=352.0,
    every=2, size=11.0, above=11.0,
)  # fmt: skip


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


def dot_plot(finding: Finding, worded: Worded, *, narrow: bool = False) -> str:
    """Everybody in the line-up; the subject square, relatives hollow."""
    rows, room = _rows(finding.lineup), NARROW if narrow else WIDE
    scale = _Scale.of(finding)
    foot = TOP + room.pitch * len(rows) + 4
    parts = [svg.text(room.observed, TOP - 8, MEASURED, anchor="end", size=room.size)]
    with_z = has_z(finding)
    if with_z:
        parts.append(svg.text(room.z, TOP - 8, DISTANCE, anchor="end", size=room.size))
    parts += _axis(scale, foot, room)
    for place, row in enumerate(rows):
        y = TOP + room.pitch * (place + (0.72 if room.above else 0.5)) + 2
        parts += _row(row, y, scale, room, with_z)
    if len(rows) < len(finding.lineup):
        parts += _strip(finding.lineup, scale, foot + 44, room)
        foot += 44 + STRIP
        parts += _axis(scale, foot, room)
    said = _axis_words(finding, room)
    for line, words in enumerate(said):
        y, middle = foot + 31 + 13 * line, room.left + room.wide / 2
        drawn = svg.text(middle, y, words, anchor="middle", size=room.size, of=len(said))
        parts.append(drawn)
    about = method_text(worded, finding.method)
    title = f"{about.title}: line-up. {lineup_sentence(finding)}"
    return svg.document(room.sheet, foot + 25 + 13 * len(said), title, parts)


def _axis_words(finding: Finding, room: _Room) -> list[str]:
    """What the axis counts, in as many lines as the drawing is narrow."""
    words = lineup_axis(finding)
    return textwrap.wrap(words, 52) if room.above else [words]


def _rows(lineup: tuple[Place, ...]) -> list[Place]:
    if len(lineup) <= ROWS:
        return list(lineup)
    return [p for n, p in enumerate(lineup) if n < NAMED or p.who == "subject"]


def _axis(scale: _Scale, foot: float, room: _Room) -> list[str]:
    parts = [svg.line(room.left, foot, room.left + room.wide, foot)]
    for place, tick in enumerate(scale.ticks()):
        x = room.left + scale.at(tick) * room.wide
        parts.append(svg.line(x, foot, x, foot + 4))
        if place % room.every == 0:
            words = quantity(tick)
            parts.append(svg.text(x, foot + 16, words, anchor="middle", size=room.size))
    return parts


def _row(place: Place, y: float, scale: _Scale, room: _Room, with_z: bool) -> list[str]:
    name, end = _name(place), room.left + room.wide
    words = f"subject {name}" if place.who == "subject" else name
    label = (
        svg.text(room.left, y - room.above, words, size=room.size)
        if room.above
        else svg.text(room.left - 10, y + 3.5, words, anchor="end", size=room.size)
    )
    guide = f'<g opacity="0.25">{svg.line(room.left, y, end, y, width=0.5)}</g>'
    return [label, guide, *_numbers(place, y, scale, room, with_z)]


def _name(place: Place) -> str:
    """Short enough for the margin; ideographs take two places."""
    length = 20 if place.who == "subject" else 28
    wide = any(unicodedata.east_asian_width(c) in "WF" for c in place.name)
    return quoted(place.name, length // 2 if wide else length)


def _z(z: float) -> str:
    return f"{z:.2f}" if abs(z) < 1000.0 else quantity(z)


def _numbers(place: Place, y: float, scale: _Scale, room: _Room, with_z: bool) -> list[str]:
    base = y - room.above if room.above else y + 3.5
    if not is_measured(place):
        return [svg.text(room.observed, base, "not compared", anchor="end", size=room.size)]
    z = svg.text(room.z, base, _z(place.z), anchor="end", size=room.size)
    at, said = scale.place(place), quantity(place.observed)
    return [
        *([_dot(place, room.left + at * room.wide, y)] if at is not None else ()),
        svg.text(room.observed, base, said, anchor="end", size=room.size),
        *([z] if with_z else ()),
    ]


def _dot(place: Place, x: float, y: float) -> str:
    said = place_words(place)
    if place.who == "subject":
        return svg.rect(x - 4.5, y - 4.5, 9, 9, fill=svg.HUE, stroke=svg.INK, said=said)
    fill = "#ffffff" if place.who == "relative" else svg.HUE
    return svg.circle(x, y, 3.8, fill=fill, stroke=svg.HUE, said=said)


def _strip(lineup: tuple[Place, ...], scale: _Scale, top: float, room: _Room) -> list[str]:
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
        x = room.left + (cell + 0.5) / CELLS * room.wide
        for level, place in enumerate(sorted(places, key=lambda p: p.who == "relative")):
            fill = "#ffffff" if place.who == "relative" else svg.HUE
            y = foot - 4 - level * pitch
            parts.append(svg.circle(x, y, 1.6, fill=fill, stroke=svg.HUE))
    for place, at in drawn:
        if place.who == "subject":
            x = room.left + at * room.wide
            parts += [svg.rule(x, top, x, foot, dash="2 3"), _dot(place, x, top)]
    words = (
        svg.text(room.left, top - 12, EVERYBODY, size=room.size)
        if room.above
        else svg.text(room.left - 10, foot - 4, EVERYBODY, anchor="end", size=room.size)
    )
    return [*parts, words]
