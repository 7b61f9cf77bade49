"""What of a training history holds: its start, its steps, its end, and no contact with a source."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.examining.pair import compare_weights
from filiation.examining.trainings.bands import FEATURES, Band
from filiation.examining.trainings.measured import Measured, measured, start_log_p
from filiation.examining.trainings.regenerated import MOST_DRAWN, regenerated
from filiation.examining.trainings.unlooked import with_unlooked
from filiation.examining.weights.relation import relate, same_tensors
from filiation.methods.weights.elsewhere import REACHES, Elsewhere, drawn_on, elsewhere
from filiation.model.sketch import Sketch
from filiation.model.start import StartRecipe
from filiation.model.training import Outcome, TrainingClaim, Whole, Why

__all__ = [
    *("LEVEL", "SIGNS_SHARE", "Contacted", "claim_contact", "claim_end", "claim_start"),
    *("claim_steps", "contacts", "judged_contact", "judged_steps", "unmeasured"),
]

LEVEL: Final = 1e-6  # that of a question about weights
CLEAN: Final = 0.01
# Shares of the level (weighted Bonferroni): signs of units that stand elsewhere have p to spare.
METHODS_SHARE: Final = 0.99
SIGNS_SHARE: Final = 0.01
Figure: TypeAlias = tuple[int, tuple[str, float, float, float]]
Values: TypeAlias = Mapping[str, NDArray[np.float64]]

FEWEST: Final = 8  # checkpoints: as few as the trainings had that the bands were learnt from
SAME: Final = ("identical", "re-exported", "quantised")
_ENDS: Final[Mapping[str, tuple[Outcome, Why]]] = {
    "derivation": ("fails", "contact"),
    "independence": ("holds", "no-contact"),
    "neither": ("open", "not-excluded"),
}


def claim_start(start: Sketch, recipe: StartRecipe | None = None, *, seed: int) -> TrainingClaim:
    """Whether the first checkpoint is what a generator draws; without a recipe, like it by law.

    What a recipe gives again to the bit carries no other model's weights, since the recipe is far
    shorter than they are. One that does not fails nothing: another version draws otherwise.
    """
    if recipe is not None:
        return _claim_drawn(start, recipe)
    log_p = start_log_p(start, seed=seed)
    if log_p is None:
        return TrainingClaim(claim="start", outcome="open", why="start-unread", place=0)
    clean = log_p > math.log(CLEAN)
    return TrainingClaim(
        claim="start",
        outcome="open",
        why="no-structure" if clean else "structure",
        place=0,
        log_p=min(0.0, log_p),
    )


def _claim_drawn(start: Sketch, recipe: StartRecipe) -> TrainingClaim:
    if recipe.work > MOST_DRAWN:
        return TrainingClaim(
            claim="start", outcome="open", why="recipe-large", place=0,
            figures=(("drawn", float(recipe.work), 0.0, float(MOST_DRAWN)),),
        )  # fmt: skip
    found = regenerated(start, recipe)
    if found.whole:
        return TrainingClaim(claim="start", outcome="holds", why="regenerated", place=0)
    share = found.same / max(1, found.values)
    return TrainingClaim(
        claim="start",
        outcome="open",
        why="not-regenerated" if found.short else "recipe-long",
        place=0,
        figures=(("regenerated", share, 1.0, 1.0),),
        said=found.differs or found.missing,
    )


def claim_steps(points: Sequence[Sketch], bands: Mapping[str, Band], *, seed: int) -> TrainingClaim:
    """Whether neighbours keep contact, and the way lies within the bands of real trainings.

    The log p is the largest of the exact tests of neighbours: their contact, and no more.
    """
    found = measured(points, seed=seed)
    return unmeasured(points) if found is None else judged_steps(found, bands)


def unmeasured(points: Sequence[Sketch]) -> TrainingClaim:
    """Why the steps of a history could not be measured."""
    few = len(points) < 3
    return TrainingClaim(claim="steps", outcome="open", why="too-few" if few else "shapes-change")


def judged_steps(found: Measured, bands: Mapping[str, Band]) -> TrainingClaim:
    """The same, of what was measured."""
    points = len(found.length) + 1
    apart = [n + 1 for n, p in enumerate(found.log_p) if p > math.log(LEVEL)]
    lost, log_p = (apart[0] if apart else None), min(0.0, float(max(found.log_p)))
    if set(bands) != set(FEATURES):
        return _said("open", "neighbours-lost" if apart else "no-bands", (), log_p, place=lost)
    out, near = _outliers(found.named(), bands, points)
    if out:
        return _said("fails", "out-of-bands", out, log_p)
    if near or apart:
        return _said("open", "near-bands", near, log_p, place=lost)
    if points < FEWEST:
        return TrainingClaim(claim="steps", outcome="open", why="too-few", log_p=log_p)
    return _said("holds", "in-bands", _extremes(found.named(), bands), log_p)


def _said(
    outcome: Outcome, why: Why, figures: Sequence[Figure], log_p: float, place: int | None = None
) -> TrainingClaim:
    first = min((at for at, _ in figures), default=place)
    return TrainingClaim(
        claim="steps",
        outcome=outcome,
        why=why,
        place=None if outcome == "holds" else first,
        log_p=log_p,
        figures=tuple(figure for _, figure in figures),
    )


def _outliers(
    found: Values,
    bands: Mapping[str, Band],
    points: int,
) -> tuple[list[Figure], list[Figure]]:
    """Values beyond the limits, and those between band and limit, each with its checkpoint.

    Each is told with what it was held against: the limits of the former, the bands of the latter.
    What speaks of the whole way is told of the last checkpoint. A spike that no sketch can tell
    (a step as small as its rounding) is none; that nearly all cannot be told is no training.
    """
    out: list[Figure] = []
    near: list[Figure] = []
    for name, values in found.items():
        low, high = bands[name].limits(name)
        for n, value in enumerate(values):
            if not math.isfinite(value):
                continue
            at = points - 1 if name == "bend" else n + 1
            if value < low or value > high:
                out.append((at, (name, float(value), low, high)))
            elif not bands[name].low <= value <= bands[name].high:
                near.append((at, (name, float(value), bands[name].low, bands[name].high)))
    told = np.isfinite(found["spike"])
    if told.sum() < len(told) / 2:
        near.append((int(np.argmin(told)) + 1, ("spike", 0.0, *bands["spike"].limits("spike"))))
    return out, near


def _extremes(found: Values, bands: Mapping[str, Band]) -> list[Figure]:
    """Of each feature the value that lies nearest to the edge of its band."""
    figures: list[Figure] = []
    for name, values in found.items():
        told = values[np.isfinite(values)]
        if told.size:
            room = np.minimum(told - bands[name].low, bands[name].high - told)
            value = float(told[np.argmin(room)])
            figures.append((0, (name, value, bands[name].low, bands[name].high)))
    return figures


def claim_end(last: Sketch, final: Sketch | None, place: int) -> TrainingClaim:
    """Whether the last checkpoint is the exhibit, tensor by tensor."""
    if final is None:
        return TrainingClaim(claim="end", outcome="not-asked", why="not-given")
    same = same_tensors(last, final)
    if same is not None:
        return TrainingClaim(claim="end", outcome="holds", why="same-digest", place=place)
    found = relate(last, final, supported=False, seed=0)
    if found.kind in SAME:
        return TrainingClaim(
            claim="end", outcome="holds", why="typed", place=place, said=found.because
        )
    return TrainingClaim(claim="end", outcome="fails", why="another-model", place=place)


def claim_contact(
    points: Sequence[Sketch],
    source: Sketch,
    whole: Callable[[Sketch], Whole],
    *,
    seed: int,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> TrainingClaim:
    """Whether no checkpoint is in contact with the source, by every method there is.

    Args:
        points: The checkpoints.
        source: The claimed source.
        whole: A whole examination of one of them against the source.
        seed: Of every random stream.
        told: How many were compared.
    """
    found = contacts(points, source, seed=seed, told=told)
    return judged_contact(points, found, whole)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Contacted:
    """What was found of one checkpoint beside the source.

    Attributes:
        log_p: Natural log of p of their contact, over its share of the level, times all
            checkpoints; None where no method could compare them.
        elsewhere: Units of the source that stand in it in other axes; None where none is looked
            for.
        ahead: Of the last checkpoint: likewise, where the last steps lead if they are drawn on.
    """

    log_p: float | None
    elsewhere: Elsewhere | None = None
    ahead: Elsewhere | None = None


def contacts(
    points: Sequence[Sketch], source: Sketch, *, seed: int,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> list[Contacted]:  # fmt: skip
    """Contact of each checkpoint with the source: by every method, and by units elsewhere."""
    found: list[Contacted] = []
    for n, point in enumerate(points):
        log_p = compare_weights(source, point, seed=seed).combined.log_p
        paid = None if log_p is None else min(0.0, log_p + math.log(len(points) / METHODS_SHARE))
        units = elsewhere(source, point, seed=seed)
        found.append(Contacted(log_p=_signs_too(paid, units, len(points)), elsewhere=units))
        told(n + 1, len(points))
    beyond = drawn_on(source, points, seed=seed)
    last = _signs_too(found[-1].log_p, beyond, len(points))
    found[-1] = replace(found[-1], log_p=last, ahead=beyond)
    return found


def _signs_too(log_p: float | None, units: Elsewhere | None, points: int) -> float | None:
    """The smaller log p, that of the signs of units times all that are counted so."""
    if log_p is None or units is None or units.log_p is None:
        return log_p
    return min(log_p, units.log_p + math.log((points + len(REACHES)) / SIGNS_SHARE))


def judged_contact(
    points: Sequence[Sketch], found: Sequence[Contacted], whole: Callable[[Sketch], Whole]
) -> TrainingClaim:
    """The same, of what `contacts` found."""
    every = [one.log_p for one in found]
    met = [n for n, log_p in enumerate(every) if log_p is not None and log_p <= math.log(LEVEL)]
    if met:
        return _met(points, every, met, whole)
    if None in every:
        return TrainingClaim(
            claim="contact", outcome="open", why="untested", place=every.index(None)
        )
    said = whole(points[-1])
    why, place = _units_of_source(found)
    if why is not None and said.toward != "derivation":
        return TrainingClaim(
            claim="contact", outcome="open", why=why, place=place, log_p=every[place],
            figures=_most_elsewhere(found),
        )  # fmt: skip
    least = [log_p for log_p in every if log_p is not None]
    power = with_unlooked(said.power, points[-1], gated=found[-1].elsewhere is not None)
    return _not_met(least, replace(said, power=power), _most_elsewhere(found))


def _units_of_source(found: Sequence[Contacted]) -> tuple[Why | None, int]:
    """Where more of them stand than in strangers: in a checkpoint, or where the last steps lead."""
    for n, one in enumerate(found):
        if one.elsewhere is not None and one.elsewhere.found:
            return "units-elsewhere" if one.elsewhere.stands else "units-alike", n
    beyond, last = found[-1].ahead, len(found) - 1
    return ("units-ahead" if beyond is not None and beyond.stands else None), last


def _most_elsewhere(found: Sequence[Contacted]) -> tuple[tuple[str, float, float, float], ...]:
    """Where most units of the source stand, and its limit: in a checkpoint, and ahead."""
    looked = [one.elsewhere for one in found if one.elsewhere is not None]
    beyond = [one.ahead for one in found if one.ahead is not None]
    figures = []
    for name, some in (("elsewhere", looked), ("ahead", beyond)):
        if some:
            most = max(some, key=lambda one: one.units - one.limit)
            figures.append((name, float(most.units), 0.0, most.limit))
    if crowds := [one for one in looked if one.crowded]:
        most = max(crowds, key=lambda one: one.close)
        figures.append(("alike", float(most.close), 0.0, float(most.close_limit)))
    return tuple(figures)


def _met(
    points: Sequence[Sketch], found: Sequence[float | None], met: Sequence[int],
    whole: Callable[[Sketch], Whole],
) -> TrainingClaim:  # fmt: skip
    """Contact at these checkpoints: what the first says that nothing explains, else the first.

    One that is explained excuses itself and no other: a start under the source's seed would
    otherwise hide a copy that came later. After the first that fails none is examined.
    """
    asked = []
    for n in met:
        asked.append((n, whole(points[n])))
        if asked[-1][1].toward != "neither":
            break
    fails = asked[-1][1].toward != "neither"
    place, said = asked[-1] if fails else asked[0]
    return TrainingClaim(
        claim="contact",
        outcome="fails" if fails else "open",
        why="contact" if fails else "explained",
        place=place,
        log_p=found[place],
        said=said.reason,
    )


def _not_met(
    found: Sequence[float], whole: Whole, figures: tuple[tuple[str, float, float, float], ...]
) -> TrainingClaim:
    """No exact test met the level; what the whole examination of the last checkpoint says."""
    least, last = min(found), len(found) - 1
    if whole.toward != "derivation" and least <= math.log(CLEAN):
        return TrainingClaim(
            claim="contact", outcome="open", why="between-levels", place=int(np.argmin(found)),
            log_p=least, figures=figures,
        )  # fmt: skip
    outcome, why = _ENDS.get(whole.toward, _ENDS["neither"])
    return TrainingClaim(
        claim="contact",
        outcome=outcome,
        why=why,
        place=None if outcome == "holds" else last,
        log_p=least,
        figures=figures,
        said=whole.reason,
        power=whole.power,
    )
