"""Likelihood ratios of findings from a population of known pairs.

In two steps, so that the first can be printed before the second is taken: what the population
could support at best for these exhibits (`strengths`), and what it says of what was found
(`ratios`). Whatever is of a family with an exhibit is left out of both.
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.comparable import comparable
from filiation.model.alternatives import class_of
from filiation.model.finding import Finding
from filiation.model.population import HIGHEST, LOWEST, KnownPair, Population
from filiation.model.ratio import Missed, NoRatio, Ratio, Strength, missed_bound
from filiation.numerics.likelihoods.curve import Curve
from filiation.numerics.likelihoods.known_pairs import KnownPairs
from filiation.numerics.likelihoods.likelihood import cllr
from filiation.numerics.rng import stream
from filiation.numerics.rounding import significant

__all__ = [
    "Learnt",
    "families_of",
    "involvement",
    "known_pairs",
    "learn",
    "ratios",
    "strengths",
]

Float64: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

FOLDS: Final = 12  # a study leaves out single families; for a bound, groups of them are enough
MISLEADING: Final = (
    "its ratios for known pairs, held out, mislead too often for any to be relied on "
    "(expected utility)"
)
UNCOUNTED: Final = "the finding does not count, and a ratio would make it count"
FEWEST_FAMILIES: Final = 2  # related: with one, nothing is left when it is left out


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What a population teaches about one method, whatever is found.

    Attributes:
        strength: What it supports at best, or why it supports nothing.
        curve: The ratio of every value, within those bounds; None if it supports nothing.
    """

    strength: Strength | NoRatio
    curve: Curve | None


def known_pairs(
    population: Population, method: str, involved: Mask | None = None
) -> tuple[KnownPairs, tuple[KnownPair, ...]]:
    """The population's pairs that have a value under a method, as arrays and as they stand.

    Args:
        population: Known pairs.
        method: Full id.
        involved: What `involvement` says of this population, if that is known already.

    Raises:
        KeyError: The population does not know the method.
    """
    ids = [known.id for known in population.methods]
    if method not in ids:
        raise KeyError(method)
    column, channel = ids.index(method), population.methods[ids.index(method)].channel
    known = np.array([pair.values[column] is not None for pair in population.pairs], dtype=np.bool_)
    pairs = tuple(pair for pair in population.pairs if pair.values[column] is not None)
    involves = (involvement(population) if involved is None else involved)[known]
    return (
        KnownPairs(
            values=np.array([pair.values[column] for pair in pairs], dtype=np.float64),
            related=np.array([channel in pair.related for pair in pairs], dtype=np.bool_),
            involves=involves,
        ),
        pairs,
    )


def involvement(population: Population) -> Mask:
    """Bool [pairs, families]: which families either model of each pair depends on."""
    families = _families(population)
    number = {family: n for n, family in enumerate(sorted(set().union(*families.values())))}
    involves = np.zeros((len(population.pairs), len(number)), dtype=np.bool_)
    for row, pair in enumerate(population.pairs):
        for family in families[pair.source] | families[pair.subject]:
            involves[row, number[family]] = True
    return involves


def learn(
    population: Population,
    methods: Sequence[str],
    aside: Collection[str] = (),
    alternatives: Sequence[str] = (),
    *,
    digest: str,
) -> list[Learnt]:
    """What the population says under each method: at best, and of every value.

    All of it follows from the population and these arguments; nothing of the exhibits is in it.

    Args:
        population: Known pairs.
        methods: Full ids.
        aside: Families to leave out: those of the exhibits, as `families_of` finds them.
        alternatives: That the plan names; those that the population lacks count as missed.
        digest: SHA-256 (hex) of the population's file, which names the bootstrap's random stream.
    """
    known = {method.id for method in population.methods}
    involved = involvement(population)
    names = sorted(set().union(*_families(population).values()))
    left_out = np.array([name in aside for name in names], dtype=np.bool_)
    return [
        _learn(population, method, (involved, left_out), alternatives, digest)
        if method in known
        else _nothing(method, "the population was not examined by this method")
        for method in methods
    ]


def strengths(learnt: Sequence[Learnt]) -> tuple[Strength | NoRatio, ...]:
    """What can be printed before the comparison."""
    return tuple(one.strength for one in learnt)


def ratios(
    learnt: Sequence[Learnt], findings: Sequence[Finding], *, digest: str
) -> tuple[Ratio | NoRatio, ...]:
    """One ratio, or the reason why there is none, for each finding.

    Args:
        learnt: What `learn` returned, before anything was found.
        findings: What was found for the exhibits.
        digest: SHA-256 (hex) of the population's file.
    """
    by_method = {one.strength.method: one for one in learnt}
    return tuple(_ratio(by_method[found.method], found, digest) for found in findings)


