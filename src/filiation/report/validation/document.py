"""The validation report in words, tables and drawings."""

from collections.abc import Iterator
from typing import Final

from filiation.model.study import Planted
from filiation.model.validation import RegimeFigures, Validation, Verdict
from filiation.numerics.intervals import clopper_pearson
from filiation.report.validation.answers import ANSWERS, answers, taught
from filiation.report.validation.blocks import Block, Drawing, Heading, Paragraph, Table
from filiation.report.validation.chart import SHARE, Axis, Line, chart
from filiation.report.validation.likelihoods import likelihoods
from filiation.report.validation.names import method_name

__all__ = ["document"]

DASHES: Final = ("", "6 3", "2 3", "8 3 2 3", "1 2", "10 4")
PROBIT: Final = (0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99)


def document(found: Validation) -> list[Block]:
    """The whole report, in reading order."""
    return [
        *_opening(found),
        *_verdicts(found),
        *_alarms(found),
        *_nulls(found),
        *_detections(found),
        *answers(found),
        *_kin(found),
        *_curves(found),
        *_power(found),
        *likelihoods(found),
        *_reading(found),
    ]


def _opening(found: Validation) -> Iterator[Block]:
    yield Heading(level=1, text=f"Validation on the population “{found.population}”")
    yield Paragraph(
        text=f"{found.models} models of known ancestry, {found.originals} of them trained from an "
        f"initialisation of their own that no other shares; {found.pairs:,} pairs, each examined "
        f"by {len(found.methods)} methods, the ancestor (or else the model of the smaller digest) "
        f"in the source's place. {found.tool}, {found.date}, seed {found.seed}. Digest of "
        f"the population {found.digest[:16]}, of the criteria {found.criteria_digest[:16]}."
    )
    if found.left_out:
        yield Paragraph(text=f"Left out: {found.left_out.rstrip('.')}.")
    yield Paragraph(
        text="Figures are given for each regime apart and never pooled. “Combined” is the p of all "
        f"methods together, as a case reports it; support for derivation needs {found.level:g}."
    )


def _verdicts(found: Validation) -> Iterator[Block]:
    yield Heading(level=2, text="Acceptance criteria, fixed before the study")
    failed = found.failed
    passed = sum(v.passed is True for v in found.verdicts)
    idle = sum(v.passed is None for v in found.verdicts)
    yield Paragraph(
        text=f"{passed} passed, {len(failed)} failed, {idle} had nothing to judge in this "
        "population." + (f" Failed: {', '.join(failed)}." if failed else "")
    )
    yield Table(
        headings=("criterion", "bound", "worst figure", "where", "outcome"),
        rows=[_verdict(verdict) for verdict in found.verdicts],
    )


def _verdict(verdict: Verdict) -> tuple[str, ...]:
    c = verdict.criterion
    bound = f"at most {c.most:g}" if c.most is not None else f"at least {c.least:g}"
    figure = "-" if verdict.figure is None else f"{verdict.figure:.4g}"
    word = {True: "passed", False: "FAILED", None: "nothing to judge"}[verdict.passed]
    return (f"{c.id}: {c.because}" if c.because else c.id), bound, figure, _place(verdict.of), word


def _place(of: str) -> str:
    """`regime, method id` with the id shortened."""
    head, comma, method = of.rpartition(", ")
    return f"{head}, {method_name(method)}" if comma else (method_name(of) if "/" in of else of)


def _alarms(found: Validation) -> Iterator[Block]:
    yield Heading(level=2, text="How often are models without shared weights taken for relatives?")
    yield Paragraph(
        text="Pairs whose combined p meets the level, and the one-sided 95 % upper bound of the "
        "rate. Pairs share models: a bound from all of them takes for independent what is not, and "
        "is too small. The last columns hold only pairs of which no two have a family of models in "
        "common, chosen before any p was known; their bound stands on independent pairs, and is "
        "the one to quote."
    )
    innocent = [regime for regime in found.regimes if regime.innocent]
    yield Table(
        headings=(
            *("regime", "models", "families", "pairs", "at the level", "rate below"),
            *("independent pairs", "at the level", "rate below"),
        ),
        rows=[
            (
                f"{regime.regime}: {regime.meaning}",
                str(regime.models),
                str(regime.families),
                f"{alarm.of:,} of {regime.pairs:,}",
                str(alarm.found),
                f"{100 * alarm.bound:.3g} %",
                str(alarm.disjoint),
                str(alarm.found_disjoint),
                f"{100 * alarm.bound_disjoint:.3g} %",
            )
            for regime in innocent
            for alarm in regime.alarms[:1]
        ],
    )
    yield Paragraph(
        text="A pair to which no method applies has no p, and is not counted among those that "
        "could have met the level. Every method by itself: share of pairs with p at or below 1 % "
        "and 5 %, with the bound from independent pairs."
    )
    yield Table(
        headings=(
            "method",
            *(f"{r.regime}, {level}" for r in innocent for level in ("1 %", "5 %")),
        ),
        rows=[
            (
                method_name(method),
                *(
                    "not counted"
                    if taught(found, regime, method)
                    else _share(regime, method, level)
                    for regime in innocent
                    for level in (0.01, 0.05)
                ),
            )
            for method in ("combined", *found.methods, *((ANSWERS,) if found.outputs else ()))
        ],
    )


