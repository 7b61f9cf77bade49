"""Axes of the source's tables planted in the subject's: in their place, or turned."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.examining.weights.planting.ways import Kept, Measured, Together
from filiation.methods import method_named
from filiation.methods.weights.tables_alike import (
    IN_PLACE,
    MOST_AXES,
    columns,
    geometry,
    kept,
    likeness_of,
    limit_of,
    shared_rows,
    taught_by,
)
from filiation.model.finding import Finding
from filiation.model.plan import PlannedQuestion
from filiation.model.sketch import Sketch
from filiation.numerics.rng import stream
from filiation.numerics.tails.runs import LENGTH

__all__ = ["in_place_ways", "turned_ways"]

Float32: TypeAlias = NDArray[np.float32]

PLANTED: Final = 64  # axes that are planted at least
DRAWS: Final = 2  # choices of the axes that are planted, for one share
NAMED: Final = {"string": "by string", "id": "by number"}


def in_place_ways(
    sides: tuple[Sketch, Sketch],
    plan: PlannedQuestion,
    of: str,
    keys: tuple[str, ...],
    *,
    cosine: float,
    seed: int,
) -> Iterator[Kept | Together]:
    """Axes at their own place: the planned method, and the reservation that looks beyond runs."""
    method = _applying(sides, plan, of, seed)
    for key in keys:
        shared = shared_rows(*sides, f"{of}/{key}")
        if shared is None or shared[0].shape[1] != shared[1].shape[1]:
            continue
        axes = shared[0].shape[1]
        hit = _rate(*sides, f"{of}/{key}", cosine, seed)
        if method is not None:
            yield Kept(
                name=f"table-axes over tokens {NAMED[key]}",
                units=(axes,),
                run=float(min(LENGTH, axes)),
                candidates=(len(NAMED),),
                hit=hit,
                weight=0.0,
                by_chance=True,
                independent=True,
                plan=plan,
            )
        if plan.quick:
            continue  # it does not ask this reservation
        yield Together(
            name=f"the pairing of axes over tokens {NAMED[key]}",
            axes=min(axes, MOST_AXES),
            hit=hit,
            limit=IN_PLACE,
        )


def _applying(
    sides: tuple[Sketch, Sketch], plan: PlannedQuestion, of: str, seed: int
) -> str | None:
    """The planned method that counts axes of this table, if it does not abstain."""
    for name in plan.methods:
        if name.partition("/")[0] == "table-axes" and f";of={of}" in name:
            return name if _applies(*sides, name, seed) else None
    return None


@lru_cache(maxsize=16)
def _applies(source: Sketch, subject: Sketch, method: str, seed: int) -> bool:
    """Whether a method has something to say of these two, as it has in every cell or in none."""
    return isinstance(method_named(method).compare(source, subject, seed=seed), Finding)


@lru_cache(maxsize=32)
def _rate(source: Sketch, subject: Sketch, table: str, cosine: float, seed: int) -> float:
    """How often a planted axis is found at its own place, a quarter of them planted."""
    shared = shared_rows(source, subject, table)
    if shared is None:
        return 0.0
    a, b = (_unit(rows)[:, :MOST_AXES] for rows in shared)
    rng = stream(seed, "planted axes", table, f"{cosine:g}")
    whole = columns(a)
    found: list[NDArray[np.bool_]] = []
    while sum(len(x) for x in found) < PLANTED:
        at = rng.choice(a.shape[1], size=max(1, a.shape[1] // 4), replace=False)
        found.append(kept(whole, columns(_planted(a, b, at, cosine)))[at])
    return float(np.concatenate(found).mean())


def _planted(a: Float32, b: Float32, at: NDArray[np.int64], cosine: float) -> Float32:
    """The second table with these axes of the first, as long as its own and so alike to them."""
    planted, one, two = b.copy(), a[:, at] - a[:, at].mean(axis=0), b[:, at]
    size = np.linalg.norm(two - two.mean(axis=0), axis=0) / np.linalg.norm(one, axis=0).clip(1e-30)
    planted[:, at] = cosine * one * size + math.sqrt(1.0 - cosine**2) * two
    return planted


def turned_ways(
    sides: tuple[Sketch, Sketch], of: str, keys: tuple[str, ...], *, cosine: float, seed: int
) -> Iterator[Measured]:
    """Tokens that lie alike however the axes are turned, in as many dimensions as were planted.

    A copy of a head that holds what a text taught it, and no more, would not be asked about.
    """
    for key in keys:
        planted = _Planted(sides, f"{of}/{key}", cosine, seed)
        rows = _mixed(planted)
        if rows is None or taught_by(planted.table, rows.a):
            continue
        if rows.a.shape[1] == rows.b.shape[1]:
            yield Measured(
                name=f"the likeness of tokens {NAMED[key]}",
                limit=limit_of(planted.table, len(rows.a)),
                planted=planted,
            )


@final
@dataclass(frozen=True, slots=True)
class _Planted:
    """The likeness of both tables, with a share of the source's axes planted in the subject's.

    Equal for equal tables, so that no share is reckoned with twice.
    """

    sides: tuple[Sketch, Sketch]
    table: str
    cosine: float
    seed: int

    def __call__(self, share: float, seed: int) -> tuple[float, ...]:
        rows, found = _mixed(self), []
        if rows is None:
            return (0.0,)
        width = rows.a.shape[1]
        for draw in range(DRAWS):
            rng = stream(seed, "planted table", f"{share:g}", f"{draw}")
            at = rng.choice(width, size=max(1, round(share * width)), replace=False)
            planted = _planted(rows.a, rows.b, at, self.cosine)
            found.append(likeness_of(rows.geometry, geometry(planted)))
        return tuple(found)


@final
@dataclass(frozen=True, slots=True, eq=False)
class _Mixed:
    """Rows of unit length of both tables, float32 [tokens, axes], and what is left of the first's.

    The subject's own are in another order: what both have in common already must not help what is
    planted over the limit.
    """

    a: Float32
    b: Float32
    geometry: Float32


@lru_cache(maxsize=4)
def _mixed(planted: _Planted) -> _Mixed | None:
    shared = shared_rows(*planted.sides, planted.table)
    if shared is None:
        return None
    a, b = shared
    order = stream(planted.seed, "planted table", "rows").permutation(len(b))
    return _Mixed(_unit(a), _unit(b)[order], geometry(a))


def _unit(rows: Float32) -> Float32:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30))
