"""The same report for a terminal of 80 columns: no colour carries meaning."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, final

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from filiation.model.examination import Conclusion, Examination
from filiation.model.finding import Finding
from filiation.model.plan import PlannedQuestion
from filiation.model.ratio import NoRatio, Ratio, Strength
from filiation.model.study import MeasuredPower
from filiation.report import wording
from filiation.report.wording.descent import (
    DESCENT_NOTE,
    DESCENT_TITLE,
    descent_brief,
    descent_notes,
    descent_rows,
)

__all__ = ["beforehand", "brief", "full", "heading", "item"]

NARROW: Final = 72  # columns, with fewer of which a table has no room for names


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
        parts += [item(sentence) for sentence in wording.brief_sentences(conclusion)]
    parts += [item(sentence) for sentence in descent_brief(examination)]
    parts += [item(wording.as_sentence(note)) for note in examination.notes]
    return Group(*parts)


def full(examination: Examination) -> Group:
    """Propositions, conclusions, findings, line-ups and limits, to be printed with rich."""
    parts: list[RenderableType] = [
        Text(" examined against ".join(wording.pair_names(examination)), style="bold")
    ]
    for conclusion in examination.conclusions:
        parts += _conclusion(conclusion)
    if examination.notes:
        parts += heading("Not compared")
        parts += [item(wording.as_sentence(note)) for note in examination.notes]
    parts += _declared(examination)
    digest = wording.clean(examination.plan_digest)
    return Group(*parts, Text(), Text(f"Plan {digest}", style="dim"))


def _declared(examination: Examination) -> list[RenderableType]:
    """What the files say of their descent, contradictions first."""
    rows, notes = descent_rows(examination), descent_notes(examination)
    if not rows and not notes:
        return []
    told = (f"{standing}: {who}: {says} ({at}). {found}" for standing, who, at, says, found in rows)
    return [
        *heading(DESCENT_TITLE),
        *(item(words) for words in (*told, *notes)),
        Text(),
        Text(DESCENT_NOTE),
    ]


def _conclusion(conclusion: Conclusion) -> list[RenderableType]:
    first, second = wording.propositions(conclusion)
    return [
        *heading(f"{wording.kind_title(conclusion.kind)}: the propositions"),
        Text(f"{first.label}: {first.text}"),
        Text(f"{second.label}: {second.text}"),
        *heading("Conclusion"),
        Text(wording.headline(conclusion), style="bold"),
        Text(),
        Text(wording.support_because(conclusion)),
        *_reckoned(conclusion),
        *_apart(conclusion),
        *_found(conclusion),
        *_rated(conclusion),
        *_missing(conclusion),
        *_compared(conclusion),
        *heading("What this examination cannot show"),
        *(item(limit) for limit in wording.limits(conclusion)),
    ]


def _reckoned(conclusion: Conclusion) -> list[RenderableType]:
    """Power measured on the population, and what kind of relation it is."""
    parts: list[RenderableType] = []
    if conclusion.power.measured is not None:
        parts.append(Text(_measured(conclusion.power.measured, conclusion.plan)))
    if conclusion.relation.kind not in ("unknown", "unrelated"):
        parts.append(Text(wording.relation_sentence(conclusion)))
    return parts


def _apart(conclusion: Conclusion) -> list[RenderableType]:
    """Part by part: what was found, and in which form a copy would have been seen."""
    said = wording.component_sentences(conclusion)
    if not said:
        return []
    parts: list[RenderableType] = [*heading("Part by part"), *(item(one) for one in said)]
    if conclusion.parts and wording.grid_rows(conclusion)[1]:
        parts += [Text(), _grid(conclusion), Text(), Text(wording.grid_note(conclusion))]
        parts += [item(one) for one in wording.reasons(conclusion)]
    return parts


def _grid(conclusion: Conclusion) -> "_Table":
    components, rows = wording.grid_rows(conclusion)
    return _Table(headings=("form of a copy", *components), rows=rows)


def _found(conclusion: Conclusion) -> list[RenderableType]:
    """Findings that count, and set apart from them those that do not."""
    aside = [finding for finding in conclusion.findings if not finding.counts]
    parts: list[RenderableType] = []
    if wording.counting(conclusion):
        parts += [*heading("Findings"), _findings(conclusion, wording.counting(conclusion))]
    if aside:
        parts += [*heading("Reported, and not counted"), _findings(conclusion, aside)]
    return parts


def _rated(conclusion: Conclusion) -> list[RenderableType]:
    if not wording.has_ratios(conclusion):
        return []
    return [
        *heading("Likelihood ratios"),
        Text(wording.population_sentence(conclusion)),
        Text(),
        _ratios(conclusion),
        *(item(sentence) for sentence in _without_ratio(conclusion)),
        Text(),
        Text(wording.scale_sentence(conclusion)),
    ]


def _missing(conclusion: Conclusion) -> list[RenderableType]:
    if not conclusion.absent:
        return []
    return [
        *heading("Planned, without a finding"),
        *(item(sentence) for sentence in wording.absent_sentences(conclusion)),
    ]


def _compared(conclusion: Conclusion) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if conclusion.controls:
        parts += [*heading("Line-up"), Text(wording.controls_sentence(conclusion))]
    if wording.compared_in_place(conclusion):
        parts.append(_line_up(conclusion))
    if notes := wording.notes_elsewhere(conclusion):
        parts += heading("Notes")
        parts += [item(note) for note in notes]
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
        *(item(wording.strength_sentence(words, o)) for o in strengths if isinstance(o, NoRatio)),
        Text(wording.bound_sentence(strengths)),
        *((Text(_measured(measured, plan)),) if measured is not None else ()),
        Text(),
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Names and what is said of them: side by side, or an item each where that has no room."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wraps: str = ""  # the column of words; the others hold numbers

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """What rich prints."""
        if options.max_width < NARROW:
            yield from self._items()
        else:
            yield self._side_by_side()

    def _items(self) -> Iterator[Table]:
        for name, *cells in self.rows:
            said = zip(self.headings[1:], cells, strict=True)
            yield item(f"{name}: {'; '.join(f'{what} {cell}' for what, cell in said if cell)}")

    def _side_by_side(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column(self.headings[0], ratio=1)
        for heading in self.headings[1:]:
            justify: Literal["left", "right"] = "left" if self.wraps else "right"
            table.add_column(heading, justify=justify, no_wrap=heading != self.wraps)
        for row in self.rows:
            table.add_row(*map(Text, row))
        return table


def _strengths(words: wording.Worded, strengths: Sequence[Strength]) -> _Table:
    return _Table(
        headings=("method", "for derivation", "for independence"),
        rows=tuple(tuple(wording.strength_brief(words, strength)) for strength in strengths),
    )


def _measured(measured: MeasuredPower, plan: PlannedQuestion) -> str:
    return wording.measured_sentence(measured, plan.power_share)


def _ratios(conclusion: Conclusion) -> _Table:
    rows = tuple(
        (
            wording.title_by_id(conclusion, ratio.method),
            wording.ratio_brief(ratio),
            wording.interval_words(ratio),
            wording.verbal(ratio.log10_lr),
        )
        for ratio in conclusion.ratios
        if isinstance(ratio, Ratio)
    )
    headings = ("method", "times more probable", "95%", "in words")
    return _Table(headings=headings, rows=rows, wraps="in words")


def _without_ratio(conclusion: Conclusion) -> list[str]:
    return [
        f"{wording.title_by_id(conclusion, one.method)}: {wording.ratio_line(one)}"
        for one in conclusion.ratios
        if isinstance(one, NoRatio)
    ]


def heading(words: str) -> list[RenderableType]:
    """An empty line and a title."""
    return [Text(), Text(words, style="bold underline")]


def item(words: str) -> Table:
    """A sentence behind a dash, its further lines set in."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_row(Text("-"), Text(words, overflow="fold"))
    return grid


