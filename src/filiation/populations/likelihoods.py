"""The study as a population of known pairs, and how good the likelihood ratios from it are."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from filiation.errors import PopulationError
from filiation.model.population import KnownMethod, KnownModel, KnownPair, Population, PowerCurve
from filiation.model.study import Row, Study
from filiation.model.validation import LikelihoodFigures, ReliabilityBin
from filiation.numerics.likelihoods import likelihood
from filiation.numerics.likelihoods.bounding import Bounds
from filiation.numerics.likelihoods.likelihood import Float64
from filiation.numerics.rounding import significant
from filiation.populations.figures import INNOCENT, thinned
from filiation.populations.ratio import known_pairs

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
    recorded = _recorded_once(study)
    place = [study.methods.index(method) for method in methods]
    founded = _founded(study)
    return Population(
        name=study.population,
        date=study.date,
        tool=study.tool,
        seed=study.seed,
        models=tuple(
            KnownModel(
                name=name,
                digests=(digest, *recorded.get(name, ())),
                families=tuple(sorted({founded[family] for family in families})),
            )
            for name, digest, families in study.models
        ),
        methods=tuple(
            KnownMethod(id=method, channel="outputs" if method in study.outputs else "weights")
            for method in methods
        ),
        pairs=tuple(_pair(row, place) for row in rows),
        notes=(study.left_out,) if study.left_out else (),
        power=_power(study),
    )


def likelihoods(population: Population) -> tuple[LikelihoodFigures, ...]:
    """Figures of every method, for each regime of unrelated pairs by itself.

    The ratios are those that a case would be given, learnt from pairs of every regime; what is
    set apart by regime is how they fare.
    """
    found = []
    for method in population.methods:
        pairs, known = known_pairs(population, method.id)
        held_out = pairs.held_out()
        try:
            bounds = pairs.bounds(held_out)
        except PopulationError:
            continue
        if bounds.high <= 0.0:
            continue
        stated = np.clip(held_out, bounds.low, bounds.high)
        sure = np.isfinite(held_out)
        related = stated[sure & pairs.related]
        for regime in INNOCENT:
            here = np.array([pair.regime == regime for pair in known], dtype=np.bool_)
            unrelated = stated[sure & here & ~pairs.related]
            if related.size and unrelated.size:
                found.append(_figures(method.id, regime, related, unrelated, bounds))
    return tuple(found)


def _founded(study: Study) -> dict[str, str]:
    """Each family by a model of it that is there: where the founder was left out, by the first."""
    own = {name: families for name, _, families in study.models}
    found: dict[str, str] = {}
    for family in sorted({family for families in own.values() for family in families}):
        there = [name for name in sorted(own) if family in own[name]]
        free = [name for name in there if name not in found.values() and name not in own[name]]
        found[family] = family if family in own else (free or there)[0]
    return found


def _recorded_once(study: Study) -> dict[str, tuple[str, ...]]:
    """Digests of recordings, each with the first model that gave it: copies answer alike."""
    seen: set[str] = set()
    found: dict[str, tuple[str, ...]] = {}
    for name, digests in study.recorded:
        found[name] = tuple(digest for digest in digests if digest not in seen)
        seen.update(digests)
    return found


def _power(study: Study) -> PowerCurve | None:
    if not study.planted:
        return None
    return PowerCurve(
        level=study.level,
        methods=tuple(sorted(method for method in study.methods if method not in study.outputs)),
        cells=tuple(sorted(study.planted, key=lambda cell: (cell.share, cell.cosine))),
    )


def _pair(row: Row, place: Sequence[int]) -> KnownPair:
    return KnownPair(
        source=row.source,
        subject=row.subject,
        related=("weights", "outputs") if row.related else ("outputs",) if row.outputs else (),
        regime=row.operation or row.regime if row.related else row.regime,
        values=tuple(row.outcomes[i].value for i in place),
    )


def _figures(
    method: str, regime: str, related: Float64, unrelated: Float64, bounds: Bounds
) -> LikelihoodFigures:
    wrong = likelihood.misleading(related, unrelated)
    curves = likelihood.tippett(related, unrelated)
    entropy = likelihood.ece(related, unrelated, PRIORS)
    apart = likelihood.dev_pav(related, unrelated)
    return LikelihoodFigures(
        method=method,
        regime=regime,
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
