"""What plans compared, as a drawing: exhibits in rows, an arc for each answer, which leads to it.

Nothing is above or below by descent, and no distance says anything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, final

from filiation.report.drawings import svg

__all__ = ["Arc", "draw_kinship"]

ROW: Final = 30.0
AXIS: Final = 230.0
NAMES: Final = 260.0
TOP: Final = 24.0
WIDEST: Final = 190.0
APART: Final = 27.0  # between arcs of one pair, so that no number covers another
BROKEN: Final = "4 3"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Arc:
    """An answer about two exhibits.

    Attributes:
        one: An exhibit.
        other: The other.
        number: By which the table below names it.
        said: The answer in words.
        href: Where the answer stands.
        broken: Whether descent is not what is supported.
    """

    one: str
    other: str
    number: int
    said: str
    href: str
    broken: bool


def draw_kinship(names: Sequence[str], arcs: Sequence[Arc], title: str) -> str:
    """One SVG of all exhibits that were compared.

    Args:
        names: Of the exhibits, in order.
        arcs: One for each answer; those of one pair lie within each other.
        title: What it tells whoever cannot see it.
    """
    at = {name: TOP + place * ROW for place, name in enumerate(names)}
    most = max((abs(at[arc.one] - at[arc.other]) for arc in arcs), default=ROW) or ROW
    parts, seen = list[str](), dict[frozenset[str], int]()
    for arc in arcs:
        pair = frozenset((arc.one, arc.other))
        seen[pair] = seen.get(pair, 0) + 1
        parts += _arc(arc, at, most, seen[pair])
    for name in names:
        parts.append(svg.circle(AXIS, at[name], 3, fill=svg.HUE, stroke=svg.HUE, said=name))
        parts.append(svg.text(AXIS + 10, at[name] + 4, name))
    made = svg.document(AXIS + NAMES, TOP + len(names) * ROW, title, parts)
    return made.replace('role="img"', 'role="group"', 1)  # it holds links, which an image cannot


def _arc(arc: Arc, at: dict[str, float], most: float, nth: int) -> Iterator[str]:
    top, bottom = sorted((at[arc.one], at[arc.other]))
    reach = max(30.0, WIDEST * (0.25 + 0.75 * (bottom - top) / most) - APART * (nth - 1))
    yield f'<a href="{escape(arc.href)}" aria-label="{arc.number}: {escape(arc.said)}">'
    yield svg.arc(AXIS - 6, top, bottom, reach, dash=BROKEN if arc.broken else "")
    x, y = AXIS - 6 - 0.75 * reach, (top + bottom) / 2 + 4
    yield svg.circle(x, y - 4, 9, fill="#ffffff", stroke=svg.INK)
    yield svg.text(x, y, f"{arc.number}", anchor="middle", size=11)
    yield "</a>"
