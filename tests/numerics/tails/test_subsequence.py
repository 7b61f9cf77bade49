"""Longest increasing subsequences: against brute force, and the bound against enumeration."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.numerics.tails.subsequence import longest_increasing, subsequence_log_p


@given(st.permutations(range(9)))
def test_length_against_brute_force(order: list[int]) -> None:
    best = max(
        n
        for n in range(1, 10)
        for chosen in itertools.combinations(order, n)
        if list(chosen) == sorted(chosen)
    )
    assert longest_increasing(order) == best


def test_empty_and_sorted() -> None:
    assert longest_increasing([]) == 0
    assert longest_increasing(range(50)) == 50
    assert longest_increasing(range(50, 0, -1)) == 1


@pytest.mark.parametrize("n", [1, 4, 7])
def test_bound_against_enumeration(n: int) -> None:
    lengths = [longest_increasing(order) for order in itertools.permutations(range(n))]
    for m in range(n + 1):
        exact = sum(length >= m for length in lengths) / len(lengths)
        assert math.exp(subsequence_log_p(m, numbers=n)) >= exact - 1e-12
    assert math.isclose(subsequence_log_p(n, numbers=n), -math.lgamma(n + 1))


def test_never_zero_and_never_above_one() -> None:
    assert subsequence_log_p(0, numbers=10) == 0.0
    assert subsequence_log_p(11_008, numbers=11_008) > -math.inf
    with pytest.raises(ValueError, match="expected 0 to 3"):
        subsequence_log_p(4, numbers=3)
