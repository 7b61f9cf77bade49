"""The report on a training history in sentences: how it was asked, what was found, its ground.

What a terminal says of a history stands in `training.py`; a report says the same of its claims.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from filiation.model.inquiry import InCase
from filiation.model.training import (
    AlongPoint,
    HistoryExamined,
    TrainingClaim,
    TrainingHistory,
    TrainingPoint,
)
from filiation.report.wording.counting import how_many
from filiation.report.wording.expert_terms import who
from filiation.report.wording.figures import clean, figure, quoted
from filiation.report.wording.training import (
    FEATURES,
    TITLES,
    WHY,
    bound_words,
    step_words,
)

__all__ = [
    *("ALONG_HEADS", "ALONG_TABLED", "CONTACT_DRAWN", "CONTACT_TITLE", "FIGURES_HEADS"),
    *("NEIGHBOURS_DRAWN", "NEIGHBOURS_TITLE", "OF_ANSWERS", "POWER_HEADS", "POWER_TABLED"),
    *("RESTS", "WAY_DRAWN", "WAY_TITLE", "along_row", "claim_words", "draws_named"),
    *("figure_row", "trained_about", "trained_came_about", "way_shares"),
]

OF_ANSWERS: Final = (
    "Neither proposition speaks of what a model answers: a student that learnt from answers of the "
    "source keeps a true history."
)
SAID_OF: Final = {
    "holds": "holds", "fails": "fails", "open": "is open", "not-asked": "was not asked",
}  # fmt: skip
RESTS: Final = (
    "(a) holds where the recipe of the initial state draws every tensor again, to the bit; the "
    "recipe may be as long as a hundredth of the weights at most, so that it cannot carry another "
    "model.",
    "(b) sets each pair of neighbours by the exact test of unit order, and length, turn, spikes, "
    "evenness and bend of the way against bands that were learnt from real trainings, of tiny "
    "models. "
    "Larger ones were not measured.",
    "(c) compares tensors by their digests.",
    "(d) sets every checkpoint against the source by every method of weights, p times the number "
    "of checkpoints and of questions, looks in it for units of the source in other axes, and "
    "examines the last one whole.",
    "(e) holds where a time stamp on the last checkpoint is older than the source; (f) where an "
    "interval that the coin drew was trained again by somebody else and ended as near as "
    "repetitions do.",
    "It supports independence only where (a), (b) and (d) hold, (c) if an exhibit was named, and "
    "(e) or (f).",
)
WAY_TITLE: Final = "The way of the checkpoints"
WAY_DRAWN: Final = (
    "The checkpoints in the two leading directions of their own steps, over the size of the "
    "weights. The first is hollow. A training turns; a way that was drawn to an end does not."
)
NEIGHBOURS_TITLE: Final = "Contact of neighbours"
NEIGHBOURS_DRAWN: Final = (
    "Of each checkpoint, how rare its contact with the one before would be between strangers; the "
    "longer, the rarer. Light: the share of units that keep their place. Dashed: the level."
)
CONTACT_TITLE: Final = "Contact with the source along the way"
CONTACT_DRAWN: Final = (
    "Of each checkpoint, how rare its contact with the source would be between strangers, "
    "multiplicity paid; the longer, the rarer. Dashed: the level, beyond which there is contact."
)
FIGURES_HEADS: Final = ("measured", "value", "least", "most")
POWER_HEADS: Final = ("part", "class of alternative", "found from")
POWER_TABLED: Final = (
    "What of the source would have been found in the last checkpoint, if that share of a part were "
    "a copy. Less than that is not excluded."
)
ALONG_HEADS: Final = (
    "step", "checkpoint", "across", "up", "source: p", "before: p", "length", "turn", "spike",
    "kept",
)  # fmt: skip
ALONG_TABLED: Final = "The checkpoints, and the steps that led to them"


def trained_about(asked: InCase) -> str:
    """What the report is about."""
    return f"{quoted(asked.exhibit)}, and independence from {quoted(asked.source)}"


def trained_came_about(asked: InCase, history: TrainingHistory) -> Iterator[tuple[str, int]]:
    """How the case came to ask of a history, each sentence with the event that shows it."""
    end = f" and should end in {quoted(asked.final)}" if asked.final else ""
    yield (
        f"After that {who(asked.planned_by)} fixed the plan: the history should be independent of "
        f"{quoted(asked.source)}{end}; it holds no seed.",
        asked.planned,
    )
    if asked.published:
        yield (
            f"The plan says that the source was published on {asked.published}; that is the word "
            f"of {who(asked.planned_by)}.",
            asked.planned,
        )
    yield (
        f"After the plan {who(asked.tossed_by)} tossed a coin. The seed, and the interval that is "
        "to be trained again, follow from plan and coin. Neither who made the history nor who "
        "fixed the plan could choose them. That the coin was tossed once and not in private before "
        "is the word of who tossed it.",
        asked.coin,
    )
    yield from _interval(asked, history)
    if asked.others:
        named = ", ".join(quoted(one) for one in asked.others)
        histories = how_many(len(asked.others), "other history").replace("historys", "histories")
        yield (
            f"The same party put in {histories}: {named}. Whoever may show one of several shows "
            "the one that holds.",
            asked.entered,
        )
    yield (
        "That weights stand behind the sketches of the history is the word of "
        f"{who(asked.offered_by)}, until somebody who holds them takes the sketches again.",
        asked.entered,
    )


def _interval(asked: InCase, history: TrainingHistory) -> Iterator[tuple[str, int]]:
    if asked.interval is not None:
        first, last = (step_words(asked.interval + n, history) for n in range(2))
        yield f"The coin drew the interval from {first} to {last}.", asked.coin
    yield from _repetitions(asked)
    if asked.earlier:
        often = how_many(len(asked.earlier), "coin was", "coins were")
        yield (
            f"Before this one {often} tossed for these checkpoints: {draws_named(asked.earlier)}. "
            "Each drew an interval of its own. Whoever may draw until an interval suits has not "
            "left it to the lot.",
            asked.coin,
        )


def draws_named(earlier: Sequence[tuple[str, int]]) -> str:
    """Coins that were tossed before, each by the exhibit it was tossed for and its event."""
    return ", ".join(f"{quoted(name)} (event {event})" for name, event in earlier)


def _repetitions(asked: InCase) -> Iterator[tuple[str, int]]:
    """Each repetition from the event that put it in."""
    if not asked.again:
        yield "No repetition of it is in this examination.", asked.coin
    for (name, by), event in zip(asked.again, asked.again_entered, strict=True):
        yield (
            f"{who(by)} put in {quoted(name)} as the end of a repetition of it. That it was "
            f"trained, and from this checkpoint on, is the word of {who(by)}.",
            event,
        )


def claim_words(claim: TrainingClaim, history: TrainingHistory) -> str:
    """A claim, and what was found of it."""
    at = "" if claim.place is None else f" at {step_words(claim.place, history)}"
    said = f"Claim {TITLES[claim.claim]} {SAID_OF[claim.outcome]}{at}: {WHY[claim.why]}."
    if claim.log_p is None:
        return said
    of = ", of the contact between neighbours" if claim.claim == "steps" else ""
    return f"{said} Its p is {figure(claim.log_p)}{of}."


def figure_row(found: tuple[str, float, float, float]) -> tuple[str, str, str, str]:
    """What was measured, and the limits it was held against."""
    name, value, low, high = found
    return FEATURES[name], f"{value:.3g}", f"{low:.3g}", bound_words(high)


def way_shares(found: HistoryExamined) -> str:
    """How much of the steps the drawing shows."""
    return (
        f"The two directions hold {sum(found.plane):.0%} of the squared length of all steps; the "
        "rest lies in directions that are not drawn."
    )


def along_row(point: TrainingPoint, one: AlongPoint) -> tuple[str, ...]:
    """A checkpoint in figures."""
    probabilities = [
        "-" if log_p is None else figure(log_p) for log_p in (one.contact, one.neighbour)
    ]
    return (
        f"{point.step:,}", clean(point.name), _number(one.across), _number(one.up), *probabilities,
        *(_number(x) for x in (one.length, one.turn, one.spike, one.kept)),
    )  # fmt: skip


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"
