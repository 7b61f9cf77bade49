"""A file as one document: PDF, Word, plain text, or of a kind whose words are not read."""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.document import Attachment, Document, Format, Person
from filiation.readers.writings.alphabets import decoded
from filiation.readers.writings.confined import extracted
from filiation.readers.writings.plain import clipped, instant, one_line

__all__ = ["LARGEST", "attachments", "read_file", "read_text", "title_of", "whole"]

LARGEST: Final = 1 << 28  # bytes of one file that becomes a document


def read_file(path: Path, file: str, kind: Format) -> Document:
    """A PDF or Word file, or one whose words are not read.

    Raises:
        UnreadableError: It is too large.
        UsageError: The package that reads it is not installed.
    """
    raw = whole(path, file)
    if kind == "other":
        remark = "the words of this kind of file are not read"
        return Document(file=file, start=0, raw=raw, format=kind, subject=title_of("", file),
                        remarks=(remark,))  # fmt: skip
    found = extracted(kind, path)
    text, remarks = _text(found)
    author = one_line(str(found.get("author", "")), 200)
    moment, odd = instant(str(found.get("given", "")))
    return Document(
        file=file,
        start=0,
        raw=raw,
        format=kind,
        sent=one_line(str(found.get("given", "")), 60),
        moment=moment,
        people=(Person(address=author.lower(), name=author, role="author"),) if author else (),
        subject=title_of(str(found.get("title", "")), file),
        text=text,
        attachments=tuple(attachments(found)),
        remarks=(*remarks, *([odd] if odd and not moment else [])),
    )


def read_text(path: Path, file: str) -> Document:
    """Read a file of plain text.

    Raises:
        UnreadableError: It is too large.
    """
    raw = whole(path, file)
    text, cut = clipped(decoded(raw))
    remarks = ("the text was cut",) if cut else ()
    return Document(file=file, start=0, raw=raw, format="text", subject=title_of("", file),
                    text=text, remarks=remarks)  # fmt: skip


def whole(path: Path, file: str) -> bytes:
    """The bytes of a file that becomes one document.

    Raises:
        UnreadableError: It is too large.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise UnreadableError(f"{file}: {size} bytes, expected at most {LARGEST} of one document")
    return path.read_bytes()


def attachments(found: Mapping[str, Any]) -> Iterator[Attachment]:
    """What hangs on a file, as the confined process has it."""
    for one in found.get("attachments", []):
        yield Attachment(
            name=one_line(str(one["name"]), 255),
            media_type=one_line(str(one["media_type"]), 200) or "application/octet-stream",
            size=int(one["size"]),
            sha256=str(one["sha256"]),
            text=clipped(str(one.get("text", "")))[0],
        )


def _text(found: dict[str, Any]) -> tuple[str, list[str]]:
    remarks = [one_line(str(remark), 300) for remark in found.get("remarks", [])]
    if "failed" in found:
        remarks.append(f"its words were not read: {one_line(str(found['failed']), 200)}")
    return clipped(str(found.get("text", "")))[0], remarks


def title_of(title: str, file: str) -> str:
    """A title as a document gives it, else the name of its file."""
    return one_line(title, 500) or one_line(PurePosixPath(file).name, 255)
