"""Strangers who begin with one published matrix pair up at their places, and only there."""

import numpy as np
import pytest

import toys
from filiation.examining.weights.planting.units import agreeing_ways
from filiation.methods.weights.reordered import agreeing, by_published_place, what_pairs_up
from filiation.model.sketch import Component
from size.test_written_size import ATTENTION, BODY, born
from toys import Toy

SIZE = 40.0  # of the identity, over rows of length 8: its axis is most of a unit


def reordered(toy: Toy, parts: tuple[str, ...]) -> Toy:
    """The same units, or numbers of each head, in another order."""
    arrays = dict(toy.arrays)
    rng = np.random.default_rng(9)
    for layer in (0, 1):
        units = arrays[f"layers.{layer}.{parts[0]}"].shape[0]
        block = 8 if "q" in parts else units
        order = np.concatenate([n + rng.permutation(block) for n in range(0, units, block)])
        for part in parts:
            name = f"layers.{layer}.{part}"
            writes = part in ("down", "o")
            arrays[name] = arrays[name][:, order] if writes else arrays[name][order]
    return toys.changed(toy, "copy", arrays)


@pytest.mark.parametrize(("parts", "of"), [(BODY, "mlp"), (ATTENTION, "attention")])
def test_strangers_of_one_identity_are_not_suspected(parts: tuple[str, ...], of: Component) -> None:
    """Before, each such pair ended in a reservation that says strangers are not so."""
    one, two = (toys.sketch(born(seed, parts, size=SIZE)) for seed in (1, 2))
    assert by_published_place(one, two, ("native",), of)
    assert what_pairs_up(one, two, seed=0) == ()


@pytest.mark.parametrize(("parts", "of"), [(BODY, "mlp"), (ATTENTION, "attention")])
def test_a_copy_in_another_order_is(parts: tuple[str, ...], of: Component) -> None:
    source = born(1, parts, size=SIZE)
    found = what_pairs_up(toys.sketch(source), toys.sketch(reordered(source, parts)), seed=0)
    assert of in found


def test_no_power_is_lent_to_a_copy_whose_places_are_not_counted() -> None:
    one, two = (toys.sketch(born(seed, BODY, size=SIZE)) for seed in (1, 2))
    sides = one, two
    for in_place, frames in ((True, ()), (False, ("native",))):
        ways = agreeing_ways(sides, "mlp", ("native",), cosine=0.9, in_place=in_place, seed=0)
        assert len(list(ways)) == len(frames)


def test_partners_at_one_place_are_left_out_by_the_places_of_the_layer() -> None:
    """Dead units shift the places: the third living unit of one is the second of the other."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(12, 40)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    units, others = ({"x": rows[a], "y": rows[a]} for a in (slice(0, 10), slice(1, 11)))
    at, places = np.arange(10), (np.arange(10), np.arange(1, 11))
    assert agreeing(units, at, others).sum() == 9
    assert agreeing(units, at, others, places).sum() == 0
    assert agreeing(units, at, others, (np.arange(10), np.arange(10))).sum() == 9
