"""Random streams named after what they are for.

Streams depend on names, not on call order, so adding a method or running methods in parallel
never changes another method's p-value.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["signs", "stream"]


def stream(seed: int, *purpose: str) -> np.random.Generator:
    """Return the generator that belongs to `purpose` under `seed`."""
    words = np.frombuffer(hashlib.sha256(_text(*purpose)).digest(), dtype="<u4")
    return np.random.default_rng([seed, *words.tolist()])


def signs(seed: int, *purpose: str | bytes, rows: int, columns: int) -> NDArray[np.float32]:
    """Return a [rows, columns] matrix of +1 and -1 that belongs to `purpose` under `seed`.

    Drawn from SHAKE-256 (FIPS 202), so that it is the same on every machine and with every
    version of every library: sketches taken years apart must still compare.
    """
    name = _text(str(seed), *purpose)
    bits = np.unpackbits(
        np.frombuffer(hashlib.shake_256(name).digest((rows * columns + 7) // 8), dtype=np.uint8),
        count=rows * columns,
    )
    return (1.0 - 2.0 * bits.astype(np.float32)).reshape(rows, columns)


def _text(*purpose: str | bytes) -> bytes:
    """Join the words so that no two different purposes give the same text."""
    words = [word if isinstance(word, bytes) else word.encode() for word in purpose]
    return b"".join(len(word).to_bytes(8, "little") + word for word in words)
