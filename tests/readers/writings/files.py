"""Files of each kind, made here: nothing of anybody's."""

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

import docx

from filiation.files import handed_over

__all__ = ["Object", "handed", "message", "outlook", "pdf", "word", "word_with"]

SECTOR = 512
FREE, END, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF


def handed(path: Path) -> dict[str, Path]:
    """Name to place of every file that is handed over."""
    found = handed_over(path)
    return {name: found.root.joinpath(*one.parts) for name, one in found.files.items()}


def word(path: Path, *paragraphs: str, author: str = "Dana") -> Path:
    """A Word file."""
    made = docx.Document()
    made.core_properties.author = author
    for text in paragraphs:
        made.add_paragraph(text)
    made.save(str(path))
    return path


def word_with(path: Path, replaced: str, by: bytes) -> Path:
    """A Word file of one paragraph, one of whose parts has been replaced."""
    plain = word(path.with_name("plain.docx"), "words")
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as to:
        for member in source.infolist():
            to.writestr(member.filename, by if member.filename == replaced else source.read(member))
    return path


def pdf(path: Path, text: str = "Use their outputs", *, stream: bytes | None = None) -> Path:
    """A PDF of one page; `stream` replaces its (compressed) content."""
    import zlib

    content = zlib.compress(b"BT /F1 12 Tf 72 720 Td (" + text.encode() + b") Tj ET")
    body = stream if stream is not None else content
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(body), body),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Author (Dana) /CreationDate (D:20260302091400+01'00') /Title (Notes) >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, start,
    )  # fmt: skip
    path.write_bytes(out)
    return path


def outlook(path: Path, *, subject: str, body: str, headers: str) -> Path:
    """An Outlook message: a compound file (MS-CFB) with the few properties that are read."""
    return message(path, {"001A": "IPM.Note", "0037": subject, "007D": headers, "1000": body})


Object = dict[str, "str | bytes | int | Object"]


def message(path: Path, said: Object, **inner: list[Object]) -> Path:
    """An Outlook message of any properties: text, 8-bit text (bytes), numbers, as their tags say.

    `recipients` and `attachments` are objects of the same kind; a property of binary kind has its
    kind behind its tag (10090102), an inner message is a dict under 3701000D.
    """
    path.write_bytes(_compound(_object(said, 32, **inner)))
    return path


def _object(
    said: Object,
    head: int,
    recipients: Sequence[Object] = (),
    attachments: Sequence[Object] = (),
) -> dict[str, "bytes | dict[str, object]"]:
    listed = bytearray(head)
    held: dict[str, bytes | dict[str, object]] = {}
    for tag, value in said.items():
        if isinstance(value, int):
            kind = 0x0040 if value >> 32 else 0x0003
            listed += struct.pack("<HHIQ", kind, int(tag, 16), 6, value)
        elif isinstance(value, dict):
            held[f"__substg1.0_{tag}"] = _object(value, 24)  # type: ignore[assignment]
        else:
            kinds = "001F" if isinstance(value, str) else "001E"
            name = tag if len(tag) == 8 else tag + kinds
            held[f"__substg1.0_{name}"] = (
                value.encode("utf-16-le") if isinstance(value, str) else value
            )
    for name, objects in (("recip", recipients), ("attach", attachments)):
        for number, one in enumerate(objects):
            held[f"__{name}_version1.0_#{number:08X}"] = _object(one, 8)  # type: ignore[assignment]
    held["__properties_version1.0"] = bytes(listed)
    return held


def _compound(root: dict[str, "bytes | dict[str, object]"]) -> bytes:
    """A compound file of storages and small streams, which lie in the mini stream."""
    mini, links = bytearray(), []
    entries: list[bytes] = [b""]

    def put(storage: dict[str, "bytes | dict[str, object]"]) -> int:
        """Put the entries of a storage; the number of the first."""
        names = sorted(storage, key=lambda name: (len(name), name.upper()))
        first = len(entries)
        entries.extend(b"" for _ in names)
        for place, name in enumerate(names):
            value = storage[name]
            after = first + place + 1 if place + 1 < len(names) else NONE
            if isinstance(value, bytes):
                start, count = len(links), max(1, -(-len(value) // 64))
                links.extend([*range(start + 1, start + count), END])
                mini.extend(value.ljust(count * 64, b"\0"))
                entries[first + place] = _entry(name, 2, start, len(value), right=after)
            else:
                child = put(value)  # type: ignore[arg-type]
                entries[first + place] = _entry(name, 1, 0, 0, child=child, right=after)
        return first if names else NONE

    child = put(root)
    minifat = b"".join(struct.pack("<I", link) for link in links)
    minifat = minifat.ljust(-(-len(minifat) // SECTOR) * SECTOR, b"\xff")
    small = bytes(mini).ljust(-(-len(mini) // SECTOR) * SECTOR, b"\0")
    entries[0] = _entry("Root Entry", 5, 0, len(small), child=child)
    folder = b"".join(entries)
    folder = folder.ljust(-(-len(folder) // SECTOR) * SECTOR, b"\0")
    parts = [folder, minifat, small]  # after the one sector of the allocation table
    starts, place = [], 1
    table = [0xFFFFFFFD]
    for part in parts:
        count = len(part) // SECTOR
        starts.append(place)
        table += [*range(place + 1, place + count), END]
        place += count
    fat = b"".join(struct.pack("<I", link) for link in table).ljust(SECTOR, b"\xff")
    folder = folder[:116] + struct.pack("<I", starts[2]) + folder[120:]  # where mini begins
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    sizes = (0, 1, starts[0], 0, 4096, starts[1], len(minifat) // SECTOR, END, 0, 0)
    header += struct.pack("<IIIIIIIIII", *sizes)
    header += b"\xff" * 432
    return header + fat + folder + minifat + small


def _entry(
    name: str, kind: int, start: int, size: int, *, child: int = NONE, right: int = NONE
) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(raw), kind, 1, NONE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
