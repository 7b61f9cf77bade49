"""The stemma as a drawing: models in rows, an arc for every link, an arrow only where one is shown.

Nothing is above or below by descent, and no distance says anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

from filiation.model.kinds import WEIGHTS
from filiation.model.stemma import Stemma
from filiation.report.drawings import svg
from filiation.report.wording.stemma import ALONE, legend

__all__ = ["draw_stemma"]

ROW: Final = 24.0
AXIS: Final = 250.0  # where the models stand; arcs lie left of it, brackets right of the names
NAMES, BRACKET = 260.0, 14.0
TOP: Final = 24.0
WIDEST: Final = 215.0
BROKEN: Final = "4 3"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Arc:
    """One link to draw; `later` says at which end an arrow stands, if at any."""

    one: str
    other: str
    label: str
    broken: bool
    later: str | None


def draw_stemma(stemma: Stemma, kind: str = WEIGHTS) -> str:
    """One SVG of all models of a survey."""
    rows = _rows(stemma)
    at = {name: TOP + place * ROW for place, name in enumerate(rows)}
    most = max((abs(at[arc.one] - at[arc.other]) for arc in _arcs(stemma)), default=ROW)
    parts = [part for arc in _arcs(stemma) for part in _drawn(arc, at, most)]
    groups = [link.ends[0] for link in stemma.links if not link.ends[1]]
    for place, names in enumerate(groups):
        parts += _bracket([at[name] for name in names], AXIS + NAMES + BRACKET * place)
    copies = {group[0]: group for group in stemma.copies}
    for name in rows:
        parts += _model(" = ".join(copies.get(name, (name,))), at[name])
    y = TOP + len(rows) * ROW
    if stemma.alone:
        parts.append(svg.text(AXIS - 40, y, ALONE))
        for name in stemma.alone:
            y += ROW
            parts += _model(name, y - 4)
        y += ROW
    for line in legend(kind):
        y += 14
        parts.append(svg.text(20, y, line, size=9))
    width = AXIS + NAMES + BRACKET * (len(groups) + 1)
    return svg.document(max(width, 480.0), y + 12, "stemma", parts)


def _rows(stemma: Stemma) -> list[str]:
    """All models that hang together with others, those of one stock side by side."""
    named = [name for stock in stemma.stocks for name in stock.models]
    named += [name for merge in stemma.merges for name in (merge.model, *sum(merge.sides, ()))]
    named += [name for link in stemma.links for end in link.ends for name in end]
    named += [group[0] for group in stemma.copies]
    return list(dict.fromkeys((*named, *stemma.unplaced)))


def _arcs(stemma: Stemma) -> Iterator[_Arc]:
    """Every link that has two sides; of several names a broken arc to each."""
    for link in stemma.links:
        several = [len(end) for end in link.ends] != [1, 1]
        for one in link.ends[0] if link.ends[1] else ():
            for other in link.ends[1]:
                yield _Arc(
                    one=one,
                    other=other,
                    label="" if several else f"{link.correlation:.3f}",
                    broken=several,
                    later=link.later if link.confirmed_by else None,
                )
    for merge in stemma.merges:
        for n, side in enumerate(merge.sides):
            for name in side:
                yield _Arc(
                    one=merge.model,
                    other=name,
                    label="" if len(side) > 1 else f"{merge.correlations[n]:.3f}",
                    broken=len(side) > 1,
                    later=merge.model if merge.confirmed_by[n] else None,
                )


def _drawn(arc: _Arc, at: dict[str, float], most: float) -> Iterator[str]:
    """The arc, its number at the far side, and the arrow's head at the later model."""
    top, bottom = sorted((at[arc.one], at[arc.other]))
    reach = WIDEST * (0.2 + 0.8 * (bottom - top) / most)
    yield svg.arc(AXIS - 6, top, bottom, reach, dash=BROKEN if arc.broken else "")
    if arc.label:
        x, y = AXIS - 6 - 0.75 * reach, (top + bottom) / 2 + 3
        yield svg.text(x - 3, y, arc.label, anchor="end", size=8)
    if arc.later is not None:
        yield svg.head(AXIS - 5, at[arc.later])


def _bracket(heights: list[float], x: float) -> Iterator[str]:
    """A broken line beside the names, with a tick at each of these."""
    yield svg.line(x, min(heights), x, max(heights), dash=BROKEN)
    for y in heights:
        yield svg.line(x - 8, y, x, y, dash=BROKEN)


def _model(name: str, y: float) -> Iterator[str]:
    yield svg.circle(AXIS, y, 3, fill=svg.HUE, stroke=svg.HUE, said=name)
    yield svg.text(AXIS + 10, y + 4, name)
