"""What does a PDF say? Its pages, and every other object that can hold words.

A page that cannot be read costs no other. Runs in a process of its own (`confined`).
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any, Final

from filiation.model.document import MOST_TEXT
from filiation.readers.writings.alphabets import text_of
from filiation.readers.writings.hung import hung
from filiation.readers.writings.marks import harmless, section, settled
from filiation.readers.writings.pdf_content import parted
from filiation.readers.writings.pdf_objects import read_objects
from filiation.readers.writings.word_file import read_word

__all__ = ["read_pdf"]

MOST_PAGES: Final = 5000
DEEPEST: Final = 3  # files in files
ODD: Final = (KeyError, ValueError, TypeError, IndexError, AttributeError, RecursionError,
              NotImplementedError, ZeroDivisionError, OverflowError, AssertionError,
              UnicodeError, ArithmeticError, LookupError, EOFError)  # fmt: skip
BARE: Final = "without text (if they are pictures, their words are not read)"
ENDS: Final = re.compile(rb"startxref\s+\d+\s+%%EOF")


def read_pdf(opened: IO[bytes], depth: int = 0) -> dict[str, Any]:
    """The words of a PDF: `text`, `author`, `given`, `title`, `attachments`, `remarks`."""
    import pypdf
    from pypdf.errors import PyPdfError

    odd = (*ODD, PyPdfError)
    try:
        reader = pypdf.PdfReader(opened, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return {"failed": "it is encrypted, and no password was given"}
        count = len(reader.pages)
    except pypdf.errors.DependencyError:
        return {"failed": "it is encrypted in a way that is not read here"}
    remarks: dict[str, None] = {}
    pages = list(_pages(reader, count, odd, remarks))
    found = read_objects(reader, odd)
    texts = ["\f".join(pages), *found.sections]
    known = "".join("".join(texts).split())
    texts += _drawn(reader, found.drawn, known, odd)
    inner = [_inner(name, raw, depth, remarks) for name, raw in found.attachments]
    texts += inner
    remarks |= found.remarks
    _earlier(opened, remarks)
    said: dict[str, Any] = _info(reader, odd)
    text = "\n".join(text.strip("\n") for text in texts if text.strip(" \n"))
    return {
        "text": text if depth else settled(text),
        "author": str(said.get("/Author") or ""),
        "given": _pdf_date(str(said.get("/CreationDate") or "")),
        "title": str(said.get("/Title") or ""),
        "attachments": [
            hung(*one, text) for one, text in zip(found.attachments, inner, strict=True)
        ],
        "remarks": list(remarks),
    }


def _info(reader: Any, odd: tuple[type[Exception], ...]) -> dict[str, Any]:
    try:
        return dict(reader.metadata or {})
    except odd:
        return {}


def _pages(
    reader: Any, count: int, odd: tuple[type[Exception], ...], remarks: dict[str, None]
) -> Iterator[str]:
    """The words of each page, hidden ones under a heading; which pages have none."""
    off, length = _off(reader, odd), 0
    bare: list[int] = []
    number = 0
    for number in range(1, min(count, MOST_PAGES) + 1):
        try:
            text = _page(reader, reader.pages[number - 1], number, off)
        except odd as error:
            remarks[f"page {number} was not read; how it is built is not understood "
                    f"({type(error).__name__})"] = None  # fmt: skip
            continue
        if not text.strip():
            bare.append(number)
        yield text
        length += len(text)
        if length > MOST_TEXT:
            break
    remarks[f"{count} pages"] = None
    if number < count:
        remarks[f"only the first {number} pages were read"] = None
    if bare:
        which = ", ".join(str(one) for one in bare[:50]) + (", .." if len(bare) > 50 else "")
        remarks[f"{BARE}: page {which}"] = None


def _page(reader: Any, page: Any, number: int, off: set[int]) -> str:
    from pypdf.generic import ContentStream, NameObject

    held = page.get("/Contents")
    if held is None:
        return ""
    content = ContentStream(held.get_object(), reader, "bytes")
    resources = page.get("/Resources")
    box = page.cropbox
    edges = (float(box.left), float(box.bottom), float(box.right), float(box.top))
    held = resources.get_object() if resources else None
    found = parted(iter(content.operations), held, off, edges)
    texts = []
    for operations in (found.seen, found.unseen) if found.why else (found.seen,):
        content = ContentStream(None, reader, "bytes")
        content.operations = operations
        page[NameObject("/Contents")] = content
        texts.append(harmless(page.extract_text() or ""))
    text = texts[0]
    if found.why:
        text += "\n" + section(f"hidden on page {number} ({', '.join(found.why)})", texts[1])
    known = "".join("".join(texts).split())
    said = [one for one in found.said if len(one) > 2 and "".join(one.split()) not in known]
    return text + section(f"text said for page {number}", harmless("\n".join(said)))


def _off(reader: Any, odd: tuple[type[Exception], ...]) -> set[int]:
    """Numbers of the layers that are off when the file is opened."""
    try:
        layers = reader.root_object["/OCProperties"]
        default = layers["/D"]
        if default.get("/BaseState") == "/OFF":
            on = {one.idnum for one in default.get("/ON", [])}
            return {one.idnum for one in layers["/OCGs"]} - on
        return {one.idnum for one in default.get("/OFF", [])}
    except odd:
        return set()


def _drawn(
    reader: Any, streams: list[Any], known: str, odd: tuple[type[Exception], ...]
) -> Iterator[str]:
    """Words that notes and fields are drawn with, where they do not say them otherwise."""
    for stream in streams:
        try:
            page = reader.pages[0]
            text = harmless(page.extract_xform_text(stream))
        except odd:
            text = ""
        if text.strip() and "".join(text.split()) not in known:
            yield section("note, as it is drawn", text)


def _inner(name: str, raw: bytes, depth: int, remarks: dict[str, None]) -> str:
    """The words of a file in the file."""
    heading = f"attached file {harmless(name)}"
    if depth >= DEEPEST:
        remarks["files more than three deep in files; their words are not read"] = None
        return ""
    if raw.startswith(b"%PDF-"):
        found = read_pdf(BytesIO(raw), depth + 1)
    elif raw.startswith(b"PK\x03\x04"):
        found = read_word(BytesIO(raw), depth + 1)
    elif b"\0" not in raw[:4000]:
        found = {"text": harmless(text_of(raw, "")[0])}
    else:
        found = {"failed": "this kind of file is not read"}
    if "failed" in found:
        remarks[f"the words of {name} are not read: {found['failed']}"] = None
    for remark in found.get("remarks", []):
        remarks[f"in {name}: {remark}"] = None
    return section(heading, str(found.get("text", "")))


def _earlier(opened: IO[bytes], remarks: dict[str, None]) -> None:
    """Was it saved several times into the same file? What was replaced is not read."""
    opened.seek(0)
    raw = opened.read()
    count = len(ENDS.findall(raw)) - (b"/Linearized" in raw[:2000])
    if count > 1:
        remarks[f"saved {count} times into one file; what later ones replaced is not read"] = None


def _pdf_date(text: str) -> str:
    """`D:20260301120000+01'00'` as RFC 3339."""
    found = re.match(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:(Z)|([+-]\d\d)'?(\d\d)?)?", text)
    if found is None:
        return ""
    year, month, day, hour, minute, second = found.groups()[:6]
    zone = "+00:00" if found[7] else f"{found[8]}:{found[9] or '00'}" if found[8] else ""
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"
