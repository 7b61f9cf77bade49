"""Do the units of two models pair up at all, whatever their order, and do their tables agree?

Reservations, never accusations: where the matrices of a unit, each paired on its own, agree on far
more units than chance allows, where units stand to each other as the source's do in whatever axes
(`methods.weights.elsewhere`), or where two tables of tokens place the same tokens alike in the
directions that strangers do not share, one model may be the other in disguise, and a clean result
of the other statistics must not be read as independence. No p is claimed.

All units of the subject are looked through, layer by layer, and those of the source are drawn by
the plan's seed: silent layers, decoys and layers that were moved hide nothing.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.weights.elsewhere import Elsewhere, elsewhere
from filiation.methods.weights.frames import FEWEST_SHARED, Seen, views
from filiation.methods.weights.obstacles import taken_differently
from filiation.methods.weights.tables_alike import tables_alike, told_alike
from filiation.methods.weights.unit_agreement import agreements
from filiation.methods.weights.written import TIED, Numbered, written_in_both
from filiation.model.sketch import FRAMES, Component, Frame, Sketch
from filiation.numerics.frames.directions import alive
from filiation.numerics.rng import stream
from filiation.numerics.tails.poisson import at_most, exceeded_with

__all__ = [
    "LOOKS",
    "Limits",
    "Rows",
    "agreeing",
    "asked_of_each",
    "beyond",
    "by_published_place",
    "limits",
    "living_rows",
    "pairs_up_as_stored",
    "size_of",
    "warnings",
    "what_pairs_up",
]

Float32: TypeAlias = NDArray[np.float32]
Bools: TypeAlias = NDArray[np.bool_]
Counts: TypeAlias = NDArray[np.int64]
Rows: TypeAlias = Mapping[str, Float32]  # by role, unit length, centred

UNITS: Final[tuple[Component, ...]] = ("mlp", "attention")
LOOKS: Final[tuple[tuple[Frame, ...], ...]] = (*((f,) for f in FRAMES), ("token", "table"))
AS_STORED: Final[tuple[Frame, ...]] = ("native",)
CHANCE: Final = 12  # agreements of two layers that chance may reach: about one is expected
SHARE: Final = 0.05  # of the units asked, for narrow layers and correlated gates
# The same of all layers together: three layers of MiniLM agree with the three others on 1.3 % of
# the units asked, as they share axes. Printed by `tools/docs/held_out.py --layers`.
ALL: Final = 0.02
RARE: Final = 1e-4  # chance that any two layers of unrelated models agree on more, at one unit each
# Where as many units as a layer has are asked of it, strangers of the casebook agree on .003
# (MLP) and .16 (attention) on average, at most on 1 and on 4, in twenty pairs and four looks;
# layers of SmolLM2, each against the others, on .03 to .16. None is held back.
# Printed by `python tools/docs/reservations.py`.
MUTUAL: Final = 0.5
SPREADS: Final = 6.0  # standard deviations by which all layers together may exceed what is expected
ASKED: Final = 2048  # units of the source that are looked for, at most, in all
LIKENESSES: Final = 1 << 29  # of a unit of the source with one of the subject, at most, in all
FEWEST: Final = 8  # living units below which a layer says nothing
FEWEST_ASKED: Final = 16  # of a layer
SIGNED: Final = "mlp.gate"  # its sign cannot be changed without changing the function


def what_pairs_up(source: Sketch, subject: Sketch, *, seed: int) -> tuple[str, ...]:
    """The components of the models that agree in a way that strangers do not."""
    if taken_differently(source, subject) is not None:
        return ()
    paired = _components_paired(source, subject, seed=seed)
    turned = "mlp" not in paired and _in_other_axes(source, subject, seed=seed) is not None
    return (*(("mlp",) if turned else ()), *paired, *tables_alike(source, subject))


@lru_cache(maxsize=64)
def _in_other_axes(source: Sketch, subject: Sketch, *, seed: int) -> Elsewhere | None:
    found = elsewhere(source, subject, seed=seed)
    return found if found is not None and found.found else None


@lru_cache(maxsize=64)
def _components_paired(source: Sketch, subject: Sketch, *, seed: int) -> tuple[Component, ...]:
    """The components whose units pair up in some look, or as matrices in the signature frame."""
    held = agreements(source, subject)
    found = {"mlp"} if any(agree > max(CHANCE, SHARE * of) for agree, of in held) else set()
    return tuple(
        of
        for of in UNITS
        if of in found or any(_paired(source, subject, frames, of, seed=seed) for frames in LOOKS)
    )


def pairs_up_as_stored(source: Sketch, subject: Sketch, *, seed: int) -> tuple[str, ...]:
    """The components whose units pair up in the axes that they are stored in: a part of the above.

    It sees a copy whose units stand in another order, and none whose stream was rotated.
    """
    if taken_differently(source, subject) is not None:
        return ()
    return tuple(of for of in UNITS if _paired(source, subject, AS_STORED, of, seed=seed))


def warnings(source: Sketch, subject: Sketch, of: Sequence[str], *, seed: int) -> Iterator[str]:
    """What was seen of the components that agree, in words."""
    turned = _in_other_axes(source, subject, seed=seed) if "mlp" in of else None
    paired = of if turned is None else _components_paired(source, subject, seed=seed)
    for component in UNITS:
        if component in of and component in paired:
            yield (
                f"{component}: units find one and the same partner by each of their matrices, "
                "whatever their order, more often than chance and than strangers allow"
            )
    if turned is not None and turned.crowded:
        yield (
            f"mlp: the matrices of {turned.close} of {turned.of} units lie to each other as those "
            f"of a unit of the source do; up to {turned.close_limit} would be put down to chance"
        )
    if turned is not None and turned.stands:
        yield (
            f"mlp: {turned.units} of {turned.of} units stand to each other as units of the source "
            f"do, in whatever axes; up to {turned.limit:.0f} would be put down to chance"
        )
    yield from told_alike(source, subject)


def _paired(
    source: Sketch, subject: Sketch, frames: tuple[Frame, ...], of: Component, *, seed: int
) -> bool:
    layers, roles = _looked_at(source, subject, frames, of)
    sizes = [[x for one in side if (x := _alive_in(one, roles)) >= FEWEST] for side in layers]
    if not all(sizes):
        return False
    by_rule = by_published_place(source, subject, frames, of)
    places = [[*_all_places(side, roles)] for side in layers] if by_rule else None
    rng = stream(seed, "reordered", of, *frames, source.subject_digest, subject.subject_digest)
    asked = asked_of_each(sizes[0], sum(sizes[1]))
    counts = np.zeros((len(sizes[0]), len(sizes[1])), dtype=np.int64)
    ours = list(_all_living(layers[0], roles))
    chosen = [rng.choice(n, size=k, replace=False) for n, k in zip(sizes[0], asked, strict=True)]
    for j, other in enumerate(_all_living(layers[1], roles)):  # one at a time in memory
        for i, (one, at) in enumerate(zip(ours, chosen, strict=True)):
            own = None if places is None else (places[0][i], places[1][j])
            counts[i, j] = agreeing(one, at, other, own).sum(axis=1).min(initial=len(at))
    return beyond(counts, limits(asked, sizes[1]))


def by_published_place(
    source: Sketch, subject: Sketch, frames: tuple[Frame, ...], of: Component
) -> bool:
    """Whether a published matrix explains why units at one place are alike, as with the identity.

    Partners at one place then say nothing. Those elsewhere do: a copy in another order has them.
    """
    what: Numbered = "mlp" if of == "mlp" else "attention"
    return not TIED.isdisjoint(frames) and written_in_both(source, subject, what) is not None


def living_rows(
    source: Sketch,
    subject: Sketch,
    frames: tuple[Frame, ...],
    of: Component,
    *,
    most: int | None = None,
) -> tuple[tuple[Rows, ...], tuple[Rows, ...]]:
    """The living units of all layers of both models, in the matrices that they have in common.

    Of so many layers at most, spread over the depth, if `most` is given; all must be comparable.

    In several frames at once where `frames` names several; nothing where one of them is lacking.
    """
    layers, roles = _looked_at(source, subject, frames, of)
    ours, theirs = (tuple(_all_living(_some(side, most), roles)) for side in layers)
    return ours, theirs


def _looked_at(
    source: Sketch, subject: Sketch, frames: tuple[Frame, ...], of: Component
) -> tuple[tuple[list[tuple[Seen, ...]], list[tuple[Seen, ...]]], Sequence[str]]:
    """Layers of both models in all these frames, and the matrices that all of the source's have.

    Of the subject those that can be set beside the source's by at least two of them, each by those
    that it has: a tower in another width, or a decoy that lacks a matrix, hides no body.
    """
    seen = [_seen(source, subject, frame, of) for frame in frames]
    pairs = [pair for pair in seen if pair is not None]
    kept = [{one.layer.label for one in theirs} for _, theirs in pairs]
    pairs = [
        (ours, tuple(one for one in theirs if all(one.layer.label in of for of in kept)))
        for ours, theirs in pairs
    ]
    roles = sorted(set.intersection(*(_common(ours) for ours, _ in pairs))) if pairs else []
    if len(pairs) < len(frames) or len(roles) < 2 or not all(theirs for _, theirs in pairs):
        return ([], []), ()
    ours, theirs = (list(zip(*(pair[side] for pair in pairs), strict=True)) for side in (0, 1))
    return (ours, [seen for seen in theirs if len(_held(seen, roles)) > 1]), roles


def _all_living(layers: Sequence[tuple[Seen, ...]], roles: Sequence[str]) -> Iterator[Rows]:
    """Of each layer with enough of them the living units, made when it is their turn."""
    for seen in layers:
        if size_of(rows := _living(seen, roles)) >= FEWEST:
            yield rows


def _alive_in(seen: Sequence[Seen], roles: Sequence[str]) -> int:
    return int(np.count_nonzero(_keep(seen, roles)))


def _all_places(layers: Sequence[tuple[Seen, ...]], roles: Sequence[str]) -> Iterator[Counts]:
    """Where the living units of each layer with enough of them stand in it."""
    for seen in layers:
        if _alive_in(seen, roles) >= FEWEST:
            yield np.asarray(seen[0].at[_keep(seen, roles)], dtype=np.int64)


def _keep(seen: Sequence[Seen], roles: Sequence[str]) -> Bools:
    kept = [alive(one.rows[role]) for one in seen for role in _held(seen, roles)]
    return np.asarray(np.logical_and.reduce(kept))


def _some(layers: list[tuple[Seen, ...]], most: int | None) -> list[tuple[Seen, ...]]:
    count = len(layers) if most is None else min(most, len(layers))
    return [layers[(2 * n + 1) * len(layers) // (2 * count)] for n in range(count)]


def _seen(
    source: Sketch, subject: Sketch, frame: Frame, of: Component
) -> tuple[tuple[Seen, ...], tuple[Seen, ...]] | None:
    """All layers of the source in one frame, and those of the subject that are seen alike in it."""
    seen = views(source, subject, frame, of)
    shared = len({*source.anchors} & {*subject.anchors})
    if isinstance(seen, str) or not all(seen) or (frame == "token" and shared < FEWEST_SHARED):
        return None
    ours, theirs = seen
    known = _common(ours)
    if not all(_comparable(ours, role, frame) for role in known):
        return None
    theirs = tuple(one for one in theirs if _beside(ours[0], one, known, frame))
    return (ours, theirs) if theirs else None


def _beside(one: Seen, other: Seen, roles: set[str], frame: Frame) -> bool:
    """Whether a layer can be set beside another by at least two of these matrices."""
    shared = roles & other.rows.keys()
    return len(shared) > 1 and all(_comparable((one, other), role, frame) for role in shared)


def _common(layers: Sequence[Seen]) -> set[str]:
    return set.intersection(*(set(one.rows) - {"in", "out"} for one in layers))


def _held(seen: Sequence[Seen], roles: Sequence[str]) -> list[str]:
    """Those of the matrices that a layer has in all frames."""
    return [role for role in roles if all(role in one.rows for one in seen)]


def _comparable(every: Sequence[Seen], role: str, frame: Frame) -> bool:
    """Whether one matrix is seen alike in all layers of both models."""
    widths = {one.layer.roles[role].width for one in every} if frame == "native" else set()
    return len(widths) < 2 and len({one.rows[role].shape[1] for one in every}) == 1


def _living(seen: Sequence[Seen], roles: Sequence[str]) -> Rows:
    """The living units of one layer, through all frames side by side."""
    keep = _keep(seen, roles)
    return {
        role: _unit(
            np.concatenate(
                [
                    _centred(one.rows[role][keep].astype(np.float32))
                    * one.rows[role].shape[1] ** 0.5
                    for one in seen
                ],
                axis=1,
            )
        )
        for role in _held(seen, roles)
    }


def agreeing(
    units: Rows, at: Counts, others: Rows, places: tuple[Counts, Counts] | None = None
) -> Bools:
    """For each two of the matrices which units find one and the same partner, bool [twos, asked].

    The partner must find the unit again, by both matrices: units that all others are like, as where
    a few axes are huge, are nobody's partner.

    Args:
        units: All units of a layer, by matrix.
        at: Places of those whose partners are looked for.
        others: The units among which they are looked for.
        places: Of both in their layers, where partners at one place are not to be counted.
    """
    shared = [role for role in units if role in others]
    partners = {role: _nearest(role, units[role][at], others[role]) for role in shared}
    found = []
    for one, two in combinations(shared, 2):
        agree = partners[one] == partners[two]
        if places is not None:
            agree &= places[0][at] != places[1][partners[one]]
        some = np.flatnonzero(agree)
        for role in (one, two):
            again = _nearest(role, others[role][partners[one][some]], units[role])
            agree[some] &= again == at[some]
        found.append(agree)
    return np.array(found)


def _nearest(role: str, rows: Float32, others: Float32) -> Counts:
    """The row of the others that each is most like, by one matrix on its own."""
    likeness = rows @ others.T
    if role != SIGNED:
        np.abs(likeness, out=likeness)
    return np.asarray(likeness.argmax(axis=1), dtype=np.int64)


def asked_of_each(units: Sequence[int], among: int) -> list[int]:
    """How many units of each of the source's layers are looked for among so many."""
    most = min(ASKED, LIKENESSES // max(1, among))
    each = max(FEWEST_ASKED, most // max(1, len(units)))
    return [min(count, each) for count in units]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limits:
    """What chance may reach.

    Attributes:
        two: For any two layers, int64 [layers of the source, layers of the subject].
        all: For the best partners of all layers of the source together.
    """

    two: Counts
    all: int


def limits(asked: Sequence[int], units: Sequence[int]) -> Limits:
    """What chance may reach with so many units asked of each layer, among so many of each.

    Two matrices agree on a wrong partner with a chance of one in the number of units, if they know
    nothing of each other, and that partner seldom finds the unit again: agreements are Poisson.
    """
    expected = MUTUAL * np.array(asked)[:, None] / np.array(units)[None, :]
    rare = exceeded_with(RARE / expected.size, expected) + 1
    floor = np.maximum(CHANCE, np.ceil(SHARE * np.array(asked)))[:, None]
    numbers = np.arange(int(rare.max()) + 2)
    below = at_most(numbers[None, None, :], expected[:, :, None]).prod(axis=1)
    mean = (1.0 - below).sum(axis=1)
    square = ((2 * numbers + 1)[None, :] * (1.0 - below)).sum(axis=1)
    spread = math.sqrt(float((square - mean**2).sum()))
    return Limits(
        two=np.maximum(rare, floor).astype(np.int64),
        all=max(
            CHANCE,
            math.ceil(ALL * sum(asked)),
            math.ceil(float(mean.sum()) + SPREADS * spread),
        ),
    )


def beyond(counts: Counts, limit: Limits) -> bool:
    """Whether two layers, or all together, agree on more units than chance may reach."""
    return bool((counts > limit.two).any() or counts.max(axis=1).sum() > limit.all)


def size_of(rows: Rows) -> int:
    """How many units."""
    return len(next(iter(rows.values())))


def _centred(rows: Float32) -> Float32:
    """Unit rows without their mean direction, which all units share."""
    unit = _unit(rows)
    return _unit(unit - unit.mean(axis=0)) if len(unit) else unit


def _unit(rows: Float32) -> Float32:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30))
