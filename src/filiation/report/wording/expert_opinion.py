"""The sections that state opinion, in sentences: propositions, weight, range, limits, summary."""

from collections.abc import Iterator, Sequence
from typing import Final

from filiation.casefile import facts
from filiation.casefile.state import Entry
from filiation.model.examination import Conclusion
from filiation.model.kinds import WEIGHTS
from filiation.model.ratio import NoRatio, Ratio
from filiation.report.wording.checked import came_again
from filiation.report.wording.conclusion import Proposition
from filiation.report.wording.expert_terms import event_words, place, said_last, who
from filiation.report.wording.figures import as_sentence, clause, quoted
from filiation.report.wording.methods import method_text
from filiation.report.wording.ratios import ratio_sentence, scale_sentence

__all__ = [
    "ALTERNATIVES",
    "ATTACK",
    "BEARS",
    "BOTH_STATED",
    "CANNOT_SHOW",
    "CHANGE",
    "COMBINED",
    "COVERED",
    "HOLDS",
    "IN_WORDS",
    "NOT_REVIEWED",
    "NO_ALTERNATIVE",
    "NO_ASSUMPTION",
    "NO_RATIO",
    "RATIOS",
    "RATIOS_CAPTION",
    "SET_AGAINST",
    "TELLS",
    "TERMS_CAPTION",
    "TERM_HEADS",
    "WHY_IN_FULL",
    "alternative_cells",
    "alternatives_sentence",
    "alternatives_source",
    "changes",
    "combined_words",
    "is_covered",
    "no_ratio_sentence",
    "proposition_words",
    "review_sentence",
    "scale_note",
    "strength_words",
]

