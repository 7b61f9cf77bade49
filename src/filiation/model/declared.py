"""What the files of a model say of its descent: claims of whoever made the files, and no finding.

No number of an examination depends on a word of it. It is text of strangers: cut to a length that a
table can hold, on one line, and only ever quoted.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

from filiation.errors import CaseError

__all__ = ["About", "Declaration", "Declared", "Signed"]

LONGEST: Final = 300  # characters of what is said
MOST: Final = 400  # declarations of one model
FIELD: Final = 120  # characters of a field's or a file's name

About: TypeAlias = Literal[
    "base",  # a model that it is said to be made from
    "loaded-from",  # where a program says that it found the model: itself, its base, or a folder
    "relation",  # how it was made from its base
    "licence",
    "name",  # what it calls itself
    "maker",  # who made or packed it
    "architecture",
    "precision",  # of its numbers, and how they were packed
    "data",  # what it was trained on
    "tag",
    "tool",  # what wrote it
]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One thing that a file says.

    Attributes:
        about: What it is about.
        field: What the file calls it, such as `general.base_model.0.name`.
        file: Name of the file, below the model's folder.
        says: Its words, printable, on one line, of at most 300 characters.
    """

    about: About
    field: str
    file: str
    says: str

    def __post_init__(self) -> None:
        limits = ((self.field, FIELD), (self.file, FIELD), (self.says, LONGEST))
        if not all(0 < len(text) <= most and text.isprintable() for text, most in limits):
            raise CaseError(
                f"declared in {self.file[:FIELD]!a}, {self.field[:FIELD]!a}: {len(self.says)} "
                f"characters {self.says[:40]!a}; expected 1 to {LONGEST} that can be printed"
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a signature beside the model says it covers, held against the files.

    The signature itself is not verified: who signed is a claim like any other.

    Attributes:
        file: Name of the signature's file.
        by: Who it says signed, in words of the file; empty if it does not say.
        same: Files that have the digest it states.
        other: Files that have another digest than it states.
        missing: Files that it states and that are not there.
        unsigned: Files of the model that it does not state.
        unread: Why files were not held against it; empty if they were.
    """

    file: str
    by: str = ""
    same: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()
    unread: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """All that the files of one model say of it.

    Attributes:
        declarations: In the order in which they were read: file by file, field by field.
        read: Names of the files that were read for it, whether they say anything or not.
        notes: What was not read and why, and what else a reader must know; one sentence each.
        signed: Signatures that lie beside it.
    """

    declarations: tuple[Declaration, ...] = ()
    read: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    signed: tuple[Signed, ...] = ()

    def about(self, *kinds: About) -> tuple[Declaration, ...]:
        """The declarations of these kinds, in order."""
        return tuple(one for one in self.declarations if one.about in kinds)

    def within(self, files: Collection[str]) -> "Declared":
        """What these files alone say; notes speak of the others too, and are left out with them."""
        said = tuple(one for one in self.declarations if one.file in files)
        read = tuple(name for name in self.read if name in files)
        if read == self.read and said == self.declarations:
            return self
        signed = tuple(one for one in self.signed if one.file in files)
        return Declared(declarations=said, read=read, signed=signed)

    @property
    def bases(self) -> tuple[str, ...]:
        """What it is said to be made from, each once."""
        return tuple(dict.fromkeys(one.says for one in self.about("base")))

    @property
    def licences(self) -> tuple[str, ...]:
        """Under which licences it says it stands, each once."""
        return tuple(dict.fromkeys(one.says for one in self.about("licence")))
