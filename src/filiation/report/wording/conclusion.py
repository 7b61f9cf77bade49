"""The examination as a whole in sentences: propositions, conclusion, power, limits.

Both directions are worded alike: what supports derivation and what supports independence is said at
the same length, with the same numbers and with its own limits.
"""

import math
from dataclasses import dataclass
from typing import Final, final

from filiation.model.examination import Conclusion
from filiation.model.null import Calibrated
from filiation.report.wording.figures import (
    clean,
    figure,
    joined,
    pair_names,
    percentage,
    probability_brief,
)
from filiation.report.wording.findings import agreement_sentence, counting, left_out_sentence
from filiation.report.wording.methods import method_text
from filiation.report.wording.power import reach_sentence
from filiation.report.wording.ratios import has_ratios
from filiation.report.wording.relation import relation_sentence, same_tensors
from filiation.report.wording.within_reach import could_not_meet, least_sentence

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

ABSENCE: Final = (
    "No agreement at the plan's level was found. What could have been found was not reckoned for "
    "this kind of material, so its absence is not evidence of independence."
)
CALIBRATED: Final = (
    "A calibrated p is as good as its controls: it holds as far as they are what an unrelated "
    "subject would be, in ability, era, training data and use."
)
RARE: Final = math.log(0.01)  # a p above the level but below this is pointed out


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Proposition:
    """One of the two mutually exclusive propositions, as the plan stated it."""

    label: str
    text: str


def propositions(conclusion: Conclusion) -> tuple[Proposition, Proposition]:
    """What is being asked, in the plan's words, before any result."""
    stated = conclusion.plan.propositions
    return (
        Proposition(label="Proposition 1 (derivation)", text=clean(stated.derivation)),
        Proposition(label="Proposition 2 (independence)", text=clean(stated.independence)),
    )


def headline(conclusion: Conclusion) -> str:
    """The answer in one sentence."""
    subject, source = pair_names(conclusion)
    p, floor = conclusion.combined.log_p, conclusion.plan.assumption_floor
    if conclusion.relation.kind == "identical":
        return f"{subject} and {source} {same_tensors(conclusion)}."
    match conclusion.support.toward:
        case "derivation":
            chance = (
                f": agreement this close would occur with probability "
                f"{probability_brief(p, floor)} if the two were unrelated"
                if p is not None
                else ""
            )
            supported = _put(conclusion.kind.supports, subject, source)
            return f"The findings support {supported}{chance}{_calibrated(conclusion)}."
        case "independence":
            share, inherited = conclusion.power.share, clean(conclusion.kind.inherited)
            power = (
                f"; had {percentage(share)} of {inherited} been inherited, it would have "
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
                f"{_in_short(conclusion)}"
            )


def _in_short(conclusion: Conclusion) -> str:
    """Why neither proposition is supported, for the headline."""
    if could_not_meet(conclusion):
        return "no agreement, however close, could have met the plan's level with so few controls."
    return {
        "underpowered": "too little could have been found.",
        "nothing-applied": "no planned method gave a finding that counts.",
        "disguise-suspected": "their units pair up, but in another order.",
        "absence-is-no-evidence": "agreement at the plan's level was not found, and its absence is "
        "not evidence of independence.",
        "between-levels": "the agreement is uncommon, yet short of the plan's level.",
    }.get(conclusion.support.reason, "the plan's conditions for support are not met.")


def support_words(conclusion: Conclusion) -> str:
    """Which proposition is supported, in one sentence that stands alone."""
    match conclusion.support.toward:
        case "derivation":
            return (
                "The findings support proposition 1 (derivation) rather than proposition 2 "
                f"(independence), in the sense of {clean(conclusion.kind.sense)}."
            )
        case "independence":
            return (
                "The findings support proposition 2 (independence) rather than proposition 1 "
                "(derivation), as far as this examination can see."
            )
        case "neither":
            return "The findings support neither proposition over the other."


