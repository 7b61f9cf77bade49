"""What a scan found: every model below some paths, what it is, whom it is related to, what it says.

One row for each model, each copy of one and each file that could not be read; nothing is left out
because it could not be understood.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from filiation.model.relation import Direction, RelationKind

__all__ = [
    "CONDITIONS",
    "Clash",
    "Condition",
    "FileRead",
    "Found",
    "Outcome",
    "Package",
    "Relative",
    "Scan",
    "Shelf",
    "Stated",
    "in_part",
    "meets",
    "undeclared",
]

Outcome: TypeAlias = Literal["read", "copy", "unread"]
Shelf: TypeAlias = Literal["library", "reference"]
Condition: TypeAlias = Literal["clash", "undeclared-relative", "unreadable", "no-licence"]
CONDITIONS: tuple[Condition, ...] = ("clash", "undeclared-relative", "unreadable", "no-licence")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """One file of a model: where it lies, its SHA-256 (hex), its bytes."""

    path: str
    sha256: str
    size: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """The package that a model came in, and the licences that it states for itself."""

    name: str
    version: str
    licences: tuple[str, ...]
    file: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One thing that a file beside the weights says.

    Attributes:
        about: What it speaks of.
        says: As it stands there.
        file: Where it stands.
    """

    about: Literal["base", "licence"]
    says: str
    file: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """A model of a library that a scanned one is related to.

    Attributes:
        name: In the library.
        shelf: In the user's own library, or in the index that the package carries.
        kind: What kind of relation; of the index `identical`, `includes` (equal tensors) or
            `unknown` (weights or their initial values are shared, the kind is not typed).
        because: The evidence, in one sentence.
        log_p: Natural log of p over the whole shelf; None where bytes are equal.
        direction: Which way, the library's model being the source.
        share: Share of the scanned model's values that stand in tensors of equal bytes.
        names: By which names it is known, itself included.
        bases: What it was made from, as its makers say.
        licences: Under which it is published, by SPDX identifier; empty where not known.
        declared: Whether something beside the scanned model, or its package, names it.
    """

    name: str
    shelf: Shelf
    kind: RelationKind
    because: str
    log_p: float | None = None
    direction: Direction = "not-determined"
    share: float | None = None
    names: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    declared: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """What is declared and what was found cannot both be the whole truth.

    Attributes:
        about: The base or the licence.
        declared: What the files say.
        found: What goes with the relative.
        relative: Its name.
    """

    about: Literal["base", "licence"]
    declared: tuple[str, ...]
    found: tuple[str, ...]
    relative: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A model, a copy of one, or a file that could not be read.

    Attributes:
        path: Where it lies; what is inside an archive stands behind `!/`.
        outcome: Whether it was read.
        reason: Why it was not; of a copy, of what it is one.
        files: Its files; empty where not even those could be read.
        container: The format.
        family: Architecture: the layout that fitted its names, or `guessed`.
        parameters: Values of all tensors.
        tensors: How many tensors.
        unread: How many of them hold weights in a form that is not decoded.
        relatives: The nearest first.
        stated: What files beside it say of its base and its licence.
        package: The package it came in.
        clashes: Contradictions.
        notes: Facts a reader must know.
    """

    path: str
    outcome: Outcome
    reason: str = ""
    files: tuple[FileRead, ...] = ()
    container: str = ""
    family: str = ""
    parameters: int = 0
    tensors: int = 0
    unread: int = 0
    relatives: tuple[Relative, ...] = ()
    stated: tuple[Stated, ...] = ()
    package: Package | None = None
    clashes: tuple[Clash, ...] = ()
    notes: tuple[str, ...] = ()

    def says(self, about: Literal["base", "licence"]) -> tuple[str, ...]:
        """What is declared of it, each once; of a licence also what its package says."""
        said = [one.says for one in self.stated if one.about == about]
        if about == "licence" and self.package is not None:
            said += self.package.licences
        return tuple(dict.fromkeys(said))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """All rows: clashes first, then undeclared relatives, then the rest by path.

    Attributes:
        roots: What was scanned.
        rows: One for each model, copy and failure.
        reference: Models of the index that came with the package.
        library: Models of the user's library; None where none was given.
        tried: Of the index, how many can be tested beyond equal bytes.
        level: At or below which p a model of the index is called a relative.
        passed: What was passed by on purpose, in sentences: links that lead out, too deep archives.
    """

    roots: tuple[str, ...]
    rows: tuple[Found, ...]
    reference: int
    library: int | None
    tried: int
    level: float
    passed: tuple[str, ...] = ()

    def meeting(self, condition: Condition) -> Sequence[Found]:
        """The rows that meet a condition of `--fail-if`."""
        return [row for row in self.rows if meets(row, condition)]


def meets(row: Found, condition: Condition) -> bool:
    """Whether a row meets it."""
    if condition == "clash":
        return bool(row.clashes)
    if condition == "unreadable":
        return row.outcome == "unread" or in_part(row)
    if condition == "no-licence":
        return row.outcome != "unread" and not row.says("licence")
    return undeclared(row)


def in_part(row: Found) -> bool:
    """Whether weights of it were not decoded, and no model of equal bytes is known."""
    return row.unread > 0 and not any(one.kind == "identical" for one in row.relatives)


def undeclared(row: Found) -> bool:
    """Whether relatives were found, and nothing beside the weights names one of them."""
    return bool(row.relatives) and not any(relative.declared for relative in row.relatives)
