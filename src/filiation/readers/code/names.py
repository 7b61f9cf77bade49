"""Which names belong to public libraries? Those that unrelated projects call and do not define.

Kept as hashes by language, counted by `tools/code/background.py`.
"""

from functools import lru_cache
from importlib import resources
from typing import Final

import numpy as np

from filiation.model.source import family_of
from filiation.readers.code.flow import Public
from filiation.readers.code.values import hashed

__all__ = ["NAMES", "public_names"]

NAMES: Final = "public_names.npz"


@lru_cache(maxsize=16)
def public_names(language: str) -> Public:
    """Whether a name belongs to a public library of this language; no name where none is known."""
    place = resources.files("filiation.readers.code") / NAMES
    with place.open("rb") as file, np.load(file, allow_pickle=False) as kept:
        family = family_of(language)
        known = frozenset(kept[family].tolist()) if family in kept.files else frozenset()

    @lru_cache(maxsize=1 << 16)
    def public(name: str) -> bool:
        return hashed(name) in known

    return public
