"""How often does a stranger's set of texts rank first among controls, and how often does a copy?"""

import numpy as np
import pytest

from set_trials import FEW, LEAST, MANY, NOISES, TRIALS, at_most, counts, shared


def most(rate: float) -> float:
    """Four deviations above a rate, of so many trials."""
    return rate + 4 * float(np.sqrt(rate * (1 - rate) / TRIALS))


@pytest.mark.parametrize("epsilon", NOISES)
@pytest.mark.parametrize("size", [0, FEW, MANY])
def test_a_stranger_is_first_no_oftener_than_stated(size: int, epsilon: int) -> None:
    """Of a usual size, of few texts or of many: no choice of its size makes a copy of it."""
    for level in (LEAST, 0.25, 0.5):
        assert at_most(level, size, epsilon=epsilon) <= most(level), level


def test_controls_of_very_other_sizes_cost_power_alone() -> None:
    assert at_most(LEAST, spread=10.0) <= most(LEAST)
    assert at_most(LEAST, copied=0.5, spread=10.0) < at_most(LEAST, copied=0.5)


def test_copies_are_found() -> None:
    """Half copied nearly always; noise for an epsilon of 2 costs some of it."""
    assert at_most(LEAST, copied=0.5) >= 0.85
    assert at_most(LEAST, copied=0.2) < at_most(LEAST, copied=0.5)
    assert 0.5 <= at_most(LEAST, copied=0.5, epsilon=200) <= at_most(LEAST, copied=0.5)


def test_a_copier_that_pads_its_set_is_lost_to_p_and_not_to_the_rank_by_number() -> None:
    """What reports say of it: its share falls, and what it has in common stays as many."""
    plain, padded = (at_most(LEAST, copied=0.5, padded=times) for times in (1, 4))
    assert padded < 0.1 < 0.85 <= plain
    assert at_most(LEAST, copied=0.5, padded=4, number=True) >= 0.85


def test_by_one_rank_alone_a_chosen_size_would_gain() -> None:
    """Why both are asked: few texts are first by share, many by number, oftener than stated."""
    few = [shared(one, 0, 0) for one in counts(FEW)]
    many = [shared(one, 0, 0) for one in counts(MANY)]
    by_share = sum(
        all(one.common / one.size < f.common / f.sizes[1] for one in f.controls) for f in few
    )
    by_number = sum(all(one.common < f.common for one in f.controls) for f in many)
    assert min(by_share, by_number) / TRIALS > 2 * most(LEAST)
