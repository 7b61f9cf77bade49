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
from filiation.model.finding import Finding, Underpowered
from filiation.model.null import Calibrated
from filiation.model.recording import Recording
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
    log_ps = []
    for seed in range(30):
        source, subject, *controls = population.recordings(1000 + seed)
        found = SharedErrors().compare(source, subject, controls, families={}, seed=seed)
        if isinstance(found, Finding):  # controls that err too little leave too few
            log_ps.append(found.log_p)
    assert len(log_ps) >= 25
    small = sum(log_p <= math.log(0.05) for log_p in log_ps)
    assert small <= 5  # P(more than 5 of 30 at .05) = 0.003


def _copies(family: tuple[int, ...], seed: int, kept: float = 0.9) -> list[Recording]:
    """Source, subject, and families of near-copies of one control each, which nobody declared."""
    starts = np.cumsum([2, *family])[:-1]
    children = tuple(
        (int(start) + n, int(start), kept)
        for start, size in zip(starts, family, strict=True)
        for n in range(1, size)
    )
    population = Population(
        models=2 + sum(family), items=300, options=6, able=0.5, children=children
    )
    return population.recordings(3000 + seed)


@pytest.mark.parametrize("family", [(25, 1, 1, 1, 1, 1), (14, *(1,) * 12)])
def test_an_innocent_before_a_crowd_of_copies(family: tuple[int, ...]) -> None:
    """Copies are one voice, also where they are the majority; and a note says so."""
    small = 0
    for seed in range(4):
        source, subject, *controls = _copies(family, seed)
        found = SharedErrors().compare(source, subject, controls, families={}, seed=seed)
        assert isinstance(found, Finding) and isinstance(found.null, Calibrated)
        assert found.null.controls <= len(family)
        assert any("count as one family of controls" in note for note in found.skipped)
        assert not any("shares errors" in place.reason for place in found.lineup)
        small += found.log_p <= math.log(0.05)
    assert small <= 1  # P(more than 1 of 4 at .05) = 0.014


def test_three_families_of_copies_are_three_controls() -> None:
    source, subject, *controls = _copies((10, 10, 10), 0, kept=0.97)
    found = SharedErrors().compare(source, subject, controls, families={}, seed=0)
    assert isinstance(found, Underpowered) and "3 independent controls" in found.reason


def test_a_child_is_found_among_copies_of_a_control() -> None:
    source, _, *controls = _copies((8, *(1,) * 12), 5)
    kept = np.random.default_rng(0).random(300) < 0.7
    outputs = zip(kept, source.outputs, _copies((1,), 9)[1].outputs, strict=True)
    child = dataclasses.replace(
        source, name="child", outputs=tuple(a if keep else b for keep, a, b in outputs)
    )
    found = SharedErrors().compare(source, child, controls, families={}, seed=0)
    assert isinstance(found, Finding) and found.log_p <= math.log(0.02)


def test_power_against_a_child_that_kept_a_third() -> None:
    found = 0
    for seed in range(10):
        population = dataclasses.replace(PLAIN, items=800, children=((1, 0, 0.35),))
        source, subject, *controls = population.recordings(2000 + seed)
        finding = SharedErrors().compare(source, subject, controls, families={}, seed=seed)
        assert isinstance(finding, Finding)
        found += finding.log_p <= math.log(0.02)
    assert found >= 8
