"""Logarithm, sine and cosine in single precision as torch's CPU kernels compute them, to the bit.

These are the polynomials of Cephes (Moshier 1989) in the arrangement of ATen's avx_mathfun.h, with
products and sums fused as its compiler fuses them. A fused operation is computed in double
precision here, where the product of two singles is exact; the sum is then rounded twice, which
differs from one rounding for about one in 2**29 values.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["cosine_and_sine", "fused", "logarithm"]

Float32: TypeAlias = NDArray[np.float32]

F: Final = np.float32
ROOT_HALF: Final = F(0.707106781186547524)
LOG: Final = tuple(F(c) for c in (
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
    -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
))  # fmt: skip
LOW: Final = F(-2.12194440e-4)  # of the natural logarithm of 2, which is HIGH + LOW
HIGH: Final = F(0.693359375)
FOUR_OVER_PI: Final = F(1.27323954473516)
QUARTERS: Final = (F(-0.78515625), F(-2.4187564849853515625e-4), F(-3.77489497744594108e-8))
SINE: Final = (F(-1.9515295891e-4), F(8.3321608736e-3), F(-1.6666654611e-1))
COSINE: Final = (F(2.443315711809948e-5), F(-1.388731625493765e-3), F(4.166664568298827e-2))


def fused(x: Float32, y: Float32 | np.float32, z: Float32 | np.float32) -> Float32:
    """X y + z, rounded once (but for one value in 2**29)."""
    return np.asarray(x.astype(np.float64) * np.float64(y) + np.float64(z)).astype(F)


def logarithm(x: Float32) -> Float32:
    """Natural logarithm of values above 0."""
    bits = x.view(np.uint32)
    power = ((bits >> np.uint32(23)).astype(np.int32) - 0x7F).astype(F) + F(1)
    part = ((bits & np.uint32(0x007FFFFF)) | np.uint32(0x3F000000)).view(F)
    small = part < ROOT_HALF
    x = (part - F(1)) + np.where(small, part, F(0))
    power = power - small.astype(F)
    z = x * x
    y = np.full_like(x, LOG[0])
    for c in LOG[1:]:
        y = fused(y, x, c)
    y = fused(y * x, z, power * LOW)
    y = fused(z, -F(0.5), y)
    x = x + y
    return fused(power, HIGH, x)


def cosine_and_sine(x: Float32) -> tuple[Float32, Float32]:
    """Of angles from 0 on, in radians."""
    eighth = ((x * FOUR_OVER_PI).astype(np.int32) + 1) & ~1
    y = eighth.astype(F)
    for part in QUARTERS:
        x = fused(y, part, x)
    z = x * x
    even = np.full_like(x, COSINE[0])
    for c in COSINE[1:]:
        even = fused(even, z, c)
    even = even * z
    even = fused(even, z, -(z * F(0.5)))
    even = even + F(1)
    odd = np.full_like(x, SINE[0])
    for c in SINE[1:]:
        odd = fused(odd, z, c)
    odd = odd * z
    odd = fused(odd, x, x)
    swapped = (eighth & 2) != 0
    sine = np.where(swapped, even, odd)
    cosine = np.where(swapped, odd, even)
    sine = np.where((eighth & 4) != 0, -sine, sine)
    cosine = np.where(((eighth - 2) & 4) == 0, -cosine, cosine)
    return cosine, sine
