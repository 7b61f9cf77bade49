"""The examination as a whole in sentences: propositions, conclusion, power, limits.

Both directions are worded alike: what supports derivation and what supports independence is said at
the same length, with the same numbers and with its own limits.
"""

import math
from dataclasses import dataclass
from typing import Final, final

from filiation.model.examination import Case
from filiation.model.null import Calibrated
from filiation.report.wording.channels import carried_by, channels, counting
from filiation.report.wording.figures import (
    clean,
    figure,
    joined,
    pair_names,
    percentage,
    probability_brief,
)
from filiation.report.wording.findings import agreement_sentence
from filiation.report.wording.methods import method_text
from filiation.report.wording.power import reach_sentence
from filiation.report.wording.ratios import has_ratios
from filiation.report.wording.relation import relation_sentence, same_tensors

__all__ = [
    "Proposition",
    "combined_sentence",
    "headline",
    "level_sentence",
    "limits",
    "propositions",
    "support_because",
    "support_words",
]

SENSE: Final = {
    "weights": "shared initial or trained weights",
    "outputs": "answers of a common origin: by shared weights or by training on outputs, unless a "
    "teacher or data that both had, and the controls had not, explains it",
}
RARE: Final = math.log(0.01)  # a p above the level but below this is pointed out

NOT_SEEN: Final = {
    "weights": "Units that were put in another order and damaged heavily, or in layers of which no "
    "whole rows were kept, or a student trained on the source's outputs only (distilled), would "
    "not be seen.",
    "outputs": "A child that was heavily instruction-tuned can look like a stranger and would not "
    "be seen.",
}
SHARED: Final = {
    "weights": "This shows shared initial or trained weights. By itself it cannot tell a shared "
    "initialisation from shared training, nor which model came first, nor whether there was "
    "permission or a licence.",
    "outputs": "This shows that the two answer alike beyond what the controls do. By itself it "
    "cannot tell shared weights from training on the other's outputs, nor either of them from a "
    "teacher or data that both had and the controls had not, nor which model came first, nor "
    "whether there was permission or a licence.",
}


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
        return f"{subject} and {source} {same_tensors(case)}."
    match case.support.toward:
        case "derivation":
            chance = (
                f": agreement this close would occur with probability "
                f"{probability_brief(p, floor)} if the two were unrelated"
                if p is not None
                else ""
            )
            if carried_by(case) == "outputs":
                return (
                    "The findings support a common origin of what "
                    f"{subject} and {source} answer{chance}{_calibrated(case)}."
                )
            return f"The findings support shared weights between {subject} and {source}{chance}."
        case "independence":
            share = case.power.share
            power = (
                f"; had {percentage(share)} of {_inherited(case)} been inherited, it would have "
                "been found with 95% probability"
                if share is not None
                else ""
            )
            return (
                "As far as this examination can see, the findings support the independence of "
                f"{subject} from {source}: no agreement at the plan's level was found{power}."
            )
        case "neither":
            return (
                f"The findings support neither proposition about {subject} and {source}: "
                f"{_in_short(case)}"
            )


def _in_short(case: Case) -> str:
    """Why neither proposition is supported, for the headline."""
    return {
        "underpowered": "too little could have been found.",
        "nothing-applied": "no planned method that counts could be applied."
        if case.findings
        else "no planned method could be applied.",
        "disguise-suspected": "their units pair up, but in another order.",
        "outputs-only": "agreement of outputs at the plan's level was not found, and its absence "
        "is not evidence of independence.",
        "between-levels": "the agreement is uncommon, yet short of the plan's level.",
    }.get(case.support.reason, "the plan's conditions for support are not met.")