def _learn(
    population: Population,
    method: str,
    families: tuple[Mask, Mask],
    alternatives: Sequence[str],
    digest: str,
) -> Learnt:
    involved, left_out = families
    pairs, listed = known_pairs(population, method, involved)
    left = pairs.without(left_out)
    kept = np.flatnonzero(~np.any(pairs.involves[:, left_out], axis=1))
    regimes = [(listed[place].regime, bool(pairs.related[place])) for place in kept]
    why = _too_little(left)
    if why:
        return _nothing(method, why)
    held_out = left.held_out(folds=FOLDS)
    sides = [held_out[side & np.isfinite(held_out)] for side in (left.related, ~left.related)]
    if not all(side.size for side in sides):
        return _nothing(method, "no pair can be held out together with its families")
    bounds = left.bounds(held_out)
    if bounds.high <= 0.0:
        return _nothing(method, MISLEADING)
    missed = _missed(regimes, held_out, alternatives)
    least = missed_bound(missed) if missed else -math.inf
    low, high = significant(max(bounds.low, least)), significant(bounds.high)
    strength = _strength(
        method,
        left,
        (np.clip(sides[0], low, high), np.clip(sides[1], low, high)),
        regimes,
        low=low,
        high=high,
        low_by=bounds.low_by if bounds.low >= least else "alternatives",
        high_by=bounds.high_by,
        missed=missed,
    )
    rng = stream(population.seed, "ratio", method, digest)
    curve = left.curve(LOWEST, HIGHEST, rng)
    return Learnt(strength=strength, curve=curve.within(low, high, rounded=significant))


def _strength(
    method: str,
    left: KnownPairs,
    sides: tuple[Float64, Float64],
    regimes: Sequence[tuple[str, bool]],
    **bounds: Any,
) -> Strength:
    """What the held-out ratios of related and unrelated pairs come to, within the bounds."""
    one, none = sides
    return Strength(
        **bounds,
        method=method,
        independent=left.independent,
        families=left.families,
        related_pairs=int(np.count_nonzero(left.related)),
        unrelated_pairs=int(np.count_nonzero(~left.related)),
        related_regimes=_counted(regimes, related=True),
        unrelated_regimes=_counted(regimes, related=False),
        cllr=significant(cllr(one, none)),
        misleading_related=int(np.count_nonzero(one < 0.0)),
        misleading_unrelated=int(np.count_nonzero(none > 0.0)),
    )


def _missed(
    regimes: Sequence[tuple[str, bool]], held_out: Float64, alternatives: Sequence[str]
) -> tuple[Missed, ...]:
    """Of each planned alternative how many relatives there are, and how many speak against it."""
    classes = [class_of(regime) if related else "" for regime, related in regimes]
    found = []
    for alternative in alternatives:
        ratios_ = held_out[[one == alternative for one in classes]]
        known = ratios_[np.isfinite(ratios_)]
        missed = int(np.count_nonzero(known <= 0.0))
        found.append(Missed(alternative=alternative, missed=missed, pairs=known.size))
    return tuple(found)


def _counted(regimes: Sequence[tuple[str, bool]], *, related: bool) -> tuple[tuple[str, int], ...]:
    """Regimes of one side, the largest first."""
    counts = Counter(regime for regime, side in regimes if side == related)
    return tuple(sorted(counts.items(), key=lambda of: (-of[1], of[0])))


def _too_little(left: KnownPairs) -> str:
    """Why such pairs support no ratio; empty if they do."""
    if left.independent <= 6:
        return (
            f"{left.independent} independent models are left in it; a sixth of their number "
            "bounds the ratio, so that more than 6 are needed for any above 1"
        )
    if left.families < FEWEST_FAMILIES:
        return (
            f"relatives of {left.families} families are left in it, expected at least "
            f"{FEWEST_FAMILIES}; a family is judged by what others taught"
        )
    return ""


def _ratio(learnt: Learnt, found: Finding, digest: str) -> Ratio | NoRatio:
    strength = learnt.strength
    if not found.counts:
        return NoRatio(method=found.method, reason=UNCOUNTED)
    if isinstance(strength, NoRatio) or learnt.curve is None:
        reason = strength.reason if isinstance(strength, NoRatio) else "nothing was learnt"
        return NoRatio(method=found.method, reason=reason)
    interval = learnt.curve.at(comparable(found))
    return Ratio(
        method=found.method,
        log10_lr=interval.value,
        low=interval.low,
        high=interval.high,
        bounded=_bounded(interval.value, strength),
        strength=strength,
        population=digest,
    )


def _bounded(value: float, strength: Strength) -> Literal["no", "above", "below"]:
    if value >= strength.high:
        return "above"
    return "below" if value <= strength.low and not strength.missed else "no"


def _nothing(method: str, reason: str) -> Learnt:
    return Learnt(strength=NoRatio(method=method, reason=reason), curve=None)


def _families(population: Population) -> dict[str, frozenset[str]]:
    return {model.name: frozenset(model.families) for model in population.models}


def families_of(population: Population, digests: Sequence[str]) -> frozenset[str]:
    """Families of the population that the exhibits of these digests belong to."""
    shown = set(digests)
    return frozenset(
        family
        for model in population.models
        if shown & set(model.digests)
        for family in model.families
    )
