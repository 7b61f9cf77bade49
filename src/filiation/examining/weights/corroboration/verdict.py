"""Is the level carried by more than an order that could have been chosen, or what stands idle?"""

import math
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, final

from filiation.examining.weights.corroboration.acting import idle_tensors
from filiation.examining.weights.corroboration.explained import (
    TIMES,
    Explained,
    in_every_frame,
)
from filiation.examining.weights.kinship.values import kept_matrices
from filiation.methods.weights.equal_tensors import component_of, equal_by_digest
from filiation.methods.weights.obstacles import taken_differently
from filiation.methods.weights.tables_alike import (
    by_chance,
    geometry,
    likeness_of,
    shared_rows,
)
from filiation.model.finding import Finding
from filiation.model.sketch import Component, Sketch

__all__ = ["Corroboration", "Ground", "corroborated"]

# Correlation of what two tables say of all pairs of tokens, by their strings: no order or rotation
# of axes moves it. Strangers of the casebook reach .02, its children begin at .21. The head has no
# such limit: a student who was given its teacher's answers reaches .20 there, a child .16.
GEOMETRY: Final = 0.1
BY_CHANCE: Final = 8.0  # and, where few tokens are shared, so many standard deviations of chance
ROWS: Final[tuple[Component, ...]] = ("mlp", "attention")
SEEN: Final = {
    "native": "as stored",
    "token": "through the vocabulary",
    "table": "through the embedding table",
    "signature": "after the best rotation and order",
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One thing that whoever chose an order could not have made.

    Attributes:
        component: Of what it speaks.
        words: What it is, with its numbers.
    """

    component: Component
    words: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Corroboration:
    """What supports the findings and depends on no order.

    Attributes:
        grounds: What holds. Rows of the body stand for everything; a table for itself.
        lacking: What was looked for and does not hold, with its numbers.
        carries: Whether what holds speaks of what met the level.
        idle: What would hold besides if parts counted that do nothing in the source; looked for
            where the others do not carry.
        idle_carries: Whether that would speak of what met the level.
    """

    grounds: tuple[Ground, ...]
    lacking: tuple[str, ...]
    carries: bool
    idle: tuple[Ground, ...] = ()
    idle_carries: bool = False


def corroborated(
    source: Sketch, subject: Sketch, findings: Sequence[Finding], *, level: float, seed: int
) -> Corroboration:
    """Look for what no choice of an order, of signs or of a rotation can have made.

    Args:
        source: The claimed source, whose order may have been chosen.
        subject: The model under examination.
        findings: Those that count and met the level tell which components need support.
        level: The plan's.
        seed: The plan's.
    """
    grounds, lacking = _looked(source, subject, seed, idle=False)
    met = {f.component for f in findings if f.counts and f.log_p <= math.log(level)}
    carries = _carry(grounds, met)
    every = () if carries else _looked(source, subject, seed, idle=True)[0]
    idle = tuple(ground for ground in every if ground not in grounds)
    return Corroboration(
        grounds=grounds, lacking=lacking, carries=carries, idle=idle, idle_carries=_carry(idle, met)
    )


def _carry(grounds: Sequence[Ground], met: Set[str]) -> bool:
    return any(ground.component in ROWS or ground.component in met for ground in grounds)


@lru_cache(maxsize=16)
def _looked(
    source: Sketch, subject: Sketch, seed: int, *, idle: bool
) -> tuple[tuple[Ground, ...], tuple[str, ...]]:
    """What holds and what does not; found once, for the support and for the notes."""
    grounds, lacking = list(_equal(source, subject, idle=idle)), list[str]()
    if not any(ground.component in ROWS for ground in grounds):
        for each in _rows(source, subject, idle=idle, seed=seed):
            if each.holds:
                grounds.append(Ground(component=each.component, words=_told(each)))
                break
            lacking.append(_told(each))
    table = _geometry(source, subject)
    if table is not None and table[0] >= table[1]:
        words = f"the embedding tables place their tokens alike (correlation {table[0]:.2f})"
        grounds.append(Ground(component="embedding", words=words))
    elif table is not None:
        lacking.append(
            f"embedding tables place their tokens alike at {table[0]:.2f}, expected {table[1]:.2g}"
        )
    return tuple(grounds), tuple(lacking)


def _equal(source: Sketch, subject: Sketch, *, idle: bool) -> Iterator[Ground]:
    """Matrices whose values stand in both, by component.

    Positions may follow a formula, and what no layout uses may be drawn from a library's seed.
    """
    unused = {skipped.tensor for skipped in source.skipped}
    kept = [each.tensor for each in kept_matrices(source, subject) if each.tensor not in unused]
    names = dict.fromkeys((*kept, *equal_by_digest(source, subject)))  # in another shape, too
    left = idle_tensors(source) if names and not idle else frozenset()
    names = {name: None for name in names if name not in left}
    parts = [component_of(name) for name in names]
    for component in dict.fromkeys(parts):
        if component is not None and component != "positions":
            count = parts.count(component)
            many = f"{count} matrices" if count > 1 else "1 matrix"
            hold = "hold" if count > 1 else "holds"
            words = f"{many} ({component}) {hold} the same values in both"
            yield Ground(component=component, words=words)


def _rows(source: Sketch, subject: Sketch, *, idle: bool, seed: int) -> Iterator[Explained]:
    if taken_differently(source, subject) is None:
        yield from in_every_frame(source, subject, idle=idle, seed=seed)


def _geometry(source: Sketch, subject: Sketch) -> tuple[float, float] | None:
    """How alike the shared tokens lie, and how alike they must."""
    shared = shared_rows(source, subject, "embedding/string")
    if shared is None:
        return None
    expected = max(GEOMETRY, BY_CHANCE * by_chance(len(shared[0])))
    return likeness_of(*(geometry(rows) for rows in shared)), expected


def _told(found: Explained) -> str:
    least, enough = ("at least ", "") if found.holds else ("", f", expected {TIMES:g}")
    return (
        f"rows ({found.component}, {SEEN[found.frame]}) are explained {least}{found.times:.1f} "
        f"times as far as any chosen order or rotation could account for{enough}"
    )
