import math

import numpy as np
import pytest

from filiation.numerics.combining.eprocess import Bets


def test_capital_is_the_product_of_bets() -> None:
    bets = Bets(1)
    capital = 1.0
    for source, control in ((True, False), (True, False), (False, True), (True, True)):
        capital *= 1.0 + float(bets.stakes()[0]) * (source - control)
        assert bets.feed(source, np.array([control])) == pytest.approx(math.log(capital))


def test_a_stake_never_reaches_a_half_and_is_fixed_before_the_item() -> None:
    bets = Bets(2)
    for _ in range(200):
        before = bets.stakes()
        assert (before >= 0.0).all() and (before < 0.5).all()
        bets.feed(True, np.array([False, True]))
    assert bets.log_e == 0.0  # the second control always agrees as well
    assert bets.log_es[0] > 20.0


def test_size_under_optional_stopping_at_0_05() -> None:
    """Ville: looking after each of 400 items, at most 5 % ever reach 20."""
    rng = np.random.default_rng(0)
    crossed = 0
    runs = 400
    for _ in range(runs):
        bets = Bets(3)
        rates = rng.uniform(0.2, 0.6, 400)  # items differ; the worst case: all agree equally often
        for rate in rates:
            bets.feed(rng.random() < rate, rng.random(3) < rate)
        crossed += bets.enough(0.05)
    assert crossed / runs <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / runs)


def test_power_for_a_gap_of_ten_points() -> None:
    rng = np.random.default_rng(1)
    bets = Bets(1)
    for _ in range(3000):
        bets.feed(rng.random() < 0.45, rng.random(1) < 0.35)
    assert bets.log_e > math.log(100)


def test_p_remembers_the_best_moment_and_never_exceeds_one() -> None:
    bets = Bets(1)
    assert bets.log_p == 0.0
    for _ in range(50):
        bets.feed(True, np.array([False]))
    best = bets.log_p
    for _ in range(50):
        bets.feed(False, np.array([True]))
    assert bets.log_p == best < 0.0 and bets.log_e < -best


def test_no_control_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Bets(0)
