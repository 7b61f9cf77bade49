"""Which of two linked models is the later one? Only where it lacks something that cannot come back.

Rounding to fewer levels and setting values to zero lose what no training restores. But whoever has
the later model can make up what was lost, add it, and call that the earlier one. So the loss has to
be whole (every value is the rounding of the other's, what is left of pruning is unchanged, and the
values that rounding took are spread over the whole step, as a light training's are not), and
another model of the survey must hold what was lost: it stands nearer to the earlier one by just
that. A sum came after its sides only if nothing is in it beside them: else the true sides may be
kin of those that are here. What hangs together with the earlier one by way of the later one alone
came after it too.
"""

from collections.abc import Iterator
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.libraries.aligned import Aligned, Slot, grain, kept
from filiation.libraries.lineage import CLEAR, SEEN, Lineage
from filiation.model.sketch import RUN, RUNS
from filiation.model.stemma import Loss
from filiation.numerics.frames.lattice import Lattice, find_lattice

__all__ = ["confirming", "follows", "known", "loss"]

Float32: TypeAlias = NDArray[np.float32]
Float64: TypeAlias = NDArray[np.float64]

MATRICES: Final = 0.25  # of those in both that lost something, at least
ZEROED: Final = 0.1  # of the values of a matrix
OWN_ZEROS: Final = 0.01  # of the values of the earlier model, at most: else it may be pruned itself
ON_LATTICE: Final = 0.75  # of the runs of a matrix along one axis
HALF: Final = 0.501  # of a step, by which a rounding moves a value at most
SPREAD: Final = (0.6, 1.3)  # mean square of what rounding took, over that of all of the step
SMALLEST: Final = 1e-9  # of a square, below which nothing is left
FEWEST: Final = 256  # values that rounding took, without which their spread says nothing


def loss(aligned: Aligned, earlier: str, later: str) -> Loss | None:
    """What the later of two models lacks of the earlier one; None if it is no loss of a kind."""
    shared = [s for s in aligned.slots if earlier in s.values and later in s.values]
    changed = [s for s in shared if not kept(s.values[earlier], s.values[later])]
    if not changed or len(changed) < MATRICES * len(shared):
        return None
    if all(_pruned(slot.values[earlier], slot.values[later]) for slot in changed):
        return "pruned"
    taken = [_taken(slot, earlier, later) for slot in changed]
    if any(part is None for part in taken):
        return None
    every = np.concatenate([part for part in taken if part is not None])
    spread = 12.0 * float(np.mean(np.square(every))) if len(every) >= FEWEST else 0.0
    return "rounded" if SPREAD[0] <= spread <= SPREAD[1] else None


def confirming(found: Lineage, earlier: int, later: int) -> Iterator[int]:
    """The models that hold what the later one lacks, and hang together with it through the earlier.

    Of such a model and the later one next to nothing is alike once the earlier one is taken out.
    """
    for other in np.flatnonzero(found.related[earlier]).tolist():
        if other == later:
            continue
        lost, count = found.given(other, earlier, later)
        left, _ = found.given(other, later, earlier)
        if count and lost > SEEN / np.sqrt(count) and abs(left) < lost - CLEAR / np.sqrt(count):
            yield other


def known(aligned: Aligned, *models: str) -> float:
    """How much of the square of their values the rounding of these models' types may be."""
    grains = [
        max(grain(slot.values[model]) for slot in aligned.slots if model in slot.values)
        for model in models
    ]
    return max(SMALLEST, sum(x**2 for x in grains))


def follows(found: Lineage, earlier: int, later: int, other: int) -> bool:
    """Whether a model hangs together with the earlier one by way of the later one, and only so."""
    if not found.related[earlier, other] or later not in found.through(earlier, other):
        return False
    left, count = found.given(earlier, other, later)
    back, _ = found.given(later, other, earlier)
    error = CLEAR / np.sqrt(max(count, 1))
    return bool(abs(left) <= error < back - abs(left))


def _pruned(before: Float32, after: Float32) -> bool:
    """Whether some values were set to zero and all others left."""
    zeroed = (after == 0) & (before != 0)
    if zeroed.mean() < ZEROED or (before == 0).mean() > OWN_ZEROS:
        return False
    return kept(before[~zeroed], after[~zeroed])


def _taken(slot: Slot, earlier: str, later: str) -> Float64 | None:
    """What rounding took of each value, in steps; None unless every value was rounded.

    Nor where the earlier one was rounded itself: both may be roundings of a third.
    """
    before, after = slot.values[earlier], slot.values[later]
    if any(True for _ in _lattices(before)):
        return None
    for runs, lattice in _lattices(after):
        on, steps = lattice.found, lattice.steps[lattice.found][:, None]
        whole = _runs(before)[runs][on]
        moved = np.asarray(whole - _runs(after)[runs][on], np.float64)
        allowed = HALF * steps + (grain(before) + grain(after)) * np.abs(whole)
        if (np.abs(moved) <= allowed).all():
            return np.asarray(moved / steps).ravel()
    return None


def _lattices(values: Float32) -> Iterator[tuple[slice, Lattice]]:
    """The runs along each axis that lie on lattices, if most along it do."""
    for runs in (slice(0, RUNS), slice(RUNS, 2 * RUNS)):
        found = find_lattice(_runs(values)[runs], grain(values))
        varied = np.ptp(_runs(values)[runs], axis=1) > 0
        if found.found.sum() >= max(2.0, ON_LATTICE * varied.sum()):
            yield runs, found


def _runs(values: Float32) -> Float32:
    return values[: 2 * RUNS * RUN].reshape(2 * RUNS, RUN)
