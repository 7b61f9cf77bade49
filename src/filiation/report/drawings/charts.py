"""The three drawings of a report, as inline SVG.

An axis of p runs from 1 to the plan's assumption floor in proportion to log p. Whatever lies beyond
the floor ends in one band: there the assumption and not chance is what could be wrong, so lengths
would say something that the number does not.
"""

import math
from dataclasses import dataclass
from typing import Final, final

from filiation.model.examination import Conclusion
from filiation.model.finding import Finding, LayerFinding
from filiation.model.plan import PlannedQuestion
from filiation.model.subject import Subject
from filiation.report.drawings import svg
from filiation.report.wording import (
    assignment_sentence,
    layer_sentence,
    least_by_draws,
    method_text,
    named,
    probability_brief,
    strip_sentence,
)
from filiation.report.wording.figures import layer_name
from filiation.report.wording.pictures import (
    DRAWS,
    DRAWS_BRIEF,
    HOW_RARE,
    HOW_RARE_TOGETHER,
    LEVEL,
    LEVEL_BRIEF,
    RARER,
    RARER_BRIEF,
    RELIED_ON,
    RELIED_ON_BRIEF,
    lineup_title,
)

__all__ = ["DRAWN_CONTROLS", "dot_matrix", "layer_strip", "lineup", "shown_layer"]

LN10: Final = math.log(10.0)
DRAWN_CONTROLS: Final = 40
DOTS: Final = 400  # up to this many units each pair is a dot of its own
CELLS: Final = 64  # beyond, the matrix is this many cells wide
BAND: Final = 0.16  # part of the axis beyond the floor


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """Natural log p to a place between 0 (p = 1) and 1 (far beyond the floor)."""

    depth: float  # powers of ten from 1 down to where the band begins
    labelled: tuple[int, ...]

    @classmethod
    def of(cls, plan: PlannedQuestion) -> "_Axis":
        depth = max(1.0, -math.log10(min(plan.assumption_floor, plan.level)))
        step = max(1, math.ceil(depth / 9))
        ticks = range(0, math.floor(depth + 1e-9) + 1, step)
        return cls(depth=depth, labelled=tuple(ticks))

    def at(self, log_p: float) -> float:
        powers = -log_p / LN10
        if powers > self.depth * (1 + 1e-9):
            return 1.0 - BAND / 2
        return (1.0 - BAND) * powers / self.depth

    def tick(self, power: int) -> tuple[float, str]:
        return self.at(-power * LN10), "1" if power == 0 else f"1e-{power}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    """Where the plot of a strip of layers stands on its sheet, and how its lines are named."""

    sheet: float
    left: float
    top: float
    wide: float
    high: float
    level: str
    floor: str
    draws: str
    rarer: str
    size: float  # of the small letters

    @property
    def foot(self) -> float:
        return self.top + self.high


STRIP: Final = _Plot(
    sheet=720.0, left=96.0, top=8.0, wide=530.0, high=168.0,
    level=LEVEL, floor=RELIED_ON, draws=DRAWS, rarer=RARER, size=10.0,
)  # fmt: skip
NARROW_STRIP: Final = _Plot(
    sheet=360.0, left=54.0, top=26.0, wide=262.0, high=150.0,
    level=LEVEL_BRIEF, floor=RELIED_ON_BRIEF, draws=DRAWS_BRIEF, rarer=RARER_BRIEF,
    size=11.0,
)  # fmt: skip


def layer_strip(finding: Finding, conclusion: Conclusion, *, narrow: bool = False) -> str:
    """One bar for each layer of the source: the longer, the rarer between unrelated models."""
    axis = _Axis.of(conclusion.plan)
    plot = NARROW_STRIP if narrow else STRIP
    parts = _strip_axis(axis, plot)
    slot = plot.wide / max(1, len(finding.layers))
    bar = min(36.0, 0.76 * slot)
    for place, layer in enumerate(finding.layers):
        tall = max(1.0, axis.at(layer.log_p) * plot.high)
        x = plot.left + (place + 0.5) * slot - bar / 2
        said = layer_sentence(layer, conclusion)
        parts.append(svg.rect(x, plot.foot - tall, bar, tall, fill=svg.HUE, said=said))
    parts += _strip_lines(finding, conclusion, axis, plot)
    parts += [
        svg.line(plot.left, plot.foot, plot.left + plot.wide, plot.foot),
        svg.line(plot.left, plot.top, plot.left, plot.foot),
        *_layer_labels(finding.layers, plot, slot),
        *_strip_words(plot, narrow=narrow),
    ]
    about = method_text(conclusion, finding.method)
    title = f"{about.title}. {strip_sentence(finding, conclusion)}"
    return svg.document(plot.sheet, plot.foot + 40, title, parts)


def _strip_axis(axis: _Axis, plot: _Plot) -> list[str]:
    """The band beyond the floor, and the powers of ten beside it."""
    left, edge = plot.left, plot.left - 7
    parts = [svg.rect(left, plot.top, plot.wide, plot.high * BAND, fill="#ececec")]
    for power in axis.labelled:
        place, words = axis.tick(power)
        y = plot.foot - place * plot.high
        parts += [svg.line(left - 4, y, left, y), svg.text(edge, y + 4, words, anchor="end")]
    beyond = plot.top + plot.high * BAND / 2 + 4
    return [*parts, svg.text(edge, beyond, plot.rarer, anchor="end")]


def _strip_words(plot: _Plot, *, narrow: bool) -> list[str]:
    across = svg.text(
        plot.left + plot.wide / 2, plot.foot + 31, "layer of the source", anchor="middle"
    )
    if narrow:
        return [svg.text(0, 13, " ".join(HOW_RARE)), across]
    middle = plot.top + plot.high / 2
    lines = (svg.text(2, middle + 4 + 14 * n, words) for n, words in enumerate(HOW_RARE))
    return [*lines, across]


def _strip_lines(finding: Finding, conclusion: Conclusion, axis: _Axis, plot: _Plot) -> list[str]:
    """The plan's level, the assumption floor, and what so many draws can show in one layer."""
    plan, least = conclusion.plan, least_by_draws(finding)
    lines = [
        (math.log(plan.level), "7 3", plot.level),
        (math.log(plan.assumption_floor), "", plot.floor),
        *([(least, "2 3", plot.draws)] if least is not None else ()),
    ]
    parts, taken = [], list[float]()
    for log_p, dash, words in lines:
        if -log_p / LN10 > axis.depth * (1 + 1e-9):
            continue
        y, end = plot.foot - axis.at(log_p) * plot.high, plot.left + plot.wide
        parts.append(svg.rule(plot.left, y, end, y, dash=dash))
        label = y + 4
        while any(abs(label - other) < 12 for other in taken):
            label += 12
        taken.append(label)
        parts.append(svg.text(end + 5, label, words, size=plot.size))
    return parts


