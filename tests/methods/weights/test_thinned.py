"""Thinned layers: what is kept, and how often strangers pass for relatives."""

import numpy as np
import pytest

from filiation.methods.weights.thinned import (
    ThinLayer,
    ThinRows,
    compare_layers,
    thin,
    thinned_few,
)
from filiation.model.sketch import LayerSketch, UnitRows
from filiation.numerics.frames.directions import quantise

UNITS, WIDTH = 512, 96


def layer(rng: np.random.Generator, rows: np.ndarray | None = None) -> LayerSketch:
    drawn = rng.standard_normal((UNITS, 64)).astype(np.float32) if rows is None else rows
    directions = {"native": quantise(drawn)}
    norms = np.linalg.norm(drawn, axis=1)
    return LayerSketch(
        label="layers.0", units=UNITS,
        roles={"mlp.up": UnitRows(width=WIDTH, norms=norms, directions=directions)},  # type: ignore[arg-type]
    )  # fmt: skip


class Sketched:
    def __init__(self, *layers: LayerSketch) -> None:
        self.layers = layers


def thinned(*layers: LayerSketch) -> tuple[ThinLayer, ...]:
    return thin(Sketched(*layers))  # type: ignore[arg-type]


def test_half_of_the_units_and_a_quarter_of_the_axes_are_kept_at_most() -> None:
    (found,) = thinned(layer(np.random.default_rng(1)))
    codes = found.roles["mlp.up"].codes
    assert codes.shape == (96, WIDTH // 4)
    assert np.abs(codes).max() == 7


def test_an_index_keeps_four_layers_and_two_matrices() -> None:
    rng = np.random.default_rng(2)
    many = Sketched(*(layer(rng) for _ in range(9)))
    assert len(thinned_few(many)) == 4  # type: ignore[arg-type]


def test_strangers_pass_for_relatives_no_more_often_than_the_p_says() -> None:
    rng, draws = np.random.default_rng(3), 400
    found = [compare_layers(thinned(layer(rng)), thinned(layer(rng)), rng) for _ in range(draws)]
    log_ps = np.array([one.log_p for one in found if not isinstance(one, str)])
    assert len(log_ps) == draws
    for level in (0.1, 0.02):
        # 99.9 % of samples of an exact p stay below this
        assert np.sum(log_ps <= np.log(level)) <= draws * level + 3.1 * np.sqrt(draws * level)


def test_a_list_sorted_alike_is_no_agreement() -> None:
    """Strangers listed by one smooth quantity, as by size: only neighbours are re-ordered."""
    rng = np.random.default_rng(4)
    slope = np.linspace(-2, 2, UNITS)[:, None]
    sides = [(rng.standard_normal((UNITS, 64)) + slope).astype(np.float32) for _ in range(2)]
    found = compare_layers(*(thinned(layer(rng, side)) for side in sides), rng)
    assert not isinstance(found, str) and found.log_p > np.log(1e-4)


@pytest.mark.parametrize("noise", [0.1, 1.0])
def test_a_child_in_place_is_found(noise: float) -> None:
    rng = np.random.default_rng(5)
    parent = rng.standard_normal((UNITS, 64)).astype(np.float32)
    child = parent + noise * rng.standard_normal(parent.shape).astype(np.float32)
    found = compare_layers(thinned(layer(rng, parent)), thinned(layer(rng, child)), rng)
    assert not isinstance(found, str) and found.log_p < np.log(1e-9)


def test_layers_of_another_size_are_not_compared() -> None:
    rng = np.random.default_rng(6)
    (one,) = thinned(layer(rng))
    rows = ThinRows(width=2 * WIDTH, codes=one.roles["mlp.up"].codes)
    other = ThinLayer(label="x", units=UNITS, run=one.run, roles={"mlp.up": rows})
    assert isinstance(compare_layers([one], [other], rng), str)
