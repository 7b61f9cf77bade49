"""Which matrix of the subject holds the values of which matrix of the source, and how?

Read from the values that sketches keep. Nothing is asked of names, axes or dtypes: a matrix is set
beside every matrix of the same two lengths, and the one it correlates with most is looked at.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Final, Literal, TypeAlias, final

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from filiation.model.layout import TensorInfo
from filiation.model.sketch import RUN, RUNS, Sketch
from filiation.numerics.frames.lattice import Lattice, Taken, find_lattice, share_within, taken

__all__ = ["Counterpart", "counterparts", "matrices", "moved_vectors", "same_shapes"]

Float32: TypeAlias = NDArray[np.float32]
Lattices: TypeAlias = tuple[tuple[slice, Lattice], ...]
How: TypeAlias = Literal["same", "cast", "rounded", "restored", "both-rounded", "other"]

ALIKE: Final = 0.75  # cosine below which nothing is looked at; one bit of a normal leaves 0.8
FITTING: Final = 0.95  # share of values that must lie within half a step
ON_LATTICE: Final = 0.75  # share of runs along one axis that must lie on a lattice

_PRECISION: Final = {"BF16": 2.0**-9, "F16": 2.0**-12}
_EXACT: Final = 2.0**-22
# Codes that are no uniform lattice: how far a rounding moves a matrix at most, as a share of its
# norm.
_CODEBOOKS: Final = {
    "F8_E4M3": 0.05, "F8_E5M2": 0.1, "MXFP4": 0.2, "NVFP4": 0.2, "NF4": 0.15, "FP4": 0.2,
    "IQ4_NL": 0.15, "IQ4_XS": 0.15,
    "IQ3_S": 0.3, "IQ3_XXS": 0.3, "IQ2_S": 0.5, "IQ2_XS": 0.5, "IQ2_XXS": 0.5,
}  # fmt: skip
# The same of lattices whose groups may stand in any order, so that no run shows one.
_SCATTERED: Final = {
    "GPTQ4": 0.12, "CT-INT4": 0.12, "HQQ4": 0.12, "GPTQ3": 0.26, "CT-INT3": 0.26, "GPTQ2": 0.5,
    "HQQ2": 0.5,
}  # fmt: skip


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Counterpart:
    """One matrix and the one that holds its values.

    Attributes:
        tensor: Name in the one model.
        other: Name in the other.
        weights: How many values the matrix has.
        how: `same` value for value; `cast` to half precision or bfloat16; the subject's `rounded`
            to a lattice or code; the source's, so that the subject is finer (`restored`); both
            rounded; or `other`: alike, but none of these.
        bits: Bits per value of the coarser one where that is known, else 0.
        dtype: Stored dtype of the coarser one.
        taken: What the rounding took; of nothing where the coarser one lies on no lattice, or the
            finer one on a lattice of its own: then both may be roundings of a third.
    """

    tensor: str
    other: str
    weights: int
    how: How
    bits: int
    dtype: str
    taken: Taken


def matrices(sketch: Sketch) -> dict[str, TensorInfo]:
    """The tensors that count: more than one row and column, with readable values."""
    return {
        info.name: info
        for info in sketch.tensors
        if info.name in sketch.samples and len(info.shape) > 1 and min(info.shape) > 1
    }


@lru_cache(maxsize=16)
def counterparts(source: Sketch, subject: Sketch) -> tuple[Counterpart, ...]:
    """For every matrix of the source the one of the subject that is nearest to it, if any is."""
    mine, others = _by_shape(source), _by_shape(subject)
    found = list[Counterpart]()
    for shape, named in mine.items():
        pairs = _nearest(source, subject, named, others.get(shape, []))
        found += [_classified(source, subject, a, b, turned) for a, b, turned in pairs]
    return tuple(found)


def same_shapes(source: Sketch, subject: Sketch) -> Iterator[tuple[Float32, Float32]]:
    """Values kept of both models' matrices of the same two lengths, [matrices, values] each.

    Of a square matrix the half that is read along its own axes: one that was transposed is missed.
    """
    mine, others = _by_shape(source), _by_shape(subject)
    for shape in mine.keys() & others.keys():
        yield (
            np.stack([_first(source, info) for info in mine[shape]]),
            np.stack([_first(subject, info) for info in others[shape]]),
        )


def moved_vectors(source: Sketch, subject: Sketch) -> int:
    """How many vectors of the source are like one of the subject, and hold other values.

    A gain that is stored less one (Gemma) is the same gain.
    """
    mine, others = _vectors(source), _vectors(subject)
    moved = 0
    for length in mine.keys() & others.keys():
        ours = [x for x in mine[length] if not any(_as_vector(x, y) for y in others[length])]
        theirs = [y for y in others[length] if not any(_as_vector(x, y) for x in mine[length])]
        if ours and theirs:
            likeness = (_directions(ours) @ _directions(theirs).T).max(axis=1)
            moved += min(int((likeness >= ALIKE).sum()), len(theirs))
    return moved


def _vectors(sketch: Sketch) -> Mapping[int, list[Float32]]:
    groups: dict[int, list[Float32]] = defaultdict(list)
    for info in sketch.tensors:
        if info.name in sketch.samples and max(info.shape, default=1) == prod(info.shape) > 1:
            groups[prod(info.shape)].append(sketch.samples[info.name])
    return groups


def _as_vector(one: Float32, two: Float32) -> bool:
    """The same values, in another precision or less one."""
    ones = (one, one + np.float32(1), one - np.float32(1))
    return any(
        np.array_equal(x, two)
        or any(np.array_equal(cast, two) for cast in _casts(x))
        or any(np.array_equal(cast, x) for cast in _casts(two))
        for x in ones
    )


def _by_shape(sketch: Sketch) -> Mapping[tuple[int, ...], list[TensorInfo]]:
    groups: dict[tuple[int, ...], list[TensorInfo]] = defaultdict(list)
    for info in matrices(sketch).values():
        shape = tuple(sorted(info.shape)) if len(info.shape) == 2 else info.shape
        groups[shape].append(info)
    return groups


def _nearest(
    source: Sketch, subject: Sketch, mine: list[TensorInfo], others: list[TensorInfo]
) -> Iterator[tuple[TensorInfo, TensorInfo, bool]]:
    """(source's, subject's, whether one is the other transposed) for those that are alike."""
    if not others:
        return
    ours = _directions([_first(source, info) for info in mine])
    straight = ours @ _directions([_first(subject, info) for info in others]).T
    turned = ours @ _directions([_second(subject, info) for info in others]).T
    for row, info in enumerate(mine):
        best = int(np.argmax(np.maximum(straight[row], turned[row])))
        if max(straight[row, best], turned[row, best]) >= ALIKE:
            yield info, others[best], bool(turned[row, best] > straight[row, best])


def _first(sketch: Sketch, info: TensorInfo) -> Float32:
    values = sketch.samples[info.name]
    return values[: len(values) // 2] if _is_square(info) else values


def _second(sketch: Sketch, info: TensorInfo) -> Float32:
    values = sketch.samples[info.name]
    return values[len(values) // 2 :] if _is_square(info) else values


def _is_square(info: TensorInfo) -> bool:
    return len(info.shape) == 2 and info.shape[0] == info.shape[1]


def _directions(rows: list[Float32]) -> Float32:
    block = np.nan_to_num(np.array(rows, dtype=np.float64), posinf=0.0, neginf=0.0)
    norms = np.linalg.norm(block, axis=1, keepdims=True)
    return np.asarray(block / np.where(norms > 0, norms, 1.0), dtype=np.float32)


def _classified(
    source: Sketch, subject: Sketch, one: TensorInfo, two: TensorInfo, turned: bool
) -> Counterpart:
    before = _first(source, one)
    after = _second(subject, two) if turned else _first(subject, two)
    how, bits, coarse, lost = _how(before, after, one.dtype, two.dtype)
    return Counterpart(
        tensor=one.name,
        other=two.name,
        weights=prod(one.shape),
        how=how,
        bits=bits,
        dtype=(one if coarse == "source" else two).dtype,
        taken=lost,
    )


def _how(
    before: Float32, after: Float32, one: str, two: str
) -> tuple[How, int, Literal["source", "subject"], Taken]:
    if np.array_equal(before, after):
        return "same", 0, "subject", Taken()
    if any(np.array_equal(cast, after) for cast in _casts(before)):
        return "cast", 0, "subject", Taken()
    if any(np.array_equal(cast, before) for cast in _casts(after)):
        return "cast", 0, "source", Taken()
    ours, theirs = tuple(_lattices(before, one)), tuple(_lattices(after, two))
    near = _near(one, two)
    bits = _rounding(before, after, one, two, theirs)
    if bits:
        return "rounded", bits, "subject", Taken() if ours else _taken(before, after, theirs, near)
    bits = _rounding(after, before, two, one, ours)
    if bits:
        return "restored", bits, "source", Taken() if theirs else _taken(after, before, ours, near)
    bits = _both(before, after, near, ours, theirs)
    return ("both-rounded" if bits else "other"), bits, "subject", Taken()


def _taken(finer: Float32, coarser: Float32, lattices: Lattices, near: float) -> Taken:
    """What was lost along the axis on which the rounding left the least."""
    lost = (taken(_runs(finer)[r], _runs(coarser)[r], found, near) for r, found in lattices)
    return min(lost, key=lambda each: each.beyond, default=Taken())


def _casts(values: Float32) -> Iterator[Float32]:
    """The values in half precision, in bfloat16, and by way of one into the other."""
    with np.errstate(over="ignore", under="ignore"):
        half = values.astype(np.float16).astype(np.float32)
        brain = values.astype(ml_dtypes.bfloat16).astype(np.float32)
        yield half
        yield brain
        yield half.astype(ml_dtypes.bfloat16).astype(np.float32)
        yield brain.astype(np.float16).astype(np.float32)


def _rounding(before: Float32, after: Float32, one: str, two: str, lattices: Lattices) -> int:
    """To how many bits `after` is `before` rounded; 0 if it is not."""
    for runs, lattice in lattices:
        on = lattice.found
        share = share_within(
            _runs(before)[runs][on], _runs(after)[runs][on], lattice.steps[on], _near(one, two)
        )
        if share >= FITTING:
            return _bits(lattice)
    moved = float(np.linalg.norm(after - before) / max(float(np.linalg.norm(before)), 1e-30))
    most = _CODEBOOKS.get(two, 0.0 if lattices else _SCATTERED.get(two, 0.0))
    return _code_bits(two) if moved <= most else 0


def _both(before: Float32, after: Float32, near: float, ours: Lattices, theirs: Lattices) -> int:
    """Bits of the coarser, if both lie on lattices and no value is further than half of both."""
    mine = {runs.start: lattice for runs, lattice in ours}
    for runs, lattice in theirs:
        if runs.start not in mine:
            continue
        on = lattice.found & mine[runs.start].found
        steps = lattice.steps[on] + mine[runs.start].steps[on]
        share = share_within(_runs(before)[runs][on], _runs(after)[runs][on], steps, near)
        if share >= FITTING:
            return min(_bits(lattice), _bits(mine[runs.start]))
    return 0


def _near(one: str, two: str) -> float:
    return _PRECISION.get(one, _EXACT) + _PRECISION.get(two, _EXACT)


def _lattices(values: Float32, dtype: str) -> Iterator[tuple[slice, Lattice]]:
    """The runs along each axis that lie on lattices, if most along it do."""
    for runs in (slice(0, RUNS), slice(RUNS, 2 * RUNS)):
        lattice = find_lattice(_runs(values)[runs], _PRECISION.get(dtype, _EXACT))
        varied = np.ptp(_runs(values)[runs], axis=1) > 0
        if varied.any() and lattice.found.sum() >= max(2.0, ON_LATTICE * varied.sum()):
            yield runs, lattice


def _runs(values: Float32) -> Float32:
    return values[: 2 * RUNS * RUN].reshape(2 * RUNS, RUN)


def _bits(lattice: Lattice) -> int:
    """Bits that the widest run needs at least."""
    return max(1, int(np.ceil(np.log2(int(lattice.levels.max()) + 1))))


def _code_bits(dtype: str) -> int:
    return 8 if dtype.startswith("F8") else next(int(c) for c in dtype if c in "12345678")