def _layer_labels(layers: tuple[LayerFinding, ...], plot: _Plot, slot: float) -> list[str]:
    """The layers' own labels where they are short, their place in the list where they are not."""
    own = [layer.source_layer for layer in layers]
    short = own if all(len(w) <= 4 and w.isalnum() for w in own) else None
    words = short or _numbers(own) or [str(place + 1) for place in range(len(layers))]
    every = max(1, math.ceil(len(words) * 22 / plot.wide))
    return [
        svg.text(
            plot.left + (place + 0.5) * slot, plot.foot + 14, label,
            anchor="middle", size=plot.size,
        )
        for place, label in enumerate(words)
        if place % every == 0
    ]  # fmt: skip


def _numbers(labels: list[str]) -> list[str] | None:
    """The numbers of layers that are called by a number; None if any is not."""
    names = [layer_name(label) for label in labels]
    called = all(name.startswith("layer ") for name in names)
    return [name.removeprefix("layer ") for name in names] if called else None


def shown_layer(finding: Finding) -> LayerFinding | None:
    """The layer with the smallest p among those with an assignment; the first of equals."""
    paired = [layer for layer in finding.layers if len(layer.assignment) > 1]
    return min(paired, key=lambda layer: layer.log_p) if paired else None


def dot_matrix(layer: LayerFinding) -> str:
    """Which unit of the source (across) each unit of the subject (down) is paired with.

    Units paired with the unit of the same number lie on the diagonal. Beyond 400 units each square
    stands for a cell of many pairs, its area in proportion to their number.
    """
    units = max(len(layer.assignment), max(layer.assignment) + 1)
    left, top, side = 72.0, 10.0, 220.0
    pairs = [(j, i) for i, j in enumerate(layer.assignment) if j >= 0]
    squares = _dots(pairs, units, side) if units <= DOTS else _cells(pairs, units, side)
    parts = [
        svg.rect(left, top, side, side, fill="none", stroke="#888888"),
        svg.marks([(left + x, top + y, size) for x, y, size in squares]),
        svg.text(left, top + side + 14, "1", anchor="start", size=10),
        svg.text(left + side, top + side + 14, f"{units:,}", anchor="end", size=10),
        svg.text(left - 5, top + 9, "1", anchor="end", size=10),
        svg.text(left - 5, top + side, f"{units:,}", anchor="end", size=10),
        svg.text(left + side / 2, top + side + 15, "unit of the source", anchor="middle"),
        svg.text(left - 6, top + side / 2 - 4, "unit of", anchor="end"),
        svg.text(left - 6, top + side / 2 + 9, "the subject", anchor="end"),
    ]
    return svg.document(left + side + 10, top + side + 24, assignment_sentence(layer), parts)


