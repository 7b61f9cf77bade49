"""Are units that were copied into other axes seen, and strangers' not?"""

from functools import lru_cache
from itertools import permutations

import numpy as np
import pytest

import attacked
from attacked import concluded, load, taken
from docs.turned_units import blended, layers
from filiation.methods.weights.elsewhere import elsewhere
from filiation.methods.weights.reordered import warnings, what_pairs_up
from filiation.model.sketch import Sketch

STRANGERS = ("parent", *(f"stranger-{n}" for n in (2, 3, 4, 5)))


@lru_cache(maxsize=8)
def sketch(name: str) -> Sketch:
    return taken(name)


def weights(name: str) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    return {key: x.astype(np.float64) for key, x in load(name).items()}


def turned_weights(share: float, cosine: float = 1.0) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """A stranger with so many units of the parent's, in axes of their own."""
    return blended(weights("parent"), weights("stranger-3"), share, cosine)


def turned(share: float, cosine: float = 1.0) -> Sketch:
    return stored(f"{share} turned", turned_weights(share, cosine))


def stored(name: str, made: dict[str, np.ndarray]) -> Sketch:  # type: ignore[type-arg]
    told: attacked.Weights = {key: np.asarray(x, dtype=np.float32) for key, x in made.items()}
    return taken(name, told, tokenizer=False)


def with_decoys(made: dict[str, np.ndarray], count: int) -> Sketch:  # type: ignore[type-arg]
    """Beside the units of each layer others with the angles of the parent's, in random axes.

    They are a thousandth as long as the parent's, and change next to nothing.
    """
    rng, source = np.random.default_rng(5), weights("parent")
    for gate, up, down, gain in layers(made):
        ours = [source[gate] * source[gain], source[up] * source[gain], source[down].T]
        units = np.stack(ours, axis=1)[rng.integers(0, len(ours[0]), count)]
        roots = np.linalg.cholesky(units @ units.transpose(0, 2, 1))
        axes = np.linalg.qr(rng.standard_normal((count, units.shape[2], 3)))[0]
        decoys = 1e-3 * roots @ axes.transpose(0, 2, 1)
        made[gate] = np.concatenate([made[gate], decoys[:, 0] / made[gain]])
        made[up] = np.concatenate([made[up], decoys[:, 1] / made[gain]])
        made[down] = np.concatenate([made[down], decoys[:, 2].T], axis=1)
    return stored(f"{count} decoys", made)


def test_units_of_strangers_do_not_stand_to_each_other_as_the_sources_do() -> None:
    for one, two in permutations(STRANGERS, 2):
        found = elsewhere(sketch(one), sketch(two), seed=0)
        assert found is not None
        assert found.units <= 0.5 * found.limit, (one, two)


@pytest.mark.parametrize(("share", "cosine"), [(0.02, 1.0), (0.02, 0.999), (0.05, 0.99)])
def test_a_fiftieth_of_the_units_in_axes_of_their_own_is_seen(share: float, cosine: float) -> None:
    """Before, a tenth was not: no frame of either model's is turned as these units are."""
    copy = turned(share, cosine)
    found = elsewhere(sketch("parent"), copy, seed=0)
    assert found is not None
    assert found.units > found.limit
    assert what_pairs_up(sketch("parent"), copy, seed=0) == ("mlp",)
    said = [*warnings(sketch("parent"), copy, ("mlp",), seed=0)]
    assert len(said) == 1
    assert f"{found.units} of {found.of} units" in said[0]


def test_a_tenth_of_turned_units_is_neither() -> None:
    """Before, the answer was *independence*, with the words that this form is not excluded."""
    conclusion = concluded(sketch("parent"), turned(0.1))
    assert conclusion.support.toward == "neither"
    assert conclusion.support.reason == "disguise-suspected"
    assert conclusion.support.of == ("mlp",)


def test_decoys_that_lie_as_the_sources_units_do_hide_no_copy() -> None:
    """Before, they took the places of the pairs that are looked at: a twentieth was hidden."""
    copy = with_decoys(turned_weights(0.05), 1000)
    found = elsewhere(sketch("parent"), copy, seed=0)
    assert found is not None
    assert not found.stands
    assert found.close > 10 * found.close_limit
    assert what_pairs_up(sketch("parent"), copy, seed=0) == ("mlp",)
    (said,) = warnings(sketch("parent"), copy, ("mlp",), seed=0)
    assert f"{found.close} of {found.of} units" in said


def test_as_many_units_of_strangers_lie_close_as_chance_makes() -> None:
    """Nearer than a tenth of the fourth neighbour's distance: .3 % of units, in three angles."""
    pairs = permutations(STRANGERS, 2)
    found = [elsewhere(sketch(one), sketch(two), seed=0) for one, two in pairs]
    close = [one.close for one in found if one is not None]
    assert len(close) == 20
    assert 0.2 < np.mean(close) / (0.003 * 896) < 1.5
    assert not any(one.crowded for one in found if one is not None)


def test_axes_order_and_scale_hide_nothing() -> None:
    for copy in ("rotated", "permuted", "rescaled"):
        found = elsewhere(sketch("parent"), sketch(copy), seed=0)
        assert found is not None
        assert found.units > 0.8 * found.of


def test_a_model_without_gates_is_not_looked_at() -> None:
    assert elsewhere(sketch("parent"), sketch("other-architecture"), seed=0) is None
