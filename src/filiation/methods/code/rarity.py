"""How rare is a feature of source code? Counted over functions of unrelated projects.

What everybody writes weighs nothing; what was seen in none of the background's functions weighs
most. The background is kept, for each family of languages, as a table of counts by hash: two places
for each feature, of which the smaller counts. A collision can only make a feature look more common
than it is, which speaks for the accused. Made by `tools/code/background.py`; the packages are named
in `tools/code/packages.toml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.model.source import CHANNELS, Hashes, family_of

__all__ = ["BACKGROUND", "BITS", "STEPS", "Background", "Counted", "background", "places"]

BACKGROUND: Final = "background.npz"
BITS: Final = 18  # of the largest table; smaller ones have fewer
STEPS: Final = 8  # steps of a count by its logarithm: 2 ** (1 / 8) each
UNSEEN: Final = 2_000  # functions that a language without a background is taken to have
NOTHING: Final = np.zeros((2, 2), dtype=np.uint8)

Weights: TypeAlias = NDArray[np.float64]
Table: TypeAlias = NDArray[np.uint8]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counted:
    """Counts of features over functions of unrelated projects in one family of languages.

    Attributes:
        functions: How many functions were counted.
        packages: Of how many packages.
        tables: By channel: rounded `STEPS` log2(1 + count) at each place, [2, a power of 2].
    """

    functions: int
    packages: int
    tables: tuple[Table, ...]

    def weights(self, channel: int, hashes: Hashes) -> Weights:
        """Natural log of how rare each feature is; 0 for what more than all have."""
        table = self.tables[channel]
        one, two = places(hashes, table.shape[1].bit_length() - 1)
        kept = np.minimum(table[0, one], table[1, two])
        counted = np.exp2(kept / STEPS) - 1.0
        rare: Weights = np.log((self.functions + 1.0) / (counted + 0.5))
        return np.maximum(0.0, rare)


NONE: Final = Counted(functions=UNSEEN, packages=0, tables=(NOTHING,) * len(CHANNELS))


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Background:
    """What was counted, by family of languages."""

    families: Mapping[str, Counted]

    def of(self, language: str) -> Counted:
        """That of a language; one that knows no feature where none was counted."""
        return self.families.get(family_of(language), NONE)

    def weights(self, channel: int, hashes: Hashes, language: str = "python") -> Weights:
        """How rare each feature is in a language; 0 for what more than all have."""
        return self.of(language).weights(channel, hashes)


def places(hashes: Hashes, bits: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Both places of each hash in a table of 2 ** bits."""
    one = (hashes >> np.uint64(64 - bits)).astype(np.int64)
    two = (hashes & np.uint64((1 << bits) - 1)).astype(np.int64)
    return one, two


@lru_cache(maxsize=1)
def background() -> Background:
    """The background that Filiation ships."""
    place = resources.files("filiation.methods.code") / BACKGROUND
    with place.open("rb") as file, np.load(file, allow_pickle=False) as kept:
        families = sorted(name.removesuffix(".functions") for name in kept if "functions" in name)
        return Background(
            families={
                family: Counted(
                    functions=int(kept[f"{family}.functions"]),
                    packages=int(kept[f"{family}.packages"]),
                    tables=tuple(kept[f"{family}.{channel}"] for channel in CHANNELS),
                )
                for family in families
            }
        )
