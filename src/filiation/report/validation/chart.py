"""A chart of a few lines, named beside it; axes linear, logarithmic or probit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

from scipy.special import ndtri

from filiation.report.drawings import svg

__all__ = ["DASHES", "SHARE", "Axis", "Line", "chart"]

Points: TypeAlias = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 320.0, 240.0
LEFT, TOP, RIGHT, BOTTOM = 52.0, 14.0, 230.0, 40.0
SHARE: Final = (0.0, 0.25, 0.5, 0.75, 1.0)  # marks of an axis of shares
DASHES: Final = ("", "6 3", "2 3", "8 3 2 3", "1 2", "10 4")  # of lines, in turn
GAP: Final = 15.0  # between the names of lines
SAMPLE: Final = 26.0  # of a line, beside its name


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
    for number, line in enumerate(lines):
        places = [(LEFT + WIDTH * x.at(a), TOP + HEIGHT * (1.0 - y.at(b))) for a, b in line.points]
        parts.append(svg.polyline(_stairs(places) if line.stairs else places, dash=line.dash))
        beside, high = LEFT + WIDTH + 14, TOP + 8 + GAP * number
        parts.append(svg.polyline([(beside, high), (beside + SAMPLE, high)], dash=line.dash))
        parts.append(svg.text(beside + SAMPLE + 6, high + 3.5, line.name, size=10))
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
