"""The part of the report on likelihood ratios."""

from collections.abc import Iterator
from itertools import pairwise

from filiation.model.validation import LikelihoodFigures, Validation
from filiation.report.blocks import Block, Drawing, Heading, Paragraph, Table, figures_after
from filiation.report.validation.chart import SHARE, Axis, Line, chart
from filiation.report.wording import validation as words
from filiation.report.wording.validation import method_name

__all__ = ["likelihoods"]


def likelihoods(found: Validation) -> Iterator[Block]:
    """What the ratios are worth, by regime and method; drawn for the best."""
    if not found.likelihoods:
        return
    yield Heading(level=1, text="Likelihood ratios")
    yield Paragraph(text=words.LIKELIHOODS)
    headings = ("method", "unrelated pairs of", "related", "unrelated", "Cllr", "min", "cal",
                "devPAV", "misleading, related", "misleading, unrelated",
                "strongest misleading (log10)", "supported (log10)")  # fmt: skip
    yield Table(
        headings=headings,
        rows=[_row(f) for f in found.likelihoods],
        right=figures_after(2, len(headings)),
    )
    first = found.likelihoods[0].regime
    best = min((f for f in found.likelihoods if f.regime == first), key=lambda f: f.cllr)
    yield Paragraph(text=words.drawn_sentence(best))
    yield from _tippett(best)
    yield from _entropy(best)
    yield from _reliability(best)


def _row(f: LikelihoodFigures) -> tuple[str, ...]:
    return (
        method_name(f.method), f.regime, f"{f.related:,}", f"{f.unrelated:,}",
        f"{f.cllr:.3f}", f"{f.cllr_min:.3f}", f"{f.cllr_cal:.3f}",
        "-" if f.dev_pav is None else f"{f.dev_pav:.2f}",
        f"{100 * f.misleading_related / f.related:.2g}%",
        f"{100 * f.misleading_unrelated / f.unrelated:.2g}%",
        f"{f.strongest_against:.2f}, {f.strongest_for:.2f}",
        f"{f.low:.2f} to {f.high:.2f}",
    )  # fmt: skip


def _tippett(best: LikelihoodFigures) -> Iterator[Block]:
    values = [x for x, _ in (*best.tippett_related, *best.tippett_unrelated)]
    low, high = min(values), max(values)
    low, high = (low, high) if high > low else (low - 1, high + 1)
    yield Drawing(
        svg=chart(
            "Tippett plot",
            Axis(label="log10 LR", low=low, high=high, ticks=_ticks(low, high)),
            Axis(label=words.AT_OR_ABOVE, low=0, high=1, ticks=SHARE),
            [
                Line(name="related", points=best.tippett_related, stairs=True),
                Line(name="unrelated", points=best.tippett_unrelated, dash="6 3", stairs=True),
            ],
        ),
        caption=words.TIPPETT,
    )


def _entropy(best: LikelihoodFigures) -> Iterator[Block]:
    top = max(y for _, y in (*best.ece_reference, *best.ece))
    yield Drawing(
        svg=chart(
            "Empirical cross entropy",
            Axis(label="prior log10 odds", low=-3, high=3, ticks=(-3, -2, -1, 0, 1, 2, 3)),
            Axis(label="bits", low=0, high=top, ticks=_ticks(0, top)),
            [
                Line(name="these LRs", points=best.ece),
                Line(name="after PAV", points=best.ece_calibrated, dash="6 3"),
                Line(name="LR = 1", points=best.ece_reference, dash="1 3"),
            ],
        ),
        caption=words.CROSS_ENTROPY,
    )


def _reliability(best: LikelihoodFigures) -> Iterator[Block]:
    yield Drawing(
        svg=chart(
            "Reliability",
            Axis(label="stated share of related pairs", low=0, high=1, ticks=SHARE),
            Axis(label="found", low=0, high=1, ticks=SHARE),
            [
                Line(name="as stated", points=((0, 0), (1, 1)), dash="1 3"),
                Line(name="these LRs", points=[(b.stated, b.found) for b in best.reliability]),
            ],
        ),
        caption=words.reliability_caption(best),
    )


def _ticks(low: float, high: float) -> tuple[float, ...]:
    """About five round marks."""
    step = next(
        s * 10.0**e
        for e in range(-4, 6)
        for s in (1.0, 2.0, 5.0)
        if (high - low) / (s * 10.0**e) <= 6
    )
    first = int(low // step) + 1
    marks = [round(k * step, 6) for k in range(first, int(high // step) + 1)]
    if len(marks) < 2:
        marks = [low, high]
    assert all(a < b for a, b in pairwise(marks))
    return tuple(marks)
