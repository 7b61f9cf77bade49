import itertools

import numpy as np
import pytest

from filiation.numerics.tails.mmd import hamming_kernel, mmd, permuted_mmd, unequal_first


def test_kernel_against_counting() -> None:
    texts = ["abcd", "abXd", "ab", ""]

    kernel = hamming_kernel(texts, 4)

    assert kernel[0].tolist() == [1.0, 0.75, 0.5, 0.0]
    assert kernel[2, 3] == 0.5  # both have ended at the last two places
    assert np.linalg.eigvalsh(kernel).min() > -1e-12


def test_kernel_of_nothing() -> None:
    assert hamming_kernel(["", ""], 10).tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_mmd_against_its_definition() -> None:
    kernel = hamming_kernel(["aa", "ab", "bb", "ba", "aa"], 2)
    first = unequal_first((2, 3))
    inside = kernel[:2, :2].mean() + kernel[2:, 2:].mean()

    assert mmd(kernel, first) == pytest.approx(inside - 2 * kernel[:2, 2:].mean())


def test_null_against_enumeration() -> None:
    """Every relabelling of one prompt, two against three."""
    kernel = hamming_kernel(["aaa", "aab", "bbb", "bba", "cab"], 3)
    exact = sorted(
        mmd(kernel, np.isin(np.arange(5), chosen)) for chosen in itertools.combinations(range(5), 2)
    )

    _, batches = permuted_mmd([kernel], [unequal_first((2, 3))], np.random.default_rng(0))
    drawn = np.concatenate([next(batches) for _ in range(50)])

    assert np.abs(drawn[:, None] - np.array(exact)).min(axis=1).max() < 1e-12
    assert drawn.mean() == pytest.approx(np.mean(exact), abs=0.01)
