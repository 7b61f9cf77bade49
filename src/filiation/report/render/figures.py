"""The pictures of a conclusion, each for a wide sheet and for a narrow one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, final

from markupsafe import Markup

from filiation.model.examination import Conclusion
from filiation.model.finding import Finding
from filiation.report import wording
from filiation.report.drawings import charts, dotplot
from filiation.report.drawings.parts_grid import draw_parts

__all__ = ["Drawn", "Figure", "grid", "lineup", "matrix", "pictures", "strip"]

Drawn = tuple[Literal["lineup", "matrix", "strip"], str]  # a sort of picture, and a method's id


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A drawing, and the sentence below it.

    Attributes:
        drawing: For a wide sheet, and for any if there is no narrow one.
        words: What it shows.
        narrow: The same for a telephone.
        of: What is drawn, so that it is not drawn again; None for a whole conclusion.
    """

    drawing: Markup
    words: str
    narrow: Markup | None = None
    of: Drawn | None = None


def pictures(conclusion: Conclusion) -> tuple[Figure, ...]:
    """What is seen first, then the strongest findings' own pictures.

    The line-up is first where every part agrees; else it matters more what is not excluded.
    """
    figures: list[Figure] = []
    if wording.compared_in_place(conclusion):
        figures.append(
            Figure(
                drawing=Markup(charts.lineup(conclusion)),
                narrow=Markup(charts.lineup(conclusion, narrow=True)),
                words=wording.first_lineup_sentence(conclusion),
            )
        )
    if conclusion.parts:
        figures.insert(0 if wording.grid_rows(conclusion)[1] else len(figures), grid(conclusion))
    counted = sorted(wording.counting(conclusion), key=lambda finding: finding.log_p)
    lined_up = next((finding for finding in counted if wording.placed(finding)), None)
    if lined_up is not None:
        said = wording.first_place_sentence(lined_up, conclusion)
        figures.append(lineup(lined_up, conclusion, said))
    paired = next((f for f in counted if charts.shown_layer(f) is not None), None)
    if paired is not None:
        figures += matrix(paired)
    layered = _told_by_layers(conclusion, counted)
    if layered is not None:
        said = wording.first_strip_sentence(layered, conclusion)
        figures.append(strip(layered, conclusion, said))
    return tuple(figures)


def grid(conclusion: Conclusion) -> Figure:
    """Parts of the models by forms of a copy."""
    return Figure(
        drawing=Markup(draw_parts(conclusion)),
        narrow=Markup(draw_parts(conclusion, narrow=True)),
        words=wording.grid_sentence(conclusion),
    )


def _told_by_layers(conclusion: Conclusion, counted: Sequence[Finding]) -> Finding | None:
    """The strongest finding with a strip; one that draws do not bind goes before one they do."""
    layered = [finding for finding in counted if len(finding.layers) > 1]
    level = math.log(conclusion.plan.level)
    meeting = [finding for finding in layered if finding.log_p <= level]
    return min(
        meeting or layered,
        key=lambda f: (wording.is_bound_by_draws(f, conclusion), f.log_p),
        default=None,
    )


def lineup(finding: Finding, conclusion: Conclusion, words: str) -> Figure:
    """The line-up of one finding."""
    return Figure(
        drawing=Markup(dotplot.dot_plot(finding, conclusion)),
        narrow=Markup(dotplot.dot_plot(finding, conclusion, narrow=True)),
        words=words,
        of=("lineup", finding.method),
    )


def strip(finding: Finding, conclusion: Conclusion, words: str) -> Figure:
    """The strip of one finding's layers."""
    return Figure(
        drawing=Markup(charts.layer_strip(finding, conclusion)),
        narrow=Markup(charts.layer_strip(finding, conclusion, narrow=True)),
        words=words,
        of=("strip", finding.method),
    )


def matrix(finding: Finding) -> tuple[Figure, ...]:
    """Which units are paired, of the layer with the smallest p; nothing if none were paired."""
    shown = charts.shown_layer(finding)
    if shown is None:
        return ()
    drawing = Markup(charts.dot_matrix(shown))
    words = wording.assignment_sentence(shown)
    return (Figure(drawing=drawing, words=words, of=("matrix", finding.method)),)
