"""One number per pair of models: the wrong answers they share beyond what is usual.

For each kind of question the weighted agreement on joint errors, less what exchangeable answers
and both models' favourite answers would give, on the scale of square roots, on which chance
scatters few and many agreements alike (Anscombe 1948). Kinds are added with the weight of their
size over the square of their scatter between pairs: a kind in which strangers agree capriciously
says little.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.answers import Answers
from filiation.numerics.pairs.agreement import agreement
from filiation.numerics.pairs.pair_model import HeldOut, fit_pairs, held_out
from filiation.numerics.robust import mad
from filiation.numerics.tails.student import t_log_p

__all__ = [
    "PairTable",
    "families_seen",
    "family_numbers",
    "pair_table",
    "suspect_keys",
    "tail_log_p",
    "traits_allowed",
]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

SMALL_KIND: Final = 25  # items: kinds with fewer are taken together
KIN: Final = math.log(1e-4)  # pairs rarer than this share a family as far as fitting is concerned
LOOKS: Final = 3  # how often families are looked for: each look sharpens the next
TRAITS: Final = 3  # at most, where families are known
KNOWN: Final = 0.5  # share of the models whose family is declared, from which families are known
VOTERS: Final = 5  # able models whose majority makes a key suspect


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairTable:
    """Every pair of models, each array [models, models] unless said otherwise.

    Attributes:
        y: The statistic.
        joint: Items both got wrong, of those that say anything.
        excess: Weighted agreement beyond expectation, per joint error.
        ability: float64 [models].
        weights: float64 [items], what the item's kind weighs.
    """

    y: Float64
    joint: Float64
    excess: Float64
    ability: Float64
    weights: Float64

    def against_strangers(
        self, family: Int64, rng: np.random.Generator, *, aside: Mask, traits: int = 1
    ) -> HeldOut:
        """Predict every pair without its families and scale by the strangers' scatter.

        A pair that agrees no more than chance and habit give is above nobody, however much less was
        predicted: of two models that have little in common with anybody, nothing is shown by that.
        Strangers are held to the same, so that ranks among them stay ranks of one statistic.
        """
        found = held_out(
            self.y,
            self.joint > 0,
            family,
            np.outer(self.ability, self.ability),
            rng,
            aside=aside,
            traits=traits,
        )
        return replace(found, z=np.where(self.excess > 0.0, found.z, np.minimum(found.z, 0.0)))


def pair_table(answers: Answers) -> PairTable:
    """Sum all pairs at once, kind by kind."""
    wrong, ability = answers.wrong, answers.ability()
    n = len(answers.models)
    off = ~np.eye(n, dtype=bool)
    y, joint, excess = (np.zeros((n, n)) for _ in range(3))
    weights = np.zeros(answers.key.size)
    kinds = _kinds(answers)
    for kind in np.unique(kinds):
        here = np.flatnonzero(kinds == kind)
        sums = agreement(answers.codes[:, here], wrong[:, here])
        beyond = sums.seen - sums.expected - sums.habit
        deviation = np.sqrt(np.maximum(sums.variance, 0.0))
        known = off & (deviation > 0.0)
        joint += sums.joint * off
        excess += beyond * off
        if not known.any():
            continue
        z = np.where(known, _root(sums.seen - sums.habit) - _root(sums.expected), 0.0)
        rest = z - fit_pairs(z, known.astype(np.float64), np.outer(ability, ability), traits=0)
        scatter = mad(rest[known])
        if scatter > 0.0:
            weight = float(deviation[known].mean()) / scatter**2
            y += weight * z
            weights[here] = weight
    return PairTable(
        y=y,
        joint=joint,
        excess=np.divide(excess, joint, out=np.zeros_like(excess), where=joint > 0),
        ability=ability,
        weights=weights,
    )


def _root(count: Float64) -> Float64:
    """Twice the square root: about one standard deviation per unit, if counts are Poisson."""
    return np.asarray(2.0 * np.sqrt(np.maximum(count, 0.0) + 0.375))


def _kinds(answers: Answers) -> Int64:
    """Number the items by kind, the small kinds taken together."""
    sizes = np.bincount(answers.strata, minlength=len(answers.categories))
    large = sizes[answers.strata] >= SMALL_KIND
    return np.where(large, answers.strata, -1).astype(np.int64)


def family_numbers(names: tuple[str, ...], families: Mapping[str, str]) -> Int64:
    """Number the families; a model without a declared one is a family of its own."""
    labels = [
        ("of", families[name]) if families.get(name) else ("alone", str(place))
        for place, name in enumerate(names)
    ]
    _, numbers = np.unique(
        np.asarray([f"{kind} {label}" for kind, label in labels]), return_inverse=True
    )
    return np.asarray(numbers, dtype=np.int64)


def traits_allowed(names: Sequence[str], families: Mapping[str, str]) -> int:
    """How many traits a fit may have: three where the families of half of the models are declared.

    Otherwise one: a knot of undeclared relatives would be taken for a trait and explained away.
    """
    declared = sum(bool(families.get(name)) for name in names)
    return TRAITS if declared >= KNOWN * len(names) else 1


def families_seen(
    table: PairTable, family: Int64, rng: np.random.Generator, *, parties: int, aside: Mask
) -> Int64:
    """Join models that share errors as relatives do, so that no fit takes them for strangers.

    Single linkage at p < 1e-4, up to three times. A join only takes pairs out of fits and
    lowers the number of independent models; it never makes a finding.

    Args:
        table: All pairs.
        family: int64 [models], as declared.
        rng: Assigns blocks to folds.
        parties: The first rows, which are never joined to anything.
        aside: bool [models, models], pairs no fit may use.
    """
    for _ in range(LOOKS):
        z = table.against_strangers(family, rng, aside=aside).z
        freedom = max(1, int(np.unique(family).size) - 4)
        close = np.nan_to_num(t_log_p(np.nan_to_num(z), freedom)) < KIN
        joined = family.copy()
        for a, b in np.argwhere(np.triu(close, 1)).tolist():
            if a >= parties:
                joined[joined == joined[b]] = joined[a]
        if np.array_equal(joined, family):
            break
        family = joined
    return family


def tail_log_p(fit: HeldOut, independent: int) -> tuple[Float64, float]:
    """Log p of every pair, and the smallest that the reference supports.

    The larger of two: the tail of Student's t, where the scatter, known from pairs that share
    their models, is credited with the freedom of the independent models less two; and the rank
    among the pairs of strangers, which holds whatever the shape of their tail and never falls
    below 1 / (pairs + 1): beyond the highest of them nobody has looked.
    """
    by_shape = t_log_p(fit.z, max(1, independent - 2))
    by_rank = np.log(fit.shares_above())
    return np.minimum(np.maximum(by_shape, by_rank), 0.0), -float(np.log1p(fit.strangers))


def suspect_keys(answers: Answers, voters: NDArray[np.int64]) -> Mask:
    """At which items do most able models agree on one answer that is not the key?

    Able: the best third of the voters, at least five; with fewer voters no key is suspected.
    """
    if voters.size < VOTERS:
        return np.zeros(answers.key.size, dtype=bool)
    ability = answers.ability()[voters]
    best = voters[np.argsort(-ability, kind="stable")[: max(VOTERS, voters.size // 3)]]
    votes = np.sort(answers.codes[best], axis=0)
    half = best.size // 2  # an answer of more than half stands in the middle
    middle = votes[half]
    support = (answers.codes[best] == middle).sum(axis=0)
    return np.asarray(
        (support > half) & (middle >= 0) & (answers.key >= 0) & (middle != answers.key)
    )
