"""Does the subject find examples the likelier, the later the source was trained on them?

Statistic: Spearman's correlation between the order in which examples were seen and their
log-likelihood under the subject, less the mean log-likelihood under reference models (which takes
off how easy an example is). Null: the order was drawn at random and neither the subject nor the
references depend on it, so that every order within a stratum is equally likely.

Two valid tails, of which the smaller counts double: the permutation distribution of the
correlation, drawn; and, for p beyond the draws, disjoint pairs of an early and a late example:
given the pairs, which of the two was seen later is a fair coin, and the sum of signed ranks of the
differences has an exact bound (Chernoff's). An example that was not measured is put where it hurts
the claim most (`worst_places`). Source: Kuditipudi et al., Blackbox model provenance via
palimpsestic membership inference (2025).

Defeated by: long training after the two parted; an order that was not drawn at random (curriculum
without strata) or that the subject's makers used too; training on outputs only.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.owner.references import incomplete
from filiation.methods.owner.worst_places import worst_places
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Underpowered, Unreadable
from filiation.model.null import Permutation
from filiation.model.owner import Likelihoods, OrderedExample
from filiation.model.words import MethodWords
from filiation.numerics.ranks import mean_ranks
from filiation.numerics.rng import stream
from filiation.numerics.rounding import significant
from filiation.numerics.tails.independent_sum import signs_log_p
from filiation.numerics.tails.tail import monte_carlo_floor, sequential_log_p

__all__ = ["TrainingOrder"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]

FEWEST: Final = 50
BATCH: Final = 1 << 22  # numbers drawn at a time
SLACK: Final = 1e-9  # relative: sums in another order

FLAT: Final = "all examples stand at one place of the order, or are equally likely"
UNIT: Final = "Spearman's correlation of training order and log-likelihood"
BECAUSE: Final = (
    "the order was drawn at random (within each stratum) by the owner, and neither the subject nor "
    "a reference was trained with it or chosen by it; another model trained on the same examples "
    "in the same order would break this"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOrder:
    """Spearman's correlation of order and log-likelihood, one-sided: later is likelier."""

    draws: int = 9_999

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return (
            f"training-order/2;statistic=spearman;draws={self.draws};pairs=half-apart;missing=worst"
        )

    def compare(
        self,
        examples: Sequence[OrderedExample],
        subject: Likelihoods,
        references: Sequence[Likelihoods],
        *,
        seed: int,
    ) -> Finding | Absent:
        """Put the question. Pure: the same lists and seed give the same finding."""
        reason = incomplete([example.id for example in examples], references)
        if reason:
            return Unreadable(method=self.id, reason=reason)
        listed = sorted(examples, key=lambda e: (e.stratum, e.seen, e.id))
        strata = _strata(listed)
        used = sum(map(len, strata))
        missing = sum(example.id not in subject.values for example in examples)
        if used < FEWEST or 2 * missing > len(examples):
            return Underpowered(method=self.id, reason=_few(used, missing, len(examples)))
        seen = np.array([example.seen for example in listed])
        likely = np.array([_likely(example.id, subject, references) for example in listed])
        order = _centred(seen, strata)
        rank = _centred(worst_places(order, likely, strata), strata)
        size = math.sqrt(float(order @ order) * float(rank @ rank))
        if size == 0.0:
            return Underpowered(method=self.id, reason=FLAT)
        observed = float(order @ rank)
        rng = stream(seed, self.id, subject.digest, *sorted(r.digest for r in references))
        permuted = _permuted(order, rank, strata, self.draws, rng)
        drawn = sequential_log_p(observed, permuted, draws=self.draws, slack=SLACK * size)
        paired, pairs = _paired(seen, likely, strata)
        tails = _Tails(draws=self.draws, drawn=drawn, pairs=pairs, paired=paired)
        return Finding(
            method=self.id,
            observed=significant(observed / size),
            unit=UNIT + (", less the reference's" if references else ""),
            null=Permutation(draws=self.draws, log_floor=tails.floor, because=BECAUSE),
            log_p=tails.log_p,
            combination=f"{used} examples in {_count(len(strata))}; {tails.words}",
            skipped=_left_out(len(examples), missing, used),
            items=used,
        )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Tails:
    """Two valid tails, of which the smaller counts double.

    Attributes:
        draws: How many random orders were drawn.
        drawn: Natural log p from them.
        pairs: How many pairs of an early and a late example there are.
        paired: Natural log p from them.
    """

    draws: int
    drawn: float
    pairs: int
    paired: float

    @property
    def log_p(self) -> float:
        return min(0.0, math.log(2.0) + min(self.drawn, self.paired))

    @property
    def floor(self) -> float:
        """The smallest natural log p that either could give."""
        return math.log(2.0) + min(monte_carlo_floor(self.draws), -self.pairs * math.log(2.0))

    @property
    def words(self) -> str:
        return (
            f"twice the smaller of two p: {math.exp(self.drawn):.3g} from {self.draws:,} random "
            f"orders, and 10^{self.paired / math.log(10):.4g} from {self.pairs} pairs of an early "
            "and a late example"
        )


