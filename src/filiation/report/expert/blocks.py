"""What an expert report is made of: plain data that a page, a PDF and a program read alike.

Law: a numbered paragraph that holds a figure names its source, so that it can be attacked.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeAlias, final

from filiation.errors import CaseError

__all__ = ["Blank", "Block", "Drawing", "Heading", "Note", "Oath", "Paragraph", "Quotation",
           "Table", "as_json", "own_words"]  # fmt: skip

FIGURE: Final = re.compile(r"\d")
QUOTED: Final = re.compile("\u201c[^\u201d]*\u201d")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Of a section or annex (level 1), or within one (level 2)."""

    text: str
    level: int = 2
    number: str = ""
    anchor: str = ""
    annex: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Sentences under one number.

    Attributes:
        text: The sentences.
        source: Where the figures come from: an annex, an event of the record, a file.
        number: Given when the report is put together.
        strong: Printed in bold.
    """

    text: str
    source: str = ""
    number: str = ""
    strong: bool = False

    def __post_init__(self) -> None:
        if not self.source and FIGURE.search(QUOTED.sub("", self.text)):
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
        widths: Relative widths; zero for as wide as it needs.
        right: Columns of figures, set to the right.
        mono: Columns of digests.
        caption: What it holds.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    right: Sequence[int] = ()
    mono: Sequence[int] = ()
    caption: str = ""

    def __post_init__(self) -> None:
        wrong = [row for row in self.rows if len(row) != len(self.headings)]
        if wrong or len(self.widths) != len(self.headings):
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
    """Prescribed words and an empty place for name, signature and date."""

    title: str
    rule: str
    paragraphs: Sequence[str]


Block: TypeAlias = Heading | Paragraph | Note | Table | Drawing | Quotation | Blank | Oath


def as_json(block: Block) -> dict[str, Any]:
    """A block with its kind."""
    return {"kind": type(block).__name__.lower(), **asdict(block)}


def own_words(block: Block) -> tuple[str, ...]:
    """What the report itself says in a block; quotations and prescribed words are not its own."""
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
