"""Midranks against scipy's, which takes a quarter of a second to load."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from filiation.numerics.ranks import mean_ranks


@given(st.lists(st.integers(-4, 4) | st.floats(-4, 4) | st.just(float("inf")), max_size=30))
def test_as_scipy_ranks(values: list[float]) -> None:
    given = np.array(values, dtype=np.float64)

    assert mean_ranks(given).tolist() == rankdata(given).tolist()


def test_without_an_order_there_is_no_rank() -> None:
    assert np.isnan(mean_ranks(np.array([1.0, np.nan, 3.0]))).all()
