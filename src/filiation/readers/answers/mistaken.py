"""Files that are given in place of a table by mistake: what they are, and what to do with them."""

import zipfile
from pathlib import Path
from typing import Final

__all__ = ["mistaken"]

SAVE: Final = "save its sheet as CSV (UTF-8) and give that"
WRITE: Final = "write it as CSV or JSON lines and give that"
_FIRST: Final = (
    (b"PAR1", "a Parquet file", WRITE),
    (b"ARROW1", "an Arrow file", WRITE),
    (b"FEA1", "a Feather file", WRITE),
    (b"SQLite format 3\0", "a SQLite database", WRITE),
    (b"\x28\xb5\x2f\xfd", "a file packed with zstd", "unpack it, or pack it with gzip or xz"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a workbook of an old Excel", SAVE),
    (b"%PDF-", "a PDF", "give the table itself"),
    (b"\x80\x04\x95", "a pickle, which is never opened", WRITE),
    (b"\x80\x05\x95", "a pickle, which is never opened", WRITE),
    (
        b"version https://git-lfs.github.com/spec/",
        "a pointer of Git LFS",
        "fetch the file itself (`git lfs pull`)",
    ),
)
_PAGE: Final = (b"<!doctype html", b"<html")


def mistaken(path: Path, first: bytes) -> str:
    """What the file is, and what to give in its place; empty if it is nothing of the kind.

    Args:
        path: The file.
        first: Its head, unpacked.
    """
    for magic, what, do in _FIRST:
        if first.startswith(magic):
            return f"found {what}; {do}"
    if first.lstrip()[:20].lower().startswith(_PAGE):
        return "found a web page; download the file itself"
    if first.startswith(b"PK"):
        return _zipped(path)
    return ""


def _zipped(path: Path) -> str:
    if not zipfile.is_zipfile(path):
        return ""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, OverflowError):
        return ""
    if any(name.startswith("xl/") for name in names):
        return f"found an Excel workbook; {SAVE}"
    if "content.xml" in names:
        return f"found a spreadsheet of LibreOffice; {SAVE}"
    if any(name.startswith("word/") for name in names):
        return "found a Word document; give the table itself"
    inside = [name for name in names if name.lower().endswith((".csv", ".jsonl", ".json"))]
    return f"found a zip with {inside[0]!r:.60} in it; unpack it" if inside else ""
