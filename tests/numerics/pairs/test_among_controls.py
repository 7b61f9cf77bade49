import math

import numpy as np
import pytest
from scipy.stats import t

from filiation.numerics.pairs.among_controls import (
    freedom,
    log_floor,
    log_p_beside,
    rank_among_controls,
)


def table(seed: int, controls: int, *, pair: float = 0.0) -> tuple[np.ndarray, list[str]]:
    rng = np.random.default_rng(seed)
    n = controls + 2
    effect, rest = rng.normal(size=n), np.triu(rng.normal(size=(n, n)), 1)
    values = effect[:, None] + effect + rest + rest.T
    values[0, 1] = values[1, 0] = effect[0] + effect[1] + pair
    return values, [f"family {k}" for k in range(n)]


def test_a_close_pair_stands_first_in_both_places() -> None:
    values, family = table(0, 12, pair=9.0)
    found = rank_among_controls(values, np.zeros_like(values), 12, family)

    assert found.ranks == (1, 1)
    assert found.independent == len(found.counted) == 12
    assert found.low <= found.fit.z[0, 1] <= found.high


def test_the_pair_itself_never_enters_its_null() -> None:
    """However close source and subject are, every control stands where it stood."""
    near, family = table(1, 8, pair=1.0)
    far, _ = table(1, 8, pair=50.0)

    one, two = (rank_among_controls(v, np.zeros_like(v), 8, family) for v in (near, far))

    assert np.allclose(one.fit.z[0, 2:], two.fit.z[0, 2:])


def test_a_control_no_stranger_could_be_is_set_aside() -> None:
    values, family = table(2, 30)
    values[0, 5] = values[5, 0] = values[0, 5] + 60.0
    found = rank_among_controls(values, np.zeros_like(values), 30, family)

    assert list(found.close) == [5] and found.close[5][0] == 0
    assert 5 not in found.counted


def test_a_merely_close_control_stays_and_counts_against_the_accusation() -> None:
    values, family = table(3, 30, pair=4.0)
    values[0, 5] = values[5, 0] = values[0, 5] + 7.0
    found = rank_among_controls(values, np.zeros_like(values), 30, family)

    assert found.close == {}
    assert found.ranks[0] == 2


def test_families_count_once() -> None:
    values, family = table(4, 10)
    family[2:8] = ["one"] * 6

    assert rank_among_controls(values, np.zeros_like(values), 10, family).independent == 5


def test_controls_that_were_not_measured_do_not_count() -> None:
    values, family = table(5, 9)
    values[1, 4] = values[4, 1] = np.nan
    found = rank_among_controls(values, np.zeros_like(values), 9, family)

    assert 4 not in found.counted and len(found.counted) == 8


@pytest.mark.parametrize("controls", [5, 10, 50, 300])
def test_p_never_passes_what_controls_support(controls: int) -> None:
    assert log_p_beside(1e9, controls) == log_floor(controls) <= math.log(1e-3)
    assert 1 <= freedom(controls) <= 10
    assert log_floor(controls) >= -math.log1p(max(999, controls * (controls - 1) / 2))


@pytest.mark.parametrize(
    ("controls", "left"), [(2, 1), (3, 1), (5, 3), (7, 5), (11, 9), (12, 10), (13, 10), (300, 10)]
)
def test_a_control_is_spent_on_the_effect_and_one_on_the_centre(controls: int, left: int) -> None:
    """Two controls less, and never more than ten: the tail of real models is wider."""
    assert freedom(controls) == left
    assert math.isclose(log_p_beside(1.5, controls), t.logsf(1.5, left), rel_tol=1e-9)


def test_a_family_has_one_place_where_its_closest_member_stands() -> None:
    """Of thirty controls, 25 are one family: a rank among them is a rank among six."""
    rng = np.random.default_rng(5)
    values = rng.normal(size=(32, 32))
    values = (values + values.T) / 2.0
    values[0, 7:] = values[7:, 0] = values[1, 7:] = values[7:, 1] = 1.0
    values[0, 1] = values[1, 0] = 0.0
    family = ["source", "subject", *(f"of-{n}" for n in range(5)), *["copies"] * 25]
    found = rank_among_controls(values, np.zeros_like(values), 30, family)
    assert found.independent == 6 and len(found.counted) == 30
    assert max(found.ranks) <= 7
