"""Owner-side tests in sentences: what was committed to, what was found, and what that shows."""

import math
from collections.abc import Iterator
from typing import Final

from filiation.model.finding import Finding
from filiation.model.owner import OwnerExamination
from filiation.report.wording.figures import (
    clean,
    figure,
    joined,
    named,
    probability,
    quoted,
)
from filiation.report.wording.findings import (
    absent_sentence,
    assumption_sentence,
    observed_sentence,
)
from filiation.report.wording.methods import method_text

__all__ = [
    *("owner_conclusion", "owner_details", "owner_finding", "owner_headline", "owner_limits"),
    "owner_question",
]

ASSUMPTION_FLOOR: Final = 1e-9

ITEMS: Final = {
    "training-order": "examples", "canary": "texts", "keyed": "prompts", "phrases": "phrases",
    "served-twins": "answers and twins",
}  # fmt: skip
SHOWN: Final = {
    "training-order": "that the subject carries a trace of the order in which the source was "
    "trained: by descent from it, or by the same training run",
    "canary": "that something in the subject goes back to the planted texts: by descent from the "
    "source, by training on its outputs, or by training on the same texts",
    "keyed": "that something in the subject goes back to the key: by descent from the source, by "
    "training on its replies, or because the key became known",
    "served-twins": "that the subject was trained on answers that were served to the group, "
    "directly or by way of another model or data set that was",
    "phrases": "that something in the subject goes back to the unpublished phrases: by descent "
    "from the source, by training on its outputs, by the same documents, or because the phrases "
    "became known",
}

AGAIN: Final = "The lot was drawn again and is the same."
NOT_AGAIN: Final = (
    "The lot was not drawn again: the list is not here, and that this is what the lot drew of it "
    "is its maker's word."
)


def owner_headline(made: OwnerExamination, *, again: bool = True) -> str:
    """Drawn or declared: whether whoever made the list could have chosen it.

    Args:
        made: The test.
        again: Whether the lot was drawn again from the list itself.
    """
    drawn = made.drawn
    if drawn is None:
        dated = (
            f" Its commitment bears the date {made.commitment.date}, which is its maker's word."
            if made.commitment
            else ""
        )
        return (
            "Declared list: no later public value drew it, so its maker could have chosen the "
            f"list, the level and the references after measuring.{dated}"
        )
    lot = (
        f"lot {drawn.lot} of {drawn.lots}, from {clean(drawn.source)}, of {drawn.valued}; all that "
        f"could be chosen was fixed by {drawn.fixed}, as {clean(drawn.attested)} attests. "
        f"{AGAIN if again else NOT_AGAIN}"
    )
    if drawn.independent:
        return f"Drawn list: {lot}"
    own = [
        *([] if drawn.trusted else ["the authority's root certificate"]),
        *([] if drawn.known else ["the beacon's key"]),
    ]
    return (
        f"Declared list: {' and '.join(own)} came with it, so its maker could have chosen the "
        f"lot, unless the reader knows that {'it is' if len(own) == 1 else 'they are'} not the "
        f"maker's own. Its record says: {lot}"
    )


def owner_question(made: OwnerExamination) -> str:
    """What was asked, of whom, with which secret."""
    others = ", ".join(named(other) for other in made.others)
    role = "Controls" if made.test in ("keyed", "phrases") else "References"
    if made.drawn:
        committed = f"commitment {made.drawn.commitment[:16]}.."
    elif made.commitment:
        committed = f"committed to on {made.commitment.date} (as the commitment says)"
    else:
        committed = "without a commitment: nothing here shows that it existed before the subject"
    return joined(
        (
            f"{method_text(made, made.test).title} on {named(made.subject)}:",
            method_text(made, made.test).question,
            f"{role}: {others}." if others else "",
            f"Secret list {quoted(made.list_name)}, SHA-256 {made.list_sha256[:16]}.., "
            f"{committed}.",
        )
    )


def owner_finding(made: OwnerExamination) -> str:
    """What was observed, how rare that would be, on what assumption; or why nothing was found."""
    outcome = made.outcome
    if not isinstance(outcome, Finding):
        return absent_sentence(made, outcome)
    told = probability(outcome.log_p, ASSUMPTION_FLOOR, log_floor=outcome.null.log_floor)
    observed = observed_sentence(outcome).replace(" that both answered", "")
    return joined(
        (
            f"{observed[0].upper()}{observed[1:]}",
            f"If the subject had nothing of it, at least as much would be observed with "
            f"probability {told}.",
            assumption_sentence(outcome),
        )
    )


def owner_details(made: OwnerExamination) -> Iterator[str]:
    """The p of a finding and how it was reckoned, what was left out, what controls did."""
    counted, outcome = made.counted, made.outcome
    yield (
        f"Planned {counted.planned:,} {ITEMS[made.test]}, measured {counted.measured:,}, missing "
        f"{counted.missing:,}."
    )
    yield from _beside(made)
    if made.notes:
        opens = "Drawn" if made.test == "served-twins" else "Order of the list"
        yield f"{opens}: {'; '.join(clean(note) for note in made.notes)}."
    if not isinstance(outcome, Finding):
        return
    log10_p = outcome.log_p / math.log(10)
    yield f"p {figure(outcome.log_p)} (log10 {log10_p:.4g}); {clean(outcome.combination)}."
    for reason in outcome.skipped:
        yield f"Left out: {clean(reason)}."
    others = [place for place in outcome.lineup if place.who == "control"]
    if others:
        told = ", ".join(f"{clean(place.name)} {place.observed:g}" for place in others)
        yield f"Controls: {told}."


