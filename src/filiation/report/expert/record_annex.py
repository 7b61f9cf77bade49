"""The annex on the record: head, plan, controls, and the log event by event."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from filiation.casefile.ledger.event import Event
from filiation.model.examination import Conclusion
from filiation.report import wording
from filiation.report.blocks import Block, Note, Table
from filiation.report.expert.gathered import CaseMaterial
from filiation.report.wording import expert_annexes as words
from filiation.report.wording.expert_terms import said, time_words, who

__all__ = ["record"]

EVENTS: Final = 400  # rows of the log
CONTROLS: Final = 400
NOTES: Final = 60


def record(m: CaseMaterial) -> Iterator[Block]:
    """The record of the case as it stood when the report was made."""
    yield Note(text=words.record_sentence(m.state, m.root, m.examination))
    yield Table(headings=("the plan", ""), rows=_plan(m), widths=(3, 10))
    for one in m.conclusions:
        if one.controls:
            about = f", {wording.clean(one.kind.label)}" if len(m.conclusions) > 1 else ""
            yield _controls(one, f"Controls{about}")
    told = (wording.note_sentence(note, one) for one in m.conclusions for note in one.notes)
    for note in [*map(wording.as_sentence, m.found.notes), *told][:NOTES]:
        yield Note(text=note)
    events = m.state.events
    shown = events if len(events) <= EVENTS else [*events[: EVENTS // 2], *events[-EVENTS // 2 :]]
    yield Table(
        headings=("event", "time", "who", "verb", "as given"),
        rows=[_event(event) for event in shown],
        widths=(1, 3, 3, 2, 6),
        right=(0,),
        theirs=(2, 3, 4),
        caption="The log",
    )
    if len(shown) < len(events):
        yield Note(text=words.more_events_sentence(len(events) - len(shown)))


def _event(e: Event) -> tuple[str, ...]:
    given = said(_given(e.arguments), 110)
    return f"{e.sequence}", time_words(e.time), who(e.actor), e.verb, given


def _given(arguments: Mapping[str, Any]) -> str:
    return "; ".join(f"{name} {value}" for name, value in dict(arguments).items())


def _plan(m: CaseMaterial) -> Sequence[tuple[str, str]]:
    """What the plan fixes, and what it fixes for each question."""
    rows = [*wording.plan_lines(m.found)]
    for one in m.conclusions:
        if len(m.conclusions) > 1:
            rows.append(("Question", wording.kind_title(one.kind)))
        rows += wording.question_lines(one)
    return rows


def _controls(one: Conclusion, caption: str) -> Table:
    floor = one.plan.assumption_floor
    return Table(
        headings=("control", "p against the source", "p against the subject", "standing"),
        rows=[
            (
                wording.named(c.model, 40),
                wording.probability_brief(c.log_p, floor),
                wording.probability_brief(c.subject_log_p, floor),
                c.standing,
            )
            for c in one.controls[:CONTROLS]
        ],
        widths=(5, 3, 3, 2),
        right=(1, 2),
        caption=caption,
    )
