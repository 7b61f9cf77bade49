"""The examination as a whole in sentences: propositions, conclusion, power, limits.

Both directions are worded alike: what supports derivation and what supports independence is said at
the same length, with the same numbers and with its own limits.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

from filiation.model.examination import Conclusion
from filiation.model.null import Calibrated
from filiation.model.recording import CHOOSABLE, DATA_IN_COMMON, HELD_BACK
from filiation.report.wording.components import listed, only_shared
from filiation.report.wording.figures import as_sentence, clean, figure, joined, pair_names
from filiation.report.wording.findings import (
    agreement_sentence,
    counting,
    left_out_sentence,
    note_sentence,
)
from filiation.report.wording.methods import method_text
from filiation.report.wording.not_excluded import damage_sentences, not_excluded_sentences
from filiation.report.wording.parts import asked_share, is_open
from filiation.report.wording.power import reach_sentence
from filiation.report.wording.ratios import foreign_limit, has_ratios
from filiation.report.wording.relation import relation_sentence, told_apart
from filiation.report.wording.stacks import stack_sentences
from filiation.report.wording.within_reach import could_not_meet, least_sentence

__all__ = [
    "Proposition",
    "combined_sentence",
    "escapes",
    "level_sentence",
    "limits",
    "notes_elsewhere",
    "propositions",
    "support_because",
    "support_words",
    "weakened_sentences",
]

ABSENCE: Final = (
    "No agreement at the plan's level was found. What could have been found was not reckoned for "
    "this kind of material, so its absence is not evidence of independence."
)
CALIBRATED: Final = (
    "A calibrated p is as good as its controls: it holds as far as they are what an unrelated "
    "subject would be, in ability, era, training data and use."
)
BETWEEN_LEVELS: Final = (
    "Agreement this close is uncommon between unrelated models, yet it does not meet the level "
    "that the plan had fixed for derivation, and it is too close for supporting independence."
)
NOT_TO_BE_FOUND: Final = (
    "An agreement at the plan's level could not have been found with these exhibits and controls. "
    "That there is none in this report speaks for neither proposition."
)
LACKING: Final = (
    "Nothing can be concluded from these answers. What they lack is named in the notes; once it is "
    "recorded, the question can be put again."
)
UNSEEN: Final = ("nothing-applied", "absence-is-no-evidence", "underpowered")
WARNED: Final = (
    "Parts of the two models agree far better than those of strangers do, but in another order or "
    "in other axes. A copy put in another order or turned would show this. Of tables of tokens, a "
    "student of the other model would too. No exact p is offered for it here. So neither "
    "proposition is supported; more methods are needed."
)
PART_ALONE: Final = (
    "Only a table of tokens, or layers beside the source's largest stack, agree at the plan's "
    "level. Such a part is often published by itself, and whoever begins with it has nothing else "
    "of its maker. Of the rest nothing was found to be shared. What could have been missed there "
    "stands in the table of parts. If the part was published, exhibit its publisher's model as a "
    "control."
)
CONTEXT: Final = (
    "Material of this kind is context. Whatever it shows, it supports neither descent nor "
    "independence; what was seen stands in the notes."
)
ONE_STREAM: Final = (
    "Both models hold values of one stream of random numbers. Two parties that begin with one "
    "seed have that in common, whoever they are. What agrees beyond it was not told apart."
)
QUICK: Final = (
    "A quick look compares a few layers, by a few methods, in the forms of a copy that are named. "
    "What it did not look at it does not exclude: it never supports independence. Where that is in "
    "question, the whole examination has to be made."
)
MANY: Final = (
    "A quick look is soon made of many pairs, and its level holds for one. Whoever makes it of "
    "many has to count them all, and to multiply p by their number. A survey, and the search of a "
    "library, do so."
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


def support_words(conclusion: Conclusion) -> str:
    """Which proposition is supported, in one sentence that stands alone."""
    match conclusion.support.toward:
        case "derivation":
            only = only_shared(conclusion)
            where = f", and of {listed(only)} only" if only else ""
            return (
                "The findings support proposition 1 (derivation) rather than proposition 2 "
                f"(independence), in the sense of {clean(conclusion.kind.sense)}{where}."
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
                *weakened_sentences(conclusion),
                told_apart(conclusion.kind.shown, conclusion.relation),
            )
        case "independence":
            parts = (
                identical,
                combined_sentence(conclusion),
                level_sentence(conclusion),
                _looked(conclusion) or ("" if conclusion.parts else reach_sentence(conclusion)),
                *not_excluded_sentences(conclusion),
                *damage_sentences(conclusion),
                "Independence is supported only as far as this examination can see.",
                clean(conclusion.kind.unseen),
            )
        case "neither":
            parts = (
                identical,
                least_sentence(conclusion),
                _neither(conclusion),
                combined_sentence(conclusion),
                level_sentence(conclusion),
                *weakened_sentences(conclusion),
            )
    return joined(parts)


def weakened_sentences(conclusion: Conclusion) -> Iterator[str]:
    """What takes from a p that meets the level, beside that p."""
    p = conclusion.combined.log_p
    if p is None or p > math.log(conclusion.plan.level):
        return
    if any(note.startswith(CHOOSABLE) for note in conclusion.notes):
        yield as_sentence(CHOOSABLE)
    yield from (note_sentence(note, conclusion) for note in _weighing(conclusion))


def _weighing(conclusion: Conclusion) -> tuple[str, ...]:
    return tuple(n for n in conclusion.notes if n.startswith((HELD_BACK, *DATA_IN_COMMON)))


def notes_elsewhere(conclusion: Conclusion) -> tuple[str, ...]:
    """All notes that the conclusion has not said beside its p, as sentences."""
    said = _weighing(conclusion) if any(weakened_sentences(conclusion)) else ()
    notes = (note_sentence(note, conclusion) for note in conclusion.notes if note not in said)
    return (*stack_sentences(conclusion), *notes)


def _looked(conclusion: Conclusion) -> str:
    """That each planned cell had its own planting; empty where parts were not told apart."""
    if not conclusion.parts or any(is_open(part, conclusion) for part in conclusion.parts):
        return ""
    asked = asked_share(conclusion)
    return (
        f"In each of {len(conclusion.parts)} cells, part by form, a copy was planted in these "
        f"exhibits. At {asked} or less of a part it was seen with 95% probability."
    )


def _neither(conclusion: Conclusion) -> str:
    if could_not_meet(conclusion) and conclusion.support.reason in UNSEEN:
        return NOT_TO_BE_FOUND
    match conclusion.support.reason:
        case "between-levels":
            return BETWEEN_LEVELS
        case "underpowered":
            return joined(
                (
                    "No agreement at the plan's level was found, but too little could have been "
                    "found for its absence to mean anything.",
                    reach_sentence(conclusion),
                )
            )
        case "not-excluded":
            return _not_excluded(conclusion)
        case "quick-look":
            return joined((QUICK, *not_excluded_sentences(conclusion)))
        case "order-could-be-chosen":
            return _chosen(conclusion)
        case "silent-in-source":
            return _silent(conclusion)
        case "nothing-applied":
            return (
                f"None of the planned methods{' that count' if conclusion.findings else ''} could "
                "be applied to these exhibits, for the reasons given; nothing follows from that in "
                "either direction."
            )
        case "context-only":
            return joined((CONTEXT, clean(conclusion.kind.no_evidence)))
        case "absence-is-no-evidence":
            return clean(conclusion.kind.no_evidence) or ABSENCE
        case "disguise-suspected":
            return WARNED
        case "part-only":
            return PART_ALONE
        case "answers-missing" | "answers-unread":
            return LACKING
        case "random-stream":
            return ONE_STREAM
        case _:
            return "The plan's conditions for supporting a proposition are not met."


def _not_excluded(conclusion: Conclusion) -> str:
    cells = conclusion.parts
    left = sum(is_open(part, conclusion) for part in cells)
    asked = asked_share(conclusion)
    return joined(
        (
            f"Independence is supported only where a copy of {asked} of any planned part would "
            "have been seen, in every planned form.",
            f"In {left} of {len(cells)} cells, part by form, it would not." if cells else "",
            *not_excluded_sentences(conclusion),
            *damage_sentences(conclusion),
            "This speaks for neither proposition.",
        )
    )


def _chosen(conclusion: Conclusion) -> str:
    subject, source = pair_names(conclusion)
    return (
        "Units, axes, signs and heads can be put in another order, or turned, without changing "
        "what a model computes. Whoever may still do so with one model, after seeing the other, "
        "can make the two agree. Nothing free of such a choice was found that would be enough by "
        f"itself. Two things would settle it. One is a digest of {source}, dated before {subject} "
        "was available: then its order was not fitted. The other is likeness that no order makes, "
        "such as equal values."
    )


def _silent(conclusion: Conclusion) -> str:
    subject, source = pair_names(conclusion)
    return (
        f"What agrees writes next to nothing in {source}, or cancels. Units and layers that do "
        "nothing can be added to a model without changing what it computes. Whoever adds those of "
        "another model, after seeing it, makes the two agree in truth. Of what does something in "
        f"{source} too little agrees. Two things would settle it. One is a digest of {source}, "
        f"dated before {subject} was available: then nothing was taken over. The other is likeness "
        f"in what {source} uses."
    )


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


def limits(conclusion: Conclusion) -> tuple[str, ...]:
    """What the examination cannot show, whichever way it came out."""
    calibrated = any(isinstance(finding.null, Calibrated) for finding in conclusion.findings)
    return (
        *((MANY,) if conclusion.plan.quick else ()),
        *((left_out_sentence(conclusion),) if left_out_sentence(conclusion) else ()),
        _limit_of_numbers(conclusion),
        *((foreign_limit(conclusion),) if foreign_limit(conclusion) else ()),
        *(told_apart(limit, conclusion.relation) for limit in conclusion.kind.limits),
        *((CALIBRATED,) if calibrated else ()),
        *escapes(conclusion),
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


def _spoken_of(name: str) -> str:
    """A method's title within a sentence; one that is a clause stands in quotation marks."""
    return f"\u201c{name}\u201d" if name.startswith("What ") else f"the {name[0].lower()}{name[1:]}"


def escapes(conclusion: Conclusion) -> tuple[str, ...]:
    """What the methods that counted cannot see through, each method and each frame once."""
    texts = [method_text(conclusion, finding.method) for finding in counting(conclusion)]
    stems = {text.title.partition(", ")[0]: text.defeats for text in texts}
    frames = {text.title.partition(", ")[2]: text.frame_defeats for text in texts}
    return tuple(
        f"What would escape {_spoken_of(name)}: {words[0].lower()}{words[1:]}"
        for name, words in (stems | frames).items()
        if name and words
    )
