"""Controls in the subject's place, and blind line-ups."""

from collections.abc import Iterator
from typing import Final

from filiation.casefile import facts
from filiation.casefile.state import Entry
from filiation.model.examination import Conclusion
from filiation.report import wording
from filiation.report.blocks import Block, Drawing, Heading, Paragraph, Quotation, Table
from filiation.report.drawings import charts as drawings
from filiation.report.expert.gathered import CaseMaterial, of_each
from filiation.report.wording import expert_lineups as words
from filiation.report.wording.expert_plain import power_of
from filiation.report.wording.expert_terms import event_words, place, shortened, who

__all__ = ["lineup"]

WORDS: Final = 400
DRAWN: Final = 4  # line-ups that stand in the report itself
OPINIONS: Final = 6


def lineup(m: CaseMaterial) -> Iterator[Block]:
    """Where the subject stands among the controls, and what people thought stands out."""
    yield from of_each(m, _controls)
    yield Heading(text="Blind line-ups")
    drawn = m.state.of(facts.Drawn)
    if not drawn:
        yield Paragraph(text=words.NOT_DRAWN, source=place("record"))
    for entry in drawn[:DRAWN]:
        yield from _blind(m, entry)
    if len(drawn) > DRAWN:
        left = words.more_drawn_sentence(len(drawn) - DRAWN)
        yield Paragraph(text=left, source=place("record"))


def _controls(m: CaseMaterial, one: Conclusion) -> Iterator[Block]:
    yield Paragraph(text=words.controls_plain(one), source=place("record"))
    if one is m.conclusions[0] and (families := wording.families_sentence(m.found)):
        yield Paragraph(text=words.cut(families), source=place("record"))
    if wording.compared_in_place(one) and one.controls:
        caption = words.lineup_caption(one, drawings.DRAWN_CONTROLS)
        yield Drawing(svg=power_of(drawings.lineup(one), caption), caption=caption)


def _blind(m: CaseMaterial, drawn: Entry[facts.Drawn]) -> Iterator[Block]:
    fact = drawn.fact
    yield Paragraph(text=words.drawn_sentence(drawn), source=event_words(drawn.event))
    unmasked = [e for e in m.state.of(facts.Unmasked) if e.fact.lineup == fact.lineup]
    names = dict(unmasked[0].fact.names) if unmasked else {}
    opinions = [e for e in m.state.of(facts.Opined) if e.fact.lineup == fact.lineup]
    floor = m.conclusions[0].plan.assumption_floor
    yield Table(
        headings=("code name", words.RARE, words.STANDS_OUT, "who"),
        rows=[
            (
                code,
                words.p_words(log10_p, floor),
                ", ".join(who(o.event.actor) for o in opinions if code in o.fact.stand_out)
                or "nobody",
                words.code_name_words(names.get(code)),
            )
            for code, log10_p in m.lineups.get(fact.lineup, ())
        ],
        widths=(2, 3, 4, 4),
    )
    shown = unmasked[0].event.sequence if unmasked else None
    for opinion in opinions[:OPINIONS]:
        late = shown is not None and opinion.event.sequence > shown
        yield Quotation(
            by=words.opinion_source(opinion.event, late=late),
            paragraphs=(shortened(opinion.fact.words, WORDS),),
        )
