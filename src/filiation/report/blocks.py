"""What a document is made of: plain data that a page, a PDF, a terminal and a program read alike.

`report/render/blocks/` has one renderer for each form, and each of them renders every kind.

Law: a numbered paragraph that holds a figure names its source, so that it can be attacked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from filiation.errors import CaseError

__all__ = ["KINDS", "SIGNED", "Blank", "Block", "Drawing", "Heading", "Note", "Oath", "Paragraph",
           "Quotation", "Table", "figures_after", "own_words"]  # fmt: skip

FIGURE: Final = re.compile(r"\d")
QUOTED: Final = re.compile("\u201c[^\u201d]*\u201d")
SIGNED: Final = ("Signature", "Name", "Date")  # the places under prescribed words


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Of the document (level 0), of a section or annex (level 1), or within one (level 2).

    Attributes:
        text: The words.
        level: 0, 1 or 2.
        number: Of a section, or letter of an annex; empty where sections have none.
        anchor: Short name of a section, by which it can be pointed to.
        annex: Whether it opens an annex.
    """

    text: str
    level: int = 2
    number: str = ""
    anchor: str = ""
    annex: bool = False

    def __post_init__(self) -> None:
        if self.level not in (0, 1, 2):
            raise CaseError(f"report: a heading of level {self.level}, expected 0, 1 or 2")

    @property
    def label(self) -> str:
        """The words with number or letter before them."""
        number = f"{'Annex ' if self.annex else ''}{self.number}. " if self.number else ""
        return f"{number}{self.text}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Sentences, under one number where a document numbers them.

    Attributes:
        text: The sentences.
        source: Where the figures come from: an annex, an event of the record, a file.
        number: Given when the document is put together; empty if it numbers none.
        strong: Printed in bold.
    """

    text: str
    source: str = ""
    number: str = ""
    strong: bool = False

    def __post_init__(self) -> None:
        unsourced = self.number and not self.source
        if unsourced and FIGURE.search(QUOTED.sub("", self.text)):
            raise CaseError(f"report: {self.text[:60]!r} holds a figure and names no source")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Small print beside a table or drawing; it has no number."""

    text: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under headings.

    Attributes:
        headings: One per column.
        rows: As many cells each.
        widths: Relative widths; none where each column is as wide as it needs.
        right: Columns of figures, set to the right.
        mono: Columns of digests.
        theirs: Columns of words that are not ours: names, code, what a party or a file says.
        caption: What it holds.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int] = ()
    right: Sequence[int] = ()
    mono: Sequence[int] = ()
    theirs: Sequence[int] = ()
    caption: str = ""

    def __post_init__(self) -> None:
        wrong = [row for row in self.rows if len(row) != len(self.headings)]
        if wrong or len(self.widths) not in (0, len(self.headings)):
            raise CaseError(f"report: a table of {len(self.headings)} columns has {wrong[:1]}")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """An SVG and what it shows."""

    svg: str
    caption: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """Words of a party or of an examiner, as they are on record; never judged by the wording."""

    by: str
    paragraphs: Sequence[str]
    more: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """Left for the human: empty lines, or what was given for them."""

    label: str
    rule: str
    lines: int
    given: Sequence[str] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Oath:
    """Prescribed words and an empty place for name, signature and date, each called something."""

    title: str
    rule: str
    paragraphs: Sequence[str]
    signed: Sequence[str] = SIGNED


Block: TypeAlias = Heading | Paragraph | Note | Table | Drawing | Quotation | Blank | Oath
KINDS: Final[tuple[type[Block], ...]] = (
    Heading, Paragraph, Note, Table, Drawing, Quotation, Blank, Oath,
)  # fmt: skip


def figures_after(words: int, columns: int) -> tuple[int, ...]:
    """Columns of figures, where all but the first `words` are."""
    return tuple(range(words, columns))


def own_words(block: Block) -> tuple[str, ...]:
    """What the document itself says in a block; quotations and prescribed words are not its own."""
    match block:
        case Heading() | Note() | Paragraph():
            return (block.text,)
        case Table():
            return (block.caption, *block.headings, *(cell for row in block.rows for cell in row))
        case Drawing():
            return (block.caption,)
        case Blank():
            return (block.label, *block.given)
        case Quotation() | Oath():
            return ()
