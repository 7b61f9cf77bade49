"""What does an Outlook message hold (MS-OXMSG)? Properties, recipients, attachments, messages.

Runs in a process of its own (`confined`). Properties are read from their streams, whether or not
the list of properties names them; a part that is odd costs no other. 8-bit words are in the code
page of the message; where none is named, or it does not fit, that is told.
"""

import hashlib
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO, Any, Final, TypeAlias, final
from zipfile import BadZipFile

from filiation.readers.writings.alphabets import codec_of, text_of
from filiation.readers.writings.hung import BODY
from filiation.readers.writings.pdf_file import read_pdf
from filiation.readers.writings.rtf import read_rich_text, unsqueezed
from filiation.readers.writings.word_file import OFFICE, read_word

__all__ = ["read_outlook_file"]

Streams: TypeAlias = Mapping[tuple[str, ...], bytes]
DEEPEST: Final = 8  # messages in messages
MOST: Final = 1000  # attachments or recipients
LISTING: Final = "__properties_version1.0"
STREAM: Final = re.compile(r"__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})", re.IGNORECASE)
UNICODE, EIGHT_BIT, BINARY, INNER = "001F", "001E", "0102", "000D"
# what stands in them is shown, or says again what is shown
SHOWN: Final = frozenset({
    "001A", "0037", "003D", "0040", "0042", "0044", "0049", "004D", "0064", "0065", "0070",
    "0071", "0075", "0076", "0077", "0078", "007D", "0C1A", "0C1E", "0C1F", "0E02", "0E03",
    "0E04", "0E1D", "0E28", "0E29", "1000", "1009", "1013", "1035", "1039", "1042", "1046",
    "10F3", "3001", "300B", "3FF8", "3FFA", "5D01", "5D02", "5D07", "5D08",
})  # fmt: skip
NO_BYTES: Final = (
    "what is put into a message in this format has no bytes of its own; its digest is over the "
    "streams that hold it"
)
ROLES: Final = {0: "from", 1: "to", 2: "cc", 3: "bcc"}
BANNER: Final = re.compile(r"\s*Microsoft Mail Internet Headers[^\r\n]*\r?\n")
METHODS: Final = {2: "a reference", 3: "a reference", 4: "a reference", 7: "a reference on the web"}
CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


@final
@dataclass(slots=True)
class _Held:
    """One object in the file: a message, a recipient, an attachment."""

    streams: Streams
    place: tuple[str, ...]
    head: int  # bytes before the list of properties
    codepage: int = 0
    remarks: dict[str, None] = field(default_factory=dict)

    def raw(self, tag: str, kind: str) -> bytes | None:
        """The stream of a property."""
        return self.streams.get((*self.place, f"__substg1.0_{tag}{kind}".lower()))

    def number(self, tag: str) -> int | None:
        """A property of four or eight bytes, from the list."""
        listed = self.streams.get((*self.place, LISTING), b"")[self.head :]
        for start in range(0, len(listed) - 15, 16):
            kind, name = struct.unpack_from("<HH", listed, start)
            if name == int(tag, 16) and kind in (0x0003, 0x000B, 0x0040, 0x0002):
                found: int = struct.unpack_from("<Q", listed, start + 8)[0]
                return found if kind == 0x0040 else found & 0xFFFFFFFF
        return None

    def text(self, *tags: str) -> str:
        """The first of some properties that holds words."""
        for tag in tags:
            wide, narrow = self.raw(tag, UNICODE), self.raw(tag, EIGHT_BIT)
            if wide:
                return wide.decode("utf-16-le", "replace").rstrip("\0")
            if narrow:
                return self.decoded(narrow).rstrip("\0")
        return ""

    def decoded(self, raw: bytes) -> str:
        """8-bit words in the code page of the message."""
        if raw.isascii():
            return raw.decode("ascii")
        label = f"cp{self.codepage}" if self.codepage not in (0, 1200, 1201) else ""
        text, odd = text_of(raw, label)
        if odd:
            self.remarks[odd] = None
        return text

    def when(self, *tags: str) -> str:
        """A moment as RFC 3339, in UTC."""
        for tag in tags:
            ticks = self.number(tag)
            if ticks:
                try:
                    moment = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
                except OverflowError:
                    continue
                return moment.isoformat(timespec="seconds")
        return ""


def read_outlook_file(opened: IO[bytes]) -> dict[str, Any]:
    """The message, as JSON can hold it; `failed` where it is no compound file that can be read."""
    from olefile import OleFileIO

    with OleFileIO(opened) as file:
        streams = {}
        for names in file.listdir(streams=True, storages=False):
            with file.openstream(names) as stream:
                streams[tuple(name.lower() for name in names)] = stream.read()
    return _message(streams, (), 32, 0)


def _message(streams: Streams, place: tuple[str, ...], head: int, depth: int) -> dict[str, Any]:
    held = _Held(streams=streams, place=place, head=head)
    held.codepage = held.number("3FFD") or 0
    if not codec_of(f"cp{held.codepage}") or held.codepage in (1200, 1201):
        other = held.number("3FDE") or 0
        if held.codepage not in (0, 1200, 1201) and not codec_of(f"cp{other}"):
            held.remarks[f"the code page that it names, {held.codepage}, is not known"] = None
        held.codepage = other or held.codepage
    headers = BANNER.sub("", held.text("007D"), count=1)
    submitted = held.when("0039")
    delivered = "" if submitted else held.when("0E06")
    if delivered:
        held.remarks["no time of sending is kept; the time is that of delivery"] = None
    found = {
        "title": held.text("0037", "0E1D", "0070"),
        "headers": headers,
        "given": submitted or delivered,
        "sender": [held.text("0042", "0C1A"), held.text("5D02", "5D01", "0065", "0C1F")],
        "agent": [held.text("0C1A"), held.text("5D01", "0C1F")],
        "message_id": held.text("1035"),
        "references": f"{held.text('1039')} {held.text('1042')}",
        "forms": list(_forms(held)),
        "recipients": list(_recipients(held)),
        "attachments": list(_attachments(held, depth)),
    }
    further = sorted({tag for tag in _words_elsewhere(held) if tag not in SHOWN})
    if further:
        held.remarks[
            f"{len(further)} further properties hold words that are not shown: "
            f"{', '.join(further[:30])}"
        ] = None
    return found | {"remarks": list(held.remarks)}


