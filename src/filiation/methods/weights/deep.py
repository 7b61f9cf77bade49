"""The deep part of a sketch made ready: whole rows of a few layers, and what identifies a unit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.model.sketch import DeepLayer, LayerSketch, Sketch
from filiation.numerics.frames.directions import alive
from filiation.numerics.frames.signatures import Signatures, signatures

__all__ = ["DeepUnits", "deep_units", "named_roles"]

Float32: TypeAlias = NDArray[np.float32]

WHOLE_TO: Final = 512  # width up to which the whole stream is used
LEADING: Final = 256
WIDTHS: Final = 4  # of one model that are looked at, the largest
SWEEPS: Final = 4
GATED: Final = {"mlp.up", "mlp.gate", "mlp.down"}


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DeepUnits:
    """The units of one deep layer that are neither dead nor repeated in any matrix.

    Attributes:
        layer: The layer.
        roles: Its matrices, in a fixed order.
        at: Places of the units in the layer, int64 [units].
        rows: Per role, int8 [units, width].
        basis: Directions in which the model's own rows are largest, float32 [width, 256], where
            the stream is wider than 512; None where all of it is used.
        parts: Per role, unit-length rows float32 [units, width, or 256 along the basis].
        flips: Which parts may change sign together without a change of what the layer computes:
            up and down of a gated MLP.
        signature: What no rotation, permutation or rescaling changes.
    """

    layer: LayerSketch
    roles: tuple[str, ...]
    at: NDArray[np.int64]
    rows: tuple[NDArray[np.int8], ...]
    basis: Float32 | None
    parts: tuple[Float32, ...]
    flips: tuple[int, ...]
    signature: Signatures


def named_roles(one: Sketch, two: Sketch) -> tuple[str, ...]:
    """The matrices by which most deep layers of both models are known, in a fixed order.

    Layers that lack one are left out later: one layer of another make must not blind the rest.
    """
    known = [[_named(deep) for deep in sketch.deep] for sketch in (one, two)]
    candidates = {a & b for a in known[0] for b in known[1]}

    def reach(roles: frozenset[str]) -> tuple[int, int, list[str]]:
        held = (sum(roles <= layer for layer in side) for side in known)
        return len(roles) * min(held), len(roles), sorted(roles)

    best = max(candidates, key=reach, default=frozenset[str]())
    return tuple(sorted(best))


def _named(deep: DeepLayer) -> frozenset[str]:
    return frozenset(deep.rows.keys() - {"in", "out"})


@lru_cache(maxsize=16)
def deep_units(sketch: Sketch, roles: tuple[str, ...]) -> tuple[tuple[DeepUnits, ...], ...]:
    """The deep layers that have these matrices, those of one width together, largest first.

    Towers stand beside a body in another width, and may have more layers than it has. Size is that
    of all units: a decoy that takes the place of a body has to be as large.
    """
    every = [deep for deep in sketch.deep if {*roles} <= deep.rows.keys()]
    widths = Counter[tuple[int, ...]]()
    for deep in every:
        width = tuple(deep.rows[role].shape[1] for role in roles)
        widths[width] += sketch.layers[deep.layer].units * sum(width)
    kept = [w for w in widths if len({*w}) == 1]
    return tuple(
        _of_width(sketch, every, roles, width)
        for width in sorted(kept, key=lambda w: (widths[w], w), reverse=True)[:WIDTHS]
    )


def _of_width(
    sketch: Sketch, every: Sequence[DeepLayer], roles: tuple[str, ...], width: tuple[int, ...]
) -> tuple[DeepUnits, ...]:
    chosen = [d for d in every if tuple(d.rows[role].shape[1] for role in roles) == width]
    basis = _basis(sketch, chosen, roles) if width[0] > WHOLE_TO else None
    return tuple(_prepared(sketch.layers[deep.layer], deep, roles, basis) for deep in chosen)


def _basis(sketch: Sketch, every: Sequence[DeepLayer], roles: tuple[str, ...]) -> Float32:
    """An orthonormal basis of the directions in which the deep rows are largest.

    Subspace iteration that begins with the largest units, by sizes that no rescaling changes, so
    that neither the order of the units nor that of the axes has a say.
    """
    rows = [deep.rows[role] for deep in every for role in roles]
    sizes = np.concatenate(
        [_steady(sketch.layers[d.layer], role, roles)[d.units] for d in every for role in roles]
    )
    largest = np.argsort(-sizes, kind="stable")[:LEADING]
    basis = _unit(np.concatenate(rows)[largest].astype(np.float32)).T
    for _ in range(SWEEPS):
        basis = np.linalg.qr(basis)[0].astype(np.float32)
        turned = np.zeros_like(basis)
        for part in rows:  # one matrix at a time: all together are half a gigabyte
            x = _unit(part.astype(np.float32))
            turned += x.T @ (x @ basis)
        basis = turned
    return np.ascontiguousarray(np.linalg.qr(basis)[0], dtype=np.float32)


def _steady(layer: LayerSketch, role: str, roles: tuple[str, ...]) -> Float32:
    """Norms of all units, of the matrices that a rescaling plays off against each other as one."""
    together = [role] if role == "mlp.gate" else [r for r in roles if r != "mlp.gate"]
    sizes = np.prod([layer.roles[r].norms.astype(np.float64) for r in together], axis=0)
    return np.asarray(sizes ** (1 / len(together)), dtype=np.float32)


def _prepared(
    layer: LayerSketch, deep: DeepLayer, roles: tuple[str, ...], basis: Float32 | None
) -> DeepUnits:
    keep = np.logical_and.reduce([alive(deep.rows[role]) for role in roles])
    at = deep.units[keep].astype(np.int64)
    rows = tuple(np.ascontiguousarray(deep.rows[role][keep]) for role in roles)
    parts = tuple(_seen(x, basis) for x in rows)
    gated = set(roles) == GATED
    flips = tuple(k for k, role in enumerate(roles) if gated and role != "mlp.gate")
    return DeepUnits(
        layer=layer,
        roles=roles,
        at=at,
        rows=rows,
        basis=basis,
        parts=parts,
        flips=flips,
        signature=signatures(parts, _sizes(layer, roles, at), flips),
    )


def _seen(rows: NDArray[np.int8], basis: Float32 | None) -> Float32:
    found = rows.astype(np.float32)
    return _unit(found if basis is None else found @ basis)


def _sizes(layer: LayerSketch, roles: tuple[str, ...], at: NDArray[np.int64]) -> list[Float32]:
    """Norms that survive rescaling: up times down (or all together), the gate's alone."""
    norms = {role: layer.roles[role].norms[at] for role in roles}
    scaled = [role for role in roles if role != "mlp.gate"]
    product = np.prod(
        [norms[role] / max(float(norms[role].max(initial=0)), 1e-30) for role in scaled], axis=0
    )
    return [np.asarray(product), *(norms[role] for role in roles if role == "mlp.gate")]


def _unit(rows: Float32) -> Float32:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30))
