"""The stream as a model's own tables of embeddings see it, without a token's string.

Half of the columns weigh the rows of a table with signs drawn by the row's number; the other half
with smooth functions of what neither a rotation of the stream nor another numbering moves: ranks
of a row's norm and of its products with sums of all rows. A unit seen through them is unchanged
when stream and table are turned together, whatever stands in other layers or other units.

Only the rows whose numbers have the smallest hash are used, as many as fit a fixed budget: two
vocabularies of different size mostly use the same ones.
"""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.model.layout import Gain, WeightView
from filiation.model.sketch import TABLE_COLUMNS, TABLE_ROWS, SketchMethod, TableRows
from filiation.numerics.frames.directions import quantise
from filiation.numerics.rng import signs
from filiation.sketching.anchors import TokenFrame, gain_vector

__all__ = ["TableFrame", "chosen_numbers", "kept_tables", "table_frame"]

Float32: TypeAlias = NDArray[np.float32]
Float64: TypeAlias = NDArray[np.float64]

BUDGET: Final = 1 << 24  # values of a table that are used at most: 64 MiB
TOGETHER: Final = 64  # rows that are widened to double precision at a time
FEWEST: Final = 64  # rows without which the frame says too little
GENERATIONS: Final = 2  # of sums of rows whose products with the rows become facts of the rows
SUMS: Final = 2  # a generation
SLOW: Final = 0.6  # radians that a standardised fact turns the weights of those sums
SLOWER: Final = 0.6  # and those of the columns
DAMPING: Final = 0.02  # of the weakest directions, when columns are made unlike each other


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableFrame:
    """Projections of the residual stream onto what rows of its tables are to the model.

    Attributes:
        projections: Per side, float32 [width, columns], columns of unit length: how a vector that
            reads from (embeddings) or writes to (unembeddings) the stream is seen.
        absent: Why there is no such frame, or None.
    """

    projections: Mapping[Literal["reads", "writes"], Float32]
    absent: str | None


def table_frame(view: WeightView, seed: int) -> TableFrame:
    """Read the tables of a model and make both projections."""
    layout = view.layout
    if layout.embed is None:
        reason = "the input embeddings could not be told from the tensor names"
        return TableFrame(projections={}, absent=reason)
    sides: dict[Literal["reads", "writes"], tuple[str, Gain | None]] = {
        "reads": (layout.embed, None)
    }
    if layout.unembed is not None:
        sides["writes"] = (layout.unembed, layout.final_gain)
    with ThreadPoolExecutor(len(sides)) as pool:
        made = pool.map(lambda side: _side(view, side[0], side[1], seed), sides.values())
        found = {side: x for side, x in zip(sides, made, strict=True) if x is not None}
    if "reads" not in found:
        reason = (
            f"fewer than {FEWEST} rows of the input embeddings hold anything whose length can be "
            "reckoned in single precision"
        )
        return TableFrame(projections={}, absent=reason)
    return TableFrame(projections=found, absent=None)


def _side(view: WeightView, tensor: str, gain: Gain | None, seed: int) -> Float32 | None:
    """One projection, or None if the table says too little."""
    numbers, rows = _read(view, tensor, gain, seed)
    norms = _norms(rows)
    if not np.isfinite(norms).all() or np.count_nonzero(norms) < FEWEST:
        return None
    return _columns(numbers, rows, norms, seed=seed)


