"""Parts of a model by forms of a copy, as one grid: where a copy would have been seen.

A cell runs from nothing copied (left) to all of the part (right). It is hatched up to the share
from which on a copy would have been seen, and filled beyond: hatched is what is not excluded.
"""

from collections.abc import Set
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from filiation.model.examination import Conclusion, Part
from filiation.report.drawings import svg
from filiation.report.wording import (
    ComponentFound,
    called,
    components_found,
    done,
    found_words,
    grid_sentence,
    is_told,
    parts_of,
    reach,
    seen_verb,
    seen_words,
)

__all__ = ["draw_parts"]

SMALL: Final = 10.5  # of the letters in cells: read on a telephone too
LETTER: Final = 5.7  # width of one of them
TOP: Final = 46.0
ROOM: Final = 92.0  # columns narrower than this have short names
RINGS: Final = (
    ("shared", svg.HUE, "found shared"),
    ("agrees", "#ffffff", "agrees"),
    ("idle", "#ffffff", "idle in the source"),
)
EDGE: Final = "#777777"
_Box: TypeAlias = tuple[float, float, float, float]  # x, y, width, height


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """Sizes; on a narrow sheet a form is named above its cells, on a wide one beside them."""

    wide: float
    left: float
    row: float
    cell: float
    above: float

    def column(self, columns: int) -> float:
        return min(112.0, (self.wide - self.left - 4) / max(1, columns))


WIDE: Final = _Sheet(wide=720.0, left=208.0, row=25.0, cell=21.0, above=0.0)
NARROW: Final = _Sheet(wide=360.0, left=4.0, row=38.0, cell=20.0, above=15.0)


def draw_parts(conclusion: Conclusion, *, narrow: bool = False) -> str:
    """One SVG; empty where a form does not arise for a part."""
    sheet = NARROW if narrow else WIDE
    cells = {(part.component, part.alternative): part for part in conclusion.parts}
    shown = [
        one
        for one in components_found(conclusion)
        if one.log_p is not None or any(name == one.component for name, _ in cells)
    ]
    told = {one.component for one in shown if is_told(one)}
    sought = {form for component, form in cells if component not in told}
    forms = [form for form in parts_of(conclusion)[1] if form in sought]
    wide = sheet.column(len(shown))
    left = sheet.left if forms else (sheet.wide - wide * len(shown)) / 2
    drawn: list[str] = []
    for place, one in enumerate(shown):
        drawn += _head(one, conclusion, left + wide * (place + 0.5), wide)
    foot = TOP + sheet.row * max(1, len(forms))
    drawn += [_form(form, sheet, TOP + sheet.row * n) for n, form in enumerate(forms)]
    for place, one in enumerate(shown):
        x = left + wide * place + 2
        if is_told(one):
            drawn += _whole(one, conclusion, (x, TOP, wide - 4, foot - TOP - 4))
            continue
        for n, form in enumerate(forms):
            part = cells.get((one.component, form))
            y = TOP + sheet.row * n + sheet.above
            drawn += _cell(part, conclusion, (x, y, wide - 4, sheet.cell)) if part else []
    drawn += _legend(
        foot + 8, cells=bool(forms), states={one.state for one in shown}, seen=seen_verb(conclusion)
    )
    return svg.document(sheet.wide, foot + 30, grid_sentence(conclusion), drawn)


def _whole(one: ComponentFound, conclusion: Conclusion, at: _Box) -> list[str]:
    """A part that is shared, or agrees, or may: no form of a copy is left to be looked for."""
    x, y, wide, high = at
    shared = one.state == "shared"
    words = f"{called(one.component).name}: {found_words(one, conclusion)}"
    fill = svg.HUE if shared else "#ffffff"
    box = svg.rect(x, y, wide, high, fill="#ffffff", stroke=svg.HUE, said=words)
    if one.state == "untold":
        return [box]
    return [
        box,
        svg.circle(x + wide / 2, y + high / 2, 8, fill=fill, stroke=svg.HUE, said=words),
    ]


def _head(one: ComponentFound, conclusion: Conclusion, middle: float, wide: float) -> list[str]:
    """A part's name, and what was found of it."""
    names, words = called(one.component), found_words(one, conclusion)
    if LETTER * len(words) > wide:
        words = words.removesuffix(" found")
    return [
        svg.text(middle, 14, names.short if wide < ROOM else names.name, anchor="middle"),
        svg.text(middle, 32, words, anchor="middle", size=SMALL),
    ]


def _form(form: str, sheet: _Sheet, y: float) -> str:
    if sheet.above:
        return svg.text(sheet.left + 2, y + 11, done(form).label)
    return svg.text(sheet.left - 8, y + 15, done(form).label, anchor="end")


def _cell(part: Part, conclusion: Conclusion, at: _Box) -> list[str]:
    """Hatched up to the share that would have been seen, filled beyond, with the share in words."""
    x, y, wide, high = at
    words = seen_words(part, conclusion)
    left = wide if part.share is None else min(wide, max(4.0, wide * part.share))
    drawn = [svg.hatched(x, y, left, high)]
    if left < wide:
        drawn.append(svg.rect(x + left, y, wide - left, high, fill=svg.TINT))
    said = f"{called(part.component).name}, {done(part.alternative).label}: {words}"
    drawn.append(svg.rect(x, y, wide, high, fill="none", stroke=EDGE, said=said))
    if LETTER * len(words) > wide:
        words = words.removeprefix("only ")  # the hatching says it
    middle = x + (wide + left) / 2  # of what is filled
    if reach(part, conclusion) != "covered":
        words, middle, box = _beside_edge(words, x, wide, left)
        if box:
            drawn.append(svg.rect(middle - box / 2, y + 3, box, high - 6, fill="#ffffff"))
    return [*drawn, svg.text(middle, y + high / 2 + 3.5, words, anchor="middle", size=SMALL)]


def _beside_edge(words: str, x: float, wide: float, left: float) -> tuple[str, float, float]:
    """Words on the larger side of the edge, their middle, and how wide a white box behind them is.

    The box ends before the edge; what is filled needs none.
    """
    room = max(left, wide - left)
    if LETTER * len(words) + 2 > room:
        words = words.removeprefix("only ")  # the hatching says it
    if wide - left > left:
        return words, x + left + room / 2, 0.0
    return words, x + room / 2, min(LETTER * len(words) + 2, room - 2)


def _legend(y: float, *, cells: bool, states: Set[str], seen: str) -> list[str]:
    """What filled, hatched and dotted mean, left to right, as far as they are drawn."""
    x, drawn = 4.0, []
    if cells:
        drawn += [
            svg.rect(x, y, 14, 11, fill=svg.TINT, stroke=EDGE),
            svg.text(x + 19, y + 9.5, seen, size=SMALL),
            svg.hatched(x + 143, y, 14, 11),
            svg.rect(x + 143, y, 14, 11, fill="none", stroke=EDGE),
            svg.text(x + 162, y + 9.5, "not excluded", size=SMALL),
        ]
        x += 238
    for state, fill, words in RINGS:
        if state in states:
            drawn += [
                svg.circle(x + 5, y + 5.5, 4.5, fill=fill, stroke=svg.HUE),
                svg.text(x + 15, y + 9.5, words, size=SMALL),
            ]
            x += 92
    return drawn
