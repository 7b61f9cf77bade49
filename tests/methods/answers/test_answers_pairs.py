"""Which models are taken for relatives before a fit, and what tail a pair is held against."""

import math
from typing import Any, cast

import numpy as np
import pytest
from scipy import stats

from filiation.methods.answers.answers_pairs import families_seen, tail_log_p
from filiation.numerics.pairs.pair_model import HeldOut

MODELS = 10
NONE = np.zeros((MODELS, MODELS), dtype=bool)


class _Table:
    """Pairs of strangers, but for one that is so many scatters apart."""

    def __init__(self, one: int, other: int, z: float) -> None:
        self.z = np.zeros((MODELS, MODELS))
        self.z[one, other] = self.z[other, one] = z

    def against_strangers(self, family: Any, rng: Any, *, aside: Any) -> HeldOut:
        return HeldOut(
            z=self.z, rest=self.z, scatter=1.0, traits=0, stranger=~np.eye(10, dtype=bool)
        )


def joined(one: int, other: int, z: float) -> bool:
    table = cast("Any", _Table(one, other, z))
    rng = np.random.default_rng(0)
    seen = families_seen(table, np.arange(MODELS), rng, parties=2, aside=NONE)
    return bool(seen[one] == seen[other])


@pytest.mark.parametrize(("z", "relatives"), [(7.9, False), (8.2, True)])
def test_relatives_are_rarer_than_one_in_ten_thousand(z: float, relatives: bool) -> None:
    """By Student's t with four degrees fewer than there are models: 8.02 of ten models."""
    assert stats.t.isf(1e-4, MODELS - 4) == pytest.approx(8.02, abs=0.01)
    assert joined(4, 7, z) is relatives


def test_a_party_is_joined_to_nobody() -> None:
    assert not joined(0, 7, 50.0)
    assert not joined(1, 7, 50.0)
    assert joined(2, 7, 50.0)


def test_a_pair_is_credited_with_the_independent_models_less_two() -> None:
    pairs = ~np.eye(MODELS, dtype=bool)
    z = np.zeros((MODELS, MODELS))
    z[0, 1] = 2.5
    fit = HeldOut(z=z, rest=z, scatter=1.0, traits=0, stranger=pairs)
    log_p, floor = tail_log_p(fit, 6)

    assert log_p[0, 1] == pytest.approx(math.log(stats.t.sf(2.5, 4)))
    assert floor == pytest.approx(-math.log1p(45))
