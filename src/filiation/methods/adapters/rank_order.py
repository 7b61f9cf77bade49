"""Do two adapters list the components of their factors in the same order?

A change of rank r is a sum of r products, a column of the one factor with a row of the other. Their
order means nothing: list them otherwise and the change is the same. Initialisation draws them alike
and training treats them alike, so that each module's order is random, on its own. Components of
both adapters are paired by likeness, module by module, and those are counted that are paired with
the component of their own number. What both were trained on, and the base that both share, move
directions and not the order. Defeated by: listing components in another order, turning the factors
into one another (B R and R^-1 A), merging. Two adapters begun with one seed agree as a copy does.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.words import words_beside
from filiation.model.adapter import AdapterSketch, ModuleFactors
from filiation.model.finding import Absent, Finding, Inapplicable, LayerFinding
from filiation.model.null import Exact
from filiation.model.words import MethodWords
from filiation.numerics.frames.assignment import pair_units
from filiation.numerics.rng import stream
from filiation.numerics.tails.tail import fixed_points_log_p, summed_fixed_points_log_p

__all__ = ["RankOrder", "comparable"]

Float32: TypeAlias = NDArray[np.float32]
Pair: TypeAlias = tuple[ModuleFactors, ModuleFactors]

SORTED: Final = 4.0  # standard deviations beyond which components are listed by size
BECAUSE: Final = (
    "training from independent random factors leaves the order of the components of every module "
    "uniformly random, whatever the base and the data: initialisation draws them alike, training "
    "treats them alike, and neither adapter was started from, or reduced to, a list by size; two "
    "adapters begun with the same seed by the same program would break this without any copy"
)
ONE: Final = (
    "one count over all modules, each of which has an order of its own: the distribution of a sum "
    "of independent counts"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RankOrder:
    """Number of components whose best partner has their own number (fixed points)."""

    @property
    def reads(self) -> str:
        return "adapters"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return "rank-order/1"

    def compare(
        self,
        source: AdapterSketch,
        subject: AdapterSketch,
        controls: Sequence[AdapterSketch] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        pairs = [pair for pair in comparable(source, subject) if pair[0].rank > 1]
        if not pairs:
            return Inapplicable(
                method=self.id,
                reason=f"{source.name} and {subject.name} change no module of one name and shape "
                "at one rank of two or more",
            )
        if source.start and subject.start:
            return Inapplicable(
                method=self.id,
                reason=f"both began with factors that were not random ({source.start}, "
                f"{subject.start}), so that their order is no chance",
            )
        if all(_by_size([pair[side] for pair in pairs]) for side in (0, 1)):
            return Inapplicable(
                method=self.id, reason=f"{source.name} and {subject.name} both list them by size"
            )
        rng = stream(seed, self.id, source.digest, subject.digest)
        return self._finding([_part(*pair, rng) for pair in pairs])

    def _finding(self, parts: Sequence[LayerFinding]) -> Finding:
        sizes = [part.units for part in parts]
        fixed = int(sum(part.observed for part in parts))
        return Finding(
            method=self.id,
            observed=float(fixed),
            unit=f"components of {sum(sizes)} paired with their own number",
            null=Exact(
                distribution="fixed points of independent uniform random permutations",
                log_floor=summed_fixed_points_log_p(sum(sizes), sizes),
                because=BECAUSE,
            ),
            log_p=summed_fixed_points_log_p(fixed, sizes),
            combination=ONE,
            layers=tuple(parts),
        )


def comparable(source: AdapterSketch, subject: AdapterSketch) -> list[Pair]:
    """Modules of one name, shape and rank."""
    others = {one.module: one for one in subject.modules}
    pairs = [(one, others[one.module]) for one in source.modules if one.module in others]
    return [(a, b) for a, b in pairs if _shape(a) == _shape(b)]


def _shape(one: ModuleFactors) -> tuple[int, int, int]:
    return one.rank, one.inputs, one.outputs


def _part(one: ModuleFactors, other: ModuleFactors, rng: np.random.Generator) -> LayerFinding:
    a, b = _components(one), _components(other)
    assignment = pair_units(a, b, rng, exact_to=len(a), unsigned=True)
    fixed = int(np.count_nonzero(assignment == np.arange(len(assignment))))
    return LayerFinding(
        source_layer=one.module,
        subject_layer=other.module,
        roles="down with up",
        units=len(a),
        dropped=one.rank - len(a),
        candidates=1,
        observed=float(fixed),
        z=float(fixed - 1),
        log_p=fixed_points_log_p(fixed, paired=len(a), units=len(a)),
        assignment=tuple(assignment.tolist()),
    )


def _components(one: ModuleFactors) -> Float32:
    """Where each component reads and where it writes, float32 [kept, columns of both]."""
    return np.concatenate([_unit(one.down), _unit(one.up)], axis=1)


def _unit(rows: NDArray[np.int8]) -> Float32:
    real = rows.astype(np.float32)
    lengths = np.linalg.norm(real, axis=1, keepdims=True)
    return np.asarray(real / np.maximum(lengths, 1), dtype=np.float32)


def _by_size(modules: Sequence[ModuleFactors]) -> bool:
    """Whether number and size go together, over all modules, as where factors are singular ones."""
    total, spread = 0.0, 0.0
    for one in modules:
        places = np.argsort(np.argsort(one.sizes, kind="stable"), kind="stable").astype(float)
        if len(places) < 2 or np.ptp(one.sizes) == 0:
            continue
        numbers = np.arange(len(places)) - (len(places) - 1) / 2
        ranks = places - places.mean()
        total += float(numbers @ ranks) / float(numbers @ numbers) * math.sqrt(len(places) - 1)
        spread += 1.0
    return spread > 0 and abs(total) / math.sqrt(spread) > SORTED
