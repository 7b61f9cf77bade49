"""Files of each kind, made here: nothing of anybody's."""

import struct
import zipfile
from pathlib import Path

import docx

from filiation.files import handed_over

__all__ = ["handed", "outlook", "pdf", "word", "word_with"]

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

    def text(value: str) -> bytes:
        return value.encode("utf-16-le")

    streams = {
        "__properties_version1.0": struct.pack("<8x4I8x", 0, 0, 0, 0)
        + b"".join(
            struct.pack("<HHIII", 0x001F, tag, 6, len(text(value)) + 2, 0)
            for tag, value in ((0x0037, subject), (0x007D, headers), (0x1000, body))
        ),
        "__substg1.0_001A001F": text("IPM.Note"),
        "__substg1.0_0037001F": text(subject),
        "__substg1.0_007D001F": text(headers),
        "__substg1.0_1000001F": text(body),
    }
    path.write_bytes(_compound(streams))
    return path


def _compound(streams: dict[str, bytes]) -> bytes:
    """A compound file: one storage of small streams, which lie in the mini stream."""
    mini, places = b"", {}
    links: list[int] = []
    for name, raw in streams.items():
        first, count = len(links), max(1, -(-len(raw) // 64))
        links += [*range(first + 1, first + count), END]
        places[name] = (first, len(raw))
        mini += raw.ljust(count * 64, b"\0")
    minifat = b"".join(struct.pack("<I", link) for link in links)
    minifat = minifat.ljust(-(-len(minifat) // SECTOR) * SECTOR, b"\xff")
    mini = mini.ljust(-(-len(mini) // SECTOR) * SECTOR, b"\0")
    names = sorted(streams, key=lambda name: (len(name), name.upper()))
    entries = [_entry("Root Entry", 5, 0, len(mini), child=1)]
    for number, name in enumerate(names, 1):
        after = number + 1 if number < len(names) else NONE
        entries.append(_entry(name, 2, *places[name], right=after))
    folder = b"".join(entries)
    folder = folder.ljust(-(-len(folder) // SECTOR) * SECTOR, b"\0")
    parts = [folder, minifat, mini]  # after the one sector of the allocation table
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
    return header + fat + folder + minifat + mini


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
