"""How often are functions of unrelated projects so alike?

By size, learned from every two functions of packages that the rarity does not know
(`tools/code/tails.py`): a short function is alike to another by chance, a long one is not. Beyond
what was seen the tail goes on along the line that it took before. It tells whether a likeness is
more than chance; which of two likenesses is the greater it does not tell, since functions of one
role share much that is no chance and no copy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["GRID", "SIZES", "TAILS", "Tails", "tails"]

TAILS: Final = "tails.npz"
GRID: Final = np.linspace(0.0, 1.0, 41)  # likenesses at which the tails are kept
SIZES: Final = np.array([50.0, 100.0, 170.0, 300.0, 500.0, 1000.0, 2500.0])  # nats of rarity
OTHER: Final = "python"  # whose tails a family has that has none

Floats: TypeAlias = NDArray[np.float64]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tails:
    """Minus the log of how often a likeness is reached, by family, size and likeness.

    Attributes:
        tables: Of each family: nats at each of `SIZES` and `GRID`, [sizes, grid].
    """

    tables: Mapping[str, Floats]

    def nats(self, family: str, likeness: Floats, sizes: Floats) -> Floats:
        """Minus the log of the chance of so much likeness, [n].

        Args:
            family: Of the languages.
            likeness: Of two functions each, [n].
            sizes: What both weigh: the geometric mean, [n].
        """
        table = self.tables.get(family, self.tables[OTHER])
        middle = np.clip(np.log(np.maximum(sizes, 1e-9)), np.log(SIZES[0]), np.log(SIZES[-1]))
        upper = np.clip(np.searchsorted(np.log(SIZES), middle), 1, len(SIZES) - 1)
        low, high = np.log(SIZES)[upper - 1], np.log(SIZES)[upper]
        share = (middle - low) / (high - low)
        step = np.clip(likeness, 0.0, 1.0) * (len(GRID) - 1)
        left = np.minimum(step.astype(np.int64), len(GRID) - 2)
        rest = step - left
        below = table[upper - 1, left] * (1 - rest) + table[upper - 1, left + 1] * rest
        above = table[upper, left] * (1 - rest) + table[upper, left + 1] * rest
        found: Floats = below * (1 - share) + above * share
        return found


@lru_cache(maxsize=1)
def tails() -> Tails:
    """The tails that Filiation ships."""
    place = resources.files("filiation.methods.code") / TAILS
    with place.open("rb") as file, np.load(file, allow_pickle=False) as kept:
        return Tails(tables={family: kept[family].astype(np.float64) for family in kept})
