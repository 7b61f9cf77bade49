"""Months without a campaign: nobody is called one hand, and few are wrongly said to act alike.

`python tools/logs innocents` prints the same for two hundred; here some run with every change.
"""

import numpy as np
import pytest

from logs.background import SHARED, servegen_hours, synthetic_hours
from logs.lookalikes import TRULY_ONE
from logs.months import Tally, innocent_month

LEVEL = 0.05
LOOKALIKES = {"reseller", "class", "harness", "batch tool", "plug-in", "cron"}


def tallied(first: int, months: int, hours) -> Tally:  # type: ignore[no-untyped-def]
    tally = Tally()
    for seed in range(first, first + months):
        tally.add(innocent_month(seed, hours, accounts=250))
    return tally


def check(tally: Tally) -> None:
    called = {whose for (whose, claim), count in tally.claimed.items() if claim == "hand" and count}
    assert called <= {*TRULY_ONE}
    assert tally.groups.keys() >= LOOKALIKES
    for claim in ("alike", "hand"):
        rates = np.asarray(tally.rates[claim])
        assert rates.mean() <= LEVEL + 2 * rates.std() / np.sqrt(len(rates))


def test_innocents_of_some_months() -> None:
    check(tallied(1000, 16, synthetic_hours))


@pytest.mark.validate
@pytest.mark.skipif(not SHARED.exists(), reason="../shared/logs is not here")
def test_innocents_at_the_rates_of_real_clients() -> None:
    check(tallied(2000, 30, servegen_hours()))


@pytest.mark.validate
def test_innocents_of_two_hundred_months() -> None:
    check(tallied(0, 200, synthetic_hours))
