"""The small models that `validate` builds: their gradient, their truth, and how they are made."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from filiation.libraries.executor import InProcess
from filiation.model.ancestry import REGIMES
from filiation.populations.criteria import read_criteria, read_study_plan
from filiation.populations.small import SMALL, building, reckoning
from filiation.populations.small.building import build
from filiation.populations.small.network import Shape, initial, loss_and_gradient
from filiation.populations.small.recipes import CHILDREN, Recipe, recipes
from filiation.populations.small.training import texts, train
from filiation.readers.populations.ancestry import read_ancestry
from filiation.readers.weights.checkpoint import open_model

TINY = Shape(vocabulary=11, width=8, hidden=12)


def test_the_gradient_is_the_slope_of_the_loss() -> None:
    """Every tensor, at one place of each, against a difference quotient in float64."""
    rng = np.random.default_rng(0)
    weights = {name: array.astype(np.float64) for name, array in initial(TINY, rng).items()}
    tokens = rng.integers(0, 11, (3, 7))
    _, gradient = loss_and_gradient(weights, tokens, 2)  # type: ignore[arg-type]
    assert gradient.keys() == weights.keys()
    for name, array in weights.items():
        place = tuple(rng.integers(0, size) for size in array.shape)
        ends = []
        for step in (1e-5, -1e-5):
            moved = array.copy()
            moved[place] += step
            ends.append(loss_and_gradient({**weights, name: moved}, tokens, 2)[0])  # type: ignore[arg-type,dict-item]
        assert gradient[name][place] == pytest.approx(
            (ends[0] - ends[1]) / 2e-5, rel=1e-4, abs=1e-8
        )


def test_training_learns_the_language_and_leaves_what_it_began_from() -> None:
    rng = np.random.default_rng(1)
    begun = initial(TINY, rng)
    before = {name: array.copy() for name, array in begun.items()}
    how = {"language": "t", "vocabulary": 11, "heads": 2, "rate": 1e-2}
    _, first = train(begun, steps=1, rng=rng, **how)  # type: ignore[arg-type]
    trained, last = train(begun, steps=120, rng=rng, **how)  # type: ignore[arg-type]
    assert last < first - 0.3
    assert all(np.array_equal(begun[name], before[name]) for name in begun)
    assert all(array.dtype == np.float32 for array in trained.values())
    assert not np.array_equal(texts("t", 11), texts("other", 11))


@pytest.mark.parametrize("quick", [True, False])
def test_the_recipes_have_what_a_study_needs(quick: bool) -> None:
    """Independent originals and every operation; and one start that two originals share."""
    found = recipes(quick=quick)
    known: set[str] = set()
    for recipe in found:
        assert known.issuperset(recipe.parents), "parents come first"
        known.add(recipe.name)
    assert len(known) == len(found)
    assert {recipe.operation for recipe in found} == {"trained", *CHILDREN}
    starts = [(r.shape, r.seed) for r in found if not r.parents]
    assert len(starts) - len(set(starts)) == 1
    criteria, _ = read_criteria(SMALL)
    asked = {c.where for c in criteria if c.figure == "detection"}
    assert asked == set(CHILDREN) and read_study_plan(SMALL).planted == 6


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> tuple[Recipe, ...]:
    """An original, its permuted child, one that was tuned, and another size; hardly trained."""
    monkeypatch.setattr(building, "STEPS", 3)
    monkeypatch.setattr(building, "TUNING", {name: (2, 1e-3) for name in building.TUNING})
    chosen = [recipe for recipe in recipes(quick=True) if recipe.name.startswith("base-0")][:2]
    made = [
        replace(chosen[0], name=name.replace(" ", "-"), parents=("base-00",), operation=name)
        for name in ("units permuted", "fine-tuned")
    ]
    wide = next(recipe for recipe in recipes(quick=True) if recipe.name == "wide-00")
    return (*chosen, wide, *made)


def test_built_models_are_read_as_what_truth_says(few: tuple[Recipe, ...], tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    build(tmp_path, few, InProcess(), lambda done, of: told.append((done, of)))
    assert told == [(n, 5) for n in range(6)]
    ancestry, there = read_ancestry(tmp_path)
    assert there == tuple(recipe.name for recipe in few)
    regimes = {ancestry.kinship("base-00", other).regime for other in there[1:]}
    assert regimes <= set(REGIMES)
    assert regimes == {"same architecture and data", "same architecture", "parent and child"}
    parent, child = (open_model(tmp_path / name) for name in ("base-00", "units-permuted"))
    assert {t.name for t in parent.tensors} == set(Shape().tensors())
    rows = [m.rows("model.layers.1.mlp.up_proj.weight", range(96)) for m in (parent, child)]
    assert not np.array_equal(*rows)
    assert np.array_equal(*(np.sort(each, axis=0) for each in rows)), "the same units, reordered"


def test_what_is_there_is_not_built_again_and_other_recipes_are(
    few: tuple[Recipe, ...], tmp_path: Path
) -> None:
    build(tmp_path, few, InProcess(), lambda done, of: None)
    truth = (tmp_path / "truth.toml").read_text()
    told: list[int] = []
    build(tmp_path, few, InProcess(), lambda done, of: told.append(done))
    assert told == [5]
    build(tmp_path, few[:2], InProcess(), lambda done, of: told.append(done))
    assert told == [5, 0, 1, 2] and (tmp_path / "truth.toml").read_text() != truth


def test_one_busy_moment_does_not_lengthen_what_is_foretold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter([0.0, 9.0, 9.0, 9.12, 10.0, 60.0, 60.0, 60.12, 70.0, 70.12, 80.0, 80.12])
    monkeypatch.setattr(reckoning, "train", lambda weights, **how: None)
    monkeypatch.setattr(reckoning.time, "perf_counter", lambda: next(clock))

    assert math.isclose(reckoning._probe(recipes(quick=True)[0]), 0.01)


def test_how_long_it_takes_is_reckoned_from_the_recipes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reckoning, "_probe", lambda recipe: 0.01)
    monkeypatch.setattr(reckoning.os, "cpu_count", lambda: 2)
    quick = reckoning.expect(recipes(quick=True), planted=6, workers=2)
    alone = reckoning.expect(recipes(quick=True), planted=6, workers=1)
    many = reckoning.expect(recipes(quick=True), planted=6, workers=16)
    whole = reckoning.expect(recipes(quick=False), planted=6, workers=2)

    assert (quick.models, quick.pairs, quick.planted) == (26, 325, 90)
    assert quick.seconds < alone.seconds and quick.seconds == many.seconds < whole.seconds
    updates = 20 * 400 + 6 * 400 + 60 + 300 + 60 + 400
    assert alone.seconds == pytest.approx(6.0 + 0.01 * (updates + 25 * (325 + 90)))
