"""Blocks as plain lines for a terminal. Nothing in them can move the cursor or change a colour."""

from collections.abc import Iterable, Iterator

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
    """Columns as wide as their widest cell, figures set as the others."""
    if block.caption:
        yield printable(block.caption)
    shown = (block.headings, *block.rows) if any(block.headings) else block.rows
    lines = [[printable(cell) for cell in row] for row in shown]
    widths = [max(len(row[place]) for row in lines) for place in range(len(block.headings))]
    for row in lines:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
