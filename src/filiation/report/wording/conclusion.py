"""The examination as a whole in sentences: propositions, conclusion, power, limits.

Both directions are worded alike: what supports derivation and what supports independence is said at
the same length, with the same numbers and with its own limits.
"""

import math
from dataclasses import dataclass
from typing import Final, final

from filiation.model.case import Case
from filiation.report.wording.figures import (
    as_sentence,
    clean,
    figure,
    joined,
    pair_names,
    percentage,
    probability_brief,
    quantity,
)
from filiation.report.wording.findings import agreement_sentence
from filiation.report.wording.methods import method_text

__all__ = [
    "Proposition",
    "combined_sentence",
    "headline",
    "level_sentence",
    "limits",
    "power_sentence",
    "propositions",
    "relation_sentence",
    "support_because",
    "support_words",
]

RARE: Final = math.log(0.01)  # a p above the level but below this is pointed out

NOT_SEEN: Final = (
    "Units that were put in another order, or a student trained on the source's outputs only "
    "(distilled), would not be seen."
)
SHARED: Final = (
    "This shows shared initial or trained weights. By itself it cannot tell a shared "
    "initialisation from shared training, nor which model came first, nor whether there was "
    "permission or a licence."
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Proposition:
    """One of the two mutually exclusive propositions, as the plan stated it."""

    label: str
    text: str


def propositions(case: Case) -> tuple[Proposition, Proposition]:
    """What is being asked, in the plan's words, before any result."""
    question = case.plan.question
    return (
        Proposition(label="Proposition 1 (derivation)", text=clean(question.derivation)),
        Proposition(label="Proposition 2 (independence)", text=clean(question.independence)),
    )


def headline(case: Case) -> str:
    """The answer in one sentence."""
    subject, source = pair_names(case)
    p, floor = case.combined.log_p, case.plan.assumption_floor
    if case.relation.kind == "identical":
        return f"{subject} and {source} hold the same tensors, bit for bit."
    match case.support.toward:
        case "derivation":
            chance = (
                f": agreement this close would occur with probability "
                f"{probability_brief(p, floor)} if the two were unrelated"
                if p is not None
                else ""
            )
            return f"The findings support shared weights between {subject} and {source}{chance}."
        case "independence":
            share = case.power.share
            power = (
                f"; had {percentage(share)} of the units been inherited, it would have been found "
                "with 95% probability"
                if share is not None
                else ""
            )
            return (
                "As far as this examination can see, the findings support the independence of "
                f"{subject} from {source}: no agreement at the plan's level was found{power}."
            )
        case "neither":
            return f"The findings support neither proposition about {subject} and {source}: " + {
                "underpowered": "too little could have been found.",
                "nothing-applied": "no planned method could be applied.",
                "disguise-suspected": "their units pair up, but in another order.",
                "between-levels": "the agreement is uncommon, yet short of the plan's level.",
            }.get(case.support.reason, "the plan's conditions for support are not met.")


def support_words(case: Case) -> str:
    """Which proposition is supported, in one sentence that stands alone."""
    match case.support.toward:
        case "derivation":
            return (
                "The findings support proposition 1 (derivation) rather than proposition 2 "
                "(independence), in the sense of shared initial or trained weights."
            )
        case "independence":
            return (
                "The findings support proposition 2 (independence) rather than proposition 1 "
                "(derivation), as far as this examination can see."
            )
        case "neither":
            return "The findings support neither proposition over the other."


def support_because(case: Case) -> str:
    """Why, with the numbers, and what that does not say."""
    identical = relation_sentence(case) if case.relation.kind == "identical" else ""
    parts: tuple[str, ...]
    match case.support.toward:
        case "derivation":
            parts = (identical, combined_sentence(case), level_sentence(case), SHARED)
        case "independence":
            parts = (
                identical,
                combined_sentence(case),
                level_sentence(case),
                _found(case),
                f"Independence is supported only as far as this examination can see. {NOT_SEEN}",
            )
        case "neither":
            parts = (identical, _neither(case), combined_sentence(case), level_sentence(case))
    return joined(parts)


def _neither(case: Case) -> str:
    match case.support.reason:
        case "between-levels":
            return (
                "Agreement this close is uncommon between unrelated models, yet it does not meet "
                "the level that the plan had fixed for derivation, and it is too close for "
                "supporting independence."
            )
        case "underpowered":
            return joined(
                (
                    "No agreement at the plan's level was found, but too little could have been "
                    "found for its absence to mean anything.",
                    _found(case),
                )
            )
        case "nothing-applied":
            return (
                "None of the planned methods could be applied to these exhibits, for the reasons "
                "given; nothing follows from that in either direction."
            )
        case "disguise-suspected":
            return (
                "The units of the two models pair up far better than chance allows, but in another "
                "order. An ordinary re-ordering of units, which changes nothing in what a model "
                "computes, would produce this. No exact p is offered for it here. The examination "
                "therefore does not support independence, and does not support derivation either; "
                "more methods are needed."
            )
        case _:
            return "The plan's conditions for supporting a proposition are not met."


def combined_sentence(case: Case) -> str:
    """All findings as one p."""
    if case.combined.log_p is None:
        return "No p-value was computed."
    said = agreement_sentence(case.combined.log_p, case.plan.assumption_floor)
    return f"All findings combined: {said[0].lower()}{said[1:]}"


def level_sentence(case: Case) -> str:
    """How the combined p stands to the level fixed in advance."""
    p, level = case.combined.log_p, math.log(case.plan.level)
    if p is None:
        return ""
    fixed = f"the level of {figure(level)} that the plan had fixed before any comparison"
    if p <= level:
        return f"This meets {fixed}."
    rare = (
        " It is nevertheless uncommon among unrelated models, and a reader should know it."
        if p <= RARE
        else ""
    )
    return f"This does not meet {fixed}.{rare}"


def power_sentence(case: Case) -> str:
    """The smallest inheritance that would have been found, what the plan asks, and why."""
    asked = (
        "The plan lets independence be supported only if an inheritance of "
        f"{percentage(case.plan.power_share)} would have been found."
    )
    return joined((_found(case), asked, as_sentence(case.power.because)))


def _found(case: Case) -> str:
    power = case.power
    left = f"with a cosine of {quantity(power.cosine)} to its origin left in each inherited unit"
    if power.share is not None:
        return (
            f"Had the subject inherited {percentage(power.share)} of the source's units or more, "
            f"{left}, this would have been found at the plan's level with at least 95% probability."
        )
    if case.findings:
        return (
            "Not even a subject that inherited all of its units would have been found at the "
            f"plan's level with 95% probability ({left})."
        )
    return "Nothing was compared, so nothing could have been found."


def relation_sentence(case: Case) -> str:
    """What kind of relation, as far as it was typed."""
    said = {
        "identical": "The two exhibits hold the same tensors, bit for bit.",
        "unknown": "The kind of relation was not determined.",
    }[case.relation.kind]
    return joined((said, as_sentence(case.relation.because)))


def limits(case: Case) -> tuple[str, ...]:
    """What the examination cannot show, whichever way it came out."""
    return (
        "It gives no probability for either proposition, and no likelihood ratio: that would need "
        "a population of models whose history is known.",
        "Where it finds shared weights, it cannot by itself tell a shared initialisation from "
        "shared training, nor the direction, nor whether there was permission or a licence.",
        f"Where it finds none, it says nothing about what it cannot see. {NOT_SEEN}",
        *_escapes(case),
        "It compares the exhibits with the digests given here. Whether these are the models that a "
        "party released, served or trained is a matter for other evidence.",
        "It answers the two propositions as stated, under the plan as fixed. Other propositions, "
        "other exhibits or new information can change the conclusion.",
    )


def _escapes(case: Case) -> tuple[str, ...]:
    """What the methods that ran cannot see through, each method and each frame once."""
    texts = [method_text(finding.method) for finding in case.findings]
    stems = {text.title.partition(", ")[0]: text.defeats for text in texts}
    frames = {text.title.partition(", ")[2]: text.frame_defeats for text in texts}
    return tuple(
        f"What would escape the {name[0].lower()}{name[1:]}: {words[0].lower()}{words[1:]}"
        for name, words in (stems | frames).items()
        if name and words
    )
