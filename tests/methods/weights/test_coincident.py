"""Are units that were copied into other axes seen, and strangers' not?"""

import math
from functools import lru_cache
from itertools import permutations

import numpy as np
import pytest

import attacked
from attacked import concluded, load, taken
from docs.unit_invariants import blended
from filiation.methods.weights.coincident import (
    STEP,
    WIDTHS,
    clouds,
    coincident,
    counted,
    looks,
    of_own,
    slid,
)
from filiation.methods.weights.reordered import warnings, what_pairs_up
from filiation.model.sketch import Sketch

STRANGERS = ("parent", *(f"stranger-{n}" for n in (2, 3, 4, 5)))


@lru_cache(maxsize=8)
def sketch(name: str) -> Sketch:
    return taken(name)


def turned(share: float, cosine: float = 1.0) -> Sketch:
    """A stranger with so many units of the parent's, in axes of their own."""
    source, host = (
        {name: x.astype(np.float64) for name, x in load(of).items()}
        for of in ("parent", "stranger-3")
    )
    made: attacked.Weights = {
        name: np.asarray(x, dtype=np.float32)
        for name, x in blended(source, host, share, cosine).items()
    }
    return taken(f"{share} turned", made, tokenizer=False)


def test_strangers_do_not_coincide() -> None:
    for one, two in permutations(STRANGERS, 2):
        assert coincident(sketch(one), sketch(two), seed=0) is None, (one, two)


@pytest.mark.parametrize(("share", "cosine"), [(0.02, 1.0), (0.02, 0.999), (0.05, 0.999)])
def test_a_fiftieth_of_the_units_in_axes_of_their_own_is_seen(share: float, cosine: float) -> None:
    """Before, a tenth was: no frame of either model's is turned as these units are."""
    copy = turned(share, cosine)
    found = coincident(sketch("parent"), copy, seed=0)
    assert found is not None
    assert found.seen >= 0.8 * share * found.units
    assert found.seen > found.limit >= found.expected
    assert what_pairs_up(sketch("parent"), copy, seed=0) == ("mlp",)
    said = [*warnings(sketch("parent"), copy, ("mlp",), seed=0)]
    assert len(said) == 1
    assert f"{found.seen} of {found.units} units" in said[0]


def test_a_tenth_of_turned_units_is_neither() -> None:
    """Before, the answer was *independence*, with the words that this form is not excluded."""
    conclusion = concluded(sketch("parent"), turned(0.1))
    assert conclusion.support.toward == "neither"
    assert conclusion.support.reason == "disguise-suspected"
    assert conclusion.support.of == ("mlp",)


def test_what_is_seen_does_not_hang_on_axes_order_or_scale() -> None:
    ours, theirs = clouds(sketch("parent")), clouds(sketch("rotated"))
    assert ours is not None and theirs is not None
    spread = ours.at.std(axis=0)
    assert np.abs(ours.at - theirs.at).max(axis=0) / spread == pytest.approx(0, abs=0.2)
    assert coincident(sketch("parent"), sketch("permuted"), seed=0) is not None
    assert coincident(sketch("parent"), sketch("rescaled"), seed=0) is not None


def test_a_model_without_gates_is_not_looked_at() -> None:
    assert clouds(sketch("other-architecture")) is None
    assert [*looks(sketch("parent"), sketch("other-architecture"), seed=0)] == []


def test_a_crowd_that_both_have_is_no_coincidence() -> None:
    """Dead units of two strangers lie at one place: each model's own crowd says so."""
    rng = np.random.default_rng(0)
    one, two = (rng.standard_normal((400, 5)) for _ in range(2))
    for cloud in (one, two):
        cloud[:100] = 0.01 * rng.standard_normal((100, 5))
    seen = counted(one, two, WIDTHS[1])
    assert seen > 90
    assert of_own(one, two, WIDTHS[1]) > 0.9 * seen


def test_slides_undo_what_single_units_owe_and_nothing_else() -> None:
    rng = np.random.default_rng(0)
    one, two = (rng.standard_normal((2_000, 5)) for _ in range(2))
    steps = rng.standard_normal((40, 5))
    steps *= STEP / np.linalg.norm(steps, axis=1, keepdims=True)
    width = WIDTHS[-1]
    chance = slid(one, two, width, steps)
    assert counted(one, two, width) == pytest.approx(chance, rel=0.2)
    two[:100] = one[:100]
    assert counted(one, two, width) == pytest.approx(chance + 100 * math.exp(-0.05), rel=0.2)
    assert slid(one, two, width, steps) == pytest.approx(chance, rel=0.1)
