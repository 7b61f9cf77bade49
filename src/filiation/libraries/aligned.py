"""Which matrices of several related models stand side by side, and how alike are they there?

Read from the values that sketches keep. Each matrix is put beside those it is most like, then
beside those of its name; so layers that were left out, moved or made anew fall into place. What is
kept of each layer is one table of inner products: everything conditional follows from it.
"""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod
from typing import Final, TypeAlias, final

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from filiation.examining.weights.kinship.counterparts import matrices
from filiation.model.layout import TensorInfo
from filiation.model.sketch import Sketch
from filiation.sketching.samples import sample_places

__all__ = ["Aligned", "Block", "Slot", "align", "grain", "kept", "same_model"]

Float32: TypeAlias = NDArray[np.float32]
Float64: TypeAlias = NDArray[np.float64]
Bool: TypeAlias = NDArray[np.bool_]

ALIKE: Final = 0.3  # cosine of values from which two matrices are put side by side
FAINTLY: Final = 0.2  # cosine from which a model is like another in its slot
NUMBER: Final = re.compile(r"(?:^|[._/])(\d+)(?=[._/])")
SMALLEST: Final = 6e-8  # below what half precision knows
GRAINS: Final = ((ml_dtypes.bfloat16, 2.0**-8), (np.float16, 2.0**-11))
FINEST: Final = 2.0**-24


@final
@dataclass(slots=True, kw_only=True, eq=False)
class Slot:
    """Matrices of several models that stand side by side; at most one of each.

    Attributes:
        shape: Their two lengths, or more, the longer first.
        layer: The number in the name of the first; empty for none.
        values: By model, as the sketch keeps them.
        names: By model.
        distinct: Places of values that are not the same value again.
    """

    shape: tuple[int, ...]
    layer: str
    distinct: NDArray[np.int64]
    values: dict[str, Float32] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Matrices of one layer, or outside of them, in which the same models are alike.

    Attributes:
        inner: Inner products of all values side by side, [models, models]; 0 where a model lacks
            the layer.
        values: How many there are.
    """

    inner: Float64
    values: int


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Aligned:
    """All that stands side by side.

    Attributes:
        models: By name.
        slots: Of matrices.
        blocks: Of layers.
    """

    models: tuple[str, ...]
    slots: tuple[Slot, ...]
    blocks: tuple[Block, ...]


def align(sketches: Mapping[str, Sketch]) -> Aligned:
    """Put the matrices of these models side by side; the order of the models decides nothing."""
    order = sorted(sketches, key=lambda name: (sketches[name].subject_digest, name))
    slots: list[Slot] = []
    for name in order:
        _add(slots, name, sketches[name])
    models = tuple(sketches)
    parts: dict[tuple[str, frozenset[str]], list[Slot]] = {}
    for slot in slots:
        parts.setdefault((slot.layer, _alike(slot)), []).append(slot)
    blocks = (_block(models, alike, chosen) for (_, alike), chosen in parts.items())
    return Aligned(
        models=models,
        slots=tuple(slots),
        blocks=tuple(block for block in blocks if block is not None),
    )


def _add(slots: list[Slot], name: str, sketch: Sketch) -> None:
    """Give every matrix of a model its place."""
    shapes: dict[tuple[int, ...], list[TensorInfo]] = {}
    for info in matrices(sketch).values():
        shape = tuple(sorted(info.shape, reverse=True)) if len(info.shape) == 2 else info.shape
        shapes.setdefault(shape, []).append(info)
    for shape, infos in shapes.items():
        known = [slot for slot in slots if slot.shape == shape]
        values = [_values(sketch, info) for info in infos]
        placed = _placed(infos, values, known)
        for row, info in enumerate(infos):
            slot = placed.get(row)
            if slot is None:
                number = NUMBER.search(info.name)
                distinct = _distinct(info.shape, sketch.method.seed)
                layer = number[1] if number else ""
                slot = Slot(shape=shape, layer=layer, distinct=distinct)
                slots.append(slot)
            slot.values[name], slot.names[name] = values[row], info.name


def _placed(
    infos: Sequence[TensorInfo], values: Sequence[Float32], known: Sequence[Slot]
) -> dict[int, Slot]:
    """Rows to slots: the most alike first, then by name; each slot once."""
    found: dict[int, Slot] = {}
    taken: set[int] = set()
    if not known:
        return found
    rows = _directions(values)
    best = np.stack(
        [(rows @ _directions(list(slot.values.values())).T).max(axis=1) for slot in known], axis=1
    )
    for place in np.argsort(-best, axis=None, kind="stable"):
        row, column = divmod(int(place), len(known))
        if best[row, column] < ALIKE:
            break
        if row not in found and column not in taken:
            found[row] = known[column]
            taken.add(column)
    for row, info in enumerate(infos):
        for column, slot in enumerate(known):
            if row not in found and column not in taken and info.name in slot.names.values():
                found[row] = slot
                taken.add(column)
    return found


def _values(sketch: Sketch, info: TensorInfo) -> Float32:
    """Of a square matrix those that are read along its own axes."""
    values = np.nan_to_num(sketch.samples[info.name], posinf=0.0, neginf=0.0)
    square = len(info.shape) == 2 and info.shape[0] == info.shape[1]
    return values[: len(values) // 2] if square else values


@lru_cache(maxsize=256)
def _distinct(shape: tuple[int, ...], seed: int) -> NDArray[np.int64]:
    places = sample_places(TensorInfo(name="", dtype="F32", shape=shape, nbytes=0), seed)
    return np.unique(places, return_index=True)[1]


def _directions(rows: Sequence[Float32]) -> Float32:
    block = np.array(rows, dtype=np.float64)
    size = np.linalg.norm(block, axis=1, keepdims=True)
    return np.asarray(block / np.where(size > 0, size, 1.0), dtype=np.float32)


def _alike(slot: Slot) -> frozenset[str]:
    """The models that are like another one in this slot."""
    rows = _directions(list(slot.values.values()))
    inner = np.abs(rows @ rows.T)
    np.fill_diagonal(inner, 0.0)
    near = inner.max(axis=1, initial=0.0) >= FAINTLY
    return frozenset(name for name, like in zip(slot.values, near, strict=True) if like)


def _block(models: Sequence[str], alike: Set[str], slots: Sequence[Slot]) -> Block | None:
    """Inner products over these slots, each in units of its mean square; None if all are zero."""
    inner, count = np.zeros((len(models), len(models))), 0
    for slot in slots:
        present = [place for place, name in enumerate(models) if name in alike]
        if not present:
            return None
        rows = np.array([slot.values[models[place]][slot.distinct] for place in present], float)
        size = float(np.mean(np.square(rows)))
        if size > 0:
            inner[np.ix_(present, present)] += rows @ rows.T / size
            count += rows.shape[1]
    return Block(inner=inner, values=count) if count else None


def same_model(aligned: Aligned, one: Sketch, other: Sketch) -> bool:
    """Whether two files hold one model: the same values everywhere, up to their types' rounding."""
    if one.subject_digest == other.subject_digest:
        return True
    mine, theirs = ([s for s in aligned.slots if x.name in s.values] for x in (one, other))
    if not mine or mine != theirs:
        return False
    equal = all(kept(slot.values[one.name], slot.values[other.name]) for slot in mine)
    return equal and not _vectors_moved(one, other)


