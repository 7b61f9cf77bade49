import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.numerics.ngrams import grams, rare_overlap, without


@given(st.lists(st.integers(0, 6), max_size=30), st.integers(1, 4))
def test_grams_against_enumeration(words: list[int], order: int) -> None:
    runs = {tuple(words[k : k + order]) for k in range(len(words) - order + 1)}

    found = grams(words, order, 7)

    assert len(found) == len(runs)
    assert {tuple(int(g) // 7**p % 7 for p in reversed(range(order))) for g in found} == runs


def test_grams_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="63 bits"):
        grams([1, 2, 3], 3, 3_000_000)


@given(st.lists(st.sets(st.integers(0, 12)), min_size=2, max_size=6))
def test_overlap_against_enumeration(sets: list[set[int]]) -> None:
    n = len(sets)

    def weight(elements: set[int]) -> float:
        return sum(math.log(n / sum(e in s for s in sets)) for e in elements)

    found = rare_overlap([np.array(sorted(s), dtype=np.int64) for s in sets])

    for a, b in itertools.product(range(n), repeat=2):
        size = math.sqrt(weight(sets[a]) * weight(sets[b]))
        expected = weight(sets[a] & sets[b]) / size if size > 0 else 0.0
        assert found[a, b] == pytest.approx(expected, abs=1e-12)


def test_what_everybody_says_weighs_nothing() -> None:
    common = [np.arange(5) for _ in range(4)]

    assert np.array_equal(rare_overlap(common), np.zeros((4, 4)))


@given(st.sets(st.integers(0, 20)), st.sets(st.integers(0, 20)))
def test_without_is_set_difference(elements: set[int], known: set[int]) -> None:
    left = without(*(np.array(sorted(s), dtype=np.int64) for s in (elements, known)))

    assert left.tolist() == sorted(elements - known)
