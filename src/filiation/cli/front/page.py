"""A page of help: what a terminal and a man page both show."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, final

from filiation.cli.front.verb import Group

__all__ = ["Listing", "Page", "as_text", "group_page", "width"]

NARROWEST: Final = 40
WIDEST: Final = 100
COLUMN: Final = 30  # the terms of a table take no more than this


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Terms and what they mean, under a title."""

    title: str
    rows: tuple[tuple[str, str], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The help of a verb or of a group of verbs.

    Attributes:
        path: The words that are typed to reach it.
        usage: What follows them.
        paragraphs: What it does; the first is one sentence.
        examples: Commands that run as typed from the checkout.
        tables: Verbs, arguments and options.
        notes: Paragraphs at the end.
    """

    path: tuple[str, ...]
    usage: str
    paragraphs: tuple[str, ...]
    examples: tuple[str, ...]
    tables: tuple[Listing, ...]
    notes: tuple[str, ...]


def group_page(path: tuple[str, ...], group: Group, codes: Sequence[tuple[int, str]]) -> Page:
    """The help of a group, from its table alone: no module of a verb is imported."""
    tables = [
        Listing(title=part.title, rows=tuple((verb.name, verb.line) for verb in part.verbs))
        for part in group.parts
    ]
    options = [("-h, --help", "Show this help.")]
    notes = [*group.notes]
    root = len(path) == 1
    if root:
        options.append(("--version", "Print the version."))
        notes.append(f"Exit codes: {'; '.join(f'{code} {means}' for code, means in codes)}.")
    below = " ".join(("filiation help", *path[1:], "VERB"))
    notes.append(f"`{below}` shows the options of a verb, and examples.")
    return Page(
        path=path,
        usage="VERB ...",
        paragraphs=(group.line,),
        examples=(),
        tables=(*tables, Listing(title="Options", rows=tuple(options))),
        notes=tuple(notes),
    )


def width() -> int:
    """Columns to write in: the terminal's, within reason."""
    given = os.environ.get("COLUMNS", "")
    try:
        columns = int(given) if given.isdecimal() else os.get_terminal_size(sys.stdout.fileno())[0]
    except (OSError, ValueError):
        columns = 80
    return max(NARROWEST, min(WIDEST, columns))


def as_text(page: Page, columns: int) -> str:
    """The page as a terminal shows it, no line longer than `columns` but for an example's."""
    name = " ".join(page.path)
    blocks = [_wrap(f"Usage: {name} {page.usage}", columns, hang=len("Usage: ") + 2)]
    blocks += [_wrap(paragraph, columns) for paragraph in page.paragraphs]
    if page.examples:
        shown = (_command(example, columns) for example in page.examples)
        blocks.append("\n".join(("Examples:", *shown)))
    if page.tables:
        longest = max(len(term) for table in page.tables for term, _ in table.rows)
        at = min(longest + 4, COLUMN, columns // 2)
        blocks += ["\n".join(_table(table, columns, at)) for table in page.tables]
    blocks += [_wrap(note, columns) for note in page.notes]
    return "\n\n".join(blocks) + "\n"


def _table(table: Listing, columns: int, at: int) -> Iterator[str]:
    yield f"{table.title}:"
    for term, meaning in table.rows:
        lead = f"  {term}"
        if len(lead) + 2 > at:
            yield lead
            lead = ""
        text = _wrap(meaning, columns, start=at, hang=at)
        yield (lead.ljust(at) + text[at:]).rstrip()


def _command(text: str, columns: int) -> str:
    """A command over as many lines as it needs; a backslash ends a line, so it runs as copied."""
    lines, line = [], " "
    for word in _words(text):
        if line.strip() and len(line) + len(word) + 3 > columns:
            lines.append(f"{line} \\")
            line = "   "
        line += f" {word}"
    return "\n".join((*lines, line))


def _words(text: str) -> Iterator[str]:
    """Words of a command; what stands in quotation marks is one, and so is an option's value."""
    held = ""
    for piece in text.split(" "):
        held = f"{held} {piece}" if held else piece
        if held.count('"') % 2 == 0 and not re.fullmatch(r"--?[a-z-]+", held):
            yield held
            held = ""
    if held:
        yield held


def _wrap(text: str, columns: int, *, start: int = 0, hang: int = 0) -> str:
    """Fill a paragraph; `start` spaces open its first line and `hang` the others."""
    lines, line = [], " " * start
    for word in text.split():
        if line.strip() and len(line) + len(word) > columns:
            lines.append(line.rstrip())
            line = " " * hang
        line += word + " "
    return "\n".join((*lines, line.rstrip()))
