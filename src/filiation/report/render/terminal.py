"""The same report for a terminal of 80 columns: no colour carries meaning."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from filiation.model.examination import Conclusion, Examination, MeasuredPower
from filiation.model.finding import Finding
from filiation.model.plan import PlannedQuestion
from filiation.model.ratio import NoRatio, Ratio, Strength
from filiation.report import wording

__all__ = ["beforehand", "brief", "full"]


def brief(examination: Examination) -> Group:
    """The answer to each question in a few lines; `full` says the rest.

    Foreign text never passes through rich's markup, and control characters are already gone.
    """
    several = len(examination.conclusions) > 1
    parts: list[RenderableType] = [
        Text(" examined against ".join(wording.pair_names(examination)), style="bold")
    ]
    for conclusion in examination.conclusions:
        title = f"{wording.kind_title(conclusion.kind)}: " if several else ""
        parts += [Text(), Text(title + wording.headline(conclusion), style="bold")]
        parts += [_item(sentence) for sentence in wording.brief_sentences(conclusion)]
    parts += [_item(wording.as_sentence(note)) for note in examination.notes]
    return Group(*parts)


def full(examination: Examination) -> Group:
    """Propositions, conclusions, findings, line-ups and limits, to be printed with rich."""
    parts: list[RenderableType] = [
        Text(" examined against ".join(wording.pair_names(examination)), style="bold")
    ]
    for conclusion in examination.conclusions:
        parts += _conclusion(conclusion)
    if examination.notes:
        parts += _heading("Not compared")
        parts += [_item(wording.as_sentence(note)) for note in examination.notes]
    digest = wording.clean(examination.plan_digest)
    return Group(*parts, Text(), Text(f"Plan {digest}", style="dim"))


def _conclusion(conclusion: Conclusion) -> list[RenderableType]:
    first, second = wording.propositions(conclusion)
    return [
        *_heading(f"{wording.kind_title(conclusion.kind)}: the propositions"),
        Text(f"{first.label}: {first.text}"),
        Text(f"{second.label}: {second.text}"),
        *_heading("Conclusion"),
        Text(wording.headline(conclusion), style="bold"),
        Text(),
        Text(wording.support_because(conclusion)),
        *_reckoned(conclusion),
        *_found(conclusion),
        *_rated(conclusion),
        *_missing(conclusion),
        *_compared(conclusion),
        *_heading("What this examination cannot show"),
        *(_item(limit) for limit in wording.limits(conclusion)),
    ]


def _reckoned(conclusion: Conclusion) -> list[RenderableType]:
    """Power measured on the population, and what kind of relation it is."""
    parts: list[RenderableType] = []
    if conclusion.power.measured is not None:
        parts.append(Text(_measured(conclusion.power.measured, conclusion.plan)))
    if conclusion.relation.kind not in ("unknown", "unrelated"):
        parts.append(Text(wording.relation_sentence(conclusion)))
    return parts


def _found(conclusion: Conclusion) -> list[RenderableType]:
    """Findings that count, and set apart from them those that do not."""
    aside = [finding for finding in conclusion.findings if not finding.counts]
    parts: list[RenderableType] = []
    if wording.counting(conclusion):
        parts += [*_heading("Findings"), _findings(conclusion, wording.counting(conclusion))]
    if aside:
        parts += [*_heading("Reported, and not counted"), _findings(conclusion, aside)]
    return parts


def _rated(conclusion: Conclusion) -> list[RenderableType]:
    if not wording.has_ratios(conclusion):
        return []
    return [
        *_heading("Likelihood ratios"),
        Text(wording.population_sentence(conclusion)),
        Text(),
        _ratios(conclusion),
        *(_item(sentence) for sentence in _without_ratio(conclusion)),
        Text(),
        Text(wording.scale_sentence(conclusion)),
    ]


def _missing(conclusion: Conclusion) -> list[RenderableType]:
    if not conclusion.absent:
        return []
    return [
        *_heading("Planned, without a finding"),
        *(_item(sentence) for sentence in wording.absent_sentences(conclusion)),
    ]


def _compared(conclusion: Conclusion) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if conclusion.controls:
        parts += [*_heading("Line-up"), Text(wording.controls_sentence(conclusion))]
    if wording.compared_in_place(conclusion):
        parts.append(_line_up(conclusion))
    if conclusion.notes:
        parts += _heading("Notes")
        parts += [_item(wording.as_sentence(note)) for note in conclusion.notes]
    return parts


def beforehand(
    plan: PlannedQuestion,
    words: wording.Worded,
    strengths: Sequence[Strength | NoRatio],
    measured: MeasuredPower | None = None,
) -> Group:
    """How strong a likelihood ratio could be at most; printed before anything is compared."""
    return Group(
        Text(wording.BEFOREHAND),
        Text(),
        _strengths(words, [one for one in strengths if isinstance(one, Strength)]),
        *(_item(wording.strength_sentence(words, o)) for o in strengths if isinstance(o, NoRatio)),
        Text(wording.bound_sentence(strengths)),
        *((Text(_measured(measured, plan)),) if measured is not None else ()),
        Text(),
    )


def _strengths(words: wording.Worded, strengths: Sequence[Strength]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("method", ratio=1)
    for heading in ("for derivation", "for independence"):
        table.add_column(heading, justify="right", no_wrap=True)
    for strength in strengths:
        table.add_row(*map(Text, wording.strength_brief(words, strength)))
    return table


def _measured(measured: MeasuredPower, plan: PlannedQuestion) -> str:
    return wording.measured_sentence(measured, plan.power_share)


def _ratios(conclusion: Conclusion) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("method", ratio=1)
    for heading in ("times more probable", "95%", "in words"):
        table.add_column(heading, no_wrap=heading != "in words")
    for ratio in conclusion.ratios:
        if isinstance(ratio, Ratio):
            words = (
                wording.method_text(conclusion, ratio.method).title,
                wording.ratio_brief(ratio),
                wording.interval_words(ratio),
                wording.verbal(ratio.log10_lr),
            )
            table.add_row(*map(Text, words))
    return table


def _without_ratio(conclusion: Conclusion) -> list[str]:
    return [
        f"{wording.method_text(conclusion, one.method).title}: {wording.ratio_line(one)}"
        for one in conclusion.ratios
        if isinstance(one, NoRatio)
    ]


def _heading(words: str) -> list[RenderableType]:
    return [Text(), Text(words, style="bold underline")]


def _item(words: str) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_row(Text("-"), Text(words))
    return grid


def _findings(conclusion: Conclusion, findings: Sequence[Finding]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("method", ratio=1)
    for heading in ("observed", "p", "computed p", "least p"):
        table.add_column(heading, justify="right", no_wrap=True)
    floor = conclusion.plan.assumption_floor
    for finding in findings:
        least = finding.null.log_floor
        table.add_row(
            Text(_finding_name(conclusion, finding)),
            Text(wording.quantity(finding.observed)),
            Text(wording.probability_brief(finding.log_p, floor, log_floor=least)),
            Text(wording.figure(finding.log_p)),
            Text(wording.least_figure(least)),
        )
    return table


def _finding_name(conclusion: Conclusion, finding: Finding) -> str:
    """Title, and place in the finding's own line-up."""
    title = wording.method_text(conclusion, finding.method).title
    place = wording.rank_words(finding)
    return f"{title}{f', place {place}' if place else ''}"


def _line_up(conclusion: Conclusion) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("model", ratio=1)
    for heading in ("p, source", "p, subject", "standing"):
        table.add_column(heading, justify="right", no_wrap=True)
    floor = conclusion.plan.assumption_floor
    own = wording.probability_brief(conclusion.combined.log_p, floor)
    table.add_row(Text(wording.named(conclusion.subject, 30)), Text(own), Text(""), Text("subject"))
    for control in conclusion.controls:
        table.add_row(
            Text(wording.named(control.model, 30)),
            Text(wording.probability_brief(control.log_p, floor)),
            Text(wording.probability_brief(control.subject_log_p, floor)),
            Text(control.standing),
        )
    return table
