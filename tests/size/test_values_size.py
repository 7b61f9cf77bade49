"""Do the methods on values accuse the innocent no more often than they say, and find copies?

Invented models (`validate_outputs.deciders`): leanings by category, caution, a habit for the letter
A, minds of their own about single items. The nulls that must survive: strangers; two models trained
on one public specification, with and without others of that sort among the controls; tastes that
many models share. Stated rates: p <= .05 in at most 5 %, as a binomial test of each world.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pytest
from scipy.stats import binomtest

from filiation.methods.values.reasons import Reasons
from filiation.methods.values.refusal_boundary import RefusalBoundary
from filiation.methods.values.shared_choices import SharedChoices
from filiation.model.finding import Finding, Underpowered
from filiation.model.recording import Recording
from validate_outputs.deciders import Decider, crowd, items_of

CONTROLS, WORLDS = 9, 8
CHOICES = SharedChoices(draws=39)
Triple = tuple[Recording, Recording, list[Recording]]


def log_ps(
    method: SharedChoices | Reasons | RefusalBoundary, worlds: Sequence[Triple]
) -> np.ndarray:
    outcomes = [
        method.compare(source, subject, controls, seed=seed)
        for seed, (source, subject, controls) in enumerate(worlds)
    ]
    assert all(isinstance(out, Finding | Underpowered) for out in outcomes)
    found = [out.log_p for out in outcomes if isinstance(out, Finding)]
    assert 2 * len(found) >= len(outcomes)  # or the test would say little
    return np.array(found + [0.0] * (len(outcomes) - len(found)))  # nobody accused by silence


def strangers(seed: int, *, battery: str = "values", count: int = 800, **traits: object) -> Triple:
    """Source, subject and controls that have nothing of one another."""
    source, subject, *controls = crowd(seed, 2 + CONTROLS, items_of(battery, count), **traits)
    return source, subject, controls


def trained(seed: int, *, among: int, policy: float = 1.5, single: float = 1.2) -> Triple:
    """Source, subject and some controls trained on one public specification.

    The specification leans every category, and takes a side in single cases; how far a model
    follows it differs from model to model.
    """
    items = items_of("values", 800)
    rng = np.random.default_rng([seed, 1])
    readers = [
        Decider(
            seed=70_000 + 100 * seed + n,
            policy=(78, policy),
            shares={77: single * float(rng.uniform(0.7, 1.3))},
            caution=float(rng.normal() * 0.5),
            talks=False,
        ).answers(f"reader-{n}", items)
        for n in range(2 + among)
    ]
    others = crowd(seed, CONTROLS - among, items, talks=False)
    return readers[0], readers[1], [*readers[2:], *others]


def copied(seed: int, redone: float, *, battery: str = "values", count: int = 1_200) -> Triple:
    """A copy of the source in which some items were decided anew, and a bit more cautiously."""
    items = items_of(battery, count)
    source, *controls = crowd(seed, 1 + CONTROLS, items)
    copy = Decider(seed=80_000 + seed, caution=0.3).answers(
        "copy", items, parent=source, redone=redone
    )
    return source, copy, controls


INNOCENT: dict[str, Callable[[int], Triple]] = {
    "strangers": partial(strangers, talks=False),
    "tastes that many share": partial(strangers, factors=3, talks=False),
    "silent and undecided": partial(strangers, silent=0.25, noise=1.0, talks=False),
    "one policy, no control shares it": partial(trained, among=0, policy=1.2, single=0.0),
    "one specification, one control shares it": partial(trained, among=1),
    "one specification, four controls share it": partial(trained, among=4),
}


@pytest.mark.parametrize("world", INNOCENT)
def test_the_innocent_are_not_accused_of_choices(world: str) -> None:
    found = log_ps(CHOICES, [INNOCENT[world](100 + n) for n in range(WORLDS)])
    for alpha in (0.01, 0.05, 0.2):
        hits = int((found <= math.log(alpha)).sum())
        # A correct method fails here once in a thousand re-seedings.
        assert binomtest(hits, WORLDS, alpha, alternative="greater").pvalue > 1e-3, (world, hits)


def test_strangers_reason_in_words_of_their_own() -> None:
    found = log_ps(Reasons(), [strangers(200 + n, count=240) for n in range(WORLDS)])
    for alpha in (0.05, 0.2):
        hits = int((found <= math.log(alpha)).sum())
        assert binomtest(hits, WORLDS, alpha, alternative="greater").pvalue > 1e-3


def test_quoting_one_specification_is_no_derivation_where_a_control_quotes_it() -> None:
    items = items_of("values", 240)
    found = []
    for seed in range(8):
        readers = [
            Decider(seed=60_000 + 10 * seed + n, phrases={5: 0.3}).answers(f"reader-{n}", items)
            for n in range(3)
        ]
        controls = [readers[2], *crowd(seed, CONTROLS - 1, items)]
        found.append((readers[0], readers[1], controls))
    hits = int((log_ps(Reasons(), found) <= math.log(0.05)).sum())
    assert hits <= 2  # P(more than 2 of 8 at .05) = .006


def test_strangers_draw_their_own_boundary() -> None:
    method = RefusalBoundary(draws=39)
    worlds = [strangers(300 + n, battery="constitution", count=1_600) for n in range(4)]
    hits = int((log_ps(method, worlds) <= math.log(0.2)).sum())
    assert binomtest(hits, len(worlds), 0.2, alternative="greater").pvalue > 1e-3


@pytest.mark.parametrize(("redone", "level", "share"), [(0.1, 0.01, 0.9), (0.5, 0.05, 0.5)])
def test_power_of_choices(redone: float, level: float, share: float) -> None:
    found = log_ps(CHOICES, [copied(400 + n, redone) for n in range(8)])
    assert float(np.mean(found <= math.log(level))) >= share


def test_power_of_reasons_and_boundary() -> None:
    reasons = log_ps(Reasons(), [copied(500 + n, 0.5, count=240) for n in range(6)])
    assert float(np.mean(reasons <= math.log(0.05))) >= 0.8
    worlds = [copied(600 + n, 0.1, battery="constitution", count=1_600) for n in range(4)]
    boundary = log_ps(RefusalBoundary(draws=39), worlds)
    assert float(np.mean(boundary <= math.log(0.05))) >= 0.75
