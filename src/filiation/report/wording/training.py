"""A training history in sentences: what each claim rests on, and what none of them can show."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from filiation.model.training import (
    OUTSIDE,
    OWN_AXES,
    HistoryExamined,
    Replayed,
    Seen,
    TrainingClaim,
    TrainingHistory,
)
from filiation.report.wording.figures import clean, figure, quoted
from filiation.report.wording.headline import UNPLANTED
from filiation.report.wording.part_names import Done, called, done

__all__ = [
    *("AMONG", "FEATURES", "LIMITS", "TITLES", "WHY", "bound_words", "conclusion_words"),
    *("gate_line", "history_lines", "power_row", "replayed_lines", "step_words", "taken_lines"),
    "watched_line",
]

TITLES: Final = {
    "start": "(a) initial state",
    "steps": "(b) steps of training",
    "end": "(c) last checkpoint",
    "contact": "(d) contact with the source",
    "dates": "(e) dates",
    "replay": "(f) replay",
}
OUTCOMES: Final = {
    "holds": "holds", "fails": "fails", "open": "open", "not-asked": "not asked",
}  # fmt: skip
WHY: Final = {
    "regenerated": "the generator that the recipe names draws the first checkpoint again, every "
    "value to the bit; a recipe as short as this one cannot carry another model's weights",
    "not-regenerated": "the recipe does not give the first checkpoint again; another version or "
    "processor may draw otherwise, or it was not drawn so",
    "recipe-long": "the recipe is longer than a hundredth of the weights, long enough to carry a "
    "part of another model's",
    "recipe-large": "the recipe draws more values than are drawn again here, so that nothing was "
    "drawn",
    "no-structure": "the first checkpoint shows no structure, its largest singular values are "
    "those of rows in independent directions; that a generator drew it was not shown, as no recipe "
    "was given",
    "structure": "the first checkpoint has more structure than rows in independent directions: it "
    "may have been trained before, or begin by a law with structure",
    "start-unread": "no matrix of the first checkpoint was read whole enough to be tested",
    "in-bands": "neighbours keep contact by an exact test, and every step lies within the bands of "
    "real trainings",
    "near-bands": "a step lies beyond the bands of real trainings, or two neighbours are not in "
    "contact, and not by enough to call it failing",
    "out-of-bands": "a step lies far beyond the bands of real trainings",
    "no-bands": "neighbours keep contact by an exact test; no bands of real trainings are there to "
    "hold length, turns and spikes of the steps against",
    "neighbours-lost": "this checkpoint is not in contact with the one before it, unit by unit; no "
    "bands of real trainings are there that say how often an honest training does so",
    "shapes-change": "the tensors of the checkpoints are not the same throughout; their steps were "
    "not measured",
    "too-few": "there are fewer checkpoints than the trainings had whose bands are known",
    "same-digest": "the last checkpoint is the exhibit, tensor by tensor",
    "typed": "the last checkpoint is the exhibit in another form",
    "another-model": "the last checkpoint is not the exhibit, nor a form of it that is known",
    "no-contact": "no checkpoint is in contact with the source, and a copy of the planned share "
    "would have been found in the last, in every planned class",
    "contact": "this checkpoint is in contact with the source",
    "between-levels": "a checkpoint agrees with the source more than is clean and less than the "
    "level asks",
    "units-elsewhere": "in this checkpoint units stand to each other as units of the source do, in "
    "other axes, more of them than in strangers; a part of the source may have been put in",
    "units-alike": "in this checkpoint more units than in strangers lie in themselves as a unit of "
    "the source does; they may hide units that were put in",
    "units-ahead": "the last steps lead to units that stand to each other as units of the source "
    "do, in other axes, more of them than in strangers; a part of the source may be blended in",
    "not-excluded": "no checkpoint was found in contact with the source, but a copy of the planned "
    "share would not have been found in every class",
    "untested": "no method could compare this checkpoint with the source, so that contact with it "
    "is not excluded",
    "explained": "this checkpoint agrees with the source, and something else than descent may "
    "explain it",
    "older": "a time stamp on the last checkpoint is older than the publication of the source",
    "older-in-part": "up to this checkpoint and no further a time stamp is older than the "
    "publication of the source",
    "not-older": "no time stamp is older than the publication of the source",
    "no-stamp": "no time stamp lies beside the history; dates that its maker states show nothing",
    "not-given": "nothing was given to hold it against",
    "same-bits": "training this interval again ended in the same tensors, bit for bit",
    "as-repeated": "training this interval again ended as near to this checkpoint as repetitions "
    "may end; a step in a direction of its own would do so with at most the probability p",
    "beyond-repeated": "training this interval again ended elsewhere, or repetitions ended too "
    "far from each other to tell; data or settings may not have been those of the history, so that "
    "this fails nothing",
    "too-few-repeated": "one repetition that is not the same bit for bit shows nothing; expected "
    "two or more",
}
FEATURES: Final = {
    "length": "length of a step over the size of the weights",
    "turn": "cosine of a step with the one before",
    "spike": "largest singular value of a step over that of noise of its size",
    "uneven": "length of a step of the tenth of an attention's units that goes farthest, over that "
    "of its middle one",
    "kept": "share of units that keep their place",
    "bend": "cosine of the first half of the way with the second",
    "elsewhere": "units that stand to each other as units of the source do",
    "alike": "units that lie in themselves as a unit of the source does",
    "ahead": "the same, where the last steps lead if they are drawn on",
    "regenerated": "share of the values that were drawn again, to the bit",
    "drawn": "values that the recipe draws",
    "distance": "distance from the repeated ends, over the length of the step",
    "spread": "distance of the repeated ends from each other, likewise",
    "units-distance": "distance of all units from the repeated ends, as projections see it",
    "rank": "share of all ends that lie as far from the others as this one (exact p)",
}
EXPLAINED: Final = {
    "order-could-be-chosen": "the order that agrees could have been chosen by whoever holds the "
    "source",
    "silent-in-source": "what agrees does nothing in the source; whoever holds that could have put "
    "it there",
    "random-stream": "both began with one stream of random numbers, which explains what agrees",
    "part-only": "no more than a part agrees, which may have been taken from elsewhere",
    "disguise-suspected": "parts agree in another order, as in a disguise",
}
LIMITS: Final = (
    "This speaks of weights alone. A student that learnt from the answers of the source keeps a "
    "true history: that outputs were learnt from is neither shown nor excluded.",
    "It is no proof. Whoever can compute a way that turns and spikes as trainings do, ends in a "
    "disguise that no method here sees, and pays for it, is not found.",
    "A share of the source that was put among units whose axes lie otherwise is looked for in "
    "gated MLPs and in tables of tokens. In attention it is not found, not even all of it, nor "
    "where training went on after it and no checkpoint shows it as it was put in. Nor is less than "
    "the shares that (d) states. Nor are units on which noise was put: in trials a twentieth of "
    "them was found where it left a cosine of 0.99 with those of the source, and a fifth was not "
    "where it left 0.97. Only dates and a replay stand against that.",
    "Sketches that a party took of itself are its word: that weights stand behind them shows only "
    "where somebody takes them again.",
    "Earlier draws of an interval are known by the tensors of these checkpoints. Where somebody "
    "else puts in the same history, every checkpoint of it changed in one bit, his draws are not "
    "known as earlier ones: whoever has such a friend can draw until an interval suits.",
    "Who trained an interval again, and did not hand in the history's own checkpoint instead, is "
    "not seen from here; nor who knew the lot before the history was fixed.",
)
SIGNED: Final = (
    "  A signature has no date of its own: it shows who, and not when, unless a time stamp does. "
    "That these sketches are of those files is the word of who took them."
)
REPLAY: Final = (
    "The lot must have been unknown to everybody when this digest was fixed.",
    "Train it twice or more, with the data and the state of the optimiser that the party "
    "discloses, and give the ends with --again.",
)
AMONG: Final = Done(
    label="among other units, in axes of its own",
    copy="a share among other units, in axes of its own",
)
NAMES: Final = 20  # that are told


def taken_lines(
    history: TrainingHistory, out: str, left: Sequence[str], links: Sequence[str] = ()
) -> Iterator[str]:
    """What was taken, and what was left out of the folder."""
    first, last = history.points[0], history.points[-1]
    yield (
        f"{clean(out)}: {len(history.points)} checkpoints, step {first.step:,} "
        f"({clean(first.name)}) to step {last.step:,} ({clean(last.name)})"
    )
    if rest := [name for name in left if name not in links]:
        yield f"  left out, as no checkpoints by name or content: {_some(rest)}"
    if links:
        yield (
            f"  left out, though they could be checkpoints, as links that lead elsewhere: "
            f"{_some(links)}. The history lacks them. To hand them over, copy what they lead to in "
            "their place (cp -rL), and take the history anew"
        )
    stamped = sum(bool(point.stamp) for point in history.points)
    sealed = sum(bool(point.seal) for point in history.points)
    if stamped or sealed:
        yield (
            f"  beside: {stamped} time stamps, {sealed} digests of seals; neither was checked here"
        )
    signers = dict.fromkeys(point.signer for point in history.points if point.signer)
    if signers:
        signed = sum(bool(point.signer) for point in history.points)
        yield (
            f"  signed: {signed} checkpoints, by key {', '.join(one[:16] for one in signers)}; "
            "their files are those that it signs"
        )
        yield SIGNED


def _some(names: Sequence[str]) -> str:
    """As many names as a line holds."""
    more = f" and {len(names) - NAMES:,} more (--json names them)" if len(names) > NAMES else ""
    return ", ".join(clean(name) for name in names[:NAMES]) + more


def watched_line(name: str, seal: str, told: str) -> str:
    """Of one checkpoint: sealed, or why not."""
    if told == "changed":
        return (
            f"{clean(name)}: its files changed after it was sealed; the seal and the sketch are of "
            "what was there first"
        )
    return f"{clean(name)}: not kept, {clean(told)}" if told else f"{clean(name)}: sealed, {seal}"


def watch_ended(out: str, *, kept: bool) -> str:
    """What comes after a watch."""
    if not kept:
        return (
            f"The watch has ended and kept nothing: no checkpoint that was whole, its name ending "
            f"in a step, was there at two looks in a row. {clean(out)} holds none."
        )
    return (
        "The watch has ended. The history of what was kept: "
        f"`filiation history take {clean(out)} -o NAME.history`"
    )


def history_lines(found: HistoryExamined) -> Iterator[str]:
    """The conclusion, the claims, and what they cannot show."""
    yield " ".join(conclusion_words(found))
    yield ""
    for claim in found.claims:
        yield from _claim(claim, found.history)
    yield ""
    yield from LIMITS


def gate_line(gate: str, found: HistoryExamined, code: int) -> str:
    """That a gate failed, and where the history does."""
    failing = found.failing
    said = "the history supports neither"
    if failing is not None:
        said = f"the history fails at {step_words(failing.place, found.history)}"
    return f"filiation: --fail-if {gate}: {said}; exit {code}"


def conclusion_words(found: HistoryExamined) -> tuple[str, ...]:
    """The conclusion, its sentences apart."""
    source, failing = quoted(found.source), found.failing
    if failing is not None:
        return (
            f"The history fails at {step_words(failing.place, found.history)}, by claim "
            f"{TITLES[failing.claim]}: {WHY[failing.why]}.",
            f"It does not support independence from {source}; it does not by itself show descent.",
        )
    if found.toward == "neither":
        return (
            f"The history supports neither: {_lacking(found)} would have to hold.",
            f"Nothing follows for or against independence from {source}.",
        )
    end = next(claim for claim in found.claims if claim.claim == "end")
    whose = "the exhibit" if end.outcome == "holds" else "its own last checkpoint"
    last = step_words(len(found.history.points) - 1, found.history)
    return (
        f"The history supports independence of the weights from {source}, as far as: {whose}, "
        f"from {step_words(0, found.history)} to {last}, in the classes of alternative that were "
        f"planned; {_power(found)}.",
        UNPLANTED,
        *_unlooked(found),
    )


def _lacking(found: HistoryExamined) -> str:
    """Which claims are wanting; of dates and replay one is enough."""
    needed = [TITLES[c] for c in found.lacking if c not in OUTSIDE]
    either = [TITLES[c] for c in found.lacking if c in OUTSIDE]
    return ", ".join([*needed, *([" or ".join(either)] if either else [])])


def _power(found: HistoryExamined) -> str:
    """The class in which the largest share of a copy could hide."""
    seen = next(one for one in found.claims if one.claim == "contact").power
    shares = [one for one in seen if one.share is not None]
    if not shares:
        return "with which power was not reckoned"
    worst = max(shares, key=lambda one: one.share or 0.0)
    told = (
        f"there a copy of {worst.share:.0%} of any part would have been found (it takes most "
        f"for {called(worst.component).name}, {_done(worst).label})"
    )
    less = [share * one.values for one in seen if one.values and (share := one.share)]
    if not less:
        return f"{told}, and less is not excluded"
    return f"{told}, and less, up to {max(less):.1%} of all values in one class, is not excluded"


def _unlooked(found: HistoryExamined) -> Iterator[str]:
    """The class that no plan has and no method sees, with how much of this model may be such."""
    seen = next(one for one in found.claims if one.claim == "contact").power
    blind = [one for one in seen if one.alternative == OWN_AXES]
    if not blind:
        return
    parts = " and ".join(called(one.component).name for one in blind)
    yield (
        f"Nor is a copy of the source's {parts} excluded, whatever its share, that was put among "
        "other units in axes of its own: no method looks for that."
    )
    if all(one.values is not None for one in blind):
        held = sum(one.values or 0.0 for one in blind)
        yield f"That may be up to {held:.1%} of the values of the last checkpoint."


def replayed_lines(found: Replayed) -> Iterator[str]:
    """Which interval, and what its repetitions say."""
    begin, end = (step_words(found.place + n, found.history) for n in range(2))
    yield f"The lot draws the interval from {begin} to {end}, of the history {found.digest}."
    if found.claim is None:
        yield from REPLAY
        return
    yield from _claim(found.claim, found.history)
    yield LIMITS[-1]


def _claim(claim: TrainingClaim, history: TrainingHistory) -> Iterator[str]:
    at = f" at {step_words(claim.place, history)}" if claim.place is not None else ""
    of = "of the contact between neighbours " if claim.claim == "steps" else ""
    p = "" if claim.log_p is None else f"; {of}p = {figure(claim.log_p)}"
    yield f"{TITLES[claim.claim]}: {OUTCOMES[claim.outcome]}{at}: {WHY[claim.why]}{p}"
    said = [
        f"  {FEATURES[name]}: {value:.3g}, held against {low:.3g} to {bound_words(high)}"
        for name, value, low, high in claim.figures[:6]
    ]
    for line, often in Counter(said).items():
        yield line if often == 1 else f"{line} ({often} times)"
    if claim.claim == "start" and claim.said:
        yield f"  first tensor that was not drawn again: {clean(claim.said)}"
    blind = [
        f"{called(one.component).name} ({_done(one).label})"
        for one in claim.power
        if one.share is None
    ]
    if blind:
        yield f"  no copy would have been found in: {', '.join(blind)}"
    if claim.said in EXPLAINED:
        yield f"  {EXPLAINED[claim.said]}"


def bound_words(high: float) -> str:
    """A limit of what was measured."""
    return f"{high:.3g}" if math.isfinite(high) else "any"


def power_row(one: Seen) -> tuple[str, str, str]:
    """A part, a class of alternative, and the least share of a copy that would have been found."""
    share = "not even all of it" if one.share is None else f"{one.share:.0%}"
    return called(one.component).name, _done(one).label, share


def _done(one: Seen) -> Done:
    return AMONG if one.alternative == OWN_AXES else done(one.alternative)


def step_words(place: int | None, history: TrainingHistory) -> str:
    """A checkpoint, by its step and name."""
    if place is None:
        return "no step"
    point = history.points[place]
    return f"step {point.step:,} ({quoted(point.name)})"
