"""Generators that turn a counter and a key into random bits: threefry (JAX) and Philox (CUDA).

Both are of Salmon, Moraes, Dror and Shaw (2011). Threefry is held against `jax.random`, key by key
and value by value; Philox against the published vectors of its authors, and against what torch
printed on GPUs (`cuda.py`).
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["jax_bits", "jax_fold", "jax_key", "jax_split", "jax_uniform", "philox", "threefry"]

Words: TypeAlias = NDArray[np.uint32]
Key: TypeAlias = tuple[int, int]

ROTATIONS: Final = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY: Final = 0x1BD11BDA
MULTIPLIERS: Final = (0xD2511F53, 0xCD9E8D57)
WEYL: Final = (0x9E3779B9, 0xBB67AE85)
LOW: Final = 0xFFFFFFFF


def threefry(key: Key, first: Words, second: Words) -> tuple[Words, Words]:
    """Threefry 2x32 with twenty rounds: two words for each counter of two."""
    keys = (*key, key[0] ^ key[1] ^ PARITY)
    x, y = first + np.uint32(keys[0]), second + np.uint32(keys[1])
    for number in range(5):
        for turn in ROTATIONS[number % 2]:
            x = x + y
            y = (y << np.uint32(turn)) | (y >> np.uint32(32 - turn))
            y = y ^ x
        x = x + np.uint32(keys[(number + 1) % 3])
        y = y + np.uint32((keys[(number + 2) % 3] + number + 1) & LOW)
    return x, y


def philox(key: Key, counter: NDArray[np.uint32]) -> Words:
    """Philox 4x32 with ten rounds, [..., 4] words for [..., 4] of a counter."""
    words = [counter[..., n].astype(np.uint64) for n in range(4)]
    low = np.uint64(LOW)
    keys = list(key)
    for _ in range(10):
        one, other = (words[2 * n] * np.uint64(MULTIPLIERS[n]) for n in range(2))
        words = [
            (other >> np.uint64(32)) ^ words[1] ^ np.uint64(keys[0]), other & low,
            (one >> np.uint64(32)) ^ words[3] ^ np.uint64(keys[1]), one & low,
        ]  # fmt: skip
        keys = [(k + w) & LOW for k, w in zip(keys, WEYL, strict=True)]
    return np.stack(words, axis=-1).astype(np.uint32)


def jax_key(seed: int) -> Key:
    """`jax.random.key(seed)` of a seed below 2**64 (2**32 where JAX keeps to 32 bits)."""
    return seed >> 32 & LOW, seed & LOW


def jax_split(key: Key, number: int, place: int, *, older: bool = False) -> Key:
    """`jax.random.split(key, number)[place]`; older: before `jax_threefry_partitionable`."""
    if not older:
        first, second = threefry(key, np.zeros(1, np.uint32), np.array([place], np.uint32))
        return int(first[0]), int(second[0])
    first, second = _older(key, 2 * place, 2 * place + 2, 2 * number)
    return int(first), int(second)


def jax_fold(key: Key, data: int) -> Key:
    """`jax.random.fold_in(key, data)`."""
    first, second = threefry(key, np.zeros(1, np.uint32), np.array([data & LOW], np.uint32))
    return int(first[0]), int(second[0])


def jax_bits(key: Key, start: int, stop: int, size: int, *, older: bool = False) -> Words:
    """Words `start` to `stop` of `jax.random.bits(key, (size,))`."""
    if older:
        return _older(key, start, stop, size)
    count = np.arange(start, stop, dtype=np.uint64)
    high, low = (count >> np.uint64(32)).astype(np.uint32), count.astype(np.uint32)
    first, second = threefry(key, high, low)
    return first ^ second


def jax_uniform(words: Words, low: float, high: float) -> NDArray[np.float32]:
    """`jax.random.uniform` of these words, in single precision."""
    share = ((words >> np.uint32(9)) | np.uint32(0x3F800000)).view(np.float32) - np.float32(1)
    begin, end = np.float32(low), np.float32(high)
    made = np.asarray(share.astype(np.float64) * np.float64(end - begin) + begin)
    return np.maximum(begin, made.astype(np.float32))


def _older(key: Key, start: int, stop: int, size: int) -> Words:
    """Words of `size` where the first half of the counters goes with the second, as before.

    In the memory of these words alone, however many there are: a path may split into billions.
    """
    half = (size + 1) // 2
    count = np.arange(start, stop, dtype=np.uint64)
    upper = count >= half
    first = np.where(upper, count - half, count)
    second = first + half
    second[second == size] = 0  # what an odd size is filled up with
    one, other = threefry(key, first.astype(np.uint32), second.astype(np.uint32))
    return np.where(upper, other, one)