def _words_elsewhere(held: _Held) -> Iterator[str]:
    """Tags of properties that hold words, whatever they are."""
    for name, raw in held.streams.items():
        found = STREAM.fullmatch(name[-1]) if name[:-1] == held.place else None
        if found is not None and found[2].upper() in (UNICODE, EIGHT_BIT) and raw.strip(b"\0 "):
            yield found[1].upper()


def _forms(held: _Held) -> Iterator[tuple[str, str]]:
    """The body in each form that it is kept in: kind, and words or mark-up."""
    plain = held.text("1000")
    if plain.strip():
        yield "text/plain", plain
    page = held.raw("1013", BINARY)
    if page:
        yield "text/html", _page(held, page)
    elif held.text("1013"):
        yield "text/html", held.text("1013")
    squeezed = held.raw("1009", BINARY)
    if squeezed:
        try:
            rich = read_rich_text(unsqueezed(squeezed))
        except (ValueError, struct.error, IndexError) as error:
            held.remarks[f"its body in Rich Text was not read: {error}"] = None
            return
        if rich.text.strip():
            yield ("text/html" if rich.page else "text/rtf"), rich.text


def _page(held: _Held, raw: bytes) -> str:
    """Mark-up: in the Internet code page, else in the alphabet that it names itself."""
    named = CHARSET.search(raw[:4096])
    labels = [f"cp{held.number('3FDE') or 0}", named[1].decode("ascii", "replace") if named else ""]
    read = [text_of(raw, label) for label in labels if codec_of(label)]
    for text, odd in read:
        if not odd:
            return text
    if raw.isascii():
        return raw.decode("ascii")
    text, odd = text_of(raw)
    label = next((label for label in labels if codec_of(label)), "none that is known")
    held.remarks[
        f"its page is not in the alphabet that is named ({label}); {odd or 'read as UTF-8'}"
    ] = None
    return text


def _inner(held: _Held, opening: str) -> Iterator[tuple[str, ...]]:
    """Places of the objects in an object, in their order."""
    depth = len(held.place)
    found = {name[: depth + 1] for name in held.streams
             if len(name) > depth + 1 and name[:depth] == held.place
             and name[depth].startswith(opening)}  # fmt: skip
    yield from sorted(found)[:MOST]
    if len(found) > MOST:
        held.remarks[f"more than {MOST} recipients or attachments; the rest was not read"] = None


def _recipients(held: _Held) -> Iterator[list[str]]:
    """Role, name and address of each recipient."""
    for place in _inner(held, "__recip_version1.0_"):
        one = _Held(streams=held.streams, place=place, head=8, codepage=held.codepage,
                    remarks=held.remarks)  # fmt: skip
        role = ROLES.get((one.number("0C15") or 1) & 0xF, "to")
        yield [role, one.text("3001", "5FF6", "3A20"), one.text("39FE", "3003")]


def _attachments(held: _Held, depth: int) -> Iterator[dict[str, Any]]:
    for place in _inner(held, "__attach_version1.0_"):
        one = _Held(streams=held.streams, place=place, head=8, codepage=held.codepage,
                    remarks=held.remarks)  # fmt: skip
        yield _attachment(one, depth)


def _words_of(name: str, body: bytes) -> dict[str, Any] | None:
    """The words of a PDF or Office file; nothing it does can leave this process."""
    try:
        if body.startswith(b"%PDF-"):
            return read_pdf(BytesIO(body))
        if body.startswith(b"PK\x03\x04") and PurePosixPath(name).suffix.lower() in OFFICE:
            return read_word(BytesIO(body))
    except (ValueError, KeyError, BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        return {"failed": f"this program does not understand how it is built ({error})"}
    return None


def _attachment(one: _Held, depth: int) -> dict[str, Any]:
    name = one.text("3707", "3704", "3001")
    body = one.raw("3701", BINARY)
    storage = (*one.place, f"__substg1.0_3701{INNER}".lower())
    inside = {key: raw for key, raw in one.streams.items() if key[: len(storage)] == storage}
    found: dict[str, Any] = {"name": name, "media_type": one.text("370E"), "message": None}
    if inside:
        body = b"".join(
            f"{'/'.join(key[len(storage) :])}\0{len(raw)}\0".encode() + raw
            for key, raw in sorted(inside.items())
        )
        one.remarks[NO_BYTES] = None
        if (*storage, LISTING) in inside and depth < DEEPEST:
            found["message"] = _message(one.streams, storage, 24, depth + 1)
            found["media_type"] = "application/vnd.ms-outlook"
            found["name"] = name or str(found["message"]["title"])
        else:
            found["media_type"] = found["media_type"] or "application/x-oleobject"
    elif body is None:
        how = METHODS.get(one.number("3705") or 0, "without bytes")
        where = one.text("370D", "3708", "8000")
        one.remarks[
            f"an attachment is {how}; it is not in the file: {where or name or 'no name'}"
        ] = None
        found["name"] = name or where
    return found | {
        BODY: None if inside else body,
        "read": _words_of(name, body) if body and found["message"] is None else None,
        "size": len(body or b""),
        "sha256": "" if body is None else hashlib.sha256(body).hexdigest(),
    }
