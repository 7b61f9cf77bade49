"""The answer first: one conclusion in a few short sentences, with what it does not exclude."""

import math
from collections.abc import Mapping
from typing import Final

from filiation.model.examination import EXPLAINED, OF_PARTIES, OF_PARTS, Conclusion
from filiation.model.null import Calibrated
from filiation.report.wording.answers_lacking import answers_sentences
from filiation.report.wording.components import (
    SAID,
    FoundState,
    component_sentences,
    components_found,
    listed,
    names_of,
    only_shared,
    unread_sentence,
)
from filiation.report.wording.figures import clean, joined, pair_names, probability_brief
from filiation.report.wording.findings import counting, left_out_sentence
from filiation.report.wording.lineup import families_words
from filiation.report.wording.not_excluded import (
    damage_sentences,
    not_excluded_sentences,
    quick_sentences,
    unasked_sentences,
)
from filiation.report.wording.part_names import called
from filiation.report.wording.ratios import foreign_sentence
from filiation.report.wording.relation import kind_sentence, same_tensors
from filiation.report.wording.within_reach import could_not_meet

__all__ = [
    "UNPLANTED",
    "calibrated_on",
    "headline",
    "headline_parts",
    "says_components",
    "supported",
]

# Forms that a clever copier may choose and no cell plants; attacks on them are in the tests.
UNPLANTED: Final = (
    "Nor are forms excluded that were not planted: a rotated stream with other tables or other "
    "token numbers, or units divided among several."
)
BACK: Final = "subject-to-source"
MADE_UP: Final = (
    "What was lost points from the {earlier} to the {later}. Yet whoever held the {later} could "
    "have made such a {earlier} from it: the weights alone do not show which came first."
)
SAME_TEXTS: Final = (
    "It may be no more than training texts that both learned from: independent models with such "
    "texts in common agree as much, where their controls learned from others."
)
IN_SHORT: Final[Mapping[str, str]] = {
    "underpowered": "too little could have been found.",
    "nothing-applied": "no planned method gave a finding that counts.",
    "absence-is-no-evidence": "agreement at the plan's level was not found, and its absence is "
    "not evidence of independence.",
    "between-levels": "the agreement is uncommon, yet short of the plan's level.",
}


def headline(conclusion: Conclusion) -> str:
    """The answer, and at once what it leaves open."""
    return joined(headline_parts(conclusion))


def headline_parts(conclusion: Conclusion) -> tuple[str, ...]:
    """The same sentence by sentence, the answer first."""
    subject, source = pair_names(conclusion)
    if conclusion.relation.kind == "identical":
        return (f"{subject} and {source} {same_tensors(conclusion)}.",)
    match conclusion.support.toward:
        case "derivation":
            said = _derivation(conclusion)
        case "independence":
            said = _independence(conclusion, subject, source)
        case "neither":
            said = (*_neither(conclusion, subject, source), unread_sentence(conclusion))
    return (
        *said,
        _public(conclusion),
        *quick_sentences(conclusion),
        left_out_sentence(conclusion),
        foreign_sentence(conclusion),
    )


def _public(conclusion: Conclusion) -> str:
    """What was set aside, where no other sentence names the parts."""
    if says_components(conclusion):
        return ""
    return next(iter(component_sentences(conclusion, but=[s for s in SAID if s != "public"])), "")


def says_components(conclusion: Conclusion) -> bool:
    """Whether the headline tells the parts apart."""
    return conclusion.support.toward == "derivation" and conclusion.relation.kind != "identical"


def _derivation(conclusion: Conclusion) -> tuple[str, ...]:
    p, floor = conclusion.combined.log_p, conclusion.plan.assumption_floor
    chance = (
        f": agreement this close would occur with probability {probability_brief(p, floor)} if "
        "the two were unrelated"
        if p is not None
        else ""
    )
    only = only_shared(conclusion)
    several = len(components_found(conclusion)) > 1
    but: tuple[FoundState, ...] = ("shared",) if only else ()
    apart = component_sentences(conclusion, but=but) if several else ()
    return (
        f"The findings support {supported(conclusion)}{chance}{calibrated_on(conclusion)}.",
        *apart,
        _which_first(conclusion),
        SAME_TEXTS if conclusion.support.reason == "same-data" else "",
    )


def supported(conclusion: Conclusion) -> str:
    """What findings that meet the level support, and of which parts only."""
    only = only_shared(conclusion)
    where = f", in {listed(only)} only" if only else ""
    order = ", whichever came first" if _which_first(conclusion) else ""
    return f"{_put(conclusion.kind.supports, *pair_names(conclusion))}{order}{where}"


def _which_first(conclusion: Conclusion) -> str:
    """That weights alone do not show which came first, whatever they hint at."""
    direction = conclusion.relation.direction
    if conclusion.kind.id != "weights" or (conclusion.plan.source_dated and direction != BACK):
        return ""
    match direction:
        case "subject-to-source":
            return MADE_UP.format(earlier="subject", later="source")
        case "source-to-subject":
            return MADE_UP.format(earlier="source", later="subject")
        case "not-determined":
            return "Which of the two came first is not shown."


