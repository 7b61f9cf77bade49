"""Ways in which something that was copied would have been seen, and the share that each needs.

Of each way it was reckoned how often one planted unit is found. Here that rate is carried to all
layers: so many units were planted in each, so many of them are found, and does that suffice?
"""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from filiation.methods.weights.reordered import Limits
from filiation.model.plan import PlannedQuestion
from filiation.numerics.combining.combine import fisher_log_p, harmonic_factor
from filiation.numerics.rng import stream
from filiation.numerics.tails.poisson import at_least_log_p

__all__ = ["SHARES", "Agreeing", "Kept", "Measured", "Together", "Way", "smallest_share"]

Float64: TypeAlias = NDArray[np.float64]

SHARES: Final = (
    *(0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08),
    *(0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0),
)
TRIALS: Final = 1_000
WANTED: Final = 0.95
MOST: Final = 96  # found units of a layer beyond which p is not made smaller


class Way(Hashable, Protocol):
    """One way of being seen."""

    @property
    def name(self) -> str:
        """Of what sees it, in words."""

    def seen(self, share: float, seed: int) -> float:
        """How often so much of it would be seen."""


@lru_cache(maxsize=256)
def smallest_share(way: Way, seed: int) -> float | None:
    """The smallest of `SHARES` that would be seen with 95 % probability; None if none would.

    Many cells are seen in one way, which is reckoned with once.
    """
    low, high = 0, len(SHARES)
    while low < high:
        middle = (low + high) // 2
        if way.seen(SHARES[middle], seed) >= WANTED:
            high = middle
        else:
            low = middle + 1
    return SHARES[low] if low < len(SHARES) else None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Units that keep their place, by a method with a p: the plan's level must be met.

    Attributes:
        name: Of the method.
        units: Of each of the source's layers.
        run: Neighbours that the null re-orders.
        candidates: Comparisons open to each layer.
        hit: How often a planted unit is paired with its original.
        weight: Standard deviations of a layer's trace for a share of 1 and one unit: by it the
            right layer is chosen among the candidates; 0 where there is no choice.
        by_chance: Units of each run that keep their place anyway.
        independent: Whether the p-values of the layers are.
        plan: Whose level is to be met, after what all its methods cost.
    """

    name: str
    units: tuple[int, ...]
    run: float
    candidates: tuple[int, ...]
    hit: float
    weight: float
    by_chance: bool
    independent: bool
    plan: PlannedQuestion

    def seen(self, share: float, seed: int) -> float:
        rng = stream(seed, "planted", self.name, f"{share:g}")
        log_ps = np.stack([self._layer(n, c, share, rng) for n, c in self._layers])
        methods = len(self.plan.methods)
        least = math.log(self.plan.level) - math.log(methods) - math.log(harmonic_factor(methods))
        return float(np.mean(_combined_at_most(log_ps, least, self.independent)))

    @property
    def _layers(self) -> list[tuple[int, int]]:
        return list(zip(self.units, self.candidates, strict=True))

    def _layer(
        self, units: int, candidates: int, share: float, rng: np.random.Generator
    ) -> Float64:
        """Log p of one layer in each trial."""
        count = max(1, round(share * units))
        if self.weight and self.weight * count / math.sqrt(units) < _needed(candidates):
            return np.zeros(TRIALS)
        found = rng.binomial(count, self.hit, size=TRIALS)
        if self.by_chance:
            found += rng.poisson((units - count) / self.run, size=TRIALS)
        found = np.minimum(found, min(MOST, units))
        return _tails(units, self.run, candidates, self.by_chance)[found]


@lru_cache(maxsize=64)
def _needed(candidates: int) -> float:
    """Standard deviations with which the right one of so many layers is nearly always chosen."""
    if candidates < 2:
        return 0.0
    return math.sqrt(2.0 * math.log(candidates)) + 2.0


@lru_cache(maxsize=64)
def _tails(units: int, run: float, candidates: int, by_chance: bool) -> Float64:
    """Log p of 0, 1, ... units that keep their place.

    Within runs of n units, one of n pairs keeps its place. Pairs are given: those that were found
    and, where the pairing looks beyond the run, about as many by chance as a run has; where it does
    not, all.
    """
    found = np.arange(min(MOST, units) + 1)
    expected = units / run if by_chance else 1.0 + found / run
    return np.minimum(0.0, at_least_log_p(found, expected) + math.log(candidates))


def _combined_at_most(log_ps: Float64, least: float, independent: bool) -> NDArray[np.bool_]:
    """In which trials (columns) all layers together have a log p of `least` or smaller."""
    layers = len(log_ps)
    if independent:
        return np.asarray(-log_ps.sum(axis=0) >= _fisher_needs(layers, least))
    mean = math.log(layers) - np.asarray(logsumexp(-log_ps, axis=0))
    return np.asarray(mean + math.log(harmonic_factor(layers)) <= least)


@lru_cache(maxsize=64)
def _fisher_needs(layers: int, least: float) -> float:
    """To how much the layers must add up for Fisher's log p to be `least`."""
    low, high = 0.0, 4.0 * (layers - least)
    for _ in range(40):
        middle = (low + high) / 2
        reached = fisher_log_p([-middle / layers] * layers) <= least
        low, high = (low, middle) if reached else (middle, high)
    return high


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Agreeing:
    """Units whose matrices find the same partner: more must agree than chance may reach.

    Attributes:
        name: Of the reservation.
        units: Of each of the source's layers.
        asked: How many of them are looked for.
        hit: How often a planted one is found.
        limit: What chance may reach.
    """

    name: str
    units: tuple[int, ...]
    asked: tuple[int, ...]
    hit: float
    limit: Limits

    def seen(self, share: float, seed: int) -> float:
        rng = stream(seed, "planted", self.name, f"{share:g}")
        units, asked = np.array(self.units)[:, None], np.array(self.asked)[:, None]
        count = np.maximum(1, np.rint(share * units).astype(np.int64))
        planted = rng.hypergeometric(count, units - count, asked, size=(len(units), TRIALS))
        found = rng.binomial(planted, self.hit)
        two = (found > self.limit.two.max(axis=1)[:, None]).any(axis=0)
        return float(np.mean(two | (found.sum(axis=0) > self.limit.all)))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Axes of a table that keep their place: more must than chance may reach."""

    name: str
    axes: int
    hit: float
    limit: int

    def seen(self, share: float, seed: int) -> float:
        rng = stream(seed, "planted", self.name, f"{share:g}")
        found = rng.binomial(max(1, round(share * self.axes)), self.hit, size=TRIALS)
        return float(np.mean(found > self.limit))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A likeness that is measured anew for each share planted: it must exceed a limit."""

    name: str
    limit: float
    planted: Callable[[float, int], Sequence[float]]

    def seen(self, share: float, seed: int) -> float:
        return float(np.mean(np.array(self.planted(share, seed)) > self.limit))