def _vectors_moved(one: Sketch, other: Sketch) -> bool:
    """Whether vectors of one length are left over on both sides; a gain may be stored less one."""
    mine, theirs = _vectors(one), _vectors(other)
    return any(
        not all(any(_as_vector(x, y) for y in theirs[length]) for x in mine[length])
        and not all(any(_as_vector(x, y) for x in mine[length]) for y in theirs[length])
        for length in mine.keys() & theirs.keys()
    )


def _as_vector(one: Float32, other: Float32) -> bool:
    return any(kept(one + np.float32(shift), other) for shift in (0, 1, -1))


def _vectors(sketch: Sketch) -> dict[int, list[Float32]]:
    found: dict[int, list[Float32]] = {}
    for info in sketch.tensors:
        if info.name in sketch.samples and max(info.shape, default=1) == prod(info.shape) > 1:
            found.setdefault(prod(info.shape), []).append(sketch.samples[info.name])
    return found


def kept(one: Float32, other: Float32) -> bool:
    """Whether two hold the same values, up to the rounding of their types."""
    allowed = (grain(one) + grain(other)) * np.maximum(np.abs(one), np.abs(other)) + SMALLEST
    return bool((np.abs(one - other) <= allowed).all())


def grain(values: Float32) -> float:
    """Relative error with which these values are known: by what they are, not by their type."""
    with np.errstate(over="ignore"):
        for dtype, error in GRAINS:
            if np.array_equal(values.astype(dtype).astype(np.float32), values):
                return error
    return FINEST
