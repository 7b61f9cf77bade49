"""What a plain document is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

__all__ = ["Block", "Drawing", "Heading", "Paragraph", "Table"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of level 1, 2 or 3."""

    level: int
    text: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Some sentences."""

    text: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under headings; all columns but the first `words` are figures."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """An SVG and what it shows."""

    svg: str
    caption: str


Block: TypeAlias = Heading | Paragraph | Table | Drawing
