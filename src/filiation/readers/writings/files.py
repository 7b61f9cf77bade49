"""A file as one document: PDF, Word, Outlook, plain text, or of a kind whose words are not read."""

from pathlib import Path, PurePosixPath
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.document import Attachment, Document, Format, Person, Signature
from filiation.readers.writings.confined import extracted
from filiation.readers.writings.mail import addresses, hops
from filiation.readers.writings.alphabets import decoded
from filiation.readers.writings.pages import from_html
from filiation.readers.writings.plain import clipped, instant, one_line

__all__ = ["LARGEST", "read_file", "read_outlook", "read_text"]

LARGEST: Final = 1 << 28  # bytes of one file that becomes a document
NO_BYTES: Final = Signature(
    scheme="dkim",
    standing="not-kept",
    remark="Outlook's format does not keep the bytes that were signed; ask for the original",
)


def read_file(path: Path, file: str, kind: Format) -> Document:
    """A PDF or Word file, or one whose words are not read.

    Raises:
        UnreadableError: It is too large.
        UsageError: The package that reads it is not installed.
    """
    raw = _whole(path, file)
    if kind == "other":
        remark = "the words of this kind of file are not read"
        return Document(file=file, start=0, raw=raw, format=kind, subject=_title("", file),
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
        subject=_title(str(found.get("title", "")), file),
        text=text,
        remarks=(*remarks, *([odd] if odd and not moment else [])),
    )


def read_outlook(path: Path, file: str) -> Document:
    """Read an Outlook message (.msg).

    Raises:
        UnreadableError: It is too large.
        UsageError: python-oxmsg is not installed.
    """
    raw = _whole(path, file)
    found = extracted("outlook", path)
    if found.get("html"):
        found["text"] = from_html(str(found["html"]))
    text, remarks = _text(found)
    fields = _fields(found)
    given = fields.get("date", [str(found.get("given", ""))])[0]
    moment, odd = instant(given)
    signed = "dkim-signature" in fields or "arc-seal" in fields
    return Document(
        file=file,
        start=0,
        raw=raw,
        format="outlook",
        sent=one_line(given, 200),
        moment=moment,
        people=_outlook_people(found, fields),
        subject=_title(str(found.get("title", "")), file),
        text=text,
        message_id=one_line(fields.get("message-id", [""])[0], 990).strip(),
        answers=tuple(" ".join(fields.get("references", [])).split()[:100]),
        hops=hops(fields.get("received", [])),
        attachments=tuple(_attachment(one) for one in found.get("attachments", [])[:1000]),
        signatures=(NO_BYTES,) if signed else (),
        remarks=(*remarks, *([odd] if odd else [])),
    )


def _fields(found: dict[str, Any]) -> dict[str, list[str]]:
    """The values of each header field, by its name in lower case, in their order."""
    fields: dict[str, list[str]] = {}
    for name, value in found.get("headers", []):
        fields.setdefault(str(name).lower(), []).append(str(value))
    return fields


def _outlook_people(found: dict[str, Any], fields: dict[str, list[str]]) -> tuple[Person, ...]:
    """Sender and recipients as the header says; where it is silent, as Outlook's properties say."""
    named = [f'"{name}" <{address}>' for name, address in found.get("recipients", [])]
    return (
        *addresses(fields.get("from", [str(found.get("author", ""))]), "from"),
        *addresses(fields.get("to", named), "to"),
        *addresses(fields.get("cc", []), "cc"),
    )


def read_text(path: Path, file: str) -> Document:
    """Read a file of plain text.

    Raises:
        UnreadableError: It is too large.
    """
    raw = _whole(path, file)
    text, cut = clipped(decoded(raw))
    remarks = ("the text was cut",) if cut else ()
    return Document(file=file, start=0, raw=raw, format="text", subject=_title("", file), text=text,
                    remarks=remarks)  # fmt: skip


def _whole(path: Path, file: str) -> bytes:
    size = path.stat().st_size
    if size > LARGEST:
        raise UnreadableError(f"{file}: {size} bytes, expected at most {LARGEST} of one document")
    return path.read_bytes()


def _text(found: dict[str, Any]) -> tuple[str, list[str]]:
    remarks = [one_line(str(remark), 300) for remark in found.get("remarks", [])]
    if "failed" in found:
        remarks.append(f"its words were not read: {one_line(str(found['failed']), 200)}")
    return clipped(str(found.get("text", "")))[0], remarks


def _title(title: str, file: str) -> str:
    return one_line(title, 500) or one_line(PurePosixPath(file).name, 255)


def _attachment(found: dict[str, Any]) -> Attachment:
    return Attachment(
        name=one_line(str(found["name"]), 255),
        media_type=one_line(str(found["media_type"]), 200),
        size=int(found["size"]),
        sha256=str(found["sha256"]),
    )
