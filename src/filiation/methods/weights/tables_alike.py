"""Do two tables of tokens place the same tokens alike, however their axes are turned?

Tokens that mean the same lie alike in models that have nothing else in common, along the leading
directions. So each table is whitened, its leading directions are left out, and the likenesses of
all pairs of tokens that remain are correlated. A reservation: no p is claimed for it.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.model.sketch import Sketch

__all__ = ["LIMITS", "geometry", "likeness_of", "shared_rows", "tables_alike"]

Float32: TypeAlias = NDArray[np.float32]

# Ten pairs of strangers of the casebook, one tokenizer and one corpus, reach .006 to .012
# (embedding) and .048 to .063 (head); its children .26 to 1 and .17 to 1, a student .014 and .19.
# Printed by `python tools/docs/tables_alike.py`.
LIMITS: Final[Mapping[str, float]] = {"embedding": 0.03, "head": 0.08}
FEWEST: Final = 64  # shared tokens below which nothing is said
MOST: Final = 512  # shared tokens that are looked at
PER_AXIS: Final = 4  # tokens for each direction that is looked at
LEADING: Final = 0.5  # share of the directions that is left out


def tables_alike(source: Sketch, subject: Sketch) -> tuple[str, ...]:
    """The tables that agree beyond what strangers do, by token or by number."""
    return tuple(
        component
        for component, limit in LIMITS.items()
        if any(
            (likeness := _likeness(source, subject, f"{component}/{by}")) is not None
            and likeness > limit
            for by in ("string", "id")
        )
    )


def _likeness(source: Sketch, subject: Sketch, table: str) -> float | None:
    shared = shared_rows(source, subject, table)
    return None if shared is None else likeness_of(*(geometry(rows) for rows in shared))


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
    kept = max(2, min(width, count // PER_AXIS))
    if width <= count:
        values, vectors = np.linalg.eigh(unit.T @ unit)
        basis = unit @ vectors[:, ::-1] / np.sqrt(np.maximum(values[::-1], 1e-12))
    else:
        basis = np.linalg.eigh(unit @ unit.T)[1][:, ::-1]
    return _unit(np.asarray(basis[:, int(LEADING * kept) : kept], dtype=np.float32))


def likeness_of(a: Float32, b: Float32) -> float:
    """Correlation of the likenesses of all pairs of different tokens."""
    one, two = a @ a.T, b @ b.T
    apart = ~np.eye(len(a), dtype=bool)
    return float(np.corrcoef(one[apart], two[apart])[0, 1])


def _unit(rows: Float32) -> Float32:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30))
