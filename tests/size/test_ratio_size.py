"""Are likelihood ratios of strangers, with their own families left out, rarely misleading?

Toys of the real methods for the arithmetic; the casebook's independently trained models, judged by
what the toys taught, for the assumption that a deviate means the same for models of every size.
"""

import itertools
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

import toys
from command import CASEBOOK
from filiation.methods.comparable import comparable
from filiation.methods.weights.unit_order import UnitOrder
from filiation.methods.weights.unit_trace import UnitTrace
from filiation.model.finding import Finding
from filiation.model.population import KnownMethod, KnownModel, KnownPair, Population
from filiation.model.ratio import Ratio, Strength
from filiation.model.sketch import Sketch
from filiation.numerics.likelihoods.likelihood import cllr, misleading
from filiation.populations.ratio import families_of, known_pairs, learn, ratios
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

FAMILIES = 14
DRIFT = 1.5  # of every weight: children that are found, but not all at a glance
METHODS = (UnitOrder(frame="native"), UnitTrace(frame="native", draws=999))


@pytest.fixture(scope="module")
def known() -> Population:
    """Fourteen originals and a child of each, all pairs compared."""
    sketches: dict[str, tuple[str, Sketch]] = {}
    for family in range(FAMILIES):
        parent = toys.born(700 + family, layers=2, units=32, width=24)
        child = toys.tuned(parent, 900 + family, DRIFT)
        for name, toy in ((f"m{family:02}", parent), (f"m{family:02}-child", child)):
            sketches[name] = (f"m{family:02}", toys.sketch(toy))
    pairs = []
    for a, b in itertools.combinations(sorted(sketches), 2):
        (one, first), (two, second) = sketches[a], sketches[b]
        found = [method.compare(first, second, seed=0) for method in METHODS]
        assert all(isinstance(finding, Finding) for finding in found)
        pairs.append(
            KnownPair(
                source=a,
                subject=b,
                related=("weights",) if one == two else (),
                regime="drifted" if one == two else "same shape",
                values=tuple(comparable(f) for f in found if isinstance(f, Finding)),
            )
        )
    return Population(
        name="toys",
        date="2026-11-25",
        tool="tests",
        seed=0,
        models=tuple(
            KnownModel(name=name, digests=(sketch.subject_digest,), families=(family,))
            for name, (family, sketch) in sorted(sketches.items())
        ),
        methods=tuple(KnownMethod(id=method.id, channel="weights") for method in METHODS),
        pairs=tuple(pairs),
    )


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id.partition("/")[0])
def test_toys_held_out(known: Population, method: UnitTrace | UnitOrder) -> None:
    """Misleading at most as often as one in ten (95 %), and better than knowing nothing."""
    pairs, _ = known_pairs(known, method.id)
    held_out = pairs.held_out()
    bounds = pairs.bounds(held_out)
    bounded = np.clip(held_out, bounds.low, bounds.high)
    related, unrelated = bounded[pairs.related], bounded[~pairs.related]
    found = misleading(related, unrelated)

    assert found.unrelated_pairs == 2 * FAMILIES * (2 * FAMILIES - 1) / 2 - FAMILIES
    test = binomtest(found.unrelated, found.unrelated_pairs, 0.1, alternative="greater")
    assert test.pvalue > 0.05, found
    assert found.strongest_for <= bounds.high <= np.log10(FAMILIES / 6) + 1e-12
    assert cllr(related, unrelated) < 0.8
    assert np.mean(10.0**unrelated) < 1.1, "E(LR) of strangers is 1 for a true ratio"


def test_labels_turned_round_are_noticed(known: Population) -> None:
    """The check above can fail: strangers called relatives, and relatives strangers, cost."""
    pairs, _ = known_pairs(known, METHODS[0].id)
    held_out = pairs.held_out()

    assert cllr(held_out[~pairs.related], held_out[pairs.related]) > 1.0


@pytest.fixture(scope="module")
def independent() -> Mapping[str, Sketch]:
    truth = tomllib.loads((CASEBOOK / "truth.toml").read_text())["model"]
    found = {}
    for model in truth:
        if not model["weights_shared"] and model["name"].startswith(("parent", "stranger")):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "s.sketch"
                take_sketch(open_model(CASEBOOK / model["name"]), path, workers=1)
                found[model["name"]] = read_sketch(path)
    return found


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id.partition("/")[0])
def test_casebook_strangers_judged_by_toys(
    known: Population, independent: Mapping[str, Sketch], method: UnitTrace | UnitOrder
) -> None:
    """Twenty ordered pairs of five models that share all but the seed."""
    aside = families_of(known, [s.subject_digest for s in independent.values()])
    learnt = learn(known, [method.id], aside, digest="d" * 64)
    assert isinstance(learnt[0].strength, Strength)
    found = []
    for a, b in itertools.permutations(sorted(independent), 2):
        finding = method.compare(independent[a], independent[b], seed=0)
        assert isinstance(finding, Finding)
        (ratio,) = ratios(learnt, [finding], digest="d" * 64)
        assert isinstance(ratio, Ratio)
        found.append(ratio.log10_lr)

    assert len(found) == 20
    assert sum(value > 0.0 for value in found) <= 3
    assert np.median(found) < 0.0
