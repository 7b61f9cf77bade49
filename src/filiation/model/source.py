"""Source code as it is compared: functions, each as hashes of what stands in it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["BLIND", "CHANNELS", "Features", "Fragment", "SourceTree", "family_of", "features_of"]

CHANNELS: Final = ("lines", "tokens", "structure")
MOST: Final = (1 << 16) - 1  # how often one feature is counted in a function
BLIND: Final = 1  # bit of a token feature in which no name is kept, only its repeats
FAMILIES: Final = {
    "cpp": "c",
    "typescript": "javascript",
}  # languages that are counted with another

Hashes: TypeAlias = NDArray[np.uint64]
Counts: TypeAlias = NDArray[np.uint16]


def family_of(language: str) -> str:
    """The language with which one is counted: itself, but for dialects of another."""
    return FAMILIES.get(language, language)


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Features:
    """How often which feature stands somewhere.

    Attributes:
        hashes: Each feature once, ascending, [n].
        counts: How often it stands there, at least once, [n].
    """

    hashes: Hashes
    counts: Counts

    def __len__(self) -> int:
        return len(self.hashes)


def features_of(counted: Mapping[int, int]) -> Features:
    """Features from a mapping of hash (64 bits) to how often it stands there."""
    hashes = np.fromiter(counted.keys(), dtype=np.uint64, count=len(counted))
    counts = np.fromiter((min(MOST, n) for n in counted.values()), np.uint16, len(counted))
    order = np.argsort(hashes)
    return Features(hashes=hashes[order], counts=counts[order])


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fragment:
    """One function.

    Attributes:
        file: Path below the root, with `/`.
        name: Its name, behind those of the classes that it stands in.
        first: Its first line, counted from 1.
        last: Its last line.
        language: The language, by the name of its table.
        channels: Its features by channel, in the order of `CHANNELS`.
    """

    file: str
    name: str
    first: int
    last: int
    language: str
    channels: tuple[Features, Features, Features]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourceTree:
    """All functions of a tree of source files, and what was not read of it.

    Attributes:
        name: What reports call the tree.
        files: Path to SHA-256 (hex) of every file that was read.
        fragments: Functions in the order of files and lines.
        aside: Files that were not read, with reasons.
        broken: Files that break the rules of their language, and on how many places.
    """

    name: str
    files: Mapping[str, str]
    fragments: tuple[Fragment, ...]
    aside: tuple[tuple[str, str], ...] = ()
    broken: Mapping[str, int] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over paths and digests of the files that were read."""
        lines = sorted(f"{digest}  {path}" for path, digest in self.files.items())
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()
