"""Which characters do the bytes stand for? UTF-8, UTF-16, and Latin-1 as the last guess, noted."""

import codecs
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

from filiation.errors import UnreadableError
from filiation.readers.answers.unpack import blocks, head

__all__ = ["decoded", "first_line", "lines", "mended", "read_lines"]

LONGEST_LINE = 1 << 26  # characters; a line with every output of one model has a few million
_NULLS: Final = 0.3  # share of zero bytes on one side of ASCII text in UTF-16

T = TypeVar("T")


def read_lines(path: Path, read: Callable[[Iterator[str]], T], *, note: Callable[[str], None]) -> T:
    """Call `read` with the lines of `path` in the encoding that fits; `note` a guessed one.

    `read` may be called twice: bytes that turn out not to be UTF-8 are read again as Latin-1.
    """
    encoding = _encoding(head(path))
    try:
        return read(lines(path, encoding))
    except UnicodeDecodeError as error:
        if encoding != "utf-8-sig":
            raise UnreadableError(
                f"{path}: not valid {encoding}, which its first bytes announce; the file is damaged"
            ) from error
    found = read(lines(path, "latin-1"))
    note("not UTF-8; read as Latin-1, other characters than ASCII may be wrong")
    return found


def lines(path: Path, encoding: str) -> Iterator[str]:
    r"""Yield lines with their "\n"; other separators (U+2028, form feed) stay inside a line.

    Raises:
        UnicodeDecodeError: The bytes are not in `encoding`.
        UnreadableError: A line is too long, or the file is damaged.
    """
    decode = codecs.getincrementaldecoder(encoding)()
    kept: list[str] = []
    length = 0
    for block in blocks(path):
        *ended, rest = decode.decode(block).split("\n")
        for line in ended:
            yield "".join(kept) + line + "\n"
            kept, length = [], 0
        kept.append(rest)
        length += len(rest)
        if length > LONGEST_LINE:
            raise UnreadableError(
                f"{path}: a line of more than {LONGEST_LINE} characters, expected one answer or "
                "one model per line; the file is not a recording, or it is damaged"
            )
    kept.append(decode.decode(b"", final=True))
    if last := "".join(kept):
        yield last


def decoded(raw: bytes, *, what: str) -> str:
    """Decode a JSON document: UTF-8, or UTF-16 if its first bytes say so."""
    encoding = _encoding(raw[: 1 << 16])
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"{what}: byte {error.start} is not {encoding.removesuffix('-sig').upper()}, "
            "expected JSON text; the file is damaged"
        ) from error


def mended(text: str) -> str:
    """Replace half surrogate pairs, which JSON can spell and no file can hold, by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _encoding(first: bytes) -> str:
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    half = len(first) // 2
    if half and first[1::2].count(0) > _NULLS * half and not first[::2].count(0):
        return "utf-16-le"
    if half and first[::2].count(0) > _NULLS * half and not first[1::2].count(0):
        return "utf-16-be"
    return "utf-8-sig"


def first_line(path: Path, first: bytes) -> str:
    """The first line that holds anything, in whatever encoding; `first` is the head of the file."""
    encoding = _encoding(first)
    try:
        return next((line for line in lines(path, encoding) if line.strip()), "")
    except UnicodeDecodeError:
        return next((line for line in lines(path, "latin-1") if line.strip()), "")
