"""One module's change, laid over the matrix of the base that it belongs to."""

from dataclasses import dataclass, replace
from math import prod
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UnreadableError
from filiation.readers.weights.adapters.adapter import Change
from filiation.readers.weights.adapters.naming import Part
from filiation.readers.weights.adapters.recipe import Recipe
from filiation.readers.weights.adapters.rows import (
    Axis,
    Lowered,
    Magnified,
    Rescaled,
    Rows,
    column_norms,
)
from filiation.readers.weights.packed.packing import Held

__all__ = ["Changed", "changed", "vector_of"]

Float32: TypeAlias = NDArray[np.float32]
Float64: TypeAlias = NDArray[np.float64]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A matrix as a change leaves it.

    Attributes:
        rows: The matrix.
        rank: Of the change; 0 where it is none of low rank.
        idle: Whether the change is nought.
        assumed: Whether nobody stored its scale.
        bias: What is added to the module's bias.
        rescaled: What the module's bias is multiplied by.
    """

    rows: Rows
    rank: int = 0
    idle: bool = False
    assumed: bool = False
    bias: Float32 | None = None
    rescaled: Float32 | None = None


def changed(
    of: Rows, change: Change, recipe: Recipe, *, what: str, peft: bool, turned: bool
) -> Changed:
    """Lay a change over a matrix.

    Args:
        of: The matrix as it lies.
        change: Of its module.
        recipe: How strongly it counts.
        what: Opens each sentence: adapter and module.
        peft: Whether a configuration of PEFT's holds for it.
        turned: Whether the container stores the matrix with its axes swapped.

    Raises:
        UnreadableError: The factors do not fit the matrix, each other, or the configuration.
    """
    parts = set(change.parts)
    if parts == {"rescale"}:
        return _rescaled(of, change.parts["rescale"], what, swapped=recipe.across != turned)
    for down, up in (("down", "up"), ("row-down", "row-up")):
        if {down, up} <= parts <= {down, up, "magnitude", "alpha", "bias"}:
            table = down == "row-down"
            low, swapped = _lowered(of, change, recipe, what, peft=peft, turned=turned, table=table)
            found = _with_rest(low, change, recipe, what, swapped=swapped != table)
            told = "alpha" in change.parts or recipe.scale(change.module, 1) is not None
            return replace(found, assumed=not told)
    raise UnreadableError(
        f"{what}: it has {', '.join(sorted(parts))}, expected two factors; a factor is missing, or "
        "belongs to another kind of adapter"
    )


def vector_of(values: NDArray[np.floating]) -> Float32:
    """A vector in single precision."""
    return np.asarray(values, dtype=np.float32).reshape(-1)


def _lowered(
    of: Rows,
    change: Change,
    recipe: Recipe,
    what: str,
    *,
    peft: bool,
    turned: bool,
    table: bool,
) -> tuple[Lowered, bool]:
    """The matrix with the product of the factors added, and whether it lies [in, out]."""
    down_name, up_name = _names(table)
    down, up = change.parts[down_name], change.parts[up_name]
    before, after = _shape(down), _shape(up)
    rank = before[0]
    if rank < 1 or rank != after[1] or min(before[1], after[0]) < 1:
        raise UnreadableError(
            f"{what}: factors of {list(up.info.shape)} and {list(down.info.shape)}, whose product "
            "does not exist; they are of different adapters, or one was changed"
        )
    expected = recipe.rank_of(change.module)
    if peft and expected is not None and expected != rank:
        raise UnreadableError(
            f"{what}: factors of rank {rank}, its configuration says {expected:.12g}; one of them "
            "is of another adapter"
        )
    plain = (before[1], after[0]) if table else (after[0], before[1])
    fits = [plain == of.shape, plain[::-1] == of.shape]
    if not any(fits):
        raise UnreadableError(
            f"{what}: its factors make a matrix of {after[0]} by {before[1]}, the base has "
            f"{of.shape[0]} by {of.shape[1]} there; it is an adapter of another model"
        )
    swapped = turned != (recipe.across and not table) if all(fits) else fits[1]
    first, second = _matrix(up), _matrix(down)
    left, right = (second.T, first.T) if swapped != table else (first, second)
    scale = _scale(change, recipe, rank, what, peft=peft)
    return Lowered(of=of, left=left, right=right, scale=scale), swapped


def _names(table: bool) -> tuple[Part, Part]:
    return ("row-down", "row-up") if table else ("down", "up")


def _with_rest(
    low: Lowered, change: Change, recipe: Recipe, what: str, *, swapped: bool
) -> Changed:
    """The same with its magnitude, and what is added to the bias."""
    rank = low.left.shape[1]
    bias = change.parts.get("bias")
    added = None if bias is None else vector_of(bias.whole() * np.float32(low.scale))
    magnitude = change.parts.get("magnitude")
    if magnitude is None:
        if recipe.dora:
            raise UnreadableError(
                f"{what}: its configuration says use_dora, it has no magnitude; it is incomplete"
            )
        idle = not (low.scale and low.left.any() and low.right.any())
        return Changed(rows=low, rank=rank, bias=added, idle=idle)
    axis: Axis = 1 if swapped else 0
    lengths = magnitude.whole().astype(np.float64)
    if lengths.size != low.shape[axis] or max(magnitude.info.shape, default=0) != lengths.size:
        raise UnreadableError(
            f"{what}: {lengths.size} magnitudes, expected {low.shape[axis]}; they are of another "
            "adapter"
        )
    norms = column_norms(low) if axis else None
    return Changed(
        rows=Magnified(of=low, lengths=lengths, axis=axis, norms=norms), rank=rank, bias=added
    )


def _scale(change: Change, recipe: Recipe, rank: int, what: str, *, peft: bool) -> float:
    alpha = change.parts.get("alpha")
    if alpha is not None:
        if prod(alpha.info.shape) != 1:
            raise UnreadableError(f"{what}: alpha is {list(alpha.info.shape)}, expected one number")
        number = float(alpha.whole()[0])
        return number / rank if number else 1.0  # sd-scripts, networks/lora.py: none is the rank
    told = recipe.scale(change.module, rank)
    if told is None and peft:
        raise UnreadableError(
            f"{what}: its configuration has no lora_alpha, expected one; nobody knows how strongly "
            "the factors count"
        )
    return 1.0 if told is None else told


def _rescaled(of: Rows, held: Held, what: str, *, swapped: bool) -> Changed:
    """(IA)3: a number for every output [out, 1], or for every input [1, in]."""
    shape = held.info.shape
    outputs = len(shape) == 2 and shape[1] == 1
    if len(shape) != 2 or 1 not in shape:
        raise UnreadableError(f"{what}: factors of {list(shape)}, expected [out, 1] or [1, in]")
    axis: Axis = 0 if outputs != swapped else 1
    factors = held.whole().astype(np.float64)
    if factors.size != of.shape[axis]:
        raise UnreadableError(
            f"{what}: {factors.size} factors, the base has {of.shape[axis]} "
            f"{'outputs' if outputs else 'inputs'} there; it is an adapter of another model"
        )
    rows = Rescaled(of=of, factors=factors, axis=axis)
    return Changed(rows=rows, rescaled=vector_of(factors) if outputs else None)


def _shape(held: Held) -> tuple[int, int]:
    """Of a factor, the axes of a kernel taken together."""
    shape = held.info.shape
    return (shape[0], prod(shape[1:])) if len(shape) > 1 else (0, 0)


def _matrix(held: Held) -> Float64:
    return held.whole().astype(np.float64).reshape(_shape(held))
