"""The sections that state opinion: propositions, line-ups, weight, range, limits, summary."""

import math
from collections.abc import Iterator
from typing import Final

from filiation.casefile import facts
from filiation.casefile.state import Entry
from filiation.model.finding import Finding
from filiation.model.ratio import Ratio
from filiation.report import wording
from filiation.report.drawings import charts as drawings
from filiation.report.expert.blocks import (
    Block,
    Drawing,
    Heading,
    Note,
    Paragraph,
    Quotation,
    Table,
)
from filiation.report.expert.facts_part import no_ratio
from filiation.report.expert.gathered import (
    Material,
    event_words,
    place,
    said,
    shortened,
    time_words,
    who,
)
from filiation.report.expert.reliability_part import rate_sentence
from filiation.report.wording import counting
from filiation.report.wording.ratios import interval_words

__all__ = ["change", "lineup", "propositions", "range_of_opinion", "summary", "weight"]

LISTED: Final = 12
WORDS: Final = 400
CALLED: Final = {
    "shared-data": "shared data",
    "shared-teacher": "shared teacher",
    "shared-recipe": "shared recipe",
    "licence": "licence",
    "convergence": "convergence",
}
# What the findings say about an alternative, by what they rest on.
UNKNOWN_BEARING: Final = "What the findings say about it was not settled beforehand for this kind."
BEARING: Final[dict[str, dict[str, str]]] = {
    "weights": {
        "shared-data": "The null covers it: two trainings on one set of data from independent "
        "starts place their units by chance.",
        "shared-teacher": "The null covers it: students of one teacher that start independently "
        "place their units by chance.",
        "shared-recipe": "The null covers it, unless the recipe fixes the initial weights too (a "
        "published checkpoint, or one seed). Shared initial weights would be found, and fall under "
        "proposition 1 as stated.",
        "licence": "The findings do not bear on it. Under it the weights derive, as under "
        "proposition 1; permission is for other evidence.",
        "convergence": "The null covers it: models that come to behave alike by separate training "
        "still place their units by chance.",
    },
    "answers": {
        "shared-data": "Data that both had, and the controls had not, can raise agreement of "
        "answers. These findings do not tell it from proposition 1.",
        "shared-teacher": "A teacher that both had, and the controls had not, can raise agreement "
        "of answers. These findings do not tell it from proposition 1.",
        "shared-recipe": "A recipe that both had, and the controls had not, can raise agreement of "
        "answers. These findings do not tell it from proposition 1.",
        "licence": "The findings do not bear on it; permission is for other evidence.",
        "convergence": "The controls stand for it: it is excluded only as far as they are as able, "
        "and of the same time and kind, as the subject.",
    },
}


def summary(m: Material) -> Iterator[Block]:
    """The conclusions, each with the place that carries it."""
    case = m.case
    yield Paragraph(text=wording.headline(case), source=place("weight"), strong=True)
    yield Paragraph(text=wording.support_words(case), source=place("weight"))
    yield Paragraph(text=wording.support_because(case), source=place("findings"))
    yield Paragraph(text=_strength(m), source=place("weight"))
    asked = _alternatives(m)
    if asked:
        names = ", ".join(dict.fromkeys(CALLED[e.fact.alternative or ""] for e in asked))
        yield Paragraph(
            text=f"Alternative explanations put forward ({names}) are propositions of their own; "
            "what the findings say about each is stated there.",
            source=place("propositions"),
        )
    yield Paragraph(text=rate_sentence(m), source=place("reliability"))
    yield Paragraph(
        text="The conclusion holds under the propositions as stated and for these exhibits. What "
        "would change it is listed.",
        source=place("change"),
    )


