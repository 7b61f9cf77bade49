"""The random numbers that torch draws on a CPU after `torch.manual_seed`.

Its generator is MT19937, seeded as numpy seeds it (Matsumoto and Nishimura 1998). `uniform_` keeps
the lower 24 bits of each draw. `normal_` of sixteen values or more takes uniform draws in blocks of
sixteen, and makes of the first and the last eight of a block eight cosines and eight sines (Box and
Muller 1958; ATen, native/cpu/DistributionTemplates.h); if the size is no multiple of sixteen, the
last sixteen values are drawn again.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["drawn_for", "normals_at", "uniforms"]

Float32: TypeAlias = NDArray[np.float32]

BLOCK: Final = 16
HALF: Final = 8


def uniforms(seed: int, count: int) -> Float32:
    """The first draws of `uniform_(0, 1)`, float32 [count]."""
    generator = np.random.MT19937()
    generator._legacy_seeding(seed)
    raw = generator.random_raw(count).astype(np.uint32)
    raw &= np.uint32((1 << 24) - 1)
    found = raw.astype(np.float32)
    found *= np.float32(2.0**-24)
    return found


def drawn_for(values: int) -> int:
    """Uniform draws that `normal_` of so many values takes, from sixteen values on."""
    return values + (BLOCK if values % BLOCK else 0)


def normals_at(uniform: Float32, start: int, places: NDArray[np.int64], size: int) -> Float32:
    """Values of `normal_(0, 1)` at places of a tensor of `size` values, drawn from `start` on."""
    tail = size - BLOCK if size % BLOCK else size
    block = np.where(places < tail, places // BLOCK * BLOCK, size)
    within = np.where(places < tail, places % BLOCK, places - tail)
    first = uniform[start + block + within % HALF]
    second = uniform[start + block + HALF + within % HALF]
    radius = np.sqrt(-2.0 * np.log(1.0 - first))
    angle = np.float32(2.0 * np.pi) * second
    return np.asarray(radius * np.where(within < HALF, np.cos(angle), np.sin(angle)))
