"""Every pair of a survey as one square: how small its combined p is."""

import math
from typing import Final

from filiation.model.survey import Survey
from filiation.report.drawings import svg

__all__ = ["draw_matrix"]

CELL: Final = 18.0
LABEL: Final = 7.0  # width of a letter
DEPTH: Final = 9.0  # powers of ten from an empty cell to a full one; beyond, the assumption rules


def draw_matrix(survey: Survey, method: str) -> str:
    """One SVG; the area filled grows with -log10 p up to 1e-9, a dash means not comparable."""
    names = survey.models
    left = 16 + LABEL * max(len(name) for name in names)
    top = left
    places = {name: place for place, name in enumerate(names)}
    squares, parts, seen = [], [], set()
    for pair in survey.pairs:
        if pair.method == method:
            i, j = places[pair.a], places[pair.b]
            seen |= {(i, j), (j, i)}
            side = (CELL - 2) * math.sqrt(min(1.0, -pair.log_p / math.log(10) / DEPTH))
            for column, row in ((i, j), (j, i)):
                squares.append((left + CELL * (column + 0.5), top + CELL * (row + 0.5), side))
    for i, name in enumerate(names):
        middle = left + CELL * (i + 0.5)
        parts.append(svg.text(left - 6, middle + 4, name, anchor="end"))
        parts.append(
            f'<g transform="translate({svg.number(middle + 4)} {svg.number(top - 6)}) rotate(-90)">'
            f"{svg.text(0, 0, name)}</g>"
        )
        for j in range(len(names)):
            x, y = left + CELL * i, top + CELL * j
            parts.append(svg.rect(x, y, CELL, CELL, fill="none", stroke="#dddddd"))
            if i != j and (i, j) not in seen:
                parts.append(svg.text(x + CELL / 2, y + CELL / 2 + 4, "-", anchor="middle"))
    size = left + CELL * len(names) + 16
    return svg.document(size, size, f"p of every pair, {method}", [*parts, svg.marks(squares)])
