"""The same report for a terminal of 80 columns: no colour carries meaning."""

from collections.abc import Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from filiation.model.examination import Case, MeasuredPower
from filiation.model.finding import Finding
from filiation.model.plan import Plan
from filiation.model.ratio import NoRatio, Ratio, Strength
from filiation.report import wording

__all__ = ["beforehand", "summary"]

LIMITS: Final = 3  # general ones come first; what defeats each method stands in the report


def summary(case: Case) -> Group:
    """Propositions, conclusion, findings, limits and line-up, to be printed with rich.

    Shorter than the report, which holds everything. Foreign text never passes through rich's
    markup, and control characters are already gone.
    """
    first, second = wording.propositions(case)
    parts: list[RenderableType] = [
        Text(" examined against ".join(wording.pair_names(case)), style="bold"),
        Text(),
        Text(f"{first.label}: {first.text}"),
        Text(f"{second.label}: {second.text}"),
        *_heading("Conclusion"),
        Text(wording.headline(case), style="bold"),
        Text(),
        Text(wording.support_because(case)),
    ]
    if case.power.measured is not None:
        parts.append(Text(_measured(case.power.measured, case.plan)))
    if case.relation.kind not in ("unknown", "unrelated"):
        parts.append(Text(wording.relation_sentence(case)))
    if case.findings:
        parts += [*_heading("Findings"), _findings(case)]
    if wording.has_ratios(case):
        parts += [*_heading("Likelihood ratios"), Text(wording.population_sentence(case))]
        parts += [Text(), _ratios(case)]
        parts += [_item(sentence) for sentence in _without_ratio(case)]
        parts += [Text(), Text(wording.scale_sentence(case))]
    if case.absent:
        parts += _heading("Planned, without a finding")
        parts += [_item(sentence) for sentence in wording.absent_sentences(case.absent)]
    if case.controls:
        parts += [*_heading("Line-up"), Text(wording.controls_sentence(case))]
    if wording.compared_weights(case):
        parts.append(_line_up(case))
    if case.notes:
        parts += _heading("Notes")
        parts += [_item(wording.as_sentence(note)) for note in case.notes]
    limits = wording.limits(case)
    parts += _heading("What this examination cannot show")
    parts += [_item(limit) for limit in limits[:LIMITS]]
    if len(limits) > LIMITS:
        parts.append(_item(f"{len(limits) - LIMITS} more stand in the report."))
    return Group(*parts, Text(), Text(f"Plan {wording.clean(case.plan_digest)}", style="dim"))


def beforehand(
    plan: Plan, strengths: Sequence[Strength | NoRatio], measured: MeasuredPower | None = None
) -> Group:
    """How strong a likelihood ratio could be at most; printed before anything is compared."""
    if plan.population is None:
        return Group()
    return Group(
        Text("Before the comparison: the largest likelihood ratios that known pairs could support"),
        Text(),
        _strengths([one for one in strengths if isinstance(one, Strength)]),
        *(_item(wording.strength_sentence(o)) for o in strengths if isinstance(o, NoRatio)),
        Text(wording.bound_sentence(strengths)),
        *((Text(_measured(measured, plan)),) if measured is not None else ()),
        Text(),
    )


def _strengths(strengths: Sequence[Strength]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("method", ratio=1)
    for heading in ("for derivation", "for independence"):
        table.add_column(heading, justify="right", no_wrap=True)
    for strength in strengths:
        table.add_row(*map(Text, wording.strength_brief(strength)))
    return table


def _measured(measured: MeasuredPower, plan: Plan) -> str:
    return wording.measured_sentence(measured, plan.power_share)


def _ratios(case: Case) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("method", ratio=1)
    for heading in ("times more probable", "95%", "in words"):
        table.add_column(heading, no_wrap=heading != "in words")
    for ratio in case.ratios:
        if isinstance(ratio, Ratio):
            words = (
                wording.method_text(ratio.method).title,
                wording.ratio_brief(ratio),
                wording.interval_words(ratio),
                wording.verbal(ratio.log10_lr),
            )
            table.add_row(*map(Text, words))
    return table


def _without_ratio(case: Case) -> list[str]:
    return [
        f"{wording.method_text(one.method).title}: {wording.ratio_line(one)}"
        for one in case.ratios
        if isinstance(one, NoRatio)
    ]


def _heading(words: str) -> list[RenderableType]:
    return [Text(), Text(words, style="bold underline")]


def _item(words: str) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_row(Text("-"), Text(words))
    return grid


def _findings(case: Case) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("method", ratio=1)
    for heading in ("observed", "p", "computed p", "least p"):
        table.add_column(heading, justify="right", no_wrap=True)
    floor = case.plan.assumption_floor
    for finding in case.findings:
        least = finding.null.log_floor
        table.add_row(
            Text(_finding_name(finding)),
            Text(wording.quantity(finding.observed)),
            Text(wording.probability_brief(finding.log_p, floor, log_floor=least)),
            Text(wording.figure(finding.log_p)),
            Text(wording.least_figure(least)),
        )
    return table


def _finding_name(finding: Finding) -> str:
    """Title, place in the finding's own line-up, and whether it counts."""
    title, place = wording.method_text(finding.method).title, wording.rank_words(finding)
    where = f", place {place}" if place else ""
    return f"{title}{where}{'' if finding.counts else ' (does not count)'}"


def _line_up(case: Case) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("model", ratio=1)
    for heading in ("p, source", "p, subject", "standing"):
        table.add_column(heading, justify="right", no_wrap=True)
    floor = case.plan.assumption_floor
    own = wording.probability_brief(case.combined.log_p, floor)
    table.add_row(Text(wording.named(case.subject, 30)), Text(own), Text(""), Text("subject"))
    for control in case.controls:
        table.add_row(
            Text(wording.named(control.model, 30)),
            Text(wording.probability_brief(control.log_p, floor)),
            Text(wording.probability_brief(control.subject_log_p, floor)),
            Text(control.standing),
        )
    return table