CALLED: Final = {
    "shared-data": "shared data",
    "shared-teacher": "shared teacher",
    "shared-recipe": "shared recipe",
    "licence": "licence",
    "convergence": "convergence",
}
# What the findings say about an alternative, by what they rest on.
BEARING: Final[dict[str, dict[str, str]]] = {
    "weights": {
        "shared-data": "It does not explain the findings: two models trained separately on the "
        "same texts place their parts by chance.",
        "shared-teacher": "It does not explain the findings: students of one teacher that start "
        "separately place their parts by chance.",
        "shared-recipe": "It does not explain the findings, unless the recipe also fixes the "
        "numbers that training starts from (a published model, or one starting number). A shared "
        "start would be found, and falls under proposition 1 as stated.",
        "licence": "The findings do not bear on it. Under it the weights derive, as under "
        "proposition 1; permission is for other evidence.",
        "convergence": "It does not explain the findings: models that come to behave alike by "
        "separate training still place their parts by chance.",
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
    "values": {
        "shared-data": "Data that both had, and the controls had not, can make choices alike. "
        "These findings do not tell it from proposition 1.",
        "shared-teacher": "A teacher that both had, and the controls had not, can make choices "
        "alike; proposition 1 names it, and these findings do not tell it from a copy.",
        "shared-recipe": "A specification or system prompt that both had, and the controls had "
        "not, can make choices alike; proposition 1 names it, and these findings do not tell it "
        "from a copy. A policy for whole categories weighs nothing: how often each model takes "
        "which side in each is held fixed.",
        "licence": "The findings do not bear on it; permission is for other evidence.",
        "convergence": "The controls stand for it: it is excluded only as far as models that were "
        "trained on specifications of the same kind are among them.",
    },
}
NOT_SETTLED: Final = "What the findings say about it was not settled beforehand for this kind."
HOLDS: Final = (
    "The conclusion is about these files and the two propositions as stated. If a file turns out "
    "to be another, it falls. What else would change it is listed."
)
BOTH_STATED: Final = (
    "Both propositions were stated in the plan before any comparison. They exclude each other. "
    "This report says how well the findings fit each of them. Which of them is true is for whoever "
    "decides, on all that is known."
)
NO_ALTERNATIVE: Final = "No party has put forward an alternative explanation."
ALTERNATIVES: Final = "Alternative explanations"
SET_AGAINST: Final = (
    "Each alternative was put forward by a party and is set against proposition 1 as a proposition "
    "of its own. The last column says whether the findings tell the two apart."
)
BEARS: Final = "do the findings bear on it?"
COVERED: Final = (
    "Where an alternative does not explain the findings, they would be as rare if it had happened "
    "as if proposition 2 had. One thing would explain them and is not covered: a tool that sorted "
    "the parts of both models by one rule."
)
RATIOS: Final = "Likelihood ratios"
IN_WORDS: Final = "in the words of the scale"
RATIOS_CAPTION: Final = (
    "How many times more probable each finding is if proposition 1 holds (for derivation) or "
    "proposition 2 (for independence)"
)
NOT_REVIEWED: Final = "No second examiner has reviewed the examination."
ATTACK: Final = "What an opposing expert can attack"
NO_ASSUMPTION: Final = "Nothing was found that an assumption would carry."
COMBINED: Final = (
    "The findings were combined in a cautious way. It stays valid although all of them look at the "
    "same two models, and it is never rarer than they allow together."
)
WHY_IN_FULL: Final = "The reasons, with every digit, stand before the findings in detail."
NO_RATIO: Final = (
    "It is not said how many times better the findings fit one proposition than the other. That "
    "would need models whose history is known, and the reason why none served stands there."
)
TERM_HEADS: Final = ("word", "what it means here")
TERMS_CAPTION: Final = "Words used in this report"
CANNOT_SHOW: Final = "What the examination cannot show"
CHANGE: Final = "What would change the conclusion"
TELLS: Final = (
    "Whoever signs this report tells the parties, and whoever decides, without delay if their view "
    "changes on any of it."
)


def alternatives_sentence(asked: Sequence[Entry[facts.Stated]]) -> str:
    """Which alternatives were put forward, and where they are answered."""
    names = ", ".join(dict.fromkeys(CALLED[e.fact.alternative or ""] for e in asked))
    return (
        f"The parties also offer other explanations ({names}). Whether each of them explains the "
        "findings is answered there."
    )


def alternatives_source() -> str:
    """Where the alternatives come from."""
    return f"the statements quoted in {place('given')}"


def proposition_words(proposition: Proposition) -> str:
    """A proposition under its label."""
    return f"{proposition.label}: {as_sentence(proposition.text)}"


def alternative_cells(n: int, entry: Entry[facts.Stated], reads: str) -> tuple[str, ...]:
    """An alternative, who put it forward, as what, and whether the findings bear on it.

    Args:
        n: Its number.
        entry: Its event.
        reads: Id of the kind of material that the findings rest on.
    """
    kind = entry.fact.alternative or ""
    return (
        f"Alternative {n} ({CALLED[kind]})",
        f"{quoted(entry.fact.party, 24)}, {event_words(entry.event)}",
        as_sentence(entry.fact.proposition),
        BEARING.get(reads, {}).get(kind, NOT_SETTLED),
    )


def is_covered(cells: Sequence[str]) -> bool:
    """Whether the alternative of that row is as rare as chance."""
    return cells[-1].startswith("It does not explain the findings")


def combined_words(one: Conclusion) -> str:
    """How the findings were combined."""
    return f"How the findings were combined: {clause(one.combined.because)}"


def no_ratio_sentence(one: Conclusion) -> str:
    """Why a case without a population has no likelihood ratio, in words for a court."""
    reasons = [
        as_sentence(strength.reason) for strength in one.strengths if isinstance(strength, NoRatio)
    ]
    why = " ".join(dict.fromkeys(reasons)) or "The plan named no population of known pairs."
    return f"No likelihood ratio is given. {why}"


def strength_words(one: Conclusion, ratios: Sequence[Ratio]) -> str:
    """The lowest of the ratios; or why there is none."""
    if not ratios and one.population is None:
        return no_ratio_sentence(one)
    if not ratios:
        return "No likelihood ratio is given; the reason stands with each finding."
    low = _lowest(ratios)
    many = (
        f"Of {len(ratios)} likelihood ratios, the lowest is reported; they are of the same two "
        "models and are not multiplied. "
        if len(ratios) > 1
        else ""
    )
    both = (
        " The ratios point both ways; this is the one least favourable to derivation."
        if len(_directions(ratios)) > 1
        else ""
    )
    return f"{many}{method_text(one, low.method).title}: {ratio_sentence(low)}{both}"


def _lowest(ratios: Sequence[Ratio]) -> Ratio:
    """The ratio that says least: nearest to 1, or the one against if they point both ways."""
    if len(_directions(ratios)) > 1:
        return min(ratios, key=lambda r: r.log10_lr)
    return min(ratios, key=lambda r: abs(r.log10_lr))


def _directions(ratios: Sequence[Ratio]) -> set[bool]:
    return {r.log10_lr > 0.0 for r in ratios}


def scale_note(one: Conclusion) -> str:
    """Which verbal scale is used, and that the number comes first."""
    scale = scale_sentence(one).replace(
        "the table is in the report", f"the whole scale is in {place('scale')}"
    )
    return f"{scale} The number comes first; the words are its label."


def review_sentence(review: Entry[facts.Reviewed], length: int) -> str:
    """What a second examiner did, and whether that one agrees."""
    agrees = "agrees" if review.fact.agrees else "disagrees"
    again = came_again(same=review.fact.same_bytes, moved=review.fact.moved)
    return (
        f"{who(review.event.actor)} computed the examination (event "
        f"{review.fact.examination}) again ({again}) and {agrees} with how it was examined "
        f"and read: {said_last(review.fact.words, length)}"
    )


def changes(conclusions: Sequence[Conclusion]) -> Iterator[str]:
    """The facts that would change the conclusion."""
    yield (
        "An exhibit turns out not to be what it is said to be, or its files no longer have the "
        "digests on record."
    )
    yield from dict.fromkeys(sentence for one in conclusions for sentence in _changes(one))
    yield "The program is shown to be in error: anybody can derive every number again."
    yield "The propositions are stated otherwise, or an alternative explanation is added."


def _changes(one: Conclusion) -> Iterator[str]:
    if one.support.toward == "derivation" and one.kind.id == WEIGHTS:
        yield (
            "It is shown that both models started from the same published weights or the same "
            "seed: the agreement would then be explained by a shared start, which proposition 1 as "
            "stated includes, and a claim of copying would need other evidence."
        )
    if one.support.toward != "derivation":
        yield (
            "Methods, exhibits or secrets of the source's owner that were not part of this plan "
            "(training order, planted texts) bring a finding that this examination could not have "
            "made."
        )
    if one.support.reason == "order-could-be-chosen":
        yield (
            "A digest of the source comes to light that was dated before the subject was "
            "available; or likeness is found that no choice of an order makes."
        )
    if one.support.reason == "silent-in-source":
        yield (
            "A digest of the source comes to light that was dated before the subject was "
            "available; or likeness is found in what the source uses."
        )
    if one.support.reason == "not-excluded":
        yield (
            "A method is added to the plan that sees a copy in the forms, and parts, that are "
            "called not excluded here."
        )
    if one.controls:
        yield (
            "A control turns out to be a relative of the source or of the subject, or the controls "
            "turn out to be unlike what an independent subject would be."
        )
    if one.population is not None:
        yield (
            "The population behind the likelihood ratios turns out to lack models of the kind that "
            "could have been examined here."
        )
