import numpy as np
import pytest
from scipy.stats import binomtest

from filiation.numerics.intervals import clopper_pearson
from filiation.numerics.rng import stream


@pytest.mark.parametrize(("k", "n"), [(0, 10), (10, 10), (3, 17), (1, 1000), (999, 1000)])
def test_clopper_pearson_against_scipy(k: int, n: int) -> None:
    expected = binomtest(k, n).proportion_ci(0.95, method="exact")
    assert clopper_pearson(k, n) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_it_covers_at_least_as_often_as_it_says() -> None:
    rng = stream(1, "clopper-pearson")
    for share in (0.02, 0.3, 0.9):
        covered = [
            low <= share <= high
            for low, high in (clopper_pearson(int(k), 40) for k in rng.binomial(40, share, 2000))
        ]
        assert np.mean(covered) >= 0.95 - 0.01


def test_no_trials_say_nothing() -> None:
    assert clopper_pearson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("k", "n"), [(3, 2), (-1, 2)])
def test_impossible_counts_are_refused(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="expected between none and all"):
        clopper_pearson(k, n)
