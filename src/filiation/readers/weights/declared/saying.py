"""From what a file holds to what it says: bounded text on one line, whatever was put there."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

from filiation.errors import UnreadableError
from filiation.files import opened, shown
from filiation.model.declared import FIELD, LONGEST, About, Declaration

__all__ = ["Said", "bytes_of", "declarations", "says", "short"]

Said: TypeAlias = tuple[About, str, object]
"""What a value is about, what the file calls it, and the value as it was parsed."""

CUT: Final = ".."
ITEMS: Final = 40  # of one list


def short(text: str, most: int = LONGEST) -> str:
    """The text on one line, of at most `most` characters; empty if nothing of it can be seen."""
    line = shown(" ".join(text[: 4 * most].split()))
    return line if len(line) <= most else line[: most - len(CUT)] + CUT


def says(about: About, field: str, value: object) -> Iterator[Said]:
    """A value, or each item of a list of values; what is neither text nor number says nothing."""
    if isinstance(value, list | tuple):
        for number, item in enumerate(value[:ITEMS]):
            if not isinstance(item, list | tuple | dict):
                yield from says(about, f"{field}[{number}]", item)
    elif isinstance(value, str | bytes | int | float) and not isinstance(value, bool):
        yield about, field, value


def declarations(file: str, found: Iterable[Said]) -> Iterator[Declaration]:
    """What a file says, as declarations; what is empty says nothing."""
    for about, field, value in found:
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        if words := short(text):
            called = short(field, FIELD) or "?"
            yield Declaration(about=about, field=called, file=short(file, FIELD), says=words)


def bytes_of(path: Path, limit: int, *, whole: bool = True) -> bytes:
    """The bytes of a file of at most `limit` bytes, or its first ones.

    Raises:
        UnreadableError: No file (a device or a pipe has no end), or too large.
    """
    with opened(path, follow=True) as file:
        size = os.fstat(file.fileno()).st_size
        if whole and size > limit:
            raise UnreadableError(
                f"{path.name}: {size} bytes, expected at most {limit}; no tool writes one that "
                "large"
            )
        return file.read(limit)