def _share(regime: RegimeFigures, method: str, level: float) -> str:
    for alarm in regime.alarms:
        if alarm.method == method and alarm.level == level and alarm.of:
            return (
                f"{100 * alarm.found / alarm.of:.2g} % of {alarm.of:,} "
                f"(< {100 * alarm.bound_disjoint:.2g} %)"
            )
    return "not applicable"


def _nulls(found: Validation) -> Iterator[Block]:
    rows = [
        (regime.regime, method_name(null.method), f"{null.pairs:,}", f"{null.distance:.3f}",
         f"{null.p:.2g}", f"{null.p_disjoint:.2g} of {null.disjoint}",
         f"{null.conservative:.3f}")
        for regime in found.regimes for null in regime.nulls
    ]  # fmt: skip
    if not rows:
        return
    yield Heading(level=2, text="Are the p-values what they say?")
    yield Paragraph(
        text="Under the null a p-value may be larger than uniform, never smaller. D+ is the "
        "largest excess of the share of p-values at or below x over x (one-sided "
        "Kolmogorov-Smirnov): that direction would make false alarms. Its p over all pairs "
        "takes them for independent and is a guide; over independent pairs it is a test. D- is "
        "the excess the other way, which is allowed and costs power: counts are discrete, and "
        "each layer's p is multiplied by the number of its candidates."
    )
    yield Table(
        headings=("regime", "method", "pairs", "D+", "p of D+", "of independent pairs", "D-"),
        rows=rows,
        words=2,
    )
    for regime in found.regimes:
        if regime.nulls:
            lines = [Line(name="uniform", points=((0, 0), (1, 1)), dash="1 3")]
            lines += [
                Line(name=method_name(n.method), points=n.ecdf, dash=dash, stairs=True)
                for n, dash in zip(regime.nulls, DASHES, strict=False)
            ]
            axes = [Axis(label=w, low=0, high=1, ticks=SHARE) for w in ("p", "share of pairs")]
            yield Drawing(
                svg=chart("p-values under the null", axes[0], axes[1], lines),
                caption=f"{regime.regime}: p-values of {regime.pairs:,} pairs. Below the dots p is "
                "larger than it need be, above them smaller than it may be.",
            )


def _detections(found: Validation) -> Iterator[Block]:
    yield Heading(level=2, text="What is found?")
    yield Paragraph(
        text=f"Children against their parents, at p of {found.level:g} for weights and "
        f"{found.outputs_level:g} for recorded answers, with the 95 % interval of "
        "Clopper and Pearson; and as what the relation was typed. A pair to which no method "
        "applies counts as not found. A student has no weights of its teacher: by weights, none "
        "is the right number."
    )
    rows = []
    for detection in found.detections:
        if detection.method == "combined":
            by = [
                method_name(other.method)
                for other in found.detections
                if other.operation == detection.operation
                and other.method != "combined"
                and other.found
            ]
            typed = ", ".join(f"{kind} {count}" for kind, count in detection.kinds) or "-"
            rows.append(
                (
                    detection.operation,
                    f"{detection.found} of {detection.of}",
                    f"{detection.low:.2f} to {detection.high:.2f}",
                    typed,
                    "; ".join(by) or "none",
                )
            )
    yield Table(
        headings=("operation", "found", "interval", "typed as", "by which methods"), rows=rows
    )


