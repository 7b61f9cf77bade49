"""Frames: in which coordinates the units of two models are set beside each other.

The null re-orders the source's units and nothing else. Every frame is made of things that do not
move with that order, so that it stays exact: embeddings (`gauge`), second moments of each model's
own layers (`canonical`), or a rotation fitted by a procedure that never looks at the place of a
unit (`signature`, see `numerics.turning`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.weights.alignment import align, no_alignment
from filiation.model.sketch import (
    FRAMES,
    TABLE_COLUMNS,
    Component,
    DeepLayer,
    Frame,
    LayerSketch,
    Sketch,
)
from filiation.numerics.frames.directions import alive, quantise
from filiation.numerics.frames.rotation import rotation_onto
from filiation.numerics.rng import signs

__all__ = ["FEWEST_SHARED", "Seen", "views"]

Float32: TypeAlias = NDArray[np.float32]
Int8: TypeAlias = NDArray[np.int8]

FEWEST_SHARED: Final = 64  # anchors two models must share for a frame made of embeddings
ALIKE: Final = 0.1  # correlation of likenesses above which rows are numbered alike
LEADING: Final = 64  # eigenvectors of the canonical frame
EIGEN_TO: Final = 1024  # width up to which all eigenvectors are computed
DRAWN: Final = 256  # directions through which a wider stream is seen in the gauge frame
SWEEPS: Final = 12  # of subspace iteration beyond


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """One layer of a model as it is seen in one frame.

    Attributes:
        layer: The layer.
        at: Places in the layer of the units that are seen, int64 [seen], increasing.
        rows: Per role, int8 [seen, columns].
    """

    layer: LayerSketch
    at: NDArray[np.int64]
    rows: Mapping[str, Int8]


def views(
    source: Sketch, subject: Sketch, frame: Frame, of: Component = "mlp"
) -> tuple[tuple[Seen, ...], tuple[Seen, ...]] | str:
    """The layers of both models in a frame, or why there is none.

    Of the attention there are the frames that are stored.
    """
    if frame in FRAMES:
        return _stored_pair(source, subject, frame, of)
    if of == "attention":
        return "of the attention no whole rows are kept"
    if frame == "canonical":
        if not (source.deep and subject.deep):
            return _shallow(source, subject)
        return _canonical(source), _canonical(subject)
    obstacle = no_alignment(source, subject)
    if obstacle is not None:
        return obstacle
    if frame == "signature":
        ours, theirs = align(source, subject, hold_back=False).onto
        return _deep(source, ours), _deep(subject, theirs)
    found = _by_anchors(source, subject)
    if isinstance(found, str):
        return found
    few = _fewer(found.shape[1])
    return _deep(source, few), _deep(subject, found if few is None else found @ few)


def _stored_pair(
    source: Sketch, subject: Sketch, frame: Frame, of: str
) -> tuple[tuple[Seen, ...], tuple[Seen, ...]] | str:
    columns = slice(None)
    if frame == "table":
        for sketch in (source, subject):
            if sketch.table_absent is not None:
                return f"{sketch.name} has no frame of its table: {sketch.table_absent}"
        if not _numbered_alike(source, subject):
            columns = slice(TABLE_COLUMNS // 2, None)
    return _stored(source, frame, of, columns), _stored(subject, frame, of, columns)


def _stored(sketch: Sketch, frame: Frame, of: str, columns: slice) -> tuple[Seen, ...]:
    return tuple(
        Seen(
            layer=layer,
            at=np.arange(layer.units),
            rows={
                role: np.ascontiguousarray(x.directions[frame][:, columns])
                for role, x in layer.roles.items()
                if frame in x.directions
            },
        )
        for layer in (sketch.attention if of == "attention" else sketch.layers)
    )


def _numbered_alike(source: Sketch, subject: Sketch) -> bool:
    """Whether rows of equal number lie alike to each other; looks at no unit and no axis.

    If not, one of the vocabularies was numbered otherwise, and the columns that go by number
    would only add noise.
    """
    tables = [sketch.tables.get("embedding/id") for sketch in (source, subject)]
    if tables[0] is None or tables[1] is None:
        return True
    shared = sorted({*tables[0].keys} & {*tables[1].keys})
    if len(shared) < FEWEST_SHARED:
        return False
    products = []
    for table in (tables[0], tables[1]):
        place = {key: n for n, key in enumerate(table.keys)}
        rows = _unit(table.rows[[place[key] for key in shared]])
        products.append((rows @ rows.T)[np.triu_indices(len(shared), 1)])
    if any(not np.ptp(product) for product in products):  # a flat table says nothing
        return False
    return bool(np.corrcoef(products)[0, 1] > ALIKE)


def _deep(sketch: Sketch, rotation: Float32 | None) -> tuple[Seen, ...]:
    return tuple(
        Seen(
            layer=sketch.layers[deep.layer],
            at=deep.units.astype(np.int64),
            rows=deep.rows
            if rotation is None
            else {
                role: _rotated(rows, rotation)
                for role, rows in deep.rows.items()
                if rows.shape[1] == len(rotation)
            },
        )
        for deep in sketch.deep
    )


def _rotated(rows: Int8, rotation: Float32) -> Int8:
    """Rows times a matrix, rounded again; what was dead or repeated becomes zero."""
    return quantise((rows * alive(rows)[:, None]).astype(np.float32) @ rotation)


def _fewer(width: int) -> Float32 | None:
    """Drawn directions through which a wide stream is seen, the same of both models; or None."""
    if width <= EIGEN_TO:
        return None
    drawn = signs(0, "gauge", str(width), rows=width, columns=DRAWN)
    return np.asarray(drawn / np.float32(np.sqrt(DRAWN)))


def _by_anchors(source: Sketch, subject: Sketch) -> Float32 | str:
    """The rotation that takes the subject's embeddings of shared tokens to the source's.

    The aligned embeddings themselves are never tested: independent models share their geometry.
    """
    shared = sorted({*source.anchors} & {*subject.anchors})
    if len(shared) < FEWEST_SHARED:
        return (
            f"the vocabularies share {len(shared)} anchor tokens, at least {FEWEST_SHARED} are "
            "needed to turn one model's axes to the other's"
        )
    sides = []
    for sketch in (source, subject):
        place = {name: n for n, name in enumerate(sketch.anchors)}
        rows = sketch.anchor_rows[[place[name] for name in shared]].astype(np.float32)
        rows -= rows.mean(axis=0)
        sides.append(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30))
        if not any(r.shape[1] == rows.shape[1] for d in sketch.deep for r in d.rows.values()):
            return f"the embeddings of {sketch.name} are not as wide as its residual stream"
    return _through(sides[0], sides[1])


def _through(a: Float32, b: Float32) -> Float32:
    """`turn_of(a, b)` from the small side: of fewer anchors than axes only their span is turned."""
    if min(a.shape[1], b.shape[1]) <= len(a):
        return rotation_onto(a, b)
    (one, a_basis), (two, b_basis) = (_split(x) for x in (a, b))
    return np.asarray(b_basis @ rotation_onto(one, two) @ a_basis.T, dtype=np.float32)


def _split(rows: Float32) -> tuple[Float32, Float32]:
    """Rows in an orthonormal basis of their span, and that basis [width, rows]."""
    basis = np.linalg.qr(rows.T)[0].astype(np.float32)
    return np.asarray(rows @ basis), basis


def _canonical(sketch: Sketch) -> tuple[Seen, ...]:
    """Coordinates along the leading eigenvectors of the model's own second moments, unsigned."""
    widths = {rows.shape[1] for deep in sketch.deep for rows in deep.rows.values()}
    axes = {width: _leading(sketch.deep, width) for width in widths}
    return tuple(
        Seen(
            layer=sketch.layers[deep.layer],
            at=deep.units.astype(np.int64),
            rows={
                role: quantise(
                    np.abs((rows * alive(rows)[:, None]).astype(np.float32) @ axes[rows.shape[1]])
                )
                for role, rows in deep.rows.items()
            },
        )
        for deep in sketch.deep
    )