def _norms(rows: Float32) -> Float32:
    """Lengths of the rows: 0 where the squares vanish, infinite where they overflow."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", rows, rows)))


def _length(view: WeightView, tensor: str) -> int:
    """Rows of a table, also of one that is stored transposed."""
    shape = next(info.shape for info in view.tensors if info.name == tensor)
    return shape[1 if tensor in view.layout.transposed else 0]


def chosen_numbers(length: int, most: int, seed: int) -> list[int]:
    """The numbers below `length` with the smallest hash, increasing."""
    if length <= most:
        return list(range(length))
    name = f"numbers {seed}".encode()
    drawn = np.frombuffer(hashlib.shake_256(name).digest(8 * length), dtype="<u8")
    return sorted(np.argsort(drawn, kind="stable")[:most].tolist())


def _read(
    view: WeightView, tensor: str, gain: Gain | None, seed: int
) -> tuple[NDArray[np.int64], Float32]:
    """Numbers of the rows that are used, and the rows."""
    length = _length(view, tensor)
    width = next(int(np.prod(i.shape)) // max(1, length) for i in view.tensors if i.name == tensor)
    numbers = chosen_numbers(length, max(FEWEST, BUDGET // max(1, width)), seed)
    rows = view.rows(tensor, numbers)  # of many megabytes: changed in place, never copied
    if gain is not None:
        rows *= gain_vector(view, gain)
    return np.asarray(numbers, dtype=np.int64), rows


def _columns(numbers: NDArray[np.int64], rows: Float32, norms: Float32, *, seed: int) -> Float32:
    """The projection [width, columns] of one side; the rows are used up."""
    kept = norms > 0
    if not kept.all():
        numbers, rows, norms = numbers[kept], rows[kept], norms[kept]
    rows /= norms[:, None]
    mean = rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    facts = [_ranked(norms), _ranked(_products(rows, mean[:, None])[:, 0])]
    rows -= mean
    lengths = _norms(rows)
    rows /= np.maximum(lengths, np.finfo(np.float32).tiny)[:, None]
    half = TABLE_COLUMNS // 2
    by_number = signs(seed, "table", rows=int(numbers[-1]) + 1, columns=half)[numbers]
    for generation in range(GENERATIONS):
        weights = _smooth(facts, SUMS, SLOW, seed, f"generation {generation}")
        facts += [_ranked(fact) for fact in _products(rows, _sums(rows, weights)).T]
    by_likeness = _smooth(facts, half, SLOWER, seed, "columns")
    both = _sums(rows, np.concatenate([by_number, by_likeness], axis=1))
    halves = [_unit_columns(both[:, :half]), _unit_columns(_apart(both[:, half:]))]
    return np.concatenate(halves, axis=1, dtype=np.float32)


def _products(rows: Float32, columns: NDArray[np.floating]) -> Float64:
    """Each row times each column, [rows, columns], in double precision."""
    right = columns.astype(np.float64)
    parts = range(0, len(rows), TOGETHER)
    return np.concatenate([rows[n : n + TOGETHER].astype(np.float64) @ right for n in parts])


def _sums(rows: Float32, weights: Float32) -> Float64:
    """Sums of the rows under each column of weights, [width, columns], in double precision."""
    total = np.zeros((rows.shape[1], weights.shape[1]))
    for n in range(0, len(rows), TOGETHER):
        total += rows[n : n + TOGETHER].astype(np.float64).T @ weights[n : n + TOGETHER]
    return total


def _ranked(fact: NDArray[np.floating]) -> Float64:
    """Ranks, spread evenly with mean 0 and variance 1.

    A fact is rounded before, so that rows that are alike are ties on every processor.
    """
    place = np.empty(len(fact))
    place[np.argsort(fact.astype(np.float32), kind="stable")] = np.arange(len(fact))
    return np.asarray(((place + 0.5) / len(fact) - 0.5) * np.sqrt(12.0))


def _smooth(
    facts: Sequence[Float64], columns: int, slow: float, seed: int, purpose: str
) -> Float32:
    """Waves over the facts of each row, float32 [rows, columns], centred."""
    drawn = _normal(len(facts) + 1, columns, seed, purpose)
    turned = np.stack(facts, axis=1) @ (slow * drawn[:-1]) + np.pi * drawn[-1]
    waves = np.cos(turned)
    return np.asarray(waves - waves.mean(axis=0), dtype=np.float32)


def _normal(rows: int, columns: int, seed: int, purpose: str) -> Float64:
    """Sums of twelve uniform draws from SHAKE-256, the same on every machine."""
    name = f"table {seed} {purpose}".encode()
    drawn = np.frombuffer(hashlib.shake_256(name).digest(12 * 4 * rows * columns), dtype="<u4")
    return np.asarray((drawn / 2.0**32).reshape(rows, columns, 12).sum(axis=2) - 6.0)


def _apart(columns: Float64) -> Float64:
    """Columns turned as little as can be, so that they say different things (damped)."""
    long = _unit_columns(columns)
    u, s, v = np.linalg.svd(long, full_matrices=False)
    damped = np.divide(
        s, s + DAMPING * s[0], out=np.zeros_like(s), where=s > 0
    )  # 0 of a flat table
    return np.asarray((u * damped) @ v)


def _unit_columns(columns: Float64) -> Float64:
    return np.asarray(columns / np.maximum(np.linalg.norm(columns, axis=0), 1e-30))


def kept_tables(
    view: WeightView, method: SketchMethod, frame: TokenFrame
) -> Mapping[str, TableRows]:
    """Rows by string and by number of the embeddings, the head and the positions, if there."""
    layout, found = view.layout, {}
    sources = {"embedding": layout.embed, "positions": layout.positions}
    if layout.unembed != layout.embed:
        sources["head"] = layout.unembed
    for part, tensor in sources.items():
        if tensor is None:
            continue
        gain = layout.final_gain if part == "head" else None
        numbers = chosen_numbers(_length(view, tensor), TABLE_ROWS, method.seed)
        found[f"{part}/id"] = _kept(view, tensor, [str(n) for n in numbers], numbers, gain)
    if "head/id" in found and layout.unembed is not None:
        below = [
            (name.hex(), number)
            for name, number in zip(frame.anchors, frame.numbers, strict=True)
            if number < _length(view, layout.unembed)
        ]
        if below:
            keys, numbers = [key for key, _ in below], [number for _, number in below]
            found["head/string"] = _kept(view, layout.unembed, keys, numbers, layout.final_gain)
    return found


def _kept(
    view: WeightView, tensor: str, keys: Sequence[str], numbers: Sequence[int], gain: Gain | None
) -> TableRows:
    rows = view.rows(tensor, numbers) * gain_vector(view, gain)
    centred = rows - rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    return TableRows(keys=tuple(keys), rows=quantise(np.ascontiguousarray(centred)))
