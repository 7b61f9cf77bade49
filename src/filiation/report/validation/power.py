"""How little inheritance is enough to be found?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from filiation.model.study import Planted
from filiation.model.validation import Validation
from filiation.numerics.intervals import clopper_pearson
from filiation.report.blocks import Block, Drawing, Heading, Paragraph, Table, figures_after
from filiation.report.validation.chart import DASHES, SHARE, Axis, Line, chart
from filiation.report.wording import validation as words

__all__ = ["power"]

Cells: TypeAlias = Mapping[tuple[float, float], Planted]  # by share and cosine


def power(found: Validation) -> Iterator[Block]:
    """Pairs found, by the share of units planted and what is left of each."""
    if not found.planted:
        return
    shares = sorted({p.share for p in found.planted})
    cosines = sorted({p.cosine for p in found.planted})
    cells = {(p.share, p.cosine): p for p in found.planted}
    yield Heading(level=1, text=words.POWER)
    yield Paragraph(text=words.planted_sentence(found))
    yield Table(
        headings=("units inherited", *(f"cosine {cosine:g}" for cosine in cosines)),
        rows=[
            (f"{100 * share:g}%", *(_planted(cells[share, cosine]) for cosine in cosines))
            for share in shares
        ],
        right=figures_after(1, len(cosines) + 1),
    )
    yield Drawing(svg=_drawn(shares, cosines, cells), caption=words.POWER_CAPTION)


def _drawn(shares: Sequence[float], cosines: Sequence[float], cells: Cells) -> str:
    x = Axis(label="share of units inherited", low=shares[0], high=shares[-1],
             ticks=tuple(shares), scale="log")  # fmt: skip
    lines = [
        Line(
            name=f"cosine {cosine:g}",
            points=[(s, cells[s, cosine].found / cells[s, cosine].trials) for s in shares],
            dash=dash,
        )
        for cosine, dash in zip(cosines, DASHES, strict=False)
    ]
    return chart("power", x, Axis(label="found", low=0, high=1, ticks=SHARE), lines)


def _planted(cell: Planted) -> str:
    low, high = clopper_pearson(cell.found, cell.trials)
    return f"{cell.found} of {cell.trials} ({low:.2f} to {high:.2f})"
