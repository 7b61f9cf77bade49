"""Blocks as plain lines for a terminal. Nothing in them can move the cursor or change a colour."""

import textwrap
from collections.abc import Iterable, Iterator
from itertools import zip_longest
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

__all__ = ["terminal_blocks"]

EMPTY = "." * 40  # a line to write on
WIDEST: Final = 80  # columns of a table, unless a word of it is longer
GAP: Final = "  "


def terminal_blocks(blocks: Iterable[Block]) -> str:
    """The blocks one after another, an empty line between them; whoever prints breaks the lines."""
    return "\n\n".join(part for block in blocks for part in _parts(block))


def _parts(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield printable(block.label)
        case Paragraph():
            number = f"{printable(block.number)} " if block.number else ""
            yield f"{number}{printable(block.text)}{_source(block.source)}"
        case Note():
            yield printable(block.text)
        case Table():
            yield "\n".join(_table(block))
        case Drawing():
            yield printable(block.caption)
        case Quotation():
            said = [f"  {printable(words)}" for words in block.paragraphs]
            more = [printable(block.more)] if block.more else []
            yield "\n".join([f"{printable(block.by)}:", *said, *more])
        case Blank():
            given = [printable(words) for words in block.given] or [EMPTY] * block.lines
            yield "\n".join([f"{printable(block.label)}{_source(block.rule)}", *given])
        case Oath():
            sworn = [f"  {printable(words)}" for words in block.paragraphs]
            places = [f"  {words}: {EMPTY}" for words in block.signed]
            yield "\n".join([f"{printable(block.title)}{_source(block.rule)}", *sworn, *places])


def _source(source: str) -> str:
    return f" [{printable(source)}]" if source else ""


def _table(block: Table) -> Iterator[str]:
    """Columns as wide as their widest cell, figures set as the others.

    Of a table that is too wide the widest columns give way, and their words stand on more lines.
    """
    if block.caption:
        yield printable(block.caption)
    shown = (block.headings, *block.rows) if any(block.headings) else block.rows
    lines = [[printable(cell) for cell in row] for row in shown]
    widths = _widths([list(column) for column in zip(*lines, strict=True)])
    for row in lines:
        cells = [_wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
        for line in zip_longest(*cells, fillvalue=""):
            laid = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            yield GAP.join(laid).rstrip()


def _widths(columns: list[list[str]]) -> list[int]:
    """How wide each column is: its widest cell, or what its longest word needs if that is tight."""
    widths = [max(map(len, cells)) for cells in columns]
    least = [max(len(word) for cell in cells for word in cell.split() or [""]) for cells in columns]
    over = sum(widths) + len(GAP) * (len(widths) - 1) - WIDEST
    while over > 0 and (yielding := [n for n, width in enumerate(widths) if width > least[n]]):
        widths[max(yielding, key=lambda n: widths[n])] -= 1
        over -= 1
    return widths


def _wrapped(cell: str, width: int) -> list[str]:
    if len(cell) <= width:
        return [cell]
    return textwrap.wrap(cell, width, break_long_words=False, break_on_hyphens=False) or [""]
