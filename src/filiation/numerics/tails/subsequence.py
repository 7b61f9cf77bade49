"""Longest increasing subsequence of a sequence of distinct numbers."""

import bisect
import math
from collections.abc import Sequence

__all__ = ["longest_increasing", "subsequence_log_p"]


def longest_increasing(sequence: Sequence[int]) -> int:
    """Length of the longest strictly increasing subsequence (patience sorting, O(n log n))."""
    tops: list[int] = []
    for number in sequence:
        place = bisect.bisect_left(tops, number)
        tops[place : place + 1] = [number]
    return len(tops)


def subsequence_log_p(length: int, *, numbers: int) -> float:
    """Log bound of P(a random order of `numbers` has an increasing subsequence this long).

    Each of the C(n, m) choices of m places is increasing with probability 1/m!, so
    P(LIS >= m) <= C(n, m) / m!. The bound bites beyond about e sqrt(n).
    """
    if not 0 <= length <= numbers:
        raise ValueError(f"length {length} of {numbers} numbers: expected 0 to {numbers}")
    choices = math.lgamma(numbers + 1) - math.lgamma(length + 1) - math.lgamma(numbers - length + 1)
    return min(0.0, choices - math.lgamma(length + 1))
