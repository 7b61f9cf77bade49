"""Does shared-errors accuse strangers no more often than it says?

Simulated populations in which strangers agree for every innocent reason we know of: able models
choose the same good wrong answer, favourite letters, wrong keys, missing answers, unknown
relatives among the controls. Real models: tests/validate/test_shared_errors_mmlu.py.
Stated rates: p <= .05 in at most 7 % and p <= .01 in at most 2 % of the pairs of strangers.
"""

import dataclasses
import math

import numpy as np
import pytest

from filiation.methods.answers.answers import code_answers
from filiation.methods.answers.shared_errors import SharedErrors
from filiation.methods.answers.shared_errors_survey import ErrorPairs, survey_pairs
from filiation.model.finding import Finding
from methods.answers.population import Population

PLAIN = Population(models=14, items=400)
RELATIVES = ((11, 10, 0.6), (12, 10, 0.6), (13, 10, 0.6), (9, 8, 0.4))

WORLDS = {
    "ability": dataclasses.replace(PLAIN, able=2.0),
    "habits": dataclasses.replace(PLAIN, habit=0.8),
    "wrong keys": dataclasses.replace(PLAIN, wrong_keys=0.2),
    "missing": dataclasses.replace(PLAIN, missing=0.15),
    "open": dataclasses.replace(PLAIN, open_values=40),
    "few items": dataclasses.replace(PLAIN, items=80),
    "few models": dataclasses.replace(PLAIN, models=8),
    "unknown relatives": dataclasses.replace(PLAIN, children=RELATIVES),
    "everything": dataclasses.replace(
        PLAIN, able=1.5, habit=0.5, wrong_keys=0.1, missing=0.1, children=RELATIVES
    ),
}


@pytest.mark.parametrize("world", WORLDS)
def test_strangers_in_a_survey(world: str) -> None:
    population = WORLDS[world]
    kin = [{child, parent} for child, parent, _ in population.children]
    log_ps = []
    for seed in range(15):
        survey = survey_pairs(code_answers(population.recordings(seed)), families={}, seed=seed)
        assert isinstance(survey, ErrorPairs)
        for a in range(population.models):
            for b in range(a):
                if not any({a, b} <= k | _siblings(population, k) for k in kin):
                    log_ps.append(survey.log_p[a, b])
    rates = [float(np.mean(np.array(log_ps) <= math.log(level))) for level in (0.05, 0.01)]
    assert rates[0] <= 0.07 and rates[1] <= 0.02, f"{world}: {rates}"


def _siblings(population: Population, kin: set[int]) -> set[int]:
    """Everybody who descends from the same parent."""
    return {c for c, p, _ in population.children if p in kin} | kin


@pytest.mark.parametrize("world", ["ability", "habits", "unknown relatives"])
def test_an_innocent_subject_before_seven_controls(world: str) -> None:
    population = dataclasses.replace(WORLDS[world], models=9, children=())
    if world == "unknown relatives":
        population = dataclasses.replace(population, children=((7, 6, 0.7), (8, 6, 0.7)))
    small = 0
    for seed in range(30):
        source, subject, *controls = population.recordings(1000 + seed)
        found = SharedErrors().compare(source, subject, controls, families={}, seed=seed)
        assert isinstance(found, Finding)
        small += found.log_p <= math.log(0.05)
    assert small <= 5  # P(more than 5 of 30 at .05) = 0.003


def test_power_against_a_child_that_kept_a_third() -> None:
    found = 0
    for seed in range(10):
        population = dataclasses.replace(PLAIN, items=800, children=((1, 0, 0.35),))
        source, subject, *controls = population.recordings(2000 + seed)
        finding = SharedErrors().compare(source, subject, controls, families={}, seed=seed)
        assert isinstance(finding, Finding)
        found += finding.log_p <= math.log(0.02)
    assert found >= 8
