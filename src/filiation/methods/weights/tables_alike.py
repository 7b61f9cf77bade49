"""Do two tables of tokens place the same tokens alike, however their axes are turned?

Tokens that mean the same lie alike in models that have nothing else in common, along the leading
directions. So each table is whitened, its leading directions are left out, and the likenesses of
all pairs of tokens that remain are correlated. A reservation: no p is claimed for it.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.weights.tables_taught import only_taught
from filiation.model.sketch import Sketch

__all__ = [
    "LIMITS",
    "by_chance",
    "geometry",
    "likeness_of",
    "limit_of",
    "shared_rows",
    "tables_alike",
    "taught_by",
    "told_alike",
]

Float32: TypeAlias = NDArray[np.float32]

# Strangers of the casebook, of one tokenizer and one corpus, one of them trained for twice as long,
# reach .013 (embedding) and .071 and .057 (head, by string and by number); its children .21 to 1
# and .16 to 1; a student .017 and .20, so that its head is held back. The limits, a quarter to a
# third above what strangers reach, were chosen on pairs with strangers 2 and 3 and held on those
# with 4 and 5. At .0175 a quarter of the axes is seen at cosine .8, by 512 tokens of any width.
# Printed by `python tools/docs/reservations.py`; strangers of the population, who come nowhere
# near, by `tools/docs/held_out.py`. Without the cut (`USUAL`) the longer training's head is at .12.
LIMITS: Final[Mapping[str, float]] = {
    "embedding/string": 0.0175,
    "embedding/id": 0.0175,
    "head/string": 0.09,
    "head/id": 0.075,
}
# Two geometries that know nothing of each other agree with a standard deviation of sqrt(2) over the
# number of tokens. Printed by `tools/docs/held_out.py`, of few tokens of the population.
CHANCE: Final = 5.0
# Mean deviations. Tokens that occur in no text are pushed the same way in every model: without the
# cut one pair of tokens in a hundred, nearly all of them such bytes, makes up three quarters of how
# alike the heads of the longest trained strangers are.
USUAL: Final = 1.0
IN_PLACE: Final = 8  # axes that keep their place by chance: more have a chance of one in a million
# Of fewer tokens fewer directions are left out, and what is left says what tokens mean. Strangers
# of the casebook, seen by random choices of their tokens, reach in the head 17 to 25 over the
# number of tokens; half a head planted at cosine .8 reaches less than that below some 300. So a
# head that shares few tokens is not suspected, and its cell says that a turned copy is not
# excluded. Embeddings of 64 tokens come to .109 where the limit is .110, of 96 to .068 of .074.
HEAD_FEW: Final = 36.0  # over the number of tokens: half as much again as strangers reach
FEWEST: Final = 96  # shared tokens below which nothing is said
MOST: Final = 512  # shared tokens that are looked at
MOST_AXES: Final = 2048  # axes that are looked at
PER_AXIS: Final = 4  # tokens for each direction that is looked at
COMMON: Final = 0.1  # share of the directions that is left out where axes are counted
LEADING: Final = 0.5  # share of the directions that is left out


def tables_alike(source: Sketch, subject: Sketch) -> tuple[str, ...]:
    """The components whose tables agree beyond what strangers do, by token or by number."""
    found = []
    for table in LIMITS:
        shared = shared_rows(source, subject, table)
        if shared is None:
            continue
        if in_place(*shared) > IN_PLACE or _alike(table, *shared) > limit_of(table, len(shared[0])):
            found.append(table.partition("/")[0])
    return tuple(dict.fromkeys(found))


def told_alike(source: Sketch, subject: Sketch) -> Iterator[str]:
    """For each table beyond its limit, by how much, in words."""
    for table in LIMITS:
        shared = shared_rows(source, subject, table)
        if shared is None:
            continue
        found, limit = _alike(table, *shared), limit_of(table, len(shared[0]))
        if found > limit:
            part, key = table.split("/")
            named = "string" if key == "string" else "number"
            yield (
                f"{part}: {len(shared[0])} tokens of one {named} lie alike in both tables "
                f"(likeness {found:.3f}, limit {limit:.3f}; strangers of one tokenizer and text "
                "reached three quarters of the limit, or less)"
            )
        elif (axes := in_place(*shared)) > IN_PLACE:
            yield f"{table.partition('/')[0]}: {axes} axes pair with the axis of their own number"


def _alike(table: str, a: Float32, b: Float32) -> float:
    """How alike tokens lie in both tables; 0 of two heads that hold what a text taught, no more.

    Those of strangers that began at nought reach .94 of 512 tokens, and no limit would do.
    """
    if taught_by(table, a) and taught_by(table, b):
        return 0.0
    return turned(a, b)


def taught_by(table: str, rows: Float32) -> bool:
    """Whether a head holds nothing that tells its model from another of the same text."""
    return table.startswith("head/") and only_taught(rows)


def limit_of(table: str, tokens: int) -> float:
    """How alike so many tokens of a table may lie between strangers: the fewer, the more."""
    few = HEAD_FEW / tokens if table.startswith("head/") else 0.0
    return max(LIMITS[table], CHANCE * by_chance(tokens), few)


def by_chance(tokens: int) -> float:
    """Standard deviation of the likeness of two tables that have nothing in common."""
    return math.sqrt(2.0) / tokens


def turned(a: Float32, b: Float32) -> float:
    """How alike tokens lie to each other in both tables, whatever way their axes are turned."""
    return likeness_of(geometry(a), geometry(b))


def in_place(a: Float32, b: Float32) -> int:
    """How many axes are nearest to the axis of their own number, both ways; by chance about one."""
    if a.shape[1] != b.shape[1]:
        return 0
    chosen = np.linspace(0, a.shape[1] - 1, min(a.shape[1], MOST_AXES)).astype(np.int64)
    return int(np.count_nonzero(kept(columns(a)[chosen], columns(b)[chosen])))


def columns(rows: Float32) -> Float32:
    """Axes over tokens as unit rows, without what the leading directions say of the tokens."""
    unit = _unit(rows)
    centred = unit - unit.mean(axis=0)
    leading = max(1, int(COMMON * min(centred.shape)))
    if centred.shape[1] <= centred.shape[0]:
        vectors = np.linalg.eigh(centred.T @ centred)[1][:, : -leading - 1 : -1]
        left = centred - (centred @ vectors) @ vectors.T
    else:
        vectors = np.linalg.eigh(centred @ centred.T)[1][:, : -leading - 1 : -1]
        left = centred - vectors @ (vectors.T @ centred)
    return _unit(np.ascontiguousarray(left.T))


def kept(a: Float32, b: Float32) -> NDArray[np.bool_]:
    """Which rows are nearest to the row of their own number, both ways and whatever their sign."""
    likeness = np.abs(a @ b.T)
    own = np.arange(len(a))
    return np.asarray((likeness.argmax(axis=1) == own) & (likeness.argmax(axis=0) == own))


def shared_rows(source: Sketch, subject: Sketch, table: str) -> tuple[Float32, Float32] | None:
    """The rows of both tables that go by the same key, in the same order; None if there are few."""
    sides = [_keyed(sketch, table) for sketch in (source, subject)]
    common = sorted(set.intersection(*(set(places) for places, _ in sides)))[:MOST]
    if len(common) < FEWEST:
        return None
    a, b = (rows[[places[key] for key in common]].astype(np.float32) for places, rows in sides)
    there = a.any(axis=1) & b.any(axis=1)
    return (a[there], b[there]) if there.sum() >= FEWEST else None


def _keyed(sketch: Sketch, table: str) -> tuple[dict[str, int], NDArray[np.int8]]:
    """Where the row of each key stands, and the rows; embeddings by string are the anchors."""
    if table == "embedding/string":
        keys, rows = sketch.anchors, sketch.anchor_rows
    elif table in sketch.tables:
        keys, rows = sketch.tables[table].keys, sketch.tables[table].rows
    else:
        return {}, np.zeros((0, 0), dtype=np.int8)
    return {key: n for n, key in enumerate(keys)}, rows


def geometry(rows: Float32) -> Float32:
    """What is left of each token: whitened, without the leading directions, unit length."""
    unit = _unit(rows)
    unit = _unit(unit - unit.mean(axis=0))
    unit = unit - unit.mean(axis=0)
    count, width = unit.shape
    most = max(2, min(width, count // PER_AXIS))
    if width <= count:
        values, vectors = np.linalg.eigh(unit.T @ unit)
        basis = unit @ vectors[:, ::-1] / np.sqrt(np.maximum(values[::-1], 1e-12))
    else:
        basis = np.linalg.eigh(unit @ unit.T)[1][:, ::-1]
    return _unit(np.asarray(basis[:, int(LEADING * most) : most], dtype=np.float32))


def likeness_of(a: Float32, b: Float32) -> float:
    """Correlation of the likenesses of all pairs of different tokens, none far from the rest."""
    one, two = _apart(a @ a.T), _apart(b @ b.T)
    return float(one @ two / max(np.sqrt(float(one @ one) * float(two @ two)), 1e-30))


def _apart(likeness: Float32) -> Float32:
    """The likenesses of pairs of different tokens, less their mean and cut at what is usual."""
    pairs = likeness[np.tri(len(likeness), k=-1, dtype=bool)]
    pairs = pairs - pairs.mean()
    usual = USUAL * np.abs(pairs).mean()
    cut = np.clip(pairs, -usual, usual)
    return np.asarray(cut - cut.mean())


def _unit(rows: Float32) -> Float32:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30))
