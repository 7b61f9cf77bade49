"""The tail of a sum of independent scores, each drawn evenly from its own short list."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.roots import brent

__all__ = ["independent_sum_log_p", "signs_log_p"]

Float64: TypeAlias = NDArray[np.float64]

STEPS: Final = 1 << 18  # of the lattice that the sum is rounded to, against the accusation
TIE: Final = 1e-9  # relative: sums of the same scores in another order


def independent_sum_log_p(observed: float, lists: Sequence[Float64]) -> float:
    """Log of a valid p for P(sum of one even draw from each list >= observed), never too small.

    Scores are rounded up and the observation down to a lattice of 262,144 steps, so that p can
    only grow. The draws are tilted until the mean falls on the observation, their distributions
    multiplied by Fourier transform, and the tilt undone in logs: the tail never underflows.

    Args:
        observed: The sum that was seen.
        lists: For each draw the values it can take, float64 [values], equally likely.
    """
    low = math.fsum(float(values.min()) for values in lists)
    span = math.fsum(float(np.ptp(values)) for values in lists)
    above = observed - low - TIE * max(1.0, span)
    if span <= 0.0 or above <= 0.0:
        return 0.0
    widest = max(float(np.ptp(values)) for values in lists)
    step = widest / max(1, int(STEPS * widest / span))  # the widest list ends on the lattice
    kinds = Counter(
        tuple(sorted(np.ceil((values - values.min()) / step - TIE).astype(int).tolist()))
        for values in lists
    )
    needed = math.floor(above / step)
    most = sum(times * kind[-1] for kind, times in kinds.items())
    if needed >= most:
        return math.fsum(
            times * math.log(kind.count(kind[-1]) / len(kind)) for kind, times in kinds.items()
        )
    return _tail(needed, most, [(np.asarray(kind), times) for kind, times in kinds.items()])


def _tail(needed: int, most: int, kinds: Sequence[tuple[NDArray[np.int64], int]]) -> float:
    """Log of P(sum >= needed) for whole scores."""

    def drift(tilt: float) -> float:
        weights = [(k, np.exp(tilt * (k - k[-1])), times) for k, times in kinds]
        return math.fsum(t * float(k @ w / w.sum()) for k, w, t in weights) - needed

    tilt = 0.0
    if drift(0.0) < 0.0:
        high = 1.0 / most
        while drift(high) < 0.0:
            high *= 2.0
        tilt = float(brent(drift, 0.0, high))
    size = 1 << most.bit_length()
    product = np.ones(size // 2 + 1, dtype=np.complex128)
    log_mean = 0.0
    for k, times in kinds:
        weights = np.exp(tilt * (k - k[-1]))
        mass = np.bincount(k, weights=weights / weights.sum(), minlength=1)
        product *= np.fft.rfft(mass, n=size) ** times
        log_mean += times * (math.log(float(weights.mean())) + tilt * float(k[-1]))
    mass = np.maximum(np.fft.irfft(product, n=size), 0.0)[needed : most + 1]
    tail = float(mass @ np.exp(-tilt * np.arange(mass.size)))
    return min(0.0, math.log(tail) + log_mean - tilt * needed)


def signs_log_p(observed: float, sizes: Float64) -> float:
    """Log of a bound on P(sum of fair signs times sizes >= observed): Chernoff's, never too small.

    The bound is exp(min over t of sum log cosh(t size) - t observed); it exceeds the tail by a
    factor of the order of the deviation only.

    Args:
        observed: The sum with the signs that were seen.
        sizes: float64 [terms], none negative.
    """
    total = float(sizes.sum())
    if observed <= 0.0 or total <= 0.0:
        return 0.0
    if observed >= total * (1.0 - TIE):
        return -float(np.count_nonzero(sizes)) * math.log(2.0)

    def drift(tilt: float) -> float:
        return float(sizes @ np.tanh(tilt * sizes)) - observed

    high = 1.0 / float(sizes.max())
    while drift(high) < 0.0:
        high *= 2.0
    tilt = float(brent(drift, 0.0, high))
    flat = np.abs(tilt * sizes)
    log_cosh = flat + np.log1p(np.exp(-2.0 * flat)) - math.log(2.0)
    return min(0.0, float(log_cosh.sum()) - tilt * observed)
