"""The words of Rich Text, which Outlook squeezes (MS-OXRTFCP) or wraps a page in (MS-OXRTFEX)."""

import re
import struct
from dataclasses import dataclass, field, replace
from typing import Final, final

from filiation.readers.writings.alphabets import text_of

__all__ = ["RichText", "read_rich_text", "unsqueezed"]

LARGEST: Final = 1 << 25
BEFORE: Final = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
RING: Final = 4096
TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|[\r\n]+|"
    rb"([^\\{}\r\n]+)",
    re.DOTALL,
)
SILENT: Final = frozenset(
    b"fonttbl colortbl stylesheet info pict object themedata generator datastore listtable "
    b"listoverridetable rsidtbl filetbl latentstyles".split()
)
SIGNS: Final = {
    **dict.fromkeys((b"par", b"line", b"sect", b"page", b"row"), "\n"),
    **{b"tab": "\t", b"cell": " ", b"emdash": "\u2014", b"endash": "\u2013"},
    **{b"lquote": "\u2018", b"rquote": "\u2019", b"ldblquote": "\u201c", b"rdblquote": "\u201d"},
    b"bullet": "\u2022",
}
CHARSETS: Final = {0: 1252, 77: 10000, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950, 161: 1253,
                   162: 1254, 163: 1258, 177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874,
                   238: 1250}  # fmt: skip


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RichText:
    """What Rich Text says: words, or the mark-up of the page that was wrapped in it."""

    text: str
    page: bool


def unsqueezed(raw: bytes) -> bytes:
    """Rich Text out of its squeezed form.

    Raises:
        ValueError: Not such a form, or longer than 32 MiB.
    """
    if len(raw) < 16:
        raise ValueError("squeezed Rich Text is shorter than its header")
    _, size, magic, _ = struct.unpack("<IIII", raw[:16])
    if magic == 0x414C454D:  # not squeezed
        return raw[16 : 16 + size]
    if magic != 0x75465A4C or size > LARGEST:
        raise ValueError("not squeezed Rich Text, or too long")
    ring = bytearray(BEFORE.ljust(RING, b"\0"))
    write, place, out = len(BEFORE), 16, bytearray()
    while place < len(raw) and len(out) < size:
        marks, place = raw[place], place + 1
        for bit in range(8):
            if place >= len(raw):
                break
            if not marks >> bit & 1:
                write, place = _put(ring, write, raw[place], out), place + 1
            else:
                pair, place = int.from_bytes(raw[place : place + 2], "big"), place + 2
                start, length = pair >> 4, (pair & 15) + 2
                if start == write:
                    return bytes(out[:size])
                for step in range(length):
                    write = _put(ring, write, ring[(start + step) % RING], out)
    return bytes(out[:size])


def _put(ring: bytearray, write: int, byte: int, out: bytearray) -> int:
    """Put a byte out and into the ring; where the next one goes."""
    ring[write] = byte
    out.append(byte)
    return (write + 1) % RING


@final
@dataclass(slots=True)
class _State:
    silent: bool = False
    tag: bool = False
    muted: bool = False
    hidden: bool = False
    codepage: int = 1252
    skip: int = 1


@final
@dataclass(slots=True)
class _Reading:
    """Where a reader of Rich Text stands."""

    state: _State = field(default_factory=_State)
    stack: list[_State] = field(default_factory=list)
    fonts: dict[int, int] = field(default_factory=dict)
    font: int = 0
    words: list[str] = field(default_factory=list)
    pending: bytearray = field(default_factory=bytearray)
    page: bool = False
    skipping: int = 0
    hiding: bool = False

    def flush(self) -> None:
        """Bytes of one code page become words together: a letter may take two of them."""
        if self.pending:
            raw, self.pending = bytes(self.pending), bytearray()
            self.say(text_of(raw, f"cp{self.state.codepage}")[0])

    def say(self, text: str) -> None:
        """Take words up, marked where they are hidden."""
        state = self.state
        if state.silent or (self.page and state.muted):
            return
        if state.hidden != self.hiding and text.strip():
            self.words.append("[hidden: " if state.hidden else "]")
            self.hiding = state.hidden
        self.words.append(text.replace("]", "\\]") if state.hidden else text)


def read_rich_text(raw: bytes) -> RichText:
    """The words of Rich Text; `[hidden: ...]` around those that are not shown."""
    at = _Reading(page=b"\\fromhtml" in raw[:2000])
    for found in TOKEN.finditer(raw[:LARGEST]):
        word, number, code, sign, brace, plain = found.groups()
        if code is not None or plain is not None:
            _letters(at, bytes.fromhex(code.decode()) if code else plain)
            continue
        at.flush()
        if brace == b"{":
            at.stack.append(replace(at.state))
        elif brace == b"}":
            at.state = at.stack.pop() if at.stack else at.state
        elif word is not None:
            _control(at, word, None if number is None else int(number))
        elif sign is not None:
            _sign(at, sign)
    at.flush()
    at.words.append("]" if at.hiding else "")
    return RichText(text="".join(at.words), page=at.page)


def _letters(at: _Reading, raw: bytes) -> None:
    taken = min(at.skipping, len(raw))
    at.skipping -= taken
    at.pending += raw[taken:]


def _sign(at: _Reading, sign: bytes) -> None:
    if sign == b"*":
        at.state.silent = True  # a destination that a reader may leave out, but for tags of pages
    elif sign in (b"\\", b"{", b"}"):
        at.say(sign.decode())
    elif sign in (b"~", b"_"):
        at.say("\u00a0" if sign == b"~" else "-")
    elif sign in (b"\r", b"\n"):
        at.say("\n")


def _control(at: _Reading, word: bytes, number: int | None) -> None:
    state = at.state
    if word in SILENT:
        state.silent = True
    elif word == b"htmltag":
        state.silent, state.tag = not at.page, True
    elif word == b"htmlrtf":
        state.muted = number != 0
    elif word == b"v":
        state.hidden = number != 0
    elif word in (b"plain",):
        state.hidden = False
    elif word == b"ansicpg" and number:
        state.codepage = number
        at.fonts.setdefault(-1, number)
    elif word == b"uc" and number is not None:
        state.skip = max(0, min(number, 20))
    elif word == b"u" and number is not None:
        at.say(_unicode(at, number % 65536))
        at.skipping = state.skip
    elif word == b"f" and number is not None:
        at.font = number
        state.codepage = at.fonts.get(number, at.fonts.get(-1, 1252))
    elif word == b"fcharset" and number is not None and number in CHARSETS and number:
        at.fonts[at.font] = CHARSETS[number]
    elif word in SIGNS and not (at.page and state.tag):
        at.say(SIGNS[word])


def _unicode(at: _Reading, code: int) -> str:
    """A letter; halves of a pair are put together where the first one stands before."""
    if 0xDC00 <= code < 0xE000 and at.words and "\ud800" <= at.words[-1][-1:] <= "\udbff":
        first = ord(at.words[-1][-1])
        at.words[-1] = at.words[-1][:-1]
        return chr(0x10000 + ((first - 0xD800) << 10) + code - 0xDC00)
    return chr(code)
