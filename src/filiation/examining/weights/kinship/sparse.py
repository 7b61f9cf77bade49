"""Sparse pruning: zeros in the subject where the source has values.

Read from the values that sketches keep, matrix by matrix. Rounding makes zeros as well, of small
values; but what it leaves lies on few levels, and what pruning leaves does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.examining.weights.kinship.counterparts import same_shapes
from filiation.model.relation import RelationKind
from filiation.model.sketch import RUN, RUNS, Sketch

__all__ = ["Pruning", "prunings", "sparse_kind"]

Float32: TypeAlias = NDArray[np.float32]

ALIKE: Final = 0.75  # cosine over the values that are left
LEFT: Final = 24  # values without which it says nothing
OWN: Final = (
    0.01  # of its values that are zero in the source, at most: else it may be pruned itself
)
SHARE: Final = 0.1  # of a matrix's values that are zero in the subject only
MATRICES: Final = 0.25  # of the source's matrices that are pruned so, at least
REPEATED: Final = 0.25  # of the values of a run that stand in it twice: fewer after pruning
BY_SIZE: Final = 0.9  # comparisons of a zeroed with a kept value in which the kept one is larger


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pruning:
    """One matrix of the source and what is left of it.

    Attributes:
        share: Of its values, zero in the subject and not in the source.
        by_size: Of all pairs of a zeroed and a kept value, in how many the kept one was larger
            in the source; a half if values were zeroed whatever their size.
        kept: Whether the other values are the source's own.
        own: Of the source's values, zero there.
    """

    share: float
    by_size: float
    kept: bool
    own: float


def sparse_kind(source: Sketch, subject: Sketch) -> tuple[RelationKind, str, bool] | None:
    """Sparse, how it shows, and whether the source itself was pruned; None if it is not.

    Not the source itself, but a relative or a third, if other values changed or it has zeros too.
    """
    found = list(prunings(source, subject))
    pruned = [one for one in found if one.share >= SHARE]
    if len(pruned) < max(2.0, MATRICES * len(found)):
        return None
    shares = sorted(one.share for one in pruned)
    by_size = float(np.mean([one.by_size for one in pruned]))
    kept = all(one.kept for one in pruned)
    whole = all(one.own <= OWN for one in pruned)
    how = "the smallest, as by magnitude" if by_size >= BY_SIZE else "not simply the smallest"
    return (
        "sparse-pruned",
        f"in {len(pruned)} of {len(found)} matrices the subject is zero where the source is not "
        f"({shares[0]:.0%} to {shares[-1]:.0%} of the values kept by the sketches); the zeroed "
        f"values are {how} ({by_size:.0%} of comparisons with one that is left), and those that "
        f"are left {'are unchanged' if kept else 'have changed'}"
        + ("" if whole else "; the source is zero in places, too, as where both were pruned"),
        kept and whole,
    )


def prunings(source: Sketch, subject: Sketch) -> Iterator[Pruning]:
    """For every matrix of the source that has one like it in the subject, at what is left."""
    if source.method.projection != subject.method.projection:
        return
    for mine, others in same_shapes(source, subject):
        left = (others != 0).astype(np.float64)
        before = mine.astype(np.float64)
        sizes = np.sqrt((before**2 @ left.T) * np.square(others, dtype=np.float64).sum(axis=1))
        cosines = np.divide(before @ others.T, sizes, out=np.zeros_like(sizes), where=sizes > 0)
        cosines[:, left.sum(axis=1) < LEFT] = 0.0
        for row, values in enumerate(mine):
            best = int(np.argmax(cosines[row]))
            if cosines[row, best] >= ALIKE:
                yield _pruning(values, others[best])


def _pruning(before: Float32, after: Float32) -> Pruning:
    zeroed, left = (after == 0) & (before != 0), after != 0
    if not zeroed.any() or _repeated(after) > REPEATED:
        return Pruning(share=0.0, by_size=0.5, kept=False, own=0.0)
    small, large = np.abs(before[zeroed]), np.sort(np.abs(before[left]))
    above = len(large) - np.searchsorted(large, small, side="right")
    return Pruning(
        share=float(zeroed.mean()),
        by_size=float(above.mean() / len(large)),
        kept=bool(np.array_equal(before[left], after[left])),
        own=float((before == 0).mean()),
    )


def _repeated(values: Float32) -> float:
    """Share of the values other than zero that stand twice in their run, up to the sign."""
    runs = [run[run != 0] for run in np.abs(values[: 2 * RUNS * RUN]).reshape(-1, RUN)]
    several = [run for run in runs if len(run) > 1]
    count = sum(len(run) for run in several)
    return 1.0 - sum(len(np.unique(run)) for run in several) / count if count else 0.0
