"""Blocks as Markdown (CommonMark with tables). Foreign words are escaped; drawings are named."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from filiation.report.blocks import (
    Blank,
    Block,
    Drawing,
    Heading,
    Note,
    Oath,
    Paragraph,
    Quotation,
    Table,
)
from filiation.report.wording.figures import printable

__all__ = ["markdown_blocks", "markdown_words"]

# Marks within a line; an underscore inside a word is none.
INLINE: Final = re.compile(r"[\\`*\[\]~]|(?<!\w)_|_(?!\w)")
ENTITY: Final = re.compile(r"&(?=#?\w+;)")
OPENING: Final = re.compile(r"^(?:[-+#>=|]|(\d{1,9})(?=[.)]))")  # marks that open a line
EMPTY: Final = "\\_" * 40  # a line to write on


def markdown_blocks(blocks: Iterable[Block]) -> str:
    """The blocks one after another, an empty line between them."""
    return "\n\n".join(part for block in blocks for part in _parts(block)) + "\n"


def markdown_words(text: str) -> str:
    """Words of anyone, none of which is a mark within a line."""
    plain = ENTITY.sub("&amp;", printable(text))
    return INLINE.sub(r"\\\g<0>", plain).replace("<", "&lt;")


def _line(text: str) -> str:
    """The same where the words open a line."""
    words = markdown_words(text)
    return OPENING.sub(lambda m: f"{m[1]}\\" if m[1] else f"\\{m[0]}", words)


def _parts(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * (block.level + 1)} {markdown_words(block.label)}"
        case Paragraph():
            yield _paragraph(block)
        case Note():
            yield _line(block.text)
        case Table():
            if block.caption:
                yield f"**{markdown_words(block.caption)}**"
            rows = [block.headings, ["---"] * len(block.headings), *block.rows]
            yield "\n".join(_row(row) for row in rows)
        case Drawing():
            yield f"*Drawn in the page: {markdown_words(block.caption)}*"
        case Quotation():
            yield _quoted((block.by, *block.paragraphs, block.more))
        case Blank():
            yield f"**{markdown_words(block.label)}**{_source(block.rule)}"
            yield from map(_line, block.given or ())
            yield from () if block.given else (EMPTY,) * block.lines
        case Oath():
            yield f"**{markdown_words(block.title)}**{_source(block.rule)}"
            yield _quoted((*block.paragraphs, *(f"{words}:" for words in block.signed)))


def _paragraph(block: Paragraph) -> str:
    words = f"**{markdown_words(block.text)}**" if block.strong else _line(block.text)
    number = f"{markdown_words(block.number)} " if block.number else ""
    return f"{number}{words}{_source(block.source)}"


def _source(source: str) -> str:
    return f" \\[{markdown_words(source)}\\]" if source else ""


def _quoted(paragraphs: Iterable[str]) -> str:
    return "\n>\n".join(f"> {_line(words)}" for words in paragraphs if words)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(markdown_words(cell).replace("|", "\\|") for cell in cells) + " |"
