"""Shared errors of every pair of a population at once; all others are the controls of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.answers import Answers
from filiation.methods.answers.answers_alike import of_one_voice, voices
from filiation.methods.answers.answers_pairs import (
    families_seen,
    family_numbers,
    pair_table,
    suspect_keys,
    tail_log_p,
    traits_allowed,
)
from filiation.methods.answers.shared_errors import NAME, NO_SCATTER, suspected
from filiation.methods.answers.shared_errors_reach import CONTROLS, JOINT, too_few
from filiation.model.finding import Absent, Inapplicable
from filiation.numerics.pairs.ranks import stranger_ranks
from filiation.numerics.rng import stream

__all__ = ["ErrorPairs", "survey_pairs"]

Float64: TypeAlias = NDArray[np.float64]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ErrorPairs:
    """Every pair of a population, each array [models, models]; NaN where nothing can be said.

    Attributes:
        method: Id of the method.
        models: Names, in the order of the rows.
        observed: Weighted agreements beyond chance and habit per hundred joint errors.
        z: In scatters of pairs of strangers.
        log_p: Natural log of p, never below `log_floor`.
        log_floor: The smallest log p that so many pairs of strangers support.
        joint: Joint errors.
        rank: (1 + strangers of either model that stand at least as high) / (1 + strangers),
            the larger of both.
        notes: What was left out and how answers were read.
    """

    method: str
    models: tuple[str, ...]
    observed: Float64
    z: Float64
    log_p: Float64
    log_floor: float
    joint: Float64
    rank: Float64
    notes: tuple[str, ...]


def survey_pairs(
    answers: Answers, *, families: Mapping[str, str], seed: int, method: str = NAME
) -> ErrorPairs | Absent:
    """Put the question to every pair at once; all other models are the controls of each."""
    family = family_numbers(answers.models, families)
    independent = int(np.unique(family).size) - 2
    if independent < CONTROLS:
        return too_few(method, max(0, independent))
    if not answers.items:
        return Inapplicable(method=method, reason="no item was put to all of these models")
    table = pair_table(answers)
    n = len(answers.models)
    rng = stream(seed, method, "survey", *answers.models)
    nowhere = np.zeros(table.y.shape, dtype=bool)
    alike = of_one_voice(answers, family, parties=0)
    seen = families_seen(table, alike, rng, parties=0, aside=nowhere)
    independent = max(3, int(np.unique(seen).size) - 2)
    traits = traits_allowed(answers.models, families)
    fit = table.against_strangers(seen, rng, aside=nowhere, traits=traits)
    if fit.scatter <= 0.0:
        return Inapplicable(method=method, reason=NO_SCATTER)
    z = np.where(table.joint >= JOINT, fit.z, np.nan)
    log_ps, floor = tail_log_p(fit, independent)
    log_p = np.where(np.isfinite(z), log_ps, np.nan)
    return ErrorPairs(
        method=method,
        models=answers.models,
        observed=100.0 * table.excess,
        z=z,
        log_p=log_p,
        log_floor=floor,
        joint=table.joint,
        rank=stranger_ranks(z, family),
        notes=(
            *answers.notes,
            *voices(answers.models, family.tolist(), alike),
            *suspected(suspect_keys(answers, np.arange(n)), answers),
        ),
    )
