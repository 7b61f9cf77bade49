"""Are units that were copied into other axes seen, and strangers' not?"""

from functools import lru_cache
from itertools import permutations

import numpy as np
import pytest

import attacked
from attacked import concluded, load, taken
from docs.turned_units import blended
from filiation.methods.weights.elsewhere import elsewhere
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


def test_axes_order_and_scale_hide_nothing() -> None:
    for copy in ("rotated", "permuted", "rescaled"):
        found = elsewhere(sketch("parent"), sketch(copy), seed=0)
        assert found is not None
        assert found.units > 0.8 * found.of


def test_a_model_without_gates_is_not_looked_at() -> None:
    assert elsewhere(sketch("parent"), sketch("other-architecture"), seed=0) is None