def _kin(found: Validation) -> Iterator[Block]:
    kin = [regime for regime in found.regimes if not regime.innocent]
    if not kin:
        return
    yield Heading(level=2, text="Other kinds of kinship")
    yield Paragraph(
        text="What is found here shares initial or trained weights; the p-values do not say which. "
        "A relation is typed “shared-initialisation” where either model keeps no more of the other "
        "than two trainings from one initialisation leave (docs/methods/shared-initialisation.md)."
    )
    yield Table(
        headings=("regime", "pairs", "at the plan's level", "typed as"),
        rows=[
            (
                f"{regime.regime}: {regime.meaning}",
                str(regime.pairs),
                str(regime.alarms[0].found),
                ", ".join(f"{kind} {count}" for kind, count in regime.kinds) or "-",
            )
            for regime in kin
        ],
    )


def _curves(found: Validation) -> Iterator[Block]:
    curves = [(regime, regime.curve) for regime in found.regimes if regime.curve is not None]
    if not curves:
        return
    yield Heading(level=2, text="Children against unrelated pairs")
    yield Table(
        headings=("unrelated pairs of", "area under the ROC", "found at 1 % false alarms"),
        rows=[(r.regime, f"{c.area:.4f}", f"{100 * c.at_one_percent:.1f} %") for r, c in curves],
    )
    lines = [
        Line(name=r.regime, points=c.points, dash=dash)
        for (r, c), dash in zip(curves, DASHES, strict=False)
    ]
    yield Drawing(
        svg=chart(
            "ROC",
            Axis(label="false alarms", low=0, high=1, ticks=SHARE),
            Axis(label="children found", low=0, high=1, ticks=SHARE),
            lines,
        ),
        caption="ROC of the combined p: children against the unrelated pairs of each regime.",
    )
    missed = [
        Line(name=line.name, points=[(a, 1.0 - b) for a, b in line.points], dash=line.dash)
        for line in lines
    ]
    yield Drawing(
        svg=chart(
            "DET",
            Axis(label="false alarms", low=0.001, high=0.99, ticks=PROBIT, scale="probit"),
            Axis(label="children missed", low=0.001, high=0.99, ticks=PROBIT, scale="probit"),
            missed,
        ),
        caption="The same as detection error trade-off, on normal deviates.",
    )


def _power(found: Validation) -> Iterator[Block]:
    if not found.planted:
        return
    shares = sorted({p.share for p in found.planted})
    cosines = sorted({p.cosine for p in found.planted})
    cells = {(p.share, p.cosine): p for p in found.planted}
    trials = found.planted[0].trials
    yield Heading(level=2, text="How little is enough?")
    yield Paragraph(
        text=f"Units of one real model were planted in an independent one of the same shape and "
        f"data, damaged to a stated cosine, in {trials} pairs; pairs found at the plan's level by "
        "all methods together, with the 95 % interval of Clopper and Pearson. This is what stands "
        "behind “had so much been inherited, it would have been found”."
    )
    yield Table(
        headings=("units inherited", *(f"cosine {cosine:g}" for cosine in cosines)),
        rows=[
            (
                f"{100 * share:g} %",
                *(_planted(cells[share, cosine]) for cosine in cosines),
            )
            for share in shares
        ],
    )
    yield Drawing(
        svg=chart(
            "power",
            Axis(label="share of units inherited", low=shares[0], high=shares[-1],
                 ticks=tuple(shares), scale="log"),
            Axis(label="found", low=0, high=1, ticks=SHARE),
            [
                Line(
                    name=f"cosine {cosine:g}",
                    points=[(s, cells[s, cosine].found / cells[s, cosine].trials) for s in shares],
                    dash=dash,
                )
                for cosine, dash in zip(cosines, DASHES, strict=False)
            ],
        ),
        caption="Power on independent models, by what is left of each inherited unit.",
    )  # fmt: skip


def _planted(cell: Planted) -> str:
    low, high = clopper_pearson(cell.found, cell.trials)
    return f"{cell.found} of {cell.trials} ({low:.2f} to {high:.2f})"


def _reading(found: Validation) -> Iterator[Block]:
    yield Heading(level=2, text="What this study cannot show")
    if found.not_examined:
        names = ", ".join(dict.fromkeys(method_name(method) for method in found.not_examined))
        yield Paragraph(
            text=f"Not examined on this population: {names}. They read answers that were not "
            "asked for here, or never count; docs/validation/outputs.md has them on public models' "
            "answers."
        )
    yield Paragraph(
        text="These are small models, trained for this study on one machine. The exact methods "
        "rest on an assumption about training (units are treated alike) that does not depend on "
        "size, and that is what the regimes test; figures of detection, and likelihood ratios, "
        "need not carry over to models of another size or recipe. Zero alarms show a rate below "
        "the bound beside them, and no more."
    )
