"""Are two samples of texts drawn from one distribution? Maximum mean discrepancy, permuted.

Source of the test: Gretton et al., A kernel two-sample test, JMLR 13 (2012); with a Hamming kernel
on completions: Gao, Liang and Guestrin, Model equality testing (2024).
"""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["hamming_kernel", "mmd", "permuted_mmd", "unequal_first"]

Float64: TypeAlias = NDArray[np.float64]

BATCH: Final = 100
PAD: Final = -1  # after the end of a text: ends at the same place agree


def hamming_kernel(texts: Sequence[str], length: int) -> Float64:
    """Share of equal characters at equal places in the first `length`, float64 [texts, texts].

    Positive definite: a mean of kernels that ask whether one character is the same. Places beyond
    the longest text are not counted.
    """
    width = min(length, max((len(t) for t in texts), default=0))
    if width == 0:
        return np.ones((len(texts), len(texts)))
    codes = np.full((len(texts), width), PAD, dtype=np.int32)
    for row, text in enumerate(texts):
        head = text[:width]
        codes[row, : len(head)] = [ord(c) for c in head]
    return np.array([(codes == code).mean(axis=1) for code in codes], dtype=np.float64)


def mmd(kernel: Float64, first: NDArray[np.bool_]) -> float:
    """Squared maximum mean discrepancy of the texts in `first` against the others (biased form)."""
    weight = np.where(first, 1.0 / max(int(first.sum()), 1), -1.0 / max(int((~first).sum()), 1))
    return float(weight @ kernel @ weight)


def permuted_mmd(
    kernels: Sequence[Float64], firsts: Sequence[NDArray[np.bool_]], rng: np.random.Generator
) -> tuple[float, Iterator[Float64]]:
    """The discrepancy summed over prompts, and an endless stream of it under the null.

    If both models draw from one distribution for each prompt, which completion belongs to which is
    a random relabelling *within* the prompt; a Monte-Carlo p over relabellings is exact.
    """
    observed = sum(mmd(k, f) for k, f in zip(kernels, firsts, strict=True))
    return observed, _relabelled(kernels, firsts, rng)


def _relabelled(
    kernels: Sequence[Float64], firsts: Sequence[NDArray[np.bool_]], rng: np.random.Generator
) -> Iterator[Float64]:
    while True:
        total = np.zeros(BATCH)
        for kernel, first in zip(kernels, firsts, strict=True):
            weight = np.where(first, 1.0 / first.sum(), -1.0 / (~first).sum())
            shuffled = rng.permuted(np.broadcast_to(weight, (BATCH, first.size)), axis=1)
            total += np.einsum("bi,ij,bj->b", shuffled, kernel, shuffled, optimize=True)
        yield total


def unequal_first(sizes: tuple[int, int]) -> NDArray[np.bool_]:
    """Labels of two samples of these sizes, the first sample first."""
    return np.arange(sum(sizes)) < sizes[0]
