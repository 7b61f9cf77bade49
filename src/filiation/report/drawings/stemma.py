"""The stemma as a drawing: stocks as trees of drift, merges with both parents, strangers apart."""

from dataclasses import dataclass
from typing import Final, final

from filiation.model.stemma import Merge, Stemma, Stock
from filiation.report.drawings import svg
from filiation.report.wording.stemma import ALONE

__all__ = ["draw_stemma"]

ROW: Final = 24.0
LEFT, SPAN, NAMES = 40.0, 360.0, 300.0
TOP: Final = 30.0
GAP: Final = 20.0


@final
@dataclass(slots=True)
class _Canvas:
    """What has been drawn so far, and how far down."""

    parts: list[str]
    y: float
    at: dict[str, tuple[float, float]]


def draw_stemma(stemma: Stemma) -> str:
    """One SVG. Distance to the right is drift; the number on a branch is its support."""
    canvas = _Canvas([], TOP, {})
    scale = SPAN / max([_depth(stock) for stock in stemma.stocks] + [0.1])
    _ruler(canvas, scale)
    for stock in stemma.stocks:
        _stock(canvas, stock, scale)
        canvas.y += GAP
    treed = set(canvas.at)
    for name in dict.fromkeys(p for m in stemma.merges for p in m.parents if p not in treed):
        _single(canvas, name)
    for merge in stemma.merges:
        _merge(canvas, merge)
    if stemma.alone:
        canvas.y += GAP
        canvas.parts.append(svg.text(LEFT, canvas.y, ALONE))
        canvas.y += ROW
        for name in stemma.alone:
            _single(canvas, name)
    return svg.document(LEFT + SPAN + NAMES, canvas.y + 8, "stemma", canvas.parts)


def _ruler(canvas: _Canvas, scale: float) -> None:
    unit = next(u for u in (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01) if u * scale <= SPAN / 2)
    y = canvas.y - 14
    canvas.parts += [
        svg.line(LEFT, y, LEFT + unit * scale, y),
        svg.line(LEFT, y - 3, LEFT, y + 3),
        svg.line(LEFT + unit * scale, y - 3, LEFT + unit * scale, y + 3),
        svg.text(LEFT + unit * scale + 6, y + 4, f"drift {unit:g} (1.41: nothing left)"),
    ]
    canvas.y += 10


def _children(stock: Stock) -> dict[int, list[tuple[int, float, float | None]]]:
    found: dict[int, list[tuple[int, float, float | None]]] = {}
    for branch in stock.branches:
        found.setdefault(branch.upper, []).append((branch.lower, branch.length, branch.support))
    return found


def _held_at(stock: Stock) -> int:
    return max(branch.upper for branch in stock.branches)


def _depth(stock: Stock) -> float:
    children = _children(stock)

    def below(node: int) -> float:
        return max(
            (length + below(child) for child, length, _ in children.get(node, ())), default=0
        )

    return below(_held_at(stock))


def _stock(canvas: _Canvas, stock: Stock, scale: float) -> None:
    children = _children(stock)

    def place(node: int, x: float) -> float:
        """Draw what lies right of `node` and return its height."""
        heights = []
        if node < len(stock.models):
            heights.append(_leaf(canvas, stock.models[node], x))
        for child, length, support in sorted(children.get(node, ()), key=lambda c: c[1]):
            right = x + length * scale
            y = place(child, right)
            heights.append(y)
            canvas.parts.append(svg.line(x, y, right, y))
            if support is not None:
                canvas.parts.append(
                    svg.text(right - 3, y - 3, f"{support:.2f}", anchor="end", size=9)
                )
        canvas.parts.append(svg.line(x, min(heights), x, max(heights)))
        return sum(heights) / len(heights)

    place(_held_at(stock), LEFT)


def _leaf(canvas: _Canvas, name: str, x: float) -> float:
    y = canvas.y
    canvas.parts.append(svg.circle(x, y, 3, fill=svg.HUE, stroke=svg.HUE, said=name))
    canvas.parts.append(svg.text(x + 8, y + 4, name))
    canvas.at[name] = (x, y)
    canvas.y += ROW
    return y


def _single(canvas: _Canvas, name: str) -> None:
    _leaf(canvas, name, LEFT)


def _merge(canvas: _Canvas, merge: Merge) -> None:
    """The model at the right, a dashed line to either parent with its cosine."""
    y = canvas.y
    x = LEFT + SPAN + 90
    for parent, cosine in zip(merge.parents, merge.cosines, strict=True):
        px, py = canvas.at[parent]
        start = px + 14 + 6.2 * len(parent)
        canvas.parts.append(svg.line(min(start, x - 20), py, x, y, dash="4 3"))
        label = f"{parent}: cosine {cosine:.2f}"
        canvas.parts.append(
            svg.text(x + 8, y + 18 + 13 * merge.parents.index(parent), label, size=9)
        )
    canvas.parts.append(svg.circle(x, y, 3, fill="#ffffff", stroke=svg.HUE, said=merge.model))
    canvas.parts.append(svg.text(x + 8, y + 4, f"{merge.model}, two parents"))
    canvas.at[merge.model] = (x, y)
    canvas.y += 2 * ROW
