"""Which of all pairs of many models deserve a full comparison?

Every pair is looked at by coarse signatures, which costs a product of matrices. A pair is compared
in full if a keyed block holds the two together beyond what strangers reach, or if one is the
other's nearest over the spread blocks. A pair that is not compared is not called related, and
counts in the level all the same: however pairs are chosen, no more are called related by chance
than without a choice. What a choice can do is to miss; `docs/library.md` says what it missed.
"""

import math
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.weights.coarse import KEYED, WIDTH, cosines, mean_spread

__all__ = ["BAR", "screen"]

Int8: TypeAlias = NDArray[np.int8]
Pairs: TypeAlias = set[tuple[int, int]]

BAR: Final = 3.5 / math.sqrt(WIDTH)  # strangers' cosines scatter by 1 / sqrt(width): 1 in 4,300
AT_ONCE: Final = 128  # models


def screen(signatures: Int8) -> Pairs:
    """Pairs (i, j), i < j, that look alike.

    Args:
        signatures: int8 [models, 7, 1024].
    """
    mean, found = mean_spread(signatures), set[tuple[int, int]]()
    for first in range(0, len(signatures), AT_ONCE):
        some = signatures[first : first + AT_ONCE]
        alike = cosines(some, signatures, mean)
        here = np.arange(len(some))
        alike[:, here, first + here] = -1.0  # nobody is like himself
        near = np.asarray(alike[:KEYED].max(axis=0) >= BAR)
        spread = alike[KEYED:].mean(axis=0)
        nearest = spread.argmax(axis=1)
        near[here, nearest] |= spread[here, nearest] > -1.0
        for i, j in np.argwhere(near).tolist():
            found.add((min(first + i, j), max(first + i, j)))
    return found