def _dots(
    pairs: list[tuple[int, int]], units: int, side: float
) -> list[tuple[float, float, float]]:
    pitch = side / units
    size = max(2.2, 0.9 * pitch)
    return [((j + 0.5) * pitch, (i + 0.5) * pitch, size) for j, i in pairs]


def _cells(
    pairs: list[tuple[int, int]], units: int, side: float
) -> list[tuple[float, float, float]]:
    counts: dict[tuple[int, int], int] = {}
    for j, i in pairs:
        cell = (j * CELLS // units, i * CELLS // units)
        counts[cell] = counts.get(cell, 0) + 1
    pitch, full = side / CELLS, math.ceil(units / CELLS)
    return [
        ((x + 0.5) * pitch, (y + 0.5) * pitch, pitch * math.sqrt(count / full))
        for (x, y), count in sorted(counts.items())
    ]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Where the rows of a line-up stand; in a narrow one a name stands above its row."""

    sheet: float
    left: float
    wide: float
    pitch: float
    every: int  # how many powers of ten a labelled tick
    above: bool
    rarer: str
    size: float  # of the small letters


ROWS: Final = _Rows(
    sheet=720.0, left=220.0, wide=470.0, pitch=22.0, every=1, above=False, rarer=RARER, size=10.0
)  # fmt: skip
NARROW_ROWS: Final = _Rows(
    sheet=360.0, left=10.0, wide=340.0, pitch=36.0, every=3, above=True, rarer=RARER_BRIEF,
    size=11.0,
)  # fmt: skip
TOP: Final = 12.0


def lineup(conclusion: Conclusion, *, narrow: bool = False) -> str:
    """Subject and controls by their combined p against the source; relatives are hollow."""
    axis = _Axis.of(conclusion.plan)
    room = NARROW_ROWS if narrow else ROWS
    combined = conclusion.combined.log_p
    rows: list[tuple[Subject, float | None, str]] = [(conclusion.subject, combined, "subject")]
    rows += [(c.model, c.log_p, c.standing) for c in conclusion.controls[:DRAWN_CONTROLS]]
    foot = TOP + room.pitch * len(rows) + 4
    parts = _lineup_axis(conclusion, axis, room, foot)
    for place, (model, log_p, standing) in enumerate(rows):
        y = TOP + room.pitch * (place + (0.75 if room.above else 0.5)) + 2
        parts += _row(model, log_p, standing, y, room, axis, conclusion.plan)
    low = foot + 56
    return svg.document(room.sheet, low, lineup_title(conclusion), parts)


def _lineup_axis(conclusion: Conclusion, axis: _Axis, room: _Rows, foot: float) -> list[str]:
    """The band beyond the floor, the powers of ten, the plan's level, and what is measured."""
    left, wide = room.left, room.wide
    parts = [svg.rect(left + wide * (1 - BAND), TOP, wide * BAND, foot - TOP, fill="#ececec")]
    for power in axis.labelled[:: room.every]:
        place, words = axis.tick(power)
        x = left + place * wide
        parts += [svg.line(x, foot, x, foot + 4), svg.text(x, foot + 16, words, anchor="middle")]
    level = left + axis.at(math.log(conclusion.plan.level)) * wide
    return [
        *parts,
        svg.text(left + wide * (1 - BAND / 2), foot + 30, room.rarer, anchor="middle"),
        svg.line(left, foot, left + wide, foot),
        svg.rule(level, TOP, level, foot, dash="7 3"),
        svg.text(max(level, left + 36), foot + 30, LEVEL, anchor="middle", size=room.size),
        svg.text(left, foot + 48, HOW_RARE_TOGETHER),
    ]


def _row(
    model: Subject,
    log_p: float | None,
    standing: str,
    y: float,
    room: _Rows,
    axis: _Axis,
    plan: PlannedQuestion,
) -> list[str]:
    left, wide = room.left, room.wide
    name = named(model, 32 if room.above else 24)
    words = f"subject {name}" if standing == "subject" else name
    label = (
        svg.text(left, y - 11, words)
        if room.above
        else svg.text(left - 10, y + 4, words, anchor="end")
    )
    guide = f'<g opacity="0.25">{svg.line(left, y, left + wide, y, width=0.5)}</g>'
    if log_p is None:
        return [
            label,
            guide,
            svg.text(left + 8, y + 4, "no finding", size=room.size),
        ]
    said = f"{name}, {standing}: by chance {probability_brief(log_p, plan.assumption_floor)}"
    fill = "#ffffff" if standing == "relative" else svg.HUE
    x = left + axis.at(log_p) * wide
    if standing == "subject":
        return [label, guide, svg.rect(x - 5, y - 5, 10, 10, fill=fill, stroke=svg.INK, said=said)]
    return [label, guide, svg.circle(x, y, 4.6, fill=fill, stroke=svg.HUE, said=said)]
