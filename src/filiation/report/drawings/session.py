"""Drawings of a blind comparison: its course in three rows, and what sets have in common."""

from typing import Final

from filiation.model.blind import ROLES, SessionTold, Shared, steps_of
from filiation.report.drawings import svg
from filiation.report.wording.figures import clean
from filiation.report.wording.session import COURSE_TITLE, SHARES_TITLE

__all__ = ["course_lanes", "shares_bars"]

LEFT: Final = 90.0
STEP: Final = 58.0
LANE: Final = 30.0
BAR: Final = 330.0
NAMES: Final = 150.0
LONGEST: Final = 24  # characters of a name


def course_lanes(found: SessionTold) -> str:
    """A dot for every message: rows are parties, columns steps."""
    steps = steps_of(found.terms.material)
    said = {(one.number, one.sender): one.step for one in found.course}
    parts = []
    for row, role in enumerate(ROLES):
        y = 34 + row * LANE
        parts += [svg.text(0, y + 4, role), svg.rule(LEFT, y, LEFT + STEP * len(steps), y)]
    for column, step in enumerate(steps, 1):
        x = LEFT + (column - 0.5) * STEP
        parts.append(svg.text(x, 14, step.name, anchor="middle", size=9))
        for row, role in enumerate(ROLES):
            y, known = 34 + row * LANE, said.get((column, role))
            if known == "abort":
                parts += [svg.line(x - 5, y - 5, x + 5, y + 5, width=2),
                          svg.line(x - 5, y + 5, x + 5, y - 5, width=2)]  # fmt: skip
            elif known is not None:
                parts.append(svg.circle(x, y, 5, fill=svg.HUE, stroke=svg.HUE))
            elif step.name == found.step and role in found.awaited:
                parts.append(svg.circle(x, y, 5, fill="#ffffff", stroke=svg.HUE))
    return svg.document(LEFT + STEP * len(steps) + 8, 34 + 3 * LANE - 8, COURSE_TITLE, parts)


def shares_bars(found: Shared) -> str:
    """A bar for the respondent's share, and one for each control's."""
    rows = [("respondent", found.common, found.sizes[1])]
    rows += [(one.name, one.common, one.size) for one in found.controls]
    most = max((common / size for _, common, size in rows), default=1.0) or 1.0
    parts = []
    for place, (name, common, size) in enumerate(rows):
        y, share = 6 + place * 18.0, common / size
        shown = clean(name)
        shown = shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
        fill = svg.TINT if place else svg.HUE
        parts += [
            svg.text(0, y + 11, shown),
            svg.rect(NAMES, y, BAR * share / most, 13, fill=fill),
            svg.text(NAMES + BAR * share / most + 6, y + 11, f"{share:.1%}"),
        ]
    return svg.document(NAMES + BAR + 60, 12 + len(rows) * 18, SHARES_TITLE, parts)