def propositions(m: Material) -> Iterator[Block]:
    """The pair, and each alternative as a proposition of its own."""
    yield Paragraph(
        text="Both propositions were stated in the plan before any comparison. They exclude each "
        "other. This report says how probable the findings are under each; it never says how "
        "probable a proposition is.",
        source=place("record"),
    )
    for proposition in wording.propositions(m.case):
        yield Paragraph(
            text=f"{proposition.label}: {wording.as_sentence(proposition.text)}",
            source=place("record"),
        )
    asked = _alternatives(m)
    if not asked:
        yield Paragraph(text="No party has put forward an alternative explanation.")
        return
    yield Heading(text="Alternative explanations")
    yield Paragraph(
        text="Each alternative was put forward by a party and is set against proposition 1 as a "
        "proposition of its own. The last column says whether the findings tell the two apart.",
        source="the statements quoted in " + place("given"),
    )
    reads = m.case.kind.id
    rows = []
    for n, entry in enumerate(asked[:LISTED], 1):
        kind = entry.fact.alternative or ""
        rows.append(
            (
                f"Alternative {n} ({CALLED[kind]})",
                f"{wording.quoted(entry.fact.party, 24)}, {event_words(entry.event)}",
                wording.as_sentence(entry.fact.proposition),
                BEARING.get(reads, {}).get(kind, UNKNOWN_BEARING),
            )
        )
    yield Table(
        headings=("", "put forward by", "proposition", "do the findings bear on it?"),
        rows=rows,
        widths=(3, 3, 5, 6),
    )
    if "The null covers it" in " ".join(row[3] for row in rows):
        yield Note(
            text="Where the null covers an alternative, the p-values of this report hold if that "
            "alternative is what happened, as they hold under proposition 2: the findings are as "
            "rare under the one as under the other."
        )


def _alternatives(m: Material) -> list[Entry[facts.Stated]]:
    return [e for e in m.state.of(facts.Stated) if e.fact.alternative]


def lineup(m: Material) -> Iterator[Block]:
    """Controls in the subject's place, and blind line-ups."""
    case = m.case
    yield Paragraph(text=wording.controls_sentence(case), source=place("details"))
    if families := wording.families_sentence(m.found):
        yield Paragraph(text=said_short(families), source=place("record"))
    if wording.compared_in_place(case) and case.controls:
        undrawn = wording.undrawn_sentence(case, drawings.DRAWN_CONTROLS)
        yield Drawing(
            svg=drawings.lineup(case),
            caption="Square: the subject. Filled circle: an independent control. Hollow circle: a "
            f"control taken for a relative. {undrawn}".strip(),
        )
    yield Heading(text="Blind line-ups")
    drawn = m.state.of(facts.Drawn)
    if not drawn:
        yield Paragraph(text="No blind line-up was drawn.", source=place("record"))
    for entry in drawn[:4]:
        yield from _blind(m, entry)
    if len(drawn) > 4:
        yield Paragraph(
            text=f"{len(drawn) - 4:,} more stand in the record.", source=place("record")
        )


def said_short(text: str, length: int = 900) -> str:
    """A sentence that lists many names, cut where it gets long."""
    return text if len(text) <= length else f"{text[:length].rstrip()}\u2026 (cut)"


