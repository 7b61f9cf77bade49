"""How often are strangers taken for relatives, and are the p-values what they say?"""

from collections.abc import Iterator
from typing import Final

from filiation.model.validation import RegimeFigures, Validation
from filiation.report.blocks import Block, Drawing, Heading, Paragraph, Table, figures_after
from filiation.report.validation.answers import ANSWERS, taught
from filiation.report.validation.chart import DASHES, SHARE, Axis, Line, chart
from filiation.report.wording import validation as words
from filiation.report.wording.validation import method_name

__all__ = ["alarms", "nulls"]

LEVELS: Final = ((0.01, "1%"), (0.05, "5%"))


def alarms(found: Validation) -> Iterator[Block]:
    """Pairs of strangers that meet the level, by regime; and by each method."""
    innocent = [regime for regime in found.regimes if regime.innocent]
    yield Heading(level=1, text=words.ALARMS)
    yield Paragraph(text=words.BOUNDS)
    headings = (
        *("regime", "models", "families", "pairs", "at the level", "rate below"),
        *("independent pairs", "at the level", "rate below"),
    )
    yield Table(
        headings=headings,
        rows=[row for regime in innocent for row in _combined(regime)],
        right=figures_after(1, len(headings)),
    )
    yield Paragraph(text=words.BY_METHOD)
    yield _by_method(found, innocent)


def _combined(regime: RegimeFigures) -> Iterator[tuple[str, ...]]:
    for alarm in regime.alarms[:1]:
        yield (
            f"{regime.regime}: {regime.meaning}",
            str(regime.models),
            str(regime.families),
            f"{alarm.of:,} of {regime.pairs:,}",
            str(alarm.found),
            f"{100 * alarm.bound:.3g}%",
            str(alarm.disjoint),
            str(alarm.found_disjoint),
            f"{100 * alarm.bound_disjoint:.3g}%",
        )


def _by_method(found: Validation, innocent: list[RegimeFigures]) -> Table:
    columns = [(regime, level, said) for regime in innocent for level, said in LEVELS]
    methods = ("combined", *found.methods, *((ANSWERS,) if found.outputs else ()))
    return Table(
        headings=("method", *(f"{regime.regime}, {said}" for regime, _, said in columns)),
        rows=[
            (
                method_name(method),
                *(
                    "not counted"
                    if taught(found, regime, method)
                    else _share(regime, method, level)
                    for regime, level, _ in columns
                ),
            )
            for method in methods
        ],
        right=figures_after(1, len(columns) + 1),
    )


def _share(regime: RegimeFigures, method: str, level: float) -> str:
    for alarm in regime.alarms:
        if alarm.method == method and alarm.level == level and alarm.of:
            return (
                f"{100 * alarm.found / alarm.of:.2g}% of {alarm.of:,} "
                f"(< {100 * alarm.bound_disjoint:.2g}%)"
            )
    return "not applicable"


def nulls(found: Validation) -> Iterator[Block]:
    """The p-values of strangers against the uniform distribution; drawn by regime."""
    rows = [
        (regime.regime, method_name(null.method), f"{null.pairs:,}", f"{null.distance:.3f}",
         f"{null.p:.2g}", f"{null.p_disjoint:.2g} of {null.disjoint}",
         f"{null.conservative:.3f}")
        for regime in found.regimes for null in regime.nulls
    ]  # fmt: skip
    if not rows:
        return
    yield Heading(level=1, text=words.NULLS)
    yield Paragraph(text=words.UNIFORM)
    headings = ("regime", "method", "pairs", "D+", "p of D+", "of independent pairs", "D-")
    yield Table(headings=headings, rows=rows, right=figures_after(2, len(headings)))
    for regime in found.regimes:
        if regime.nulls:
            yield _drawn(regime)


def _drawn(regime: RegimeFigures) -> Drawing:
    lines = [Line(name="uniform", points=((0, 0), (1, 1)), dash="1 3")]
    lines += [
        Line(name=method_name(n.method), points=n.ecdf, dash=dash, stairs=True)
        for n, dash in zip(regime.nulls, DASHES, strict=False)
    ]
    x, y = (Axis(label=label, low=0, high=1, ticks=SHARE) for label in ("p", "share of pairs"))
    return Drawing(
        svg=chart("p-values under the null", x, y, lines), caption=words.nulls_caption(regime)
    )