def support_words(case: Case) -> str:
    """Which proposition is supported, in one sentence that stands alone."""
    match case.support.toward:
        case "derivation":
            return (
                "The findings support proposition 1 (derivation) rather than proposition 2 "
                f"(independence), in the sense of {SENSE[carried_by(case)]}."
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
            parts = (
                identical,
                combined_sentence(case),
                level_sentence(case),
                SHARED[carried_by(case)],
            )
        case "independence":
            parts = (
                identical,
                combined_sentence(case),
                level_sentence(case),
                reach_sentence(case),
                "Independence is supported only as far as this examination can see. "
                f"{_not_seen(case)}",
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
                    reach_sentence(case),
                )
            )
        case "nothing-applied":
            return (
                f"None of the planned methods{' that count' if case.findings else ''} could be "
                "applied to these exhibits, for the reasons given; nothing follows from that in "
                "either direction."
            )
        case "outputs-only":
            return (
                "Only outputs were examined, and no agreement at the plan's level was found. "
                "Heavily instruction-tuned children look like strangers, so absence of shared "
                "error is not evidence of independence; independence is not supported on outputs "
                "alone."
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
    if case.combined.log_p is None and case.findings:
        return "None of the findings counts, so no p-value speaks for either proposition."
    if case.combined.log_p is None:
        return "No p-value was computed."
    said = agreement_sentence(case.combined.log_p, case.plan.assumption_floor)
    every = len(counting(case)) == len(case.findings)
    which = "All findings combined" if every else "All findings that count, combined"
    return f"{which}: {said[0].lower()}{said[1:]}"


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


def _inherited(case: Case) -> str:
    return "the units" if "weights" in channels(case) else "the answers"


def _not_seen(case: Case) -> str:
    return joined([words for reads, words in NOT_SEEN.items() if reads in channels(case)])


def _calibrated(case: Case) -> str:
    """On how many controls the calibrated findings rest, the fewest if they differ."""
    nulls = [finding.null for finding in counting(case)]
    controls = [null.controls for null in nulls if isinstance(null, Calibrated)]
    if not controls:
        return ""
    return f", as calibrated on {min(controls):,} control{'' if min(controls) == 1 else 's'}"


def limits(case: Case) -> tuple[str, ...]:
    """What the examination cannot show, whichever way it came out."""
    reads = channels(case)
    return (
        _limit_of_numbers(case),
        *(_limits_of_weights() if "weights" in reads else ()),
        *(_limits_of_outputs(case) if "outputs" in reads else ()),
        *_escapes(case),
        "It compares the exhibits with the digests given here. Whether these are the models that a "
        "party released, served or trained is a matter for other evidence.",
        "It answers the two propositions as stated, under the plan as fixed. Other propositions, "
        "other exhibits or new information can change the conclusion.",
    )


def _limit_of_numbers(case: Case) -> str:
    if not has_ratios(case):
        return (
            "It gives no probability for either proposition, and no likelihood ratio: that would "
            "need a population of models whose history is known."
        )
    return (
        "It gives no probability for either proposition. A likelihood ratio is of one finding and "
        "for one population; the ratios of several findings are not multiplied with each other, "
        "nor with a p-value, since all come from the same two models."
    )


def _limits_of_weights() -> tuple[str, ...]:
    return (
        "Where it finds shared weights, it cannot by itself tell a shared initialisation from "
        "shared training, nor the direction, nor whether there was permission or a licence.",
        "Where it finds none, it says nothing about what it cannot see. " + NOT_SEEN["weights"],
    )


def _limits_of_outputs(case: Case) -> tuple[str, ...]:
    stems = {finding.method.partition("/")[0] for finding in case.findings}
    wording = " Wording in common, too, may come from outputs taken, and not from weights."
    calibrated = any(isinstance(finding.null, Calibrated) for finding in case.findings)
    return (
        "Where the two answer alike beyond the controls, it cannot by itself tell shared weights "
        "from training on the other's outputs, nor the direction. A teacher or training data that "
        "both share can raise agreement without either deriving from the other."
        + (wording if "wording" in stems else ""),
        "Where they do not, it says little: heavily instruction-tuned children look like "
        "strangers, and absence of shared error is not evidence of independence.",
        *(
            (
                "A calibrated p is as good as its controls: it holds as far as they are what an "
                "unrelated subject would be, in ability, era, training data and use.",
            )
            if calibrated
            else ()
        ),
        "It reads what was recorded, under the settings of the recording (system prompt, sampling, "
        "filters of the service); other settings can give other answers.",
    )


def _escapes(case: Case) -> tuple[str, ...]:
    """What the methods that counted cannot see through, each method and each frame once."""
    texts = [method_text(finding.method) for finding in counting(case)]
    stems = {text.title.partition(", ")[0]: text.defeats for text in texts}
    frames = {text.title.partition(", ")[2]: text.frame_defeats for text in texts}
    return tuple(
        f"What would escape the {name[0].lower()}{name[1:]}: {words[0].lower()}{words[1:]}"
        for name, words in (stems | frames).items()
        if name and words
    )
