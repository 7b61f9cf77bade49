"""One entry per line: JSON objects, or the rows of a CSV with a header."""

import csv
import io
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.readers.bytes.parsing import parse_object

__all__ = ["entries", "number", "text"]

LARGEST: Final = 1 << 30  # bytes of a list
MOST: Final = 2_000_000  # entries
LONGEST: Final = 1 << 20  # characters of a text


def entries(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every entry with words for where it stands.

    Raises:
        UnreadableError: Too large, not UTF-8, no entry at all, or a line that is none.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise UnreadableError(f"{path}: {size} bytes, expected at most {LARGEST}")
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"{path}: cannot be read: {error.strerror}") from error
    read = _rows if path.suffix.lower() == ".csv" else _lines
    count = 0
    for where, entry in read(raw.removeprefix(b"\xef\xbb\xbf"), path):
        count += 1
        if count > MOST:
            raise UnreadableError(f"{path}: more than {MOST} entries; split the list")
        yield where, entry
    if not count:
        raise UnreadableError(f"{path}: no entry in it, expected one per line")


def _lines(raw: bytes, path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, line in enumerate(raw.split(b"\n"), start=1):
        if line.strip():
            yield f"{path}, line {place}", parse_object(line, what=f"{path}, line {place}")


def _rows(raw: bytes, path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        reader = csv.reader(io.StringIO(raw.decode(), newline=""), strict=True)
        head = next(reader, [])
        if len(set(head)) < len(head):
            raise UnreadableError(f"{path}: a column twice in the header, expected each once")
        for row in reader:
            where = f"{path}, line {reader.line_num}"
            if len(row) not in (0, len(head)):
                raise UnreadableError(f"{where}: {len(row)} cells, the header has {len(head)}")
            if row:
                yield where, {name: cell for name, cell in zip(head, row, strict=True) if cell}
    except UnicodeDecodeError as error:
        raise UnreadableError(f"{path}: byte {error.start} is not UTF-8") from error
    except csv.Error as error:
        raise UnreadableError(f"{path}: not CSV ({error}); the file is damaged") from error


def text(entry: Mapping[str, Any], name: str, where: str, default: str | None = None) -> str:
    """A field that is a text; numbers are taken as they are written."""
    found = entry.get(name, default)
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or len(found) > LONGEST or (default is None and not found):
        raise UnreadableError(
            f"{where}: {name!r} is {_shown(found)}, expected a text of 1 to {LONGEST} characters"
        )
    return found


def number(entry: Mapping[str, Any], name: str, where: str) -> float:
    """A field that is a finite number; a text that spells one will do, as in CSV."""
    found = entry.get(name)
    try:
        value = float(found) if isinstance(found, int | float | str) else math.nan
    except (ValueError, OverflowError):
        value = math.nan
    if isinstance(found, bool) or not math.isfinite(value):
        raise UnreadableError(f"{where}: {name!r} is {_shown(found)}, expected a finite number")
    return value


def _shown(found: object) -> str:
    return "missing" if found is None else f"{found!r:.60}"
