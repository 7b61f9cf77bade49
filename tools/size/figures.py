"""What the answers come to: how many small p, against how many there may be."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np
from scipy.stats import binom, ksone

from filiation.numerics.intervals import clopper_pearson
from size.pairs import COMBINED, LogPs

__all__ = ["HEADING", "Figures", "bound", "figures", "printed"]

LEVEL: Final = 1e-6
MARKS: Final = (0.05, 0.01, 0.001)
FAULT: Final = (
    1e-4  # by chance, over the some hundred figures of all tables, one in a hundred times
)
ALL_ONE: Final = 1 - 1e-15
HEADING: Final = f"{'':<36}{'n':>6}{'<=.05':>8}{'<=.01':>8}{'<=.001':>8}{'least':>9}{'D+':>7}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one method over the pairs of one kind.

    Attributes:
        method: Which.
        pairs: To how many pairs it applied.
        below: How many p were at most .05, .01, .001.
        least: log10 of the least p.
        beyond: D+: by how much at most the share of p up to some x is above x.
        fault: Whether chance gives so many small p less than once in ten thousand times.
    """

    method: str
    pairs: int
    below: tuple[int, ...]
    least: float
    beyond: float
    fault: bool


def figures(said: Sequence[LogPs]) -> list[Figures]:
    """Method by method, in the order of the plan; the combination last."""
    names = dict.fromkeys(name for one in said for name in one if name != COMBINED)
    return [_of(name, [one[name] for one in said if name in one]) for name in (*names, COMBINED)]


def printed(found: Figures) -> str:
    """A line of the table, marked where there are too many small p."""
    name = found.method.replace(";assignment-to=2048", "").replace("calibrated-on=42", "")
    below = "".join(f"{share / found.pairs:>8.4f}" for share in found.below)
    mark = "  too many" if found.fault else ""
    return f"  {name[:34]:<34}{found.pairs:>6}{below}{found.least:>9.1f}{found.beyond:>7.3f}{mark}"


def bound(said: Sequence[LogPs], level: float = LEVEL) -> tuple[int, float]:
    """At how many pairs the level was met, and the share that it can be at most (97.5 %)."""
    met = sum(one[COMBINED] <= math.log(level) for one in said)
    return met, clopper_pearson(met, len(said))[1]


def _of(name: str, log_ps: Sequence[float]) -> Figures:
    ps = np.sort(np.exp(np.array(log_ps)))
    count = len(ps)
    below = tuple(int(np.count_nonzero(ps <= mark)) for mark in MARKS)
    beyond = max(0.0, float(np.max(np.arange(1, count + 1) / count - ps)))
    chance = [binom.sf(n - 1, count, mark) for n, mark in zip(below, MARKS, strict=True)]
    chance += [ksone.sf(beyond, count), -math.expm1(count * math.log1p(-min(ps[0], ALL_ONE)))]
    return Figures(
        method=name,
        pairs=count,
        below=below,
        least=min(log_ps) / math.log(10.0),
        beyond=beyond,
        fault=min(chance) < FAULT,
    )
