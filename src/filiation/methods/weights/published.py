"""Which material is also held by somebody who took no part: then it may be anybody's.

A control that holds most of what the source or the subject holds is a copy of it, whatever it was
said to be, and bears witness to nothing.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from filiation.model.sketch import Sketch, TableRows

__all__ = ["LARGE", "held_by", "large_tensors", "witnesses"]

LARGE: Final = 4096  # values of a tensor from which equal bytes are no accident
COPY: Final = 0.5  # share of large tensors that a copy has in common
SAME: Final = 0.99  # share of rows


def large_tensors(sketch: Sketch) -> dict[str, list[int]]:
    """Places of the tensors of at least `LARGE` values, by the digest of their bytes."""
    found: dict[str, list[int]] = {}
    for place, (info, digest) in enumerate(zip(sketch.tensors, sketch.tensor_digests, strict=True)):
        if int(np.prod(info.shape)) >= LARGE:
            found.setdefault(digest, []).append(place)
    return found


def witnesses(source: Sketch, subject: Sketch, controls: Sequence[Sketch]) -> Iterator[Sketch]:
    """The controls that are no copies of either model."""
    for control in controls:
        held = set(control.tensor_digests)
        if not any(
            len(held & set(model.tensor_digests)) >= COPY * len(set(model.tensor_digests))
            for model in (source, subject)
        ):
            yield control


def held_by(
    table: str, source: Sketch, subject: Sketch, controls: Sequence[Sketch]
) -> Sketch | None:
    """A witness whose table has the source's rows, bit for bit."""
    return next(
        (
            control
            for control in witnesses(source, subject, controls)
            if table in control.tables and _equal(source.tables[table], control.tables[table])
        ),
        None,
    )


def _equal(one: TableRows, two: TableRows) -> bool:
    if one.rows.shape[1] != two.rows.shape[1]:
        return False
    place = {key: n for n, key in enumerate(two.keys)}
    shared = [(n, place[key]) for n, key in enumerate(one.keys) if key in place]
    if not shared:
        return False
    ours, theirs = (np.array(side) for side in zip(*shared, strict=True))
    return bool(np.mean((one.rows[ours] == two.rows[theirs]).all(axis=1)) >= SAME)
