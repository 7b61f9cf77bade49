"""Blind line-ups in sentences: who drew them, what was compared, who thought what stands out."""

import math
from typing import Final

from filiation.casefile import facts
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry
from filiation.model.examination import Conclusion
from filiation.report.wording.counting import how_many
from filiation.report.wording.expert_plain import chance_of, comparisons
from filiation.report.wording.expert_terms import event_words, said, time_words, who
from filiation.report.wording.figures import joined, quoted
from filiation.report.wording.findings import compared_in_place, controls_sentence, rank_sentence
from filiation.report.wording.plan import undrawn_sentence

__all__ = [
    "NOT_DRAWN",
    "RARE",
    "STANDS_OUT",
    "code_name_words",
    "controls_plain",
    "cut",
    "drawn_sentence",
    "lineup_caption",
    "more_drawn_sentence",
    "opinion_source",
    "p_words",
]

NOT_DRAWN: Final = "No blind line-up was drawn."
RARE: Final = "how rare by chance"
STANDS_OUT: Final = "stands out, in the opinion of"
NAME: Final = 30
LONGEST: Final = 900  # characters of a sentence that lists names


def cut(text: str) -> str:
    """A sentence that lists many names, cut where it gets long."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}\u2026 (cut)"


def controls_plain(one: Conclusion) -> str:
    """How many stood in the subject's place, who was set aside, and how close any of them came."""
    if not one.controls or one.support.reason == "context-only":
        return controls_sentence(one)
    standing = [c for c in one.controls if c.standing == "independent"]
    aside = len(one.controls) - len(standing)
    compared = [c.log_p for c in standing if c.log_p is not None]
    return joined(
        (
            f"{how_many(len(one.controls), 'control was', 'controls were')} set beside the "
            "subject, under the same tests.",
            f"{how_many(aside, 'of them was', 'of them were')} set aside as too much alike to be "
            f"{'a stranger' if aside == 1 else 'strangers'}."
            if aside
            else "",
            _closest(min(compared), one.plan.assumption_floor) if compared else "",
            rank_sentence(one) if compared_in_place(one) else "",
            f"With {how_many(len(standing), 'control')}, anybody has a chance of 1 in "
            f"{len(standing) + 1:,} of coming first; the place alone therefore says little."
            if standing
            else "None is left to say how alike strangers are.",
        )
    )


def _closest(log_p: float, floor: float) -> str:
    """How close the closest of the controls came."""
    if log_p == 0.0:
        return "None of them agrees with the source more than chance would have it."
    return (
        "Agreement as close as that of the closest of them is met by chance in "
        f"{comparisons(log_p, floor)}."
    )


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
    return chance_of(None if log10_p is None else log10_p * math.log(10.0), floor)


def code_name_words(name: str | None) -> str:
    """Who stood behind a code name, once it was shown."""
    return "not unmasked" if name is None else quoted(name, NAME)


def opinion_source(opinion: Event, *, late: bool) -> str:
    """Whose opinion it is, and whether the names were known by then."""
    when = "after the names were shown" if late else "before the names were shown"
    return f"{who(opinion.actor)}, {event_words(opinion)}, {when}"