def support_because(conclusion: Conclusion) -> str:
    """Why, with the numbers, and what that does not say."""
    identical = relation_sentence(conclusion) if conclusion.relation.kind == "identical" else ""
    parts: tuple[str, ...]
    match conclusion.support.toward:
        case "derivation":
            parts = (
                identical,
                combined_sentence(conclusion),
                level_sentence(conclusion),
                clean(conclusion.kind.shown),
            )
        case "independence":
            parts = (
                identical,
                combined_sentence(conclusion),
                level_sentence(conclusion),
                reach_sentence(conclusion),
                "Independence is supported only as far as this examination can see. "
                f"{clean(conclusion.kind.unseen)}",
            )
        case "neither":
            parts = (
                identical,
                least_sentence(conclusion),
                _neither(conclusion),
                combined_sentence(conclusion),
                level_sentence(conclusion),
            )
    return joined(parts)


def _neither(conclusion: Conclusion) -> str:
    match conclusion.support.reason:
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
                    reach_sentence(conclusion),
                )
            )
        case "nothing-applied":
            return (
                f"None of the planned methods{' that count' if conclusion.findings else ''} could "
                "be applied to these exhibits, for the reasons given; nothing follows from that in "
                "either direction."
            )
        case "absence-is-no-evidence":
            return clean(conclusion.kind.no_evidence) or ABSENCE
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


def combined_sentence(conclusion: Conclusion) -> str:
    """All findings as one p."""
    if conclusion.combined.log_p is None and conclusion.findings:
        return "None of the findings counts, so no p-value speaks for either proposition."
    if conclusion.combined.log_p is None:
        return "No p-value was computed."
    said = agreement_sentence(conclusion.combined.log_p, conclusion.plan.assumption_floor)
    every = len(counting(conclusion)) == len(conclusion.findings)
    which = "All findings combined" if every else "All findings that count, combined"
    return f"{which}: {said[0].lower()}{said[1:]}"


def level_sentence(conclusion: Conclusion) -> str:
    """How the combined p stands to the level fixed in advance."""
    p, level = conclusion.combined.log_p, math.log(conclusion.plan.level)
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


def _put(template: str, subject: str, source: str) -> str:
    """Names put into the words of a kind, once: a name that holds `{source}` stays as it is."""
    parts = clean(template).split("{subject}")
    return subject.join(source.join(part.split("{source}")) for part in parts)


def _calibrated(conclusion: Conclusion) -> str:
    """On how many controls the calibrated findings rest, the fewest if they differ."""
    nulls = [finding.null for finding in counting(conclusion)]
    controls = [null.controls for null in nulls if isinstance(null, Calibrated)]
    if not controls or len(controls) < len(nulls):
        return ""
    return f", as calibrated on {min(controls):,} control{'' if min(controls) == 1 else 's'}"


def limits(conclusion: Conclusion) -> tuple[str, ...]:
    """What the examination cannot show, whichever way it came out."""
    calibrated = any(isinstance(finding.null, Calibrated) for finding in conclusion.findings)
    return (
        *((left_out_sentence(conclusion),) if left_out_sentence(conclusion) else ()),
        _limit_of_numbers(conclusion),
        *(clean(limit) for limit in conclusion.kind.limits),
        *((CALIBRATED,) if calibrated else ()),
        *_escapes(conclusion),
        "It compares the exhibits with the digests given here. Whether these are the models that a "
        "party released, served or trained is a matter for other evidence.",
        "It answers the two propositions as stated, under the plan as fixed. Other propositions, "
        "other exhibits or new information can change the conclusion.",
    )


def _limit_of_numbers(conclusion: Conclusion) -> str:
    if not has_ratios(conclusion):
        return (
            "It gives no probability for either proposition, and no likelihood ratio: that would "
            "need a population of models whose history is known."
        )
    return (
        "It gives no probability for either proposition. A likelihood ratio is of one finding and "
        "for one population; the ratios of several findings are not multiplied with each other, "
        "nor with a p-value, since all come from the same two models."
    )


def _escapes(conclusion: Conclusion) -> tuple[str, ...]:
    """What the methods that counted cannot see through, each method and each frame once."""
    texts = [method_text(conclusion, finding.method) for finding in counting(conclusion)]
    stems = {text.title.partition(", ")[0]: text.defeats for text in texts}
    frames = {text.title.partition(", ")[2]: text.frame_defeats for text in texts}
    return tuple(
        f"What would escape the {name[0].lower()}{name[1:]}: {words[0].lower()}{words[1:]}"
        for name, words in (stems | frames).items()
        if name and words
    )