def _beside(made: OwnerExamination) -> Iterator[str]:
    """What references do to p, and what they do in the subject's place."""
    without = [f"without {figure(one.log_p)}" for one in made.beside if one.how == "without"]
    told = [f"with {quoted(one.name)} {figure(one.log_p)}" for one in made.beside
            if one.how == "with"]  # fmt: skip
    if without or told:
        yield f"p by references: {', '.join([*without, *told])}."
    placed = [
        f"{quoted(one.name)} {figure(one.log_p)} (opposite direction {figure(one.opposite or 0.0)})"
        for one in made.beside
        if one.how == "in-place"
    ]
    if placed:
        yield f"p of each in the subject's place: {', '.join(placed)}."
    yield from _beside_twins(made)


def _beside_twins(made: OwnerExamination) -> Iterator[str]:
    """What is checked of twins, and what else was asked of served answers."""
    checked = [
        f"{clean(one.name)} {figure(one.log_p)} (opposite direction {figure(one.opposite or 0.0)})"
        for one in made.beside
        if one.how == "check"
    ]
    if checked:
        yield f"Are the twins twins? By the source's own reckoning: {', '.join(checked)}."
    for one in made.beside:
        if one.how == "places":
            yield f"p by places among the twins alone, nothing taken off: {figure(one.log_p)}."
        if one.how == "others":
            yield f"p of answers that were served to others: {figure(one.log_p)}."


def owner_conclusion(made: OwnerExamination) -> str:
    """Whether the level was met, and what that supports."""
    if not isinstance(made.outcome, Finding):
        return "Nothing was found out, in either direction."
    level = f"the level of {figure(math.log(made.level))}{_fixed(made)}"
    if made.met and not _by_lot(made):
        return (
            f"This meets {level}. If the list was drawn at random, and all fixed before anything "
            f"was measured, which nothing here shows, it supports {SHOWN[made.test]}."
            f"{_of_weights(made)}{_of_others(made)}"
        )
    if made.met:
        return (
            f"This meets {level}. It supports {SHOWN[made.test]}.{_of_weights(made)}"
            f"{_of_others(made)}"
        )
    return (
        f"This does not meet {level}. It supports nothing, and it is no evidence of independence: "
        "such traces fade with further training."
    )


def _of_weights(made: OwnerExamination) -> str:
    """Whether a source that was trained away from what was served could have made the finding."""
    without = [one.log_p for one in made.beside if one.how == "without"]
    if made.test != "served-twins" or all(one <= math.log(made.level) for one in without):
        return ""
    return (
        " With nothing taken off the level is not met: this rests on the weights of the source and "
        "the references being as they were before these answers were served. Weights that were "
        "trained away from them since would show the same of any model."
    )


def _of_others(made: OwnerExamination) -> str:
    """Whether the second control leaves the group alone with what was found."""
    if made.test != "served-twins":
        return ""
    found = [one.log_p for one in made.beside if one.how == "others"]
    if not found:
        return (
            " Answers that were served to others were not looked at, or of fewer than half as many "
            "prompts: if those are known as well, the source's answers are about, and nothing "
            "points to this group."
        )
    if found[0] <= math.log(made.level):
        return (
            " Answers that were served to others are known as well: the source's answers are "
            "about, or what is served differs from its twins in some other way (a filter before "
            "serving does that). Nothing points to this group."
        )
    return ""


def _by_lot(made: OwnerExamination) -> bool:
    return made.drawn is not None and made.drawn.independent


def _fixed(made: OwnerExamination) -> str:
    drawn = made.drawn
    if drawn is None or not drawn.independent:
        return ", which its maker says was fixed beforehand"
    if drawn.lots == 1:
        return " that was fixed before the lot"
    return f" ({drawn.level:g} over {drawn.lots} lots, as was fixed before the lot)"


def owner_limits(made: OwnerExamination) -> tuple[str, ...]:
    """What the test cannot show."""
    if _by_lot(made):
        kept = (
            "The list has to have been secret until the subject was trained; its owner vouches for "
            "that. How many other commitments the owner made is not shown here: if N were made and "
            "one is shown, p is to be multiplied by N."
        )
    else:
        kept = (
            "The list has to have been secret and drawn at random; whoever made it vouches for "
            "that. A lot drawn by `owner draw` would let others check it."
        )
    return (
        kept,
        *_limits_of_twins(made),
        "What else was measured is not shown either: if one of N subjects, of N checkpoints, or of "
        "N ways to measure is shown, p is to be multiplied by N again.",
        f"What defeats it: {clean(method_text(made, made.test).defeats)}",
    )


def _limits_of_twins(made: OwnerExamination) -> tuple[str, ...]:
    """What only the provider can vouch for, where answers that were served are the list."""
    if made.test != "served-twins":
        return ()
    return (
        "The provider vouches that the pool holds every exchange of the group in the time that is "
        "named, as it was served, and that the source's likelihoods are the snapshot's; who doubts "
        "it has the log's own digest compared and some twins drawn again by their seeds. Exchanges "
        "that were picked or edited by what the subject finds likely would not show here if they "
        "were balanced under the source. Nor would a filter before serving that the twins did not "
        "pass: every model that dislikes what it stops would seem to know what was served.",
    )