def _independence(conclusion: Conclusion, subject: str, source: str) -> tuple[str, ...]:
    missing = names_of(conclusion, "not-compared", "uncounted")
    return (
        f"As far as this examination can see, the findings support the independence of {subject} "
        f"from {source}: no agreement at the plan's level was found.",
        _related(conclusion),
        *not_excluded_sentences(conclusion),
        *damage_sentences(conclusion),
        UNPLANTED if conclusion.parts else "",
        f"Not compared, or not there: {', '.join(missing)}." if missing else "",
        *unasked_sentences(conclusion),
    )


def _neither(conclusion: Conclusion, subject: str, source: str) -> tuple[str, ...]:
    match conclusion.support.reason:
        case "quick-look":
            return (
                f"A quick look: {_lower(_none_found(conclusion, subject, source))}",
                "That they are independent cannot be shown by it.",
                *not_excluded_sentences(conclusion),
            )
        case "not-excluded":
            return (
                _none_found(conclusion, subject, source),
                _related(conclusion),
                "That they are independent is not shown.",
                *not_excluded_sentences(conclusion),
                *unasked_sentences(conclusion),
            )
        case "context-only":
            return (
                f"Of {subject} and {source} only context was compared ({conclusion.kind.plural}).",
                "It supports neither proposition, however much the two have in common.",
            )
        case reason if reason in OF_PARTIES:
            return answers_sentences(conclusion)
        case reason if reason in EXPLAINED or reason in OF_PARTS:
            return _otherwise(conclusion, subject, source)
        case reason:
            short = _within_reach(conclusion, reason)
            return (
                f"The findings support neither proposition about {subject} and {source}: {short}",
                _related(conclusion),
                *(not_excluded_sentences(conclusion) if reason == "underpowered" else ()),
            )


def _none_found(conclusion: Conclusion, subject: str, source: str) -> str:
    """That nothing was found; or, where nothing could have been, only that."""
    found = "could have been found" if could_not_meet(conclusion) else "was found"
    return f"No agreement at the plan's level {found} between {subject} and {source}."


def _otherwise(conclusion: Conclusion, subject: str, source: str) -> tuple[str, ...]:
    """Agreement that something else than descent of the whole may explain."""
    match conclusion.support.reason:
        case "order-could-be-chosen":
            return (
                f"{subject} and {source} agree in an order that could have been chosen: the "
                "findings support neither proposition.",
                _order_beside(conclusion),
                "Whoever orders one model after seeing the other can make them agree.",
                f"This would be settled by a digest of {source}, dated before {subject} was "
                "available.",
            )
        case "silent-in-source":
            return (
                f"{subject} and {source} agree in what does nothing in {source}: the findings "
                "support neither proposition.",
                f"Whoever holds {source} could have put it there after seeing {subject}.",
                f"This would be settled by a digest of {source}, dated before {subject} was "
                "available.",
            )
        case "part-only":
            return (
                f"{subject} and {source} share {listed(_reasoned(conclusion))}; nothing else "
                "was found to be shared.",
                "Such a part is often published by itself: the findings support neither "
                "proposition about the rest.",
                *not_excluded_sentences(conclusion),
            )
        case "random-stream":
            return (
                f"{subject} and {source} agree as two models do that began with one stream of "
                "random numbers: the findings support neither proposition.",
                "Anybody may have begun with a common seed.",
            )
        case _:
            return (
                f"The findings support neither proposition about {subject} and {source}.",
                f"In {listed(_reasoned(conclusion))} they are alike in a way that strangers are "
                "not, whatever the order.",
                "A disguised copy would show this, and for tables of tokens a student too.",
            )


def _order_beside(conclusion: Conclusion) -> str:
    """That the order is of a part beside the body alone, where the body is not seen to agree."""
    p, names = conclusion.combined.log_p, names_of(conclusion, "agrees")
    if not names or (p is not None and p <= math.log(conclusion.plan.level)):
        return ""
    return f"That order is of {listed(names)} alone; nothing else was found to be shared."


def _reasoned(conclusion: Conclusion) -> tuple[str, ...]:
    """The parts that the reason speaks of, as a sentence names them."""
    return tuple(called(name).name for name in conclusion.support.of)


def _within_reach(conclusion: Conclusion, reason: str) -> str:
    """Why neither proposition is supported, for the headline."""
    if could_not_meet(conclusion):
        if reason == "nothing-applied":
            return "with what was exhibited nothing could have been found."
        return "no agreement, however close, could have met the plan's level with so few controls."
    return IN_SHORT.get(reason, "the plan's conditions for support are not met.")


def _related(conclusion: Conclusion) -> str:
    """A relation that was seen by other means than the level, such as equal tables."""
    unseen = conclusion.relation.kind in ("unknown", "unrelated")
    return "" if unseen else f"Yet this was seen: {_lower(kind_sentence(conclusion))}"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _put(template: str, subject: str, source: str) -> str:
    """Names put into the words of a kind, once: a name that holds `{source}` stays as it is."""
    parts = clean(template).split("{subject}")
    return subject.join(source.join(part.split("{source}")) for part in parts)


def calibrated_on(conclusion: Conclusion) -> str:
    """On how many controls the calibrated findings rest, the fewest if they differ."""
    counted = counting(conclusion)
    calibrated = [(f.null, f) for f in counted if isinstance(f.null, Calibrated)]
    if not calibrated or len(calibrated) < len(counted):
        return ""
    null, finding = min(calibrated, key=lambda each: each[0].controls)
    return f", as calibrated on {families_words(null, finding)}"