def _blind(m: Material, drawn: Entry[facts.Drawn]) -> Iterator[Block]:
    fact, event = drawn.fact, drawn.event
    name = wording.quoted(fact.lineup, 30)
    yield Paragraph(
        text=f"Line-up {name} was drawn by {who(event.actor)} on {time_words(event.time)}: "
        f"{len(fact.codes):,} members under code names, chosen by description "
        f"({said(fact.description, 200)}), each compared with "
        f"{wording.quoted(fact.source, 30)}. Who is who was committed to in the record before "
        "anyone gave an opinion.",
        source=event_words(event),
    )
    unmasked = [e for e in m.state.of(facts.Unmasked) if e.fact.lineup == fact.lineup]
    names = dict(unmasked[0].fact.names) if unmasked else {}
    opinions = [e for e in m.state.of(facts.Opined) if e.fact.lineup == fact.lineup]
    yield Table(
        headings=("code name", "p against the source", "stands out, in the opinion of", "who"),
        rows=[
            (
                code,
                "no finding"
                if log10_p is None
                else wording.probability_brief(
                    log10_p * math.log(10.0), m.case.plan.assumption_floor
                ),
                ", ".join(who(o.event.actor) for o in opinions if code in o.fact.stand_out)
                or "nobody",
                wording.quoted(names[code], 30) if code in names else "not unmasked",
            )
            for code, log10_p in m.lineups.get(fact.lineup, ())
        ],
        widths=(2, 3, 4, 4),
    )
    shown = unmasked[0].event.sequence if unmasked else None
    for opinion in opinions[:6]:
        late = shown is not None and opinion.event.sequence > shown
        when = "after the names were shown" if late else "before the names were shown"
        yield Quotation(
            by=f"{who(opinion.event.actor)}, {event_words(opinion.event)}, {when}",
            paragraphs=(shortened(opinion.fact.words, WORDS),),
        )


def weight(m: Material) -> Iterator[Block]:
    """What the findings are worth."""
    case = m.case
    yield Paragraph(text=wording.support_words(case), source=place("findings"), strong=True)
    yield Paragraph(text=wording.support_because(case), source=place("findings"))
    if case.combined.because:
        yield Paragraph(
            text=f"How the findings were combined: {wording.as_sentence(case.combined.because)}",
            source=place("record"),
        )
    yield Heading(text="Likelihood ratios")
    yield Paragraph(text=_strength(m), source=place("details"), strong=bool(_ratios(m)))
    if _ratios(m):
        yield Table(
            headings=("method", "likelihood ratio", "interval, 95%", "in the words of the scale"),
            rows=[
                (
                    wording.method_text(m.case, r.method).title,
                    wording.ratio_brief(r),
                    interval_words(r),
                    wording.verbal(r.log10_lr),
                )
                for r in _ratios(m)
            ],
            widths=(4, 4, 3, 4),
            right=(1, 2),
            caption="How many times more probable each finding is if proposition 1 holds (for "
            "derivation) or proposition 2 (for independence)",
        )
        yield Note(
            text=f"{wording.scale_sentence(case).replace('the table is in the report', 'the whole scale is in ' + place('scale'))} "  # noqa: E501
            "The number comes first; the words are its label."
        )


def _ratios(m: Material) -> list[Ratio]:
    return [r for r in m.case.ratios if isinstance(r, Ratio)]


def _lowest(ratios: list[Ratio]) -> Ratio:
    """The ratio that says least: nearest to 1, or the one against if they point both ways."""
    toward = {r.log10_lr > 0.0 for r in ratios}
    if len(toward) > 1:
        return min(ratios, key=lambda r: r.log10_lr)
    return min(ratios, key=lambda r: abs(r.log10_lr))


def _strength(m: Material) -> str:
    found = _ratios(m)
    if not found:
        if m.case.population is None:
            return no_ratio(m)
        return "No likelihood ratio is given; the reason stands with each finding."
    low = _lowest(found)
    sides = {r.log10_lr > 0.0 for r in found}
    said_of = (
        f"Of {len(found)} likelihood ratios, the lowest is reported; they are of the same two "
        "models and are not multiplied. "
        if len(found) > 1
        else ""
    )
    both = " The ratios point both ways; this is the one least favourable to derivation."
    title = wording.method_text(m.case, low.method).title
    return f"{said_of}{title}: {wording.ratio_sentence(low)}{both if len(sides) > 1 else ''}"


