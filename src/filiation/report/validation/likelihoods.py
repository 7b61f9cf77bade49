"""The part of the report on likelihood ratios."""

from collections.abc import Iterator
from itertools import pairwise

from filiation.model.validation import LikelihoodFigures, Validation
from filiation.report.validation.blocks import Block, Drawing, Heading, Paragraph, Table
from filiation.report.validation.chart import SHARE, Axis, Line, chart
from filiation.report.validation.names import method_name

__all__ = ["likelihoods"]


def likelihoods(found: Validation) -> Iterator[Block]:
    """What the ratios are worth, by regime and method; drawn for the best."""
    if not found.likelihoods:
        return
    yield Heading(level=2, text="Likelihood ratios")
    yield Paragraph(
        text="For every pair the ratio that a case would be given: learnt without any family that "
        "the pair touches, and bounded by what the population supports. Related pairs against the "
        "unrelated ones of one regime. Cllr is a cost in bits: 0 is perfect, 1 says nothing; "
        "Cllr = Cllr_min (what the order of the values costs) + Cllr_cal (what their calibration "
        "costs). devPAV is the mean distance from calibrated ratios in factors of ten; “-” where "
        "the two kinds do not overlap. Misleading are related pairs below 1 and unrelated above."
    )
    yield Table(
        headings=("method", "unrelated pairs of", "related", "unrelated", "Cllr", "min", "cal",
                  "devPAV", "misleading, related", "misleading, unrelated",
                  "strongest misleading (log10)", "supported (log10)"),
        rows=[
            (
                method_name(f.method), f.regime, f"{f.related:,}", f"{f.unrelated:,}",
                f"{f.cllr:.3f}", f"{f.cllr_min:.3f}", f"{f.cllr_cal:.3f}",
                "-" if f.dev_pav is None else f"{f.dev_pav:.2f}",
                f"{100 * f.misleading_related / f.related:.2g} %",
                f"{100 * f.misleading_unrelated / f.unrelated:.2g} %",
                f"{f.strongest_against:.2f}, {f.strongest_for:.2f}",
                f"{f.low:.2f} to {f.high:.2f}",
            )
            for f in found.likelihoods
        ],
        words=2,
    )  # fmt: skip
    first = found.likelihoods[0].regime
    best = min((f for f in found.likelihoods if f.regime == first), key=lambda f: f.cllr)
    yield Paragraph(
        text=f"Drawn for {method_name(best.method)}, the method of least Cllr against pairs of the "
        f"regime “{best.regime}”; report.json has the curves of all."
    )
    yield from _tippett(best)
    yield from _entropy(best)
    yield from _reliability(best)


def _tippett(best: LikelihoodFigures) -> Iterator[Block]:
    values = [x for x, _ in (*best.tippett_related, *best.tippett_unrelated)]
    low, high = min(values), max(values)
    low, high = (low, high) if high > low else (low - 1, high + 1)
    yield Drawing(
        svg=chart(
            "Tippett plot",
            Axis(label="log10 LR", low=low, high=high, ticks=_ticks(low, high)),
            Axis(label="share of pairs at or above", low=0, high=1, ticks=SHARE),
            [
                Line(name="related", points=best.tippett_related, stairs=True),
                Line(name="unrelated", points=best.tippett_unrelated, dash="6 3", stairs=True),
            ],
        ),
        caption="Tippett plot: the ends left and right of 0 that cross it are misleading.",
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
        caption="Empirical cross entropy: above the dots the ratios would do harm.",
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
        caption="Reliability at even prior odds, in bins of a tenth: "
        + "; ".join(
            f"stated {b.stated:.2f}, found {b.found:.2f} ({b.pairs:,} pairs)"
            for b in best.reliability
        )
        + ".",
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
