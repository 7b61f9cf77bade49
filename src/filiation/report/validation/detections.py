"""What is found: children by operation, other kinds of kinship, children against strangers."""

from collections.abc import Iterator
from typing import Final

from filiation.model.validation import Detection, Validation
from filiation.report.blocks import Block, Drawing, Heading, Paragraph, Table, figures_after
from filiation.report.validation.chart import DASHES, SHARE, Axis, Line, chart
from filiation.report.wording import validation as words
from filiation.report.wording.validation import method_name

__all__ = ["curves", "detections", "kin"]

PROBIT: Final = (0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99)


def detections(found: Validation) -> Iterator[Block]:
    """Children against their parents, by what was done to them."""
    yield Heading(level=1, text=words.DETECTIONS)
    yield Paragraph(text=words.detections_sentence(found))
    headings = ("operation", "found", "interval", "typed as", "by which methods")
    yield Table(
        headings=headings,
        rows=[_detection(found, d) for d in found.detections if d.method == "combined"],
        right=figures_after(1, len(headings)),
    )


def _detection(found: Validation, detection: Detection) -> tuple[str, ...]:
    by = [
        method_name(other.method)
        for other in found.detections
        if other.operation == detection.operation and other.method != "combined" and other.found
    ]
    return (
        detection.operation,
        f"{detection.found} of {detection.of}",
        f"{detection.low:.2f} to {detection.high:.2f}",
        _typed(detection.kinds),
        "; ".join(by) or "none",
    )


def _typed(kinds: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in kinds) or "-"


def kin(found: Validation) -> Iterator[Block]:
    """Pairs that share weights and are no child and parent."""
    regimes = [regime for regime in found.regimes if not regime.innocent]
    if not regimes:
        return
    yield Heading(level=1, text=words.KIN)
    yield Paragraph(text=words.SHARED)
    headings = ("regime", "pairs", "at the plan's level", "typed as")
    yield Table(
        headings=headings,
        rows=[
            (
                f"{regime.regime}: {regime.meaning}",
                str(regime.pairs),
                str(regime.alarms[0].found),
                _typed(regime.kinds),
            )
            for regime in regimes
        ],
        right=figures_after(1, len(headings)),
    )


def curves(found: Validation) -> Iterator[Block]:
    """Children against unrelated pairs: ROC, and the same as a trade-off of errors."""
    drawn = [(regime, regime.curve) for regime in found.regimes if regime.curve is not None]
    if not drawn:
        return
    yield Heading(level=1, text=words.CURVES)
    yield Table(
        headings=("unrelated pairs of", "area under the ROC", "found at 1% false alarms"),
        rows=[(r.regime, f"{c.area:.4f}", f"{100 * c.at_one_percent:.1f}%") for r, c in drawn],
        right=figures_after(1, 3),
    )
    lines = [
        Line(name=r.regime, points=c.points, dash=dash)
        for (r, c), dash in zip(drawn, DASHES, strict=False)
    ]
    x, y = (
        Axis(label=label, low=0, high=1, ticks=SHARE)
        for label in ("false alarms", "children found")
    )
    yield Drawing(svg=chart("ROC", x, y, lines), caption=words.ROC)
    missed = [
        Line(name=line.name, points=[(a, 1.0 - b) for a, b in line.points], dash=line.dash)
        for line in lines
    ]
    x, y = (
        Axis(label=label, low=0.001, high=0.99, ticks=PROBIT, scale="probit")
        for label in ("false alarms", "children missed")
    )
    yield Drawing(svg=chart("DET", x, y, missed), caption=words.DET)
