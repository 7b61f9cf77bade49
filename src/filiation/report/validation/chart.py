"""A chart of a few lines, each named at its end; axes linear, logarithmic or probit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

from scipy.special import ndtri

from filiation.report import svg

__all__ = ["Axis", "Line", "chart"]

Points: TypeAlias = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 320.0, 240.0
LEFT, TOP, RIGHT, BOTTOM = 52.0, 14.0, 190.0, 40.0
GAP: Final = 12.0  # between the names of lines that end at one place


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """What is shown, from where to where, with which marks."""

    label: str
    low: float
    high: float
    ticks: tuple[float, ...]
    scale: Literal["linear", "log", "probit"] = "linear"

    def at(self, value: float) -> float:
        """Place between 0 and 1; what lies outside stands at the edge."""
        low, high, here = (self._scaled(x) for x in (self.low, self.high, value))
        return min(1.0, max(0.0, (here - low) / (high - low)))

    def _scaled(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        match self.scale:
            case "linear":
                return inside
            case "log":
                return math.log10(inside)
            case "probit":
                return float(ndtri(inside))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One curve."""

    name: str
    points: Points
    dash: str = ""
    stairs: bool = False


def chart(title: str, x: Axis, y: Axis, lines: Sequence[Line]) -> str:
    """The drawing as SVG."""
    parts = [*_axes(x, y)]
    ends: list[float] = []
    for line in lines:
        places = [(LEFT + WIDTH * x.at(a), TOP + HEIGHT * (1.0 - y.at(b))) for a, b in line.points]
        if line.stairs:
            places = _stairs(places)
        parts.append(svg.polyline(places, dash=line.dash))
        end = places[-1][1] + 4
        while any(abs(end - other) < GAP for other in ends):
            end += GAP if end < TOP + HEIGHT / 2 else -GAP
        ends.append(end)
        parts.append(svg.text(LEFT + WIDTH + 8, end, line.name, size=10))
        parts.append(svg.line(places[-1][0], places[-1][1], LEFT + WIDTH + 6, end - 4, width=0.4))
    return svg.document(LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM, title, parts)


def _axes(x: Axis, y: Axis) -> list[str]:
    bottom = TOP + HEIGHT
    parts = [
        svg.line(LEFT, bottom, LEFT + WIDTH, bottom),
        svg.line(LEFT, TOP, LEFT, bottom),
        svg.text(LEFT + WIDTH / 2, bottom + 33, x.label, anchor="middle"),
        f'<g transform="translate(12 {svg.number(TOP + HEIGHT / 2)}) rotate(-90)">'
        f"{svg.text(0, 0, y.label, anchor='middle')}</g>",
    ]
    for tick in x.ticks:
        place = LEFT + WIDTH * x.at(tick)
        parts.append(svg.line(place, bottom, place, bottom + 4))
        parts.append(svg.text(place, bottom + 16, f"{tick:g}", anchor="middle", size=10))
    for tick in y.ticks:
        place = bottom - HEIGHT * y.at(tick)
        parts.append(svg.line(LEFT - 4, place, LEFT, place))
        parts.append(svg.text(LEFT - 7, place + 3.5, f"{tick:g}", anchor="end", size=10))
    return parts


def _stairs(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    found = [places[0]]
    for a, b in places[1:]:
        found += [(a, found[-1][1]), (a, b)]
    return found
