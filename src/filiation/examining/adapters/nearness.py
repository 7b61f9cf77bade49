"""How near do the changes of two adapters lie? Told without a probability."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.model.adapter import ModuleFactors

__all__ = ["Nearness", "nearness"]

Float64: TypeAlias = NDArray[np.float64]

SAME: Final = 0.999  # cosine of two changes, above which rounding to eight bits explains the rest


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """Two adapters, over the modules that both change at one rank.

    Attributes:
        modules: How many.
        equal: Of which both factors are the same, bit for bit, and were trained.
        same: Of which the changes point the same way up to rounding.
        down: Mean squared cosine of the principal angles between the subspaces that are read.
        up: Likewise of those that are written.
        change: Mean cosine of the changes.
        chance: Mean squared cosine that random subspaces have.
    """

    modules: int
    equal: int = 0
    same: int = 0
    down: float = 0.0
    up: float = 0.0
    change: float = 0.0
    chance: float = 0.0


def nearness(pairs: Sequence[tuple[ModuleFactors, ModuleFactors]]) -> Nearness:
    """Compare module by module."""
    if not pairs:
        return Nearness(modules=0)
    changes = [_change(one, other) for one, other in pairs]
    return Nearness(
        modules=len(pairs),
        equal=sum(a.digests == b.digests and not a.blank for a, b in pairs),
        same=sum(cosine > SAME for cosine in changes),
        down=_mean([_overlap(one.down, other.down) for one, other in pairs]),
        up=_mean([_overlap(one.up, other.up) for one, other in pairs]),
        change=_mean(changes),
        chance=_mean([len(one.down) / one.down.shape[1] for one, _ in pairs]),
    )


def _mean(found: Sequence[float]) -> float:
    return float(np.mean(found))


def _overlap(one: NDArray[np.int8], other: NDArray[np.int8]) -> float:
    """Mean squared cosine of the principal angles between two row spaces."""
    a, b = _basis(one), _basis(other)
    if not (len(a) and len(b)):
        return 0.0
    return float(np.sum((a @ b.T) ** 2)) / min(len(a), len(b))


def _basis(rows: NDArray[np.int8]) -> Float64:
    """An orthonormal basis of the row space, [dimension, columns]."""
    _, values, basis = np.linalg.svd(rows.astype(np.float64), full_matrices=False)
    return np.asarray(basis[values > values.max(initial=0.0) * 1e-6])


def _change(one: ModuleFactors, other: ModuleFactors) -> float:
    """Cosine of the products of the factors, which no way of writing them moves."""
    inner = _inner(one, other)
    scale = np.sqrt(_inner(one, one) * _inner(other, other))
    return float(inner / scale) if scale > 0 else 0.0


def _inner(one: ModuleFactors, other: ModuleFactors) -> float:
    """trace((sum_i s_i b_i a_i')' (sum_j t_j d_j c_j')) = sum_ij s_i t_j (a_i c_j)(b_i d_j)."""
    down = _unit(one.down) @ _unit(other.down).T
    up = _unit(one.up) @ _unit(other.up).T
    s, t = one.sizes.astype(np.float64), other.sizes.astype(np.float64)
    return float(
        (s / max(s.max(initial=0.0), 1e-300)) @ (down * up) @ (t / max(t.max(initial=0.0), 1e-300))
    )


def _unit(rows: NDArray[np.int8]) -> Float64:
    real = rows.astype(np.float64)
    return np.asarray(real / np.maximum(np.linalg.norm(real, axis=1, keepdims=True), 1))
