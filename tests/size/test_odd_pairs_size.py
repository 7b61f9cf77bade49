"""Two models that go along with nobody are no relatives: refusals, structure, spaces of outputs.

Each is unlike the crowd by itself. The crowd has something in common that no margin or mean holds:
a topic it refuses, a form it gives what prompts ask for, leading directions. The sum of both
models' levels predicted less for the two than either has with anybody: nearly half of such pairs
stood at p <= .01 by refusals, all by spaces, and by structure most pairs of public models whose
answers were put into plain text.
"""

import math
from collections.abc import Callable

import numpy as np
import pytest

from filiation.methods.answers.output_subspace import overlap_table
from filiation.methods.answers.refusals import joint_refusals
from filiation.methods.answers.structure import table_of
from filiation.methods.answers.texts import PairValues
from filiation.numerics.pairs.among_controls import log_p_beside, rank_among_controls

CONTROLS = 14
WORLDS = 20
MODELS = 2 + CONTROLS


def refusing(rng: np.random.Generator, follows: float, kept: float) -> PairValues:
    """120 requests; the crowd is wary of one topic, the pair as far as `follows` says."""
    caution, sensitivity = rng.normal(0.0, 0.7, (MODELS, 1)), rng.normal(0.0, 1.2, 120)
    wary = rng.normal(1.2, 0.2, (MODELS, 1))
    wary[:2] *= follows
    leaning = caution + sensitivity + wary * rng.normal(size=120)
    refused = rng.random((MODELS, 120)) < 1.0 / (1.0 + np.exp(-1.5 * leaning))
    inherited = rng.random(120) < kept
    refused[1, inherited] = refused[0, inherited]
    return joint_refusals(refused, np.ones_like(refused), 39, rng)


def laid_out(rng: np.random.Generator, follows: float, kept: float) -> PairValues:
    """80 prompts and twelve features; what a prompt asks for, the pair gives as far as it does."""
    asked = 2.0 * rng.normal(size=(80, 1, 12))
    own = rng.normal(size=(80, MODELS, 12))
    own[:, 1] = math.sqrt(1.0 - kept) * own[:, 1] + math.sqrt(kept) * own[:, 0]
    along = np.ones((1, MODELS, 1))
    along[:, :2] = follows
    return table_of(own + along * asked)


def spanning(rng: np.random.Generator, follows: float, kept: float) -> PairValues:
    """Spaces of 40 among 150 tokens; about half of the directions are everybody's."""
    common = rng.normal(size=(150, 40))
    spaces = []
    for model in range(MODELS):
        shared = int(rng.integers(17, 24) * (follows if model < 2 else 1.0))
        own = rng.normal(size=(150, 40 - shared))
        spaces.append(np.linalg.qr(np.hstack([common[:, :shared], own]))[0])
    if kept:
        spaces[1] = np.linalg.qr(spaces[0] + math.sqrt(1.0 - kept) * spaces[1])[0]
    return overlap_table(spaces, np.full(MODELS, 200))


KINDS = [refusing, laid_out, spanning]


def shares(
    kind: Callable[[np.random.Generator, float, float], PairValues], follows: float, kept: float
) -> tuple[float, float]:
    """How often p is at most .01, and how often no control stands as close."""
    found = []
    for world in range(WORLDS):
        table = kind(np.random.default_rng([world, 77]), follows, kept)
        family = [str(n) for n in range(MODELS)]
        among = rank_among_controls(table.values, table.noise, CONTROLS, family, table.least)
        low = log_p_beside(float(among.fit.z[0, 1]), among.independent) <= math.log(0.01)
        found.append((low, max(among.ranks) == 1))
    low, first = np.mean(found, axis=0)
    return float(low), float(first)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("follows", [1.0, 0.5, 0.0])
def test_no_pair_is_alike_for_being_odd(
    kind: Callable[[np.random.Generator, float, float], PairValues], follows: float
) -> None:
    """Stated rate: p <= .01 in at most 1 in 20, first of fifteen in at most 1 in 4."""
    low, first = shares(kind, follows, 0.0)

    assert low <= 0.05 and first <= 0.25


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("follows", [1.0, 0.0])
def test_a_child_is_found_odd_or_not(
    kind: Callable[[np.random.Generator, float, float], PairValues], follows: float
) -> None:
    low, _ = shares(kind, follows, 0.9 if kind is refusing else 0.6)

    assert low >= 0.8
