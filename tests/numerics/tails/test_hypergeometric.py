"""Exact, against scipy's Fisher test, and against every way to draw in two layers."""

import math
from itertools import combinations, product

import numpy as np
import pytest
from scipy.stats import fisher_exact

from filiation.numerics.tails.hypergeometric import Layer, in_layers_log_p


@pytest.mark.parametrize(
    "layer", [(20, 8, 5, 5), (20, 8, 5, 0), (20, 8, 5, 2), (400, 200, 131, 131), (9, 3, 3, 1)]
)
def test_one_layer_is_fishers_test(layer: Layer) -> None:
    total, chosen, marked, both = layer
    rest = total - chosen - marked + both
    p = fisher_exact(np.array([[both, chosen - both], [marked - both, rest]])).pvalue

    log_p, excess = in_layers_log_p([layer])
    assert log_p == pytest.approx(math.log(p), rel=1e-9)
    assert excess == pytest.approx(both - chosen * marked / total)


def test_two_layers_are_every_way_to_draw() -> None:
    layers: list[Layer] = [(6, 3, 2, 2), (5, 2, 3, 1)]
    sums = [
        sum(n < 3 for n in a) + sum(n < 2 for n in b)
        for a, b in product(combinations(range(6), 2), combinations(range(5), 3))
    ]
    counts = np.bincount(sums)
    p = counts[counts <= counts[3]].sum() / len(sums)

    assert in_layers_log_p(layers)[0] == pytest.approx(math.log(p))


def test_a_layer_that_explains_it_leaves_nothing() -> None:
    """All marked are where all are chosen: within layers nothing could have fallen otherwise."""
    assert in_layers_log_p([(50, 50, 30, 30), (50, 0, 0, 0)]) == (0.0, 0.0)
    assert in_layers_log_p([(100, 50, 30, 30)])[0] < math.log(1e-6)
    assert in_layers_log_p([]) == (0.0, 0.0)


def test_more_than_all_is_refused() -> None:
    with pytest.raises(ValueError, match="expected from"):
        in_layers_log_p([(10, 3, 3, 4)])
