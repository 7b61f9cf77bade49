"""Streams of random values as torch on a CPU and numpy draw them, to the bit, a block at a time.

torch seeds MT19937 as numpy's older interface does. `normal_` of sixteen values or more turns
uniform draws, sixteen at a time, into eight cosines and eight sines (Box and Muller 1958), and
draws the last sixteen values again if the size is no multiple of sixteen; of fewer values each pair
is drawn in double precision, and the second is kept for the next call. `uniform_` keeps 24 bits.
"""

from collections.abc import Iterator
from typing import Final, Protocol, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.draws.elementary import cosine_and_sine, fused, logarithm

__all__ = ["NumpyStream", "Stream", "TorchStream"]

Float32: TypeAlias = NDArray[np.float32]

CHUNK: Final = 1 << 20  # values, a multiple of BLOCK
BLOCK: Final = 16
HALF: Final = 8


class Stream(Protocol):
    """Draws values of a law, in order; each call goes on where the last one ended."""

    def normal(self, size: int, mean: float, spread: float) -> Iterator[Float32]:
        """So many normal values, in blocks."""
        ...

    def uniform(self, size: int, low: float, high: float) -> Iterator[Float32]:
        """So many uniform values, in blocks."""
        ...


@final
class TorchStream:
    """After `torch.manual_seed(seed)`, on a CPU with AVX2, in single precision."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.MT19937()
        self._generator._legacy_seeding(seed & 0xFFFFFFFF)
        self._second: float | None = None

    def normal(self, size: int, mean: float, spread: float) -> Iterator[Float32]:
        if size < BLOCK:
            yield np.array([self._one() * spread + mean for _ in range(size)], dtype=np.float32)
            return
        whole = size // BLOCK * BLOCK
        for start in range(0, whole, CHUNK):
            count = min(CHUNK, whole - start)
            made = _pairs(self._uniforms(count), mean, spread)
            if start + count < whole or whole == size:
                yield made
        if whole < size:
            self._uniforms(size - whole)  # drawn, and drawn again
            again = _pairs(self._uniforms(BLOCK), mean, spread)
            yield np.concatenate([made[: len(made) - BLOCK + (size - whole)], again])

    def uniform(self, size: int, low: float, high: float) -> Iterator[Float32]:
        begin, end = np.float32(low), np.float32(high)
        width = np.float64(end - begin)
        for start in range(0, size, CHUNK):
            share = self._uniforms(min(CHUNK, size - start)).astype(np.float64)
            made = (share * width + np.float64(begin)).astype(np.float32)
            yield np.where(made == end, begin, made)

    def _uniforms(self, count: int) -> Float32:
        raw = self._generator.random_raw(count).astype(np.uint32) & np.uint32((1 << 24) - 1)
        return raw.astype(np.float32) * np.float32(2.0**-24)

    def _one(self) -> float:
        """A normal value in double precision; its partner is kept."""
        if self._second is not None:
            value, self._second = self._second, None
            return value
        first, second = (self._double() for _ in range(2))
        radius = np.sqrt(-2.0 * np.log1p(-second))
        self._second = float(radius * np.sin(2.0 * np.pi * first))
        return float(radius * np.cos(2.0 * np.pi * first))

    def _double(self) -> float:
        high, low = (int(x) for x in self._generator.random_raw(2))
        return float(((high << 32 | low) & ((1 << 53) - 1)) * 2.0**-53)


def _pairs(uniform: Float32, mean: float, spread: float) -> Float32:
    """Normal values of uniform ones, block by block."""
    both = uniform.reshape(-1, 2, HALF)
    radius = np.sqrt(np.float32(-2.0) * logarithm(np.float32(1.0) - both[:, 0]))
    cosine, sine = cosine_and_sine(np.float32(2.0 * np.pi) * both[:, 1])
    made = np.stack([radius * cosine, radius * sine], axis=1).reshape(-1)
    return fused(made, np.float32(spread), np.float32(mean))


@final
class NumpyStream:
    """numpy's `default_rng(seed)`, or its older `RandomState(seed)`, then made single."""

    def __init__(self, seed: int, *, older: bool = False) -> None:
        self._of = np.random.RandomState(seed) if older else np.random.default_rng(seed)

    def normal(self, size: int, mean: float, spread: float) -> Iterator[Float32]:
        for start in range(0, size, CHUNK):
            count = min(CHUNK, size - start)
            yield self._of.normal(mean, spread, count).astype(np.float32)

    def uniform(self, size: int, low: float, high: float) -> Iterator[Float32]:
        for start in range(0, size, CHUNK):
            yield self._of.uniform(low, high, min(CHUNK, size - start)).astype(np.float32)
