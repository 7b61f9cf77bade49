"""Two children of one model, of which one lost something: neither came from the other.

What was lost shows that a child came after a model that held it; a sibling holds nearly the same.
"""

import re
from dataclasses import replace

import numpy as np
import pytest

import toys
from filiation.examining.weights.relation import relate
from filiation.model.relation import Relation

ANCESTOR = toys.born(1)
OTHER = toys.born(2)
LAYER = re.compile(r"(.*layers\.)(\d+)(\..*)")


def related(source: toys.Toy, subject: toys.Toy, *candidates: toys.Toy) -> Relation:
    others = [toys.sketch(each) for each in candidates]
    return relate(toys.sketch(source), toys.sketch(subject), others, supported=True, seed=0)


def pruned(toy: toys.Toy, share: float) -> toys.Toy:
    """The smallest values of every matrix of a layer set to zero."""

    def cut(values: np.ndarray) -> np.ndarray:
        least = np.quantile(np.abs(values), share)
        return np.where(np.abs(values) < least, 0, values).astype(np.float32)

    made = {n: cut(a) if LAYER.match(n) and a.ndim > 1 else a for n, a in toy.arrays.items()}
    return toys.changed(toy, f"pruned {share}", made)


def repeated(toy: toys.Toy, order: tuple[int, ...]) -> toys.Toy:
    """A deeper model whose layers are those of this one, in this order."""
    made = {n: a for n, a in toy.arrays.items() if not LAYER.match(n)}
    for at, layer in enumerate(order):
        for name, values in toy.arrays.items():
            found = LAYER.match(name)
            if found and int(found[2]) == layer:
                made[f"{found[1]}{at}{found[3]}"] = values
    return replace(toy, name="repeated", arrays=made)


def mixed(one: toys.Toy, other: toys.Toy) -> toys.Toy:
    made = {n: (0.5 * a + 0.5 * other.arrays[n]).astype(np.float32) for n, a in one.arrays.items()}
    return toys.changed(one, "mixed", made)


def tuned(drift: float) -> toys.Toy:
    return toys.tuned(ANCESTOR, 5, drift)


def test_of_two_prunings_of_one_model_neither_was_pruned_to_the_other() -> None:
    found = related(pruned(ANCESTOR, 0.3), pruned(ANCESTOR, 0.6))
    assert (found.kind, found.direction) == ("sparse-pruned", "not-determined")
    assert "as where both were pruned" in found.because
    assert related(ANCESTOR, pruned(ANCESTOR, 0.6)).direction == "source-to-subject"


@pytest.mark.parametrize("order", [(0, 1, 0, 1, 2), (0, 1, 2, 0, 1, 2)])
def test_layers_of_a_sibling_that_stand_twice_are_not_the_siblings(order: tuple[int, ...]) -> None:
    child = repeated(ANCESTOR, order)
    found = related(tuned(0.1), child)
    assert (found.kind, found.direction) == ("up-scaled", "not-determined")
    assert "may be those of a relative" in found.because
    own = related(ANCESTOR, child)
    assert (own.kind, own.direction) == ("up-scaled", "source-to-subject")


@pytest.mark.parametrize("drift", [0.03, 0.3])
def test_a_sibling_of_an_ingredient_is_no_ingredient(drift: float) -> None:
    child = mixed(ANCESTOR, OTHER)
    found = related(tuned(drift), child, OTHER)
    assert (found.kind, found.direction) == ("merged", "not-determined")
    assert "in none of them, as of a relative of one" in found.because
    own = related(ANCESTOR, child, OTHER)
    assert (own.kind, own.direction) == ("merged", "source-to-subject")
