"""Rows of a pair are shared by all who look at it, so that none of them may change them."""

import numpy as np
import pytest

import toys
from filiation.examining.weights.planting.units import _order_rate
from filiation.methods.weights.partners import Partners, find_partners


def test_a_planted_copy_leaves_the_pair_as_it_was() -> None:
    found = find_partners(toys.sketch(toys.born(1)), toys.sketch(toys.born(2)), "native", "m")
    assert isinstance(found, Partners)
    pair = found.pairs[0]
    before = pair.b.copy()

    _order_rate(found, 0.5, 0)
    assert np.array_equal(pair.b, before)
    assert pair.b is pair.b  # few rows are not made anew
    with pytest.raises(ValueError, match="read-only"):
        pair.b[0] = 0
