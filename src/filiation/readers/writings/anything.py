"""Every text that bytes may hold, whatever they are: to see that words are *not* in them.

Nothing is understood here. Text in the usual alphabets, without mark-up, with escapes undone; what
lies in it as quoted-printable or base64; what a zip (also a Word file) or a PDF holds.
"""

import base64
import binascii
import html
import io
import quopri
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from pathlib import Path
from typing import Final
from urllib.parse import unquote_plus

from filiation.readers.writings.confined import extracted

__all__ = ["LARGEST", "is_understood", "texts"]

LARGEST: Final = 1 << 26  # bytes that are looked through
DEEPEST: Final = 4
MOST_MEMBERS: Final = 2000
BASE64: Final = re.compile(rb"(?:[A-Za-z0-9+/]{16,}[\r\n]{0,2})+[A-Za-z0-9+/]*={0,2}")
ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|[nrt\"\\/])")
LINKED: Final = re.compile(r"%[0-9A-Fa-f]{2}|\w\+\w")  # spaces as they stand in a link
MARKUP: Final = re.compile(r"<!--.{0,4000}?-->|<[^<>]{0,4000}>", re.DOTALL)
INLINE: Final = re.compile(
    r"</?(?:a|abbr|b|big|code|del|em|font|i|ins|mark|q|s|small|span|strong|sub|sup|tt|u|wbr)"
    r"(?:\s[^<>]{0,4000})?/?>",
    re.IGNORECASE,
)  # mark-up that parts no words
ENCODED: Final = re.compile(r"(=\?[\w.*-]{1,60}\?[bBqQ]\?)([^?\s]{0,400}\?=)(?:\s+(?==\?))?")
ENDS: Final = {"n": "\n", "r": "\n", "t": " "}
ZIP: Final = b"PK\x03\x04"
KNOWN: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def is_understood(raw: bytes) -> bool:
    """Is this text, or something that holds text and can be taken apart?"""
    if raw.startswith(ZIP):
        return len(raw) <= LARGEST and _opens(raw)
    if raw.startswith(b"%PDF-"):
        return len(raw) <= LARGEST and b"/Encrypt" not in raw
    return len(raw) <= LARGEST and b"\x00" not in raw


def _opens(raw: bytes) -> bool:
    """Is nothing in a zip behind a password, too much, or packed in a way that is not known?"""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, RuntimeError, EOFError, ValueError, OSError):
        return False
    return (
        len(members) <= MOST_MEMBERS
        and sum(one.file_size for one in members) <= LARGEST
        and all(not one.flag_bits & 1 and one.compress_type in KNOWN for one in members)
    )


def texts(raw: bytes, depth: int = 0) -> Iterator[str]:
    """Every text that there may be; the same words can come more than once."""
    raw = raw[:LARGEST]
    if raw.startswith(ZIP):
        yield from _zipped(raw, depth)
    elif raw.startswith(b"%PDF-"):
        yield _pdf(raw)
    yield from _written(raw)
    if b"=" in raw:
        yield from _written(quopri.decodestring(raw))
    for found in BASE64.finditer(raw) if depth < DEEPEST else ():
        inner = _from_base64(found[0])
        if inner:
            yield from texts(inner, depth + 1)


def _written(raw: bytes) -> Iterator[str]:
    """As UTF-8, Latin-1 or UTF-16; with and without mark-up and escapes."""
    alphabets = ["utf-8"]
    if b"\x00" in raw[:4096]:
        alphabets += ["utf-16-le", "utf-16-be"]
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        alphabets.append("latin-1")
    for alphabet in alphabets:
        text = raw.decode(alphabet, "replace")
        yield text
        if "<" in text or "&" in text:
            yield html.unescape(MARKUP.sub("", text))
            yield html.unescape(MARKUP.sub(" ", text))
            yield html.unescape(MARKUP.sub(" ", INLINE.sub("", text)))
        if "=?" in text:
            yield ENCODED.sub(_header_word, text)
        if LINKED.search(text):
            yield unquote_plus(text)
        if "\\" in text:
            yield ESCAPE.sub(_unescaped, text)


def _header_word(found: re.Match[str]) -> str:
    """A word of a header, as mail writes what is not ASCII."""
    try:
        return str(make_header(decode_header(found[1] + found[2])))
    except (LookupError, ValueError, HeaderParseError):
        return found[0]


def _unescaped(found: re.Match[str]) -> str:
    said = found[1]
    return chr(int(said[1:], 16)) if len(said) > 1 else ENDS.get(said, said)


def _from_base64(found: bytes) -> bytes:
    bare = bytes(found.translate(None, b"\r\n="))
    try:
        return base64.b64decode(bare[: len(bare) // 4 * 4] + _rest(bare))
    except (binascii.Error, ValueError):
        return b""


def _rest(bare: bytes) -> bytes:
    over = bare[len(bare) // 4 * 4 :]
    return over + b"=" * (4 - len(over)) if len(over) > 1 else b""


def _zipped(raw: bytes, depth: int) -> Iterator[str]:
    left = LARGEST
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            for member in packed.infolist()[:MOST_MEMBERS] if depth < DEEPEST else ():
                yield member.filename
                with packed.open(member) as source:
                    inner = source.read(max(0, left))
                left -= len(inner)
                yield from texts(inner, depth + 1)
    except (zipfile.BadZipFile, RuntimeError, EOFError, ValueError, OSError, zlib.error):
        return


def _pdf(raw: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.pdf"
        path.write_bytes(raw)
        return str(extracted("pdf", path).get("text", ""))
