"""The exact tail of a sum of whole scores."""

import itertools
import math

import numpy as np
import pytest

from filiation.numerics.tails.independent_sum import independent_sum_log_p
from filiation.numerics.tails.lattice_sum import lattice_sum_log_p


@pytest.mark.parametrize("seed", range(6))
def test_tail_against_enumeration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(-9, 10, (5, 4))
    sums = np.array([sum(one) for one in itertools.product(*scores.tolist())])
    for observed in range(int(sums.min()) - 1, int(sums.max()) + 1, 3):
        share = float((sums >= observed).mean())
        assert lattice_sum_log_p(observed, scores) == pytest.approx(math.log(share), abs=1e-9)
    top = int(sums.max())
    assert lattice_sum_log_p(top, scores) == pytest.approx(math.log((sums == top).mean()))
    assert lattice_sum_log_p(top + 1, scores) == -math.inf


def test_never_below_the_rounded_bound_and_far_out() -> None:
    scores = np.random.default_rng(1).integers(-40, 41, (40, 8))
    for observed in (100, 700):
        exact = lattice_sum_log_p(observed + int(scores.mean() * 40), scores)
        bound = independent_sum_log_p(
            float(observed + int(scores.mean() * 40)), [row.astype(float) for row in scores]
        )
        assert exact <= bound + 1e-6
        assert exact == pytest.approx(bound, rel=0.05, abs=0.2)


def test_many_lists_against_the_normal() -> None:
    scores = np.tile(np.arange(-4, 5), (5000, 1))
    spread = math.sqrt(5000 * float((np.arange(-4, 5) ** 2).mean()))
    assert lattice_sum_log_p(round(3.09 * spread), scores) == pytest.approx(
        math.log(1e-3), abs=0.05
    )


def test_nothing_and_what_is_too_wide() -> None:
    assert lattice_sum_log_p(0, np.zeros((0, 3), dtype=np.int64)) == 0.0
    assert lattice_sum_log_p(0, np.zeros((4, 3), dtype=np.int64)) == 0.0
    with pytest.raises(ValueError, match="wide"):
        lattice_sum_log_p(1, np.array([[0, 5000]]))
