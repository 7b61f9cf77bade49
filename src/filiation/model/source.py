"""Source code as it is compared: functions, each as hashes of what stands in it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BLIND",
    "CHANNELS",
    "Features",
    "FileFacts",
    "Fragment",
    "Sign",
    "SignKind",
    "SourceTree",
    "family_of",
    "features_of",
]

CHANNELS: Final = ("lines", "tokens", "structure")
MOST: Final = (1 << 16) - 1  # how often one feature is counted in a function
BLIND: Final = 1  # bit of a token feature in which no name is kept, only its repeats
FAMILIES: Final = {
    "cpp": "c",
    "typescript": "javascript",
}  # languages that are counted with another

SignKind: TypeAlias = Literal["typo", "number", "blanks", "dead", "commented-out", "stale"]

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
        marks: What its text says of its form: "override", "abstract", "protocol", "table".
    """

    file: str
    name: str
    first: int
    last: int
    language: str
    channels: tuple[Features, Features, Features]
    marks: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What a file says of itself in its first lines, and its digest where it was set aside.

    Attributes:
        licence: As it names it (SPDX where it does); empty if it names none.
        holders: Who holds the rights or wrote it, as it says.
        digest: SHA-256 (hex) of a file that was set aside and read all the same.
    """

    licence: str = ""
    holders: tuple[str, ...] = ()
    digest: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What no function of the code asks for, and a copy keeps.

    Attributes:
        kind: What it is: a word that no list has and that is one letter from a
            frequent one, a number that unrelated projects do not write, odd blanks, a
            statement that is never reached, code in a comment, a comment on a name that is not
            there.
        key: 64 bits of what is compared.
        text: A word or a number; empty where it would be a line of the code.
        file: Where it stands.
        line: Its line, counted from 1.
    """

    kind: SignKind
    key: int
    text: str
    file: str
    line: int


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
        foreign: Functions of vendored and generated files, which no statistic counts.
        facts: What files say of licence and author.
        signs: What a copy keeps and no function of the code asks for.
        since: Day on which the repository claims that a file first appeared.
    """

    name: str
    files: Mapping[str, str]
    fragments: tuple[Fragment, ...]
    aside: tuple[tuple[str, str], ...] = ()
    broken: Mapping[str, int] = field(default_factory=dict)
    foreign: tuple[Fragment, ...] = ()
    facts: Mapping[str, FileFacts] = field(default_factory=dict)
    signs: tuple[Sign, ...] = ()
    since: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over paths and digests of the files that were read."""
        lines = sorted(f"{digest}  {path}" for path, digest in self.files.items())
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()
