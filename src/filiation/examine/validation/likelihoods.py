"""The study as a population of known pairs, and how good the likelihood ratios from it are."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from filiation.errors import PopulationError
from filiation.examine.ratio import known_pairs
from filiation.examine.validation.figures import thinned
from filiation.model.population import KnownMethod, KnownModel, KnownPair, Population
from filiation.model.study import Row, Study
from filiation.model.validation import LikelihoodFigures, ReliabilityBin
from filiation.numerics import likelihood
from filiation.numerics.known_pairs import KnownPairs
from filiation.numerics.rounding import significant

__all__ = ["likelihoods", "population_of"]

PRIORS: Final = np.linspace(-3.0, 3.0, 61)  # log10 odds


def population_of(study: Study) -> Population:
    """All pairs with their values.

    Pairs that share an initialisation only, or were trained twice, meet neither proposition and
    are left out.
    """
    rows = [row for row in study.rows if row.related or not row.initial]
    rows = [row for row in rows if row.regime != "trained twice"]
    methods = sorted(study.methods)
    place = [study.methods.index(method) for method in methods]
    return Population(
        name=study.population,
        date=study.date,
        tool=study.tool,
        seed=study.seed,
        models=tuple(
            KnownModel(name=name, digests=(digest,), families=families)
            for name, digest, families in study.models
        ),
        methods=tuple(KnownMethod(id=method, channel="weights") for method in methods),
        pairs=tuple(_pair(row, place) for row in rows),
        notes=(study.left_out,) if study.left_out else (),
    )


def likelihoods(population: Population) -> tuple[LikelihoodFigures, ...]:
    """Figures of every method that has both kinds of pairs."""
    found = []
    for method in population.methods:
        pairs, _ = known_pairs(population, method.id)
        figures = _figures(method.id, pairs)
        if figures is not None:
            found.append(figures)
    return tuple(found)


def _pair(row: Row, place: Sequence[int]) -> KnownPair:
    return KnownPair(
        source=row.source,
        subject=row.subject,
        related=("weights", "outputs") if row.related else (),
        regime=row.operation or row.regime,
        values=tuple(row.outcomes[i].value for i in place),
    )


def _figures(method: str, pairs: KnownPairs) -> LikelihoodFigures | None:
    held_out = pairs.held_out()
    known = np.isfinite(held_out)
    related, unrelated = held_out[known & pairs.related], held_out[known & ~pairs.related]
    if not (related.size and unrelated.size):
        return None
    try:
        bounds = pairs.bounds(held_out)
    except PopulationError:
        return None
    wrong = likelihood.misleading(related, unrelated)
    curves = likelihood.tippett(related, unrelated)
    entropy = likelihood.ece(related, unrelated, PRIORS)
    apart = likelihood.dev_pav(related, unrelated)
    return LikelihoodFigures(
        method=method,
        related=related.size,
        unrelated=unrelated.size,
        cllr=significant(likelihood.cllr(related, unrelated)),
        cllr_min=significant(likelihood.cllr_min(related, unrelated)),
        cllr_cal=significant(likelihood.cllr_cal(related, unrelated)),
        dev_pav=significant(apart) if math.isfinite(apart) else None,
        misleading_related=wrong.related,
        misleading_unrelated=wrong.unrelated,
        strongest_against=significant(wrong.strongest_against),
        strongest_for=significant(wrong.strongest_for),
        low=significant(bounds.low),
        high=significant(bounds.high),
        tippett_related=thinned(_points(curves.log10_lr, curves.related)),
        tippett_unrelated=thinned(_points(curves.log10_lr, curves.unrelated)),
        ece=_points(PRIORS, entropy.observed),
        ece_calibrated=_points(PRIORS, entropy.calibrated),
        ece_reference=_points(PRIORS, entropy.reference),
        reliability=tuple(
            ReliabilityBin(stated=significant(b.stated), found=significant(b.found), pairs=b.pairs)
            for b in likelihood.reliability(related, unrelated)
        ),
    )


def _points(x: likelihood.Float64, y: likelihood.Float64) -> tuple[tuple[float, float], ...]:
    return tuple((significant(float(a)), significant(float(b))) for a, b in zip(x, y, strict=True))
