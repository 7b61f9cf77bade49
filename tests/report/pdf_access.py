"""What PDF/UA-1 asks of a file and can be read off it without a validator, by pypdf.

Read: ISO 14289-1:2014, clauses 7.1 (tagged, title shown, language), 7.3 (figures have a text), 7.4
(headings in order), 7.5 (tables have headers) and 7.21 (fonts embedded and mapped to Unicode).
"""

import io
from collections.abc import Iterator
from typing import Any

import pypdf

HEADINGS = ("/H1", "/H2", "/H3")


def complaints(raw: bytes) -> list[str]:
    """What the file lacks, each in a line; empty if nothing was found."""
    reader = pypdf.PdfReader(io.BytesIO(raw))
    root: Any = reader.trailer["/Root"]
    tags = list(tagged(root["/StructTreeRoot"]["/K"]))
    return [*_catalogue(root, raw), *_tree(tags), *_fonts(reader), *_pages(reader)]


def tagged(entry: Any) -> Iterator[tuple[str, Any]]:
    """Every element of the tree of tags, in order of reading."""
    found = entry.get_object() if hasattr(entry, "get_object") else entry
    if isinstance(found, list):
        for one in found:
            yield from tagged(one)
    elif isinstance(found, dict) and "/S" in found:
        yield str(found["/S"]), found
        yield from tagged(found.get("/K", []))


def _catalogue(root: Any, raw: bytes) -> Iterator[str]:
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "not marked as tagged"
    if not root.get("/Lang"):
        yield "no language"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "the window does not show the title"
    if b"pdfuaid:part>1<" not in raw:
        yield "does not call itself PDF/UA-1"


def _tree(tags: list[tuple[str, Any]]) -> Iterator[str]:
    level = 0
    for name, found in tags:
        if name == "/Figure" and not str(found.get("/Alt", "")).strip():
            yield "a figure without words"
        if name in HEADINGS:
            if int(name[2]) > level + 1:
                yield f"a heading of level {name[2]} after one of level {level}"
            level = int(name[2])
    names = [name for name, _ in tags]
    if names.count("/THead") and not names.count("/TH"):
        yield "tables without headers"


def _fonts(reader: pypdf.PdfReader) -> Iterator[str]:
    for number, page in enumerate(reader.pages, 1):
        fonts: Any = page["/Resources"].get("/Font", {})  # type: ignore[index]
        for font in (one.get_object() for one in fonts.values()):
            held = font.get("/DescendantFonts", [font])[0].get_object()
            files = held.get("/FontDescriptor", {}).get_object() if held else {}
            if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(files):
                yield f"page {number}: a font is not embedded"
            if "/ToUnicode" not in font:
                yield f"page {number}: a font is not mapped to letters"


def _pages(reader: pypdf.PdfReader) -> Iterator[str]:
    for number, page in enumerate(reader.pages, 1):
        if page.get("/StructParents") is None:
            yield f"page {number}: its content is not in the tree of tags"