def _strata(examples: Sequence[OrderedExample]) -> list[Int64]:
    """Positions of each stratum, in the order seen; strata of one example say nothing."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for position, example in enumerate(examples):
        found[example.stratum].append(position)
    return [np.asarray(places) for _, places in sorted(found.items()) if len(places) > 1]


def _likely(example: str, subject: Likelihoods, references: Sequence[Likelihoods]) -> float:
    """Of one example, less the references'; not a number where it was not measured."""
    if example not in subject.values:
        return math.nan
    expected = math.fsum(model.per_token(example) for model in references)
    return subject.per_token(example) - expected / max(1, len(references))


def _centred(values: Float64, strata: Sequence[Int64]) -> Float64:
    """Midranks within each stratum, from -1/2 to 1/2; ties share theirs."""
    found = np.zeros(len(values))
    for places in strata:
        ranks = mean_ranks(values[places])
        found[places] = (ranks - ranks.mean()) / len(places)
    return found


def _permuted(
    order: Float64, rank: Float64, strata: Sequence[Int64], draws: int, rng: np.random.Generator
) -> Iterator[Float64]:
    """The statistic over random orders, within strata, in batches."""
    batch = max(1, BATCH // len(order))
    for start in range(0, draws, batch):
        count = min(batch, draws - start)
        total = np.zeros(count)
        for places in strata:
            shuffled = rng.permuted(np.tile(rank[places], (count, 1)), axis=1)
            total += shuffled @ order[places]
        yield total


def _paired(seen: Float64, likely: Float64, strata: Sequence[Int64]) -> tuple[float, int]:
    """Log p of the signed ranks of late less early, and how many pairs there are.

    A pair of which one was not measured stands for the largest of all differences, against the
    claim.
    """
    differences = []
    for places in strata:
        half = len(places) // 2
        early, late = places[:half], places[len(places) - half :]
        apart = seen[late] > seen[early]
        differences.append((likely[late] - likely[early])[apart])
    found = np.concatenate(differences)
    found = found[found != 0.0]
    lost = np.isnan(found)
    most = np.abs(found[~lost]).max(initial=0.0)
    found[lost] = -(most * 2.0 + 1.0) * (1.0 + np.arange(int(lost.sum())))
    sizes = mean_ranks(np.abs(found)) if found.size else found
    return signs_log_p(float(np.sign(found) @ sizes), sizes), int(found.size)


def _left_out(planned: int, missing: int, used: int) -> tuple[str, ...]:
    found = []
    if missing:
        found.append(
            f"{missing} of {planned} examples: not measured, counted as the worst for the claim"
        )
    if used < planned:
        found.append(f"{planned - used} examples: alone in their stratum")
    return tuple(found)


def _count(strata: int) -> str:
    return "one stratum" if strata == 1 else f"{strata} strata"


def _few(used: int, missing: int, planned: int) -> str:
    return (
        f"{used} of {planned} examples can be compared and {missing} were not measured, expected "
        f"at least {FEWEST} and at most half of them missing; some hundreds are needed for a weak "
        "memory of the order"
    )
