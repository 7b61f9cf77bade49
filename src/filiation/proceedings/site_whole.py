"""What the pages about a whole case are made of: events of time, answers, and what was left out."""

from collections.abc import Iterator, Mapping, Sequence

from filiation.casefile import facts
from filiation.casefile.deeds import CaseStatus
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import State
from filiation.casefile.stood import asked_alone
from filiation.model.examination import Examination
from filiation.report import wording
from filiation.report.drawings.kinship import Arc
from filiation.report.site.record import named, shown_exhibit
from filiation.report.site.view import Cell, Link, View
from filiation.report.site.whole import clock, gaps, kinship
from filiation.report.wording import looks as words
from filiation.report.wording.clock import clock_lines

__all__ = ["Examined", "clock_page", "gap_rows", "gaps_page", "kinship_page"]

Examined = Sequence[tuple[int, Examination]]


def clock_page(state: State, status: CaseStatus) -> View:
    """The clock, and who moved it."""
    found = sorted(_moved(state), key=lambda one: one[0].sequence)
    rows = [
        (named(event), f"{event.time[:19]}Z", event.actor, what, why or "-")
        for event, what, why in found
    ]
    return clock(list(clock_lines(status.clock, typed=False)), rows)


def _moved(state: State) -> Iterator[tuple[Event, str, str]]:
    """Every event of time, what it says, and its reason."""
    for stop in state.of(facts.Stopped):
        yield stop.event, words.stopped_words(stop.fact.on), stop.fact.because
    for run in state.of(facts.Resumed):
        yield run.event, words.resumed_words(run.fact.on), ""
    for shut in state.of(facts.Closed):
        yield shut.event, words.closed_words(shut.fact.first, shut.fact.last), shut.fact.name
    for one in state.of(facts.Served):
        fact = one.fact
        yield (one.event, words.served_words(fact.of, fact.party, fact.means, fact.on),
               fact.because)  # fmt: skip
    for given in state.of(facts.Allowed):
        a = given.fact
        yield given.event, words.allowed_words(a.step, a.party, a.days, a.counting), ""
    for more in state.of(facts.Extended):
        yield more.event, words.extended_words(more.fact.of, more.fact.days), more.fact.because


def gaps_page(
    state: State, compared: Mapping[str, Sequence[int]], found: Examined,
    documents: Sequence[tuple[str, str]],
) -> View:  # fmt: skip
    """What was not examined.

    Args:
        state: Of the case.
        compared: Exhibit to the examinations in which it stood.
        found: The examinations, by event.
        documents: Of each production with gaps its name, and what of it was not read.
    """
    return gaps([*gap_rows(state, compared, found, documents)])


def gap_rows(
    state: State, compared: Mapping[str, Sequence[int]], found: Examined,
    documents: Sequence[tuple[str, str]],
) -> Iterator[tuple[Cell, ...]]:  # fmt: skip
    """The same, row by row."""
    planned = {name for entry in state.of(facts.Planned) for name in entry.fact.exhibits}
    planned |= {entry.fact.exhibit for entry in state.of(facts.Posed)} | asked_alone(state)
    for name, entry in state.exhibits.items():
        if not compared.get(name):
            why = words.gap_kind(entry.fact.kind, planned=name in planned)
            yield "exhibit", shown_exhibit(entry), why
    for number, one in found:
        for place, conclusion in enumerate(one.conclusions, 1):
            where = Link(text=f"event {number}", path=f"examinations/{number}.html"
                         f"#question-{place}")  # fmt: skip
            for said in wording.absent_sentences(conclusion):
                yield words.ANSWER_LACKS, where, said
    for name, why in documents:
        yield "production", Link(text=name, path=f"documents/{name}.html"), why


def kinship_page(state: State, found: Examined) -> View:
    """Which exhibits plans held against which, with the answers on record."""
    names, arcs, rows = dict[str, None](), list[Arc](), list[tuple[Cell, ...]]()
    for number, one in found:
        subject, source = wording.clean(one.subject.name), wording.clean(one.source.name)
        if subject == source:
            subject, source = wording.pair_names(one)
        controls = (wording.clean(control.name) for control in one.controls)
        names |= dict.fromkeys((source, subject, *controls))
        for place, conclusion in enumerate(one.conclusions, 1):
            path = f"examinations/{number}.html#question-{place}"
            said, title = wording.headline(conclusion), wording.kind_title(conclusion.kind)
            arcs.append(
                Arc(one=subject, other=source, number=len(arcs) + 1, said=said, href=path,
                    broken=conclusion.support.toward != "derivation")
            )  # fmt: skip
            rows.append((Link(text=f"{len(arcs)}", path=path), said, subject, source, title))
    return kinship([*names], arcs, rows)
