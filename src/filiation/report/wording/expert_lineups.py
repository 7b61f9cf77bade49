"""Blind line-ups in sentences: who drew them, what was compared, who thought what stands out."""

import math
from typing import Final

from filiation.casefile import facts
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry
from filiation.model.examination import Conclusion
from filiation.report.wording.expert_terms import event_words, said, time_words, who
from filiation.report.wording.figures import probability_brief, quoted
from filiation.report.wording.plan import undrawn_sentence

__all__ = [
    "NOT_DRAWN",
    "STANDS_OUT",
    "code_name_words",
    "cut",
    "drawn_sentence",
    "lineup_caption",
    "more_drawn_sentence",
    "opinion_source",
    "p_words",
]

NOT_DRAWN: Final = "No blind line-up was drawn."
STANDS_OUT: Final = "stands out, in the opinion of"
NAME: Final = 30
LONGEST: Final = 900  # characters of a sentence that lists names


def cut(text: str) -> str:
    """A sentence that lists many names, cut where it gets long."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}\u2026 (cut)"


def lineup_caption(one: Conclusion, drawn: int) -> str:
    """What the marks of the line-up mean, and how many controls are not drawn."""
    return (
        "Square: the subject. Filled circle: an independent control. Hollow circle: a control "
        f"taken for a relative. {undrawn_sentence(one, drawn)}"
    ).strip()


def more_drawn_sentence(left: int) -> str:
    """That so many line-ups more are on record."""
    return f"{left:,} more stand in the record."


def drawn_sentence(drawn: Entry[facts.Drawn]) -> str:
    """Who drew a line-up, of whom, compared with what."""
    fact, event = drawn.fact, drawn.event
    return (
        f"Line-up {quoted(fact.lineup, NAME)} was drawn by {who(event.actor)} on "
        f"{time_words(event.time)}: {len(fact.codes):,} members under code names, chosen by "
        f"description ({said(fact.description, 200)}), each compared with "
        f"{quoted(fact.source, NAME)}. Who is who was committed to in the record before anyone "
        "gave an opinion."
    )


def p_words(log10_p: float | None, floor: float) -> str:
    """A member's p against the source; or that there is none."""
    return "no finding" if log10_p is None else probability_brief(log10_p * math.log(10.0), floor)


def code_name_words(name: str | None) -> str:
    """Who stood behind a code name, once it was shown."""
    return "not unmasked" if name is None else quoted(name, NAME)


def opinion_source(opinion: Event, *, late: bool) -> str:
    """Whose opinion it is, and whether the names were known by then."""
    when = "after the names were shown" if late else "before the names were shown"
    return f"{who(opinion.actor)}, {event_words(opinion)}, {when}"
