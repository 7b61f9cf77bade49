"""The sections that state opinion: summary, propositions, weight, range, limits."""

from collections.abc import Iterator
from typing import Final

from filiation.casefile import facts
from filiation.casefile.state import Entry
from filiation.model.examination import Conclusion
from filiation.model.ratio import Ratio
from filiation.report import wording
from filiation.report.blocks import Block, Drawing, Heading, Note, Paragraph, Table
from filiation.report.drawings import charts, dotplot
from filiation.report.expert.gathered import CaseMaterial, of_all, of_each
from filiation.report.wording import expert_opinion as words
from filiation.report.wording import expert_verdict as plain
from filiation.report.wording.expert_plain import WORDS_USED, power_of
from filiation.report.wording.expert_reliability import rate_sentence
from filiation.report.wording.expert_terms import event_words, place

__all__ = [
    "assumed",
    "change",
    "deciding",
    "propositions",
    "range_of_opinion",
    "strengths",
    "summary",
    "weight",
]

LISTED: Final = 12
REVIEWS: Final = 6
ASSUMPTIONS: Final = 8
WORDS: Final = 400


def summary(m: CaseMaterial) -> Iterator[Block]:
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
    yield Table(
        headings=words.TERM_HEADS, rows=WORDS_USED, widths=(2, 8), caption=words.TERMS_CAPTION
    )


def _concluded(m: CaseMaterial, one: Conclusion) -> Iterator[Block]:
    if one is not m.conclusions[0]:
        yield from deciding(one)
    answer, *more = plain.verdict_lines(one)
    yield Paragraph(text=answer, source=place("weight"), strong=True)
    for line in more:
        yield Paragraph(text=line, source=place("weight"))


def deciding(one: Conclusion) -> Iterator[Drawing]:
    """The picture of the finding that is rarest by chance; the first stands on the first page."""
    drawable = (f for f in one.findings if f.counts and (f.layers or wording.placed(f)))
    rarest = min(drawable, key=lambda f: f.log_p, default=None)
    if rarest is None:
        return
    if rarest.layers:
        svg, caption = charts.layer_strip(rarest, one), plain.deciding_caption(rarest, one)
    else:
        svg, caption = dotplot.dot_plot(rarest, one), wording.lineup_sentence(rarest)
    yield Drawing(svg=power_of(svg, caption), caption=caption)


def propositions(m: CaseMaterial) -> Iterator[Block]:
    """The pair, and each alternative as a proposition of its own."""
    yield Paragraph(text=words.BOTH_STATED, source=place("record"))
    yield from of_each(m, _pair)
    if not _alternatives(m):
        yield Paragraph(text=words.NO_ALTERNATIVE)
        return
    yield Heading(text=words.ALTERNATIVES)
    yield Paragraph(text=words.SET_AGAINST, source=words.alternatives_source())
    yield from of_each(m, _answered)


def _pair(m: CaseMaterial, one: Conclusion) -> Iterator[Block]:
    for proposition in wording.propositions(one):
        yield Paragraph(text=words.proposition_words(proposition), source=place("record"))


def _answered(m: CaseMaterial, one: Conclusion) -> Iterator[Block]:
    asked = enumerate(_alternatives(m)[:LISTED], 1)
    rows = [words.alternative_cells(n, entry, one.kind.id) for n, entry in asked]
    yield Table(
        headings=("", "put forward by", "proposition", words.BEARS),
        rows=rows,
        widths=(3, 3, 5, 6),
    )
    if any(words.is_covered(row) for row in rows):
        yield Note(text=words.COVERED)


def _alternatives(m: CaseMaterial) -> list[Entry[facts.Stated]]:
    return [e for e in m.state.of(facts.Stated) if e.fact.alternative]


def weight(m: CaseMaterial) -> Iterator[Block]:
    """What the findings are worth."""
    yield from of_each(m, _support)


def _support(m: CaseMaterial, one: Conclusion) -> Iterator[Block]:
    yield Paragraph(text=plain.support_plain(one), source=place("findings"), strong=True)
    if why := plain.weight_words(one):
        yield Paragraph(text=why, source=place("details"))
    if one.support.toward != "derivation":
        yield Paragraph(text=words.WHY_IN_FULL, source=place("details"))
    if len(wording.counting(one)) > 1:
        yield Paragraph(text=words.COMBINED, source=place("details"))
    if ratios := _ratios(one):
        yield Paragraph(text=plain.ratios_aside(one, ratios), source=place("scale"))
    elif one.population is None:
        yield Paragraph(text=words.NO_RATIO, source=place("scale"))


def strengths(m: CaseMaterial) -> Iterator[Block]:
    """The likelihood ratios, for the annex: what they are learnt from, and what each is."""
    yield from of_each(m, _strength, words.RATIOS)


def _strength(m: CaseMaterial, one: Conclusion) -> Iterator[Block]:
    ratios = _ratios(one)
    yield Paragraph(text=words.strength_words(one, ratios), source=place("details"))
    if one.population is not None:
        yield Paragraph(text=wording.population_sentence(one), source=place("rates"))
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


def range_of_opinion(m: CaseMaterial) -> Iterator[Block]:
    """How far opinions can differ on this material, and where they do."""
    yield from of_each(m, _spread)
    yield from of_all(m)
    reviews = m.state.of(facts.Reviewed)
    if not reviews:
        yield Paragraph(text=words.NOT_REVIEWED, source=place("record"))
    for review in reviews[-REVIEWS:]:
        yield Paragraph(text=words.review_sentence(review, WORDS), source=event_words(review.event))
    yield Heading(text=words.ATTACK)
    yield Paragraph(text=plain.rests_on(), source=place("details"))


def _spread(m: CaseMaterial, one: Conclusion) -> Iterator[Block]:
    if counted := wording.counting(one):
        yield Paragraph(text=plain.spread_plain(one, counted), source=place("findings"))


def assumed(m: CaseMaterial, one: Conclusion) -> Iterator[Block]:
    """The sentences that an opposing expert attacks first, each once."""
    because = dict.fromkeys(wording.assumption_sentence(f) for f in wording.counting(one))
    for sentence in list(because)[:ASSUMPTIONS]:
        yield Paragraph(text=sentence, source=event_words(m.examination.event))
    if not because:
        yield Paragraph(text=words.NO_ASSUMPTION)


def change(m: CaseMaterial) -> Iterator[Block]:
    """Limits, and the facts that would change the conclusion."""
    yield Heading(text=words.CANNOT_SHOW)
    limits = dict.fromkeys(limit for one in m.conclusions for limit in plain.plain_limits(one))
    for limit in (*limits, plain.COPIER):
        yield Paragraph(text=limit, source=place("details"))
    yield Heading(text=words.CHANGE)
    for sentence in words.changes(m.conclusions):
        yield Paragraph(text=sentence, source=place("record"))
    yield Paragraph(text=words.TELLS)