def _findings(conclusion: Conclusion, findings: Sequence[Finding]) -> _Table:
    floor = conclusion.plan.assumption_floor
    rows = tuple(
        (
            _finding_name(conclusion, finding),
            wording.quantity(finding.observed),
            wording.probability_brief(finding.log_p, floor, log_floor=finding.null.log_floor),
            wording.figure(finding.log_p),
            wording.least_figure(finding.null.log_floor),
        )
        for finding in findings
    )
    return _Table(headings=("method", "observed", "p", "computed p", "least p"), rows=rows)


def _finding_name(conclusion: Conclusion, finding: Finding) -> str:
    """Title, and place in the finding's own line-up."""
    title = wording.titled(conclusion, finding)
    place = wording.rank_words(finding)
    return f"{title}{f', place {place}' if place else ''}"


def _line_up(conclusion: Conclusion) -> _Table:
    floor = conclusion.plan.assumption_floor
    own = wording.probability_brief(conclusion.combined.log_p, floor)
    rows = [(wording.named(conclusion.subject, 30), own, "", "subject")]
    rows += (
        (
            wording.named(control.model, 30),
            wording.probability_brief(control.log_p, floor),
            wording.probability_brief(control.subject_log_p, floor),
            control.standing,
        )
        for control in conclusion.controls
    )
    return _Table(headings=("model", "p, source", "p, subject", "standing"), rows=tuple(rows))
