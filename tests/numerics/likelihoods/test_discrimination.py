import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.numerics.likelihoods.discrimination import area, roc, too_small
from filiation.numerics.likelihoods.packing import disjoint_pairs
from filiation.numerics.rng import stream

VALUES = st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=12).map(np.array)


@given(VALUES, VALUES)
def test_area_against_every_pair(related: np.ndarray, unrelated: np.ndarray) -> None:
    wins = [(a > b) + 0.5 * (a == b) for a, b in itertools.product(related, unrelated)]
    assert area(related, unrelated) == pytest.approx(float(np.mean(wins)))


@given(VALUES, VALUES)
def test_roc_against_counting(related: np.ndarray, unrelated: np.ndarray) -> None:
    curve = roc(related, unrelated)
    thresholds = sorted({*related, *unrelated}, reverse=True)
    assert curve.detections[0] == curve.false_alarms[0] == 0.0
    assert curve.detections[1:] == pytest.approx([np.mean(related >= t) for t in thresholds])
    assert curve.false_alarms[1:] == pytest.approx([np.mean(unrelated >= t) for t in thresholds])


@given(VALUES, VALUES)
def test_the_trapezoids_under_the_roc_are_the_area(
    related: np.ndarray, unrelated: np.ndarray
) -> None:
    curve = roc(related, unrelated)
    under = np.trapezoid(curve.detections, curve.false_alarms)
    assert float(under) == pytest.approx(area(related, unrelated))


def test_neither_works_without_both_kinds() -> None:
    for figure in (area, roc):
        with pytest.raises(ValueError, match="expected both"):
            figure(np.zeros(2), np.zeros(0))


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30).map(np.array))
def test_distances_against_the_definition(ps: np.ndarray) -> None:
    ordered = np.sort(ps)
    above = max((i + 1) / len(ps) - p for i, p in enumerate(ordered))
    below = max(p - i / len(ps) for i, p in enumerate(ordered))
    found = too_small(ps)
    assert found.distance == pytest.approx(max(above, 0.0), abs=1e-12)
    assert found.conservative == pytest.approx(max(below, 0.0), abs=1e-12)


def test_only_small_p_values_speak_against_the_null() -> None:
    uniform = stream(1, "uniform").random(400)
    assert too_small(uniform).p > 0.01
    assert too_small(uniform**2).p < 1e-6  # p-values that are too small
    large = too_small(np.sqrt(uniform))
    assert large.p > 0.9 and large.conservative > 0.15


@given(st.lists(st.frozensets(st.sampled_from("abcdefg"), min_size=1, max_size=3), max_size=12))
def test_packing_is_valid_and_cannot_be_extended(touched: list[frozenset[str]]) -> None:
    chosen = disjoint_pairs(touched)
    for i, j in itertools.combinations(chosen, 2):
        assert not touched[i] & touched[j]
    for other in set(range(len(touched))) - set(chosen):
        assert any(touched[other] & touched[place] for place in chosen)


def test_packing_of_all_pairs_of_six_families_is_three() -> None:
    assert (
        len(disjoint_pairs([frozenset(pair) for pair in itertools.combinations("abcdef", 2)])) == 3
    )