def _leading(deep: Sequence[DeepLayer], width: int) -> Float32:
    """Eigenvectors [width, at most 64] of the sum over matrices of their second moments."""
    parts = [r for d in deep for r in d.rows.values() if r.shape[1] == width]
    if width <= EIGEN_TO:
        total = sum((x.T @ x).astype(np.float64) for x in map(_unit, parts))
        return np.asarray(np.linalg.eigh(total)[1][:, ::-1][:, :LEADING], dtype=np.float32)
    basis = np.eye(width, LEADING + LEADING // 2, dtype=np.float32)
    for _ in range(SWEEPS):
        basis = np.linalg.qr(sum(x.T @ (x @ basis) for x in map(_unit, parts)))[0]
        basis = basis.astype(np.float32)
    inner = sum((y := x @ basis).T.astype(np.float64) @ y for x in map(_unit, parts))
    return np.asarray(basis @ np.linalg.eigh(inner)[1][:, ::-1][:, :LEADING], dtype=np.float32)


def _unit(rows: Int8) -> Float32:
    found = rows.astype(np.float32)
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-30))


def _shallow(source: Sketch, subject: Sketch) -> str:
    name = next(sketch.name for sketch in (source, subject) if not sketch.deep)
    return f"the sketch of {name} keeps no whole rows"
