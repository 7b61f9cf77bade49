"""A tree from distances: neighbour joining, its splits, and how often they come back.

Source: Saitou and Nei, Molecular Biology and Evolution 4 (1987), in the form of Studier and Keppler
(1988). If the distances are those of a tree, that tree is returned.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Branch", "neighbour_joining", "split_of"]

Float64: TypeAlias = NDArray[np.float64]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One edge of an unrooted tree. Leaves are numbered 0 to n-1, inner nodes from n.

    Attributes:
        upper: Node nearer to where the tree was closed.
        lower: The other node.
        length: In the unit of the distances; negative estimates are set to 0.
        below: The leaves on the lower side.
    """

    upper: int
    lower: int
    length: float
    below: frozenset[int]


def neighbour_joining(distances: Float64) -> tuple[Branch, ...]:
    """Join the closest neighbours until one tree is left.

    Args:
        distances: float64 [n, n], symmetric, zero on the diagonal, finite; n >= 1.

    Returns:
        2n - 3 branches for n >= 3 leaves, one for two, none for one. Ties go to the smallest
        indices, so that the same distances give the same tree.
    """
    found = np.array(distances, dtype=np.float64)
    if found.ndim != 2 or found.shape[0] != found.shape[1] or not np.isfinite(found).all():
        raise ValueError(f"distances of shape {found.shape}, expected finite and square")
    if not np.allclose(found, found.T) or np.any(np.diagonal(found)):
        raise ValueError("distances are not symmetric with a zero diagonal")
    n = found.shape[0]
    nodes = list(range(n))
    below = {leaf: frozenset([leaf]) for leaf in nodes}
    branches: list[Branch] = []
    while len(nodes) > 3:
        i, j = _closest(found)
        (a, b), inner = _arms(found, i, j), 2 * n - len(nodes)
        for node, length in ((nodes[i], a), (nodes[j], b)):
            branches.append(_branch(inner, node, length, below))
        below[inner] = below[nodes[i]] | below[nodes[j]]
        found = _joined(found, i, j)
        nodes = [node for k, node in enumerate(nodes) if k not in (i, j)] + [inner]
    return (*branches, *_closed(found, nodes, below, 2 * n - 3))


def split_of(branch: Branch, leaves: int) -> frozenset[int]:
    """The side of a branch that does not hold leaf 0: two trees share a branch iff equal."""
    return frozenset(range(leaves)) - branch.below if 0 in branch.below else branch.below


def _closest(found: Float64) -> tuple[int, int]:
    sums = found.sum(axis=1)
    criterion = (len(found) - 2) * found - sums[:, None] - sums[None, :]
    criterion[np.tril_indices(len(found))] = np.inf
    i, j = np.unravel_index(int(np.argmin(criterion)), criterion.shape)
    return int(i), int(j)


def _arms(found: Float64, i: int, j: int) -> tuple[float, float]:
    skew = (found[i].sum() - found[j].sum()) / (len(found) - 2)
    return float(found[i, j] + skew) / 2, float(found[i, j] - skew) / 2


def _joined(found: Float64, i: int, j: int) -> Float64:
    rest = [k for k in range(len(found)) if k not in (i, j)]
    to_inner = (found[i, rest] + found[j, rest] - found[i, j]) / 2
    grown = np.zeros((len(rest) + 1, len(rest) + 1))
    grown[:-1, :-1] = found[np.ix_(rest, rest)]
    grown[-1, :-1] = grown[:-1, -1] = to_inner
    return grown


def _closed(
    found: Float64, nodes: list[int], below: dict[int, frozenset[int]], inner: int
) -> Iterable[Branch]:
    if len(nodes) == 2:
        yield _branch(nodes[0], nodes[1], float(found[0, 1]), below)
    elif len(nodes) == 3:
        total = float(found[0, 1] + found[0, 2] + found[1, 2]) / 2
        for k, node in enumerate(nodes):
            others = [m for m in range(3) if m != k]
            length = total - float(found[others[0], others[1]])
            yield _branch(inner, node, length, below)


def _branch(upper: int, lower: int, length: float, below: dict[int, frozenset[int]]) -> Branch:
    return Branch(upper=upper, lower=lower, length=max(0.0, length), below=below[lower])
