"""The sections that state opinion: summary, propositions, weight, range, limits."""

from collections.abc import Iterator
from typing import Final

from filiation.casefile import facts
from filiation.casefile.state import Entry
from filiation.model.examination import Conclusion
from filiation.model.ratio import Ratio
from filiation.report import wording
from filiation.report.blocks import Block, Heading, Note, Paragraph, Table
from filiation.report.expert.gathered import Material, of_all, of_each
from filiation.report.wording import expert_opinion as words
from filiation.report.wording.expert_reliability import rate_sentence
from filiation.report.wording.expert_terms import event_words, place

__all__ = ["change", "propositions", "range_of_opinion", "summary", "weight"]

LISTED: Final = 12
REVIEWS: Final = 6
ASSUMPTIONS: Final = 8
WORDS: Final = 400


def summary(m: Material) -> Iterator[Block]:
    """The conclusions, each with the place that carries it."""
    yield from of_each(m, _concluded)
    yield from of_all(m)
    asked = _alternatives(m)
    if asked:
        yield Paragraph(text=words.alternatives_sentence(asked), source=place("propositions"))
    yield Paragraph(
        text=rate_sentence(m.validation, m.found.plan.methods), source=place("reliability")
    )
    yield Paragraph(text=words.HOLDS, source=place("change"))


def _concluded(m: Material, one: Conclusion) -> Iterator[Block]:
    yield Paragraph(text=wording.headline(one), source=place("weight"), strong=True)
    yield Paragraph(text=wording.support_words(one), source=place("weight"))
    yield Paragraph(text=wording.support_because(one), source=place("findings"))
    yield Paragraph(text=words.strength_words(one, _ratios(one)), source=place("weight"))


def propositions(m: Material) -> Iterator[Block]:
    """The pair, and each alternative as a proposition of its own."""
    yield Paragraph(text=words.BOTH_STATED, source=place("record"))
    yield from of_each(m, _pair)
    if not _alternatives(m):
        yield Paragraph(text=words.NO_ALTERNATIVE)
        return
    yield Heading(text=words.ALTERNATIVES)
    yield Paragraph(text=words.SET_AGAINST, source=words.alternatives_source())
    yield from of_each(m, _answered)


def _pair(m: Material, one: Conclusion) -> Iterator[Block]:
    for proposition in wording.propositions(one):
        yield Paragraph(text=words.proposition_words(proposition), source=place("record"))


def _answered(m: Material, one: Conclusion) -> Iterator[Block]:
    asked = enumerate(_alternatives(m)[:LISTED], 1)
    rows = [words.alternative_cells(n, entry, one.kind.id) for n, entry in asked]
    yield Table(
        headings=("", "put forward by", "proposition", words.BEARS),
        rows=rows,
        widths=(3, 3, 5, 6),
    )
    if any(words.is_covered(row) for row in rows):
        yield Note(text=words.COVERED)


def _alternatives(m: Material) -> list[Entry[facts.Stated]]:
    return [e for e in m.state.of(facts.Stated) if e.fact.alternative]


def weight(m: Material) -> Iterator[Block]:
    """What the findings are worth."""
    yield from of_each(m, _support)
    yield from of_each(m, _strength, words.RATIOS)


def _support(m: Material, one: Conclusion) -> Iterator[Block]:
    yield Paragraph(text=wording.support_words(one), source=place("findings"), strong=True)
    yield Paragraph(text=wording.support_because(one), source=place("findings"))
    if one.combined.because:
        yield Paragraph(text=words.combined_words(one), source=place("record"))


def _strength(m: Material, one: Conclusion) -> Iterator[Block]:
    ratios = _ratios(one)
    told = words.strength_words(one, ratios)
    yield Paragraph(text=told, source=place("details"), strong=bool(ratios))
    if not ratios:
        return
    yield Table(
        headings=("method", "likelihood ratio", "interval, 95%", words.IN_WORDS),
        rows=[
            (
                wording.method_text(one, r.method).title,
                wording.ratio_brief(r),
                wording.interval_words(r),
                wording.verbal(r.log10_lr),
            )
            for r in ratios
        ],
        widths=(4, 4, 3, 4),
        right=(1, 2),
        caption=words.RATIOS_CAPTION,
    )
    yield Note(text=words.scale_note(one))


def _ratios(one: Conclusion) -> list[Ratio]:
    return [r for r in one.ratios if isinstance(r, Ratio)]


def range_of_opinion(m: Material) -> Iterator[Block]:
    """How far opinions can differ on this material, and where they do."""
    yield from of_each(m, _spread)
    yield from of_all(m)
    reviews = m.state.of(facts.Reviewed)
    if not reviews:
        yield Paragraph(text=words.NOT_REVIEWED, source=place("record"))
    for review in reviews[-REVIEWS:]:
        yield Paragraph(text=words.review_sentence(review, WORDS), source=event_words(review.event))
    yield from of_each(m, _assumed, words.ATTACK)


def _spread(m: Material, one: Conclusion) -> Iterator[Block]:
    if counted := wording.counting(one):
        spread = words.spread_sentence(one, counted)
        yield Paragraph(text=spread, source=place("findings"))
    ratios = _ratios(one)
    if len(ratios) > 1:
        yield Paragraph(text=words.range_sentence(one, ratios), source=place("weight"))


def _assumed(m: Material, one: Conclusion) -> Iterator[Block]:
    because = dict.fromkeys(wording.assumption_sentence(f) for f in wording.counting(one))
    for sentence in list(because)[:ASSUMPTIONS]:
        yield Paragraph(text=sentence, source=place("details"))
    if not because:
        yield Paragraph(text=words.NO_ASSUMPTION)
    if one.support.toward != "neither":
        yield Paragraph(text=words.ASSUMPTION, source=place("details"))


def change(m: Material) -> Iterator[Block]:
    """Limits, and the facts that would change the conclusion."""
    yield Heading(text=words.CANNOT_SHOW)
    limits = dict.fromkeys(limit for one in m.conclusions for limit in wording.limits(one))
    for limit in limits:
        yield Paragraph(text=limit, source=place("details"))
    yield Heading(text=words.CHANGE)
    for sentence in words.changes(m.conclusions):
        yield Paragraph(text=sentence, source=place("record"))
    yield Paragraph(text=words.TELLS)
