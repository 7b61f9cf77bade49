"""Counting axes of the residual stream that keep their place, in runs of neighbours.

Shared by the methods that see axes as columns of a table or of the attention. What is done here
before the count looks at no order but in order to abstain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.weights.combination import over_candidates
from filiation.model.finding import Finding, LayerFinding
from filiation.model.null import Exact
from filiation.model.sketch import Component, Sketch
from filiation.numerics.frames.assignment import pair_units
from filiation.numerics.frames.directions import alive, quantise
from filiation.numerics.frames.listing import listed, shards, sinusoidal
from filiation.numerics.tails.runs import LENGTH, kept_in_runs, runs_log_p, runs_of

__all__ = [
    "Kept",
    "Seen",
    "count_kept",
    "finding_of",
    "marked",
    "prepare",
]

Float32: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.int64]

EXCHANGEABLE: Final = (
    "training from an independent random initialisation leaves the order of the axes of the "
    "residual stream random at least among every sixteen neighbours: initialisation and "
    "elementwise optimisers treat axes alike, no fixed signal such as sinusoidal positions marks "
    "them, and no exporter has listed them by anything finer"
)
FEWEST_AXES: Final = 8
OUTLIER: Final = 3.0  # times the median norm beyond which an axis is marked by its size
LISTED: Final = 6.0  # standard deviations beyond which axes stand in an order of their own


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """Both models' axes as rows of the same entries, float32 [axes, entries], unit length.

    Attributes:
        label: What the entries are.
        roles: The tables or matrices that they come from.
        dropped: Axes left out on either side.
    """

    label: str
    roles: str
    a: Float32
    b: Float32
    dropped: int


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kept:
    """How many axes are paired with their own number, and the pairing."""

    count: int
    partner: Indices
    log_p: float


def marked(source: Sketch, subject: Sketch) -> str | None:
    """Why axes are not alike to training, by a fixed table of positions; None if none is known."""
    for sketch in (source, subject):
        table = sketch.tables.get("positions/id")
        if table is None or not sinusoidal(
            table.rows.astype(np.float32), np.array([int(key) for key in table.keys])
        ):
            return None
    return (
        f"{source.name} and {subject.name} both add the published sinusoidal positions, which "
        "mark every axis with a frequency of its own; models trained apart then agree on axes"
    )


def prepare(a: Float32, b: Float32, *, label: str, roles: str, names: Sequence[str]) -> Seen | str:
    """Drop axes that carry no order of their own; or the reason for which nothing can be counted.

    Args:
        a: The source's axes as rows of entries, centred, float32 [axes, entries].
        b: The subject's, the same shape.
        label: What the entries are.
        roles: Where they come from.
        names: Of both models.
    """
    if all(listed(vectors) > LISTED for vectors in (b, a)):  # a second look only where it counts
        return (
            f"{names[0]} and {names[1]} both list their axes in an order that shows in their "
            "sizes or in their neighbours; it then says how they were made, not whence they come"
        )
    part = len(a) // _repeated(a, b)  # repeated shards count once
    keep = alive(quantise(a)) & alive(quantise(b)) & _unmarked(a) & _unmarked(b)
    keep &= np.arange(len(a)) < part
    if int(keep.sum()) < FEWEST_AXES:
        return f"fewer than {FEWEST_AXES} axes are alive in both models"
    return Seen(
        label=label, roles=roles, a=_unit(a[keep]), b=_unit(b[keep]), dropped=int((~keep).sum())
    )


def _repeated(a: Float32, b: Float32) -> int:
    """Into how many parts the axes fall where both models repeat theirs; 1 where one does not."""
    theirs = shards(b)
    ours = shards(a) if theirs > 1 else 1
    return max(ours, theirs) if ours > 1 else 1


def count_kept(seen: Seen, rng: np.random.Generator, *, exact_to: int = LENGTH) -> Kept:
    """Pair axes within runs of sixteen by absolute cosine; count those that keep their place.

    The source's axes of a run are shuffled first, so that ties are broken at random. Runs of more
    than `exact_to` pair those only that are each other's nearest.
    """
    runs = runs_of(np.arange(len(seen.a), dtype=np.int64))
    partner = np.empty(len(runs), dtype=np.int64)
    for run in range(int(runs[-1]) + 1):
        at = np.flatnonzero(runs == run)
        found = pair_units(seen.a[at], seen.b[at], rng, exact_to=exact_to, unsigned=True)
        partner[at] = np.where(found < 0, found, at[found])
    count, within = kept_in_runs(partner, runs)
    return Kept(count=count, partner=partner, log_p=runs_log_p(count, within))


def _least_log_p(seen: Seen) -> float:
    """The smallest log p that so many axes can support."""
    runs = runs_of(np.arange(len(seen.a), dtype=np.int64))
    return runs_log_p(len(runs), _whole(runs))


def finding_of(
    method: str,
    tried: Sequence[Seen],
    seen: Seen,
    kept: Kept,
    *,
    unit: str,
    combination: str,
    component: Component,
) -> Finding:
    """The better of the ways that were tried, paid for, as a finding of one part."""
    log_p = over_candidates(kept.log_p, len(tried))
    return Finding(
        method=method,
        observed=float(kept.count),
        unit=unit,
        null=Exact(
            distribution="fixed points of random permutations of runs of sixteen (rencontres "
            "numbers, added up)",
            log_floor=over_candidates(min(map(_least_log_p, tried)), len(tried)),
            because=EXCHANGEABLE,
        ),
        log_p=log_p,
        combination=combination,
        layers=(_part(seen, kept, len(tried), log_p),),
        component=component,
    )


def _part(seen: Seen, kept: Kept, candidates: int, log_p: float) -> LayerFinding:
    """What was counted, as the only part of a finding."""
    axes = len(seen.a)
    return LayerFinding(
        source_layer=seen.label,
        subject_layer=seen.label,
        roles=seen.roles,
        units=axes,
        dropped=seen.dropped,
        candidates=candidates,
        observed=float(kept.count),
        z=_deviates(kept.count, axes),
        log_p=log_p,
        assignment=tuple(kept.partner.tolist()),
    )


def _deviates(count: int, axes: int) -> float:
    """Fixed points have mean and variance 1 in each run."""
    runs = -(-axes // LENGTH)
    return float((count - runs) / np.sqrt(runs))


def _whole(runs: Indices) -> tuple[tuple[int, int], ...]:
    return tuple((int(size), int(size)) for size in np.bincount(runs))


def _unmarked(axes: Float32) -> NDArray[np.bool_]:
    """Which axes are of ordinary size; a few huge ones pair with huge ones wherever they stand."""
    sizes = np.linalg.norm(axes, axis=1)
    return np.asarray(sizes <= OUTLIER * np.median(sizes))


def _unit(rows: Float32) -> Float32:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30))