def range_of_opinion(m: Material) -> Iterator[Block]:
    """How far opinions can differ on this material, and where they do."""
    case, counted = m.case, counting(m.case)
    if counted:
        yield Paragraph(text=_spread(m, counted), source=place("findings"))
    ratios = _ratios(m)
    if len(ratios) > 1:
        low, high = (f(ratios, key=lambda r: r.log10_lr) for f in (min, max))
        yield Paragraph(
            text=f"Likelihood ratios run from {wording.ratio_brief(low)} "
            f"({wording.method_text(m.case, low.method).title}) to {wording.ratio_brief(high)} "
            f"({wording.method_text(m.case, high.method).title}).",
            source=place("weight"),
        )
    reviews = m.state.of(facts.Reviewed)
    if not reviews:
        yield Paragraph(
            text="No second examiner has reviewed the examination.", source=place("record")
        )
    for review in reviews[-6:]:
        agrees = "agrees" if review.fact.agrees else "disagrees"
        same = "the same bytes" if review.fact.same_bytes else "other bytes"
        yield Paragraph(
            text=f"{who(review.event.actor)} derived event {review.fact.examination} again "
            f"({same}) and {agrees} with how it was examined and read: "
            f"{said(review.fact.words, WORDS)}.",
            source=event_words(review.event),
        )
    yield Heading(text="What an opposing expert can attack")
    because = dict.fromkeys(wording.assumption_sentence(f) for f in counted)
    for sentence in list(because)[:8]:
        yield Paragraph(text=sentence, source=place("details"))
    if not because:
        yield Paragraph(text="Nothing was found that an assumption would carry.")
    if case.support.toward != "neither":
        yield Paragraph(
            text="Whoever holds an assumption to be false gives the findings that rest on it no "
            "weight; the others stand.",
            source=place("details"),
        )


def _spread(m: Material, counted: tuple[Finding, ...]) -> str:
    floor = m.case.plan.assumption_floor
    order = sorted(counted, key=lambda f: f.log_p)

    def words(f: Finding) -> str:
        title = wording.method_text(m.case, f.method).title
        return f"{wording.probability_brief(f.log_p, floor)} ({title})"

    if len(order) == 1:
        return f"One finding counts; its p is {words(order[0])}. Nothing stands without it."
    return (
        f"Of {len(order)} findings that count, the smallest p is {words(order[0])}, the largest "
        f"{words(order[-1])}. Without its smallest, the smallest of the others is "
        f"{words(order[1])}."
    )


def change(m: Material) -> Iterator[Block]:
    """Limits, and the facts that would turn the conclusion."""
    yield Heading(text="What the examination cannot show")
    for limit in wording.limits(m.case):
        yield Paragraph(text=limit, source=place("details"))
    yield Heading(text="What would change the conclusion")
    for sentence in _turning(m):
        yield Paragraph(text=sentence, source=place("record"))
    yield Paragraph(
        text="Whoever signs this report tells the parties, and whoever decides, without delay if "
        "their view changes on any of it.",
    )


def _turning(m: Material) -> Iterator[str]:
    reads = {one.kind.id for one in m.found.conclusions}
    yield (
        "An exhibit turns out not to be what it is said to be, or its files no longer have the "
        "digests on record."
    )
    if m.case.support.toward == "derivation" and "weights" in reads:
        yield (
            "It is shown that both models started from the same published weights or the same "
            "seed: the agreement would then be explained by a shared start, which proposition 1 as "
            "stated includes, and a claim of copying would need other evidence."
        )
    if m.case.support.toward != "derivation":
        yield (
            "Methods, exhibits or secrets of the source's owner that were not part of this plan "
            "(training order, planted texts) bring a finding that this examination could not have "
            "made."
        )
    if m.case.controls:
        yield (
            "A control turns out to be a relative of the source or of the subject, or the controls "
            "turn out to be unlike what an independent subject would be."
        )
    if m.case.population is not None:
        yield (
            "The population behind the likelihood ratios turns out to lack models of the kind that "
            "could have been examined here."
        )
    yield "The program is shown to be in error: every number can be derived again (case replay)."
    yield "The propositions are stated otherwise, or an alternative explanation is added."
