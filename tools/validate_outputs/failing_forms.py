"""Ways to make a test of failing at the same items, each with a null of its own.

Every way takes a line-up (source, subject, controls) and gives log p. They differ in what an
innocent pair is held to be like, and so in what accuses one:

- *wrong answers*: the method as it is, without failing (`shared-errors`).
- *failing*: departures from ability and difficulty (`failing.py`), against what pairs of strangers
  show, as the method takes it for wrong answers: the larger p of Student's t and the rank.
- *both*: the two added, each in scatters of pairs.
- *given the controls' skills*: departures after the two leading factors of the other models'
  departures were taken off (partial correlation), against pairs of strangers.
- *controls as near in ability*: the subject among the controls at least as near to the source in
  ability as it is, and the source among those as near to the subject: the larger p of Student's t.
- *nearer than every control*: item by item, is the subject nearer to the source than that control?
  The largest p over all controls, and over both sides.
- *failing and nearer*, *wrong answers and failing*: the larger p of the two.

Run through `python tools/validate_outputs failing`.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.answers import Answers
from filiation.methods.answers.answers_pairs import PairTable, pair_table, tail_log_p
from filiation.numerics.pairs.pair_model import fit_pairs
from filiation.numerics.rng import stream
from filiation.numerics.robust import mad
from filiation.numerics.tails.student import t_log_p
from validate_outputs.failing import failing_alike, rasch

__all__ = ["FORMS", "departures", "given_skills", "log_ps", "nearer", "nearness", "over_scatter"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

FORMS: Final = (
    *("wrong answers", "failing", "both", "given the controls' skills"),
    *("controls as near in ability", "nearer than every control"),
    *("failing and nearer", "wrong answers and failing"),
)
TRAITS: Final = 0  # of so few models; a trait costs six times as long
SKILLS: Final = 2  # factors of the controls
LEAST: Final = 0.02  # variance of a cell, under which no departure is weighed up
NEAREST: Final = 4  # controls as near in ability, with fewer of which nothing is said
CUT: Final = 3.0  # standard deviations that one departure may count


def log_ps(answers: Answers, family: Int64) -> Mapping[str, float]:
    """Log p of the first two models by every way.

    Args:
        answers: Source, subject, then the controls.
        family: int64 [models], the two parties of families of their own.
    """
    table = pair_table(answers)
    right, answered, chance, residual = departures(answers)
    values = over_scatter(table.y, table.ability)
    failing = over_scatter(failing_alike(right, answered, chance), table.ability)
    skilled = over_scatter(given_skills(residual, SKILLS), table.ability)
    every = np.ones_like(table.excess)  # what is no count has no least
    found = {
        "wrong answers": _beside(table, family),
        "failing": _beside(replace(table, y=failing, excess=every), family),
        "both": _beside(replace(table, y=values + failing), family),
        "given the controls' skills": _beside(replace(table, y=skilled, excess=every), family),
        "controls as near in ability": _as_near(failing, table.ability),
        "nearer than every control": nearer(
            nearness(residual), (0, 1), np.arange(2, len(residual)), residual.shape[1]
        ),
    }
    failed = found["failing"]
    return {
        **found,
        "failing and nearer": max(failed, found["nearer than every control"]),
        "wrong answers and failing": max(failed, found["wrong answers"]),
    }


def departures(answers: Answers) -> tuple[Mask, Mask, Float64, Float64]:
    """Who was right, who answered, the chance of success and what departs from it.

    All [models, items]; the last in standard deviations, 0 where there is no answer.
    """
    answered = answers.codes >= 0
    right = answered & ~answers.wrong
    chance = rasch(right, answered)
    deviation = np.sqrt(np.maximum(chance * (1.0 - chance), LEAST))
    return right, answered, chance, np.where(answered, right - chance, 0.0) / deviation


def over_scatter(y: Float64, ability: Float64) -> Float64:
    """A table of pairs in robust scatters of what levels and abilities leave of it."""
    off = ~np.eye(len(y), dtype=bool)
    rest = y - fit_pairs(y, off.astype(np.float64), np.outer(ability, ability), traits=0)
    return np.asarray(y / max(mad(rest[off]), 1e-9))


def given_skills(residual: Float64, skills: int) -> Float64:
    """Partial correlation of every two rows given the leading factors of all *other* rows.

    On Fisher's scale, in standard deviations of chance: float64 [models, models], 0 with itself.

    Args:
        residual: float64 [models, items], departures in their standard deviations.
        skills: How many factors.
    """
    residual = residual - residual.mean(axis=1, keepdims=True)
    product = residual @ residual.T
    models, items = residual.shape
    found = np.zeros((models, models))
    for a in range(models):
        for b in range(a):
            others = [row for row in range(models) if row not in (a, b)]
            values, vectors = np.linalg.eigh(product[np.ix_(others, others)])
            values, vectors = np.maximum(values[-skills:], 1e-9), vectors[:, -skills:]
            on = product[np.ix_([a, b], others)] @ vectors
            left = product[np.ix_([a, b], [a, b])] - (on / values) @ on.T
            scale = math.sqrt(max(left[0, 0] * left[1, 1], 1e-18))
            correlation = float(np.clip(left[0, 1] / scale, -0.999, 0.999))
            found[a, b] = found[b, a] = math.atanh(correlation) * math.sqrt(items)
    return found


def _beside(table: PairTable, family: Int64) -> float:
    """Against pairs of strangers, as the method has it; no fit uses the pair itself."""
    aside = np.zeros(table.y.shape, dtype=bool)
    aside[0, 1] = aside[1, 0] = True
    rng = stream(0, "validation", "failing", "beside")
    fit = table.against_strangers(family, rng, aside=aside, traits=TRAITS)
    return float(tail_log_p(fit, int(np.unique(family[2:]).size))[0][0, 1])


def _as_near(y: Float64, ability: Float64) -> float:
    """Each party among the controls that are at least as near to the other in ability."""
    weights = np.ones(y.shape) - np.eye(len(y))
    weights[0, 1] = weights[1, 0] = 0.0
    rest = y - fit_pairs(y, weights, np.outer(ability, ability), traits=0)
    away, largest = abs(float(ability[0] - ability[1])), -math.inf
    for party in (0, 1):
        near = 2 + np.flatnonzero(np.abs(ability[2:] - ability[party]) <= away)
        if near.size < NEAREST:
            return 0.0
        beside = rest[party, near]
        spread = float(beside.std(ddof=1)) * math.sqrt(1.0 + 1.0 / near.size)
        t = (float(rest[0, 1]) - float(beside.mean())) / max(spread, 1e-9)
        largest = max(largest, float(t_log_p(np.asarray(t), near.size - 1)))
    return largest


def nearness(residual: Float64) -> Float64:
    """Is b nearer to a than c is? Student's t over the items: float64 [a, b, c].

    Args:
        residual: float64 [models, items], departures in their standard deviations.
    """
    cut = np.clip(residual, -CUT, CUT)
    models, items = cut.shape
    square = cut * cut
    products, squares = cut @ cut.T, square @ square.T
    found = np.zeros((models, models, models))
    for a in range(models):
        mean = (products[a][:, None] - products[a]) / items
        cross = (square[a] * cut) @ cut.T
        spread = (squares[a][:, None] - 2.0 * cross + squares[a]) / items - mean**2
        error = np.sqrt(np.maximum(spread, 0.0) / max(items - 1, 1))
        found[a] = np.divide(mean, error, out=np.zeros_like(mean), where=error > 1e-9)
    return found


def nearer(t: Float64, pair: tuple[int, int], controls: Int64, items: int) -> float:
    """The largest log p over controls and sides."""
    one, other = pair
    least = min(t[one, other, controls].min(), t[other, one, controls].min())
    return float(t_log_p(np.asarray(least), items - 1))
