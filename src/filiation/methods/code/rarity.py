"""How rare is a feature of source code? Counted over functions of unrelated projects.

What everybody writes weighs nothing; what was seen in none of the background's functions weighs
most. The background is kept as a table of counts by hash: two places for each feature, of which the
smaller counts. A collision can only make a feature look more common than it is, which speaks for
the accused. Made by `tools/code/background.py`, which names the packages.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.model.source import CHANNELS, Hashes

__all__ = ["BACKGROUND", "Background", "background", "places"]

BACKGROUND: Final = "background.npz"
BITS: Final = 18
STEPS: Final = 8  # steps of a count by its logarithm: 2 ** (1 / 8) each

Weights: TypeAlias = NDArray[np.float64]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Background:
    """Counts of features over functions of unrelated projects.

    Attributes:
        functions: How many functions were counted.
        packages: Of how many packages.
        tables: By channel: rounded `STEPS` log2(1 + count) at each place, [2, 2 ** BITS].
    """

    functions: int
    packages: int
    tables: tuple[NDArray[np.uint8], ...]

    def weights(self, channel: int, hashes: Hashes) -> Weights:
        """Natural log of how rare each feature is; 0 for what more than all have."""
        one, two = places(hashes)
        table = self.tables[channel]
        kept = np.minimum(table[0, one], table[1, two])
        counted = np.exp2(kept / STEPS) - 1.0
        rare: Weights = np.log((self.functions + 1.0) / (counted + 0.5))
        return np.maximum(0.0, rare)


def places(hashes: Hashes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Both places of each hash in a table."""
    one = (hashes >> np.uint64(64 - BITS)).astype(np.int64)
    two = (hashes & np.uint64((1 << BITS) - 1)).astype(np.int64)
    return one, two


@lru_cache(maxsize=1)
def background() -> Background:
    """The background that Filiation ships."""
    place = resources.files("filiation.methods.code") / BACKGROUND
    with place.open("rb") as file, np.load(file, allow_pickle=False) as kept:
        return Background(
            functions=int(kept["functions"]),
            packages=int(kept["packages"]),
            tables=tuple(kept[channel] for channel in CHANNELS),
        )
