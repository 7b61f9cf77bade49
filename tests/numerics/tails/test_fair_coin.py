"""The tail of a fair coin."""

import math

import pytest
from scipy.stats import binom

from filiation.numerics.tails.tail import fair_coin_log_p


@pytest.mark.parametrize(("heads", "tosses"), [(0, 5), (3, 5), (5, 5), (300, 448), (0, 0)])
def test_coin_against_scipy(heads: int, tosses: int) -> None:
    assert math.isclose(
        fair_coin_log_p(heads, tosses=tosses),
        min(0.0, float(binom.logsf(heads - 1, tosses, 0.5))),
        rel_tol=1e-9,
        abs_tol=1e-12,
    )


def test_coin_is_never_zero() -> None:
    assert math.isclose(fair_coin_log_p(20_000, tosses=20_000), -20_000 * math.log(2))
    with pytest.raises(ValueError, match="expected 0 to 3"):
        fair_coin_log_p(4, tosses=3)
