"""The short way to a sum of exponentials gives the number that the long way gives."""

import numpy as np
from scipy.special import logsumexp

from filiation.numerics.log_sum import log_sum_exp


def test_it_is_scipys_to_the_last_digit() -> None:
    rng = np.random.default_rng(0)
    for _ in range(500):
        values = rng.normal(size=rng.integers(1, 40)) * 10 ** rng.uniform(-2, 3)
        if rng.random() < 0.3:
            values[0] = values[-1] = values.max()  # several largest ones
        assert log_sum_exp(values) == float(logsumexp(values))
