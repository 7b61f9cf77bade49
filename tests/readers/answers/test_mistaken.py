"""What is given for a table by mistake is called by its name, with what to do."""

import zipfile
from pathlib import Path

import pytest

from filiation.errors import UnreadableError
from filiation.readers.answers import open_recordings

FIRST = [
    (b"PAR1\0\0", "a Parquet file"),
    (b"ARROW1\0\0", "an Arrow file"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"\x28\xb5\x2f\xfd\0", "packed with zstd"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "a workbook of an old Excel"),
    (b"%PDF-1.7\n", "a PDF"),
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\n", "a pointer of Git LFS"),
    (b"<!DOCTYPE html><html>log in</html>", "a web page"),
]


@pytest.mark.parametrize(("raw", "expected"), FIRST)
def test_a_file_of_another_kind_is_named(tmp_path: Path, raw: bytes, expected: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(raw + b"\0" * 50)
    with pytest.raises(UnreadableError, match=f"found .*{expected}.*; "):
        open_recordings(path)


INSIDE = [
    ("xl/workbook.xml", "an Excel workbook; save its sheet as CSV"),
    ("content.xml", "a spreadsheet of LibreOffice; save its sheet as CSV"),
    ("word/document.xml", "a Word document"),
    ("answers.csv", "a zip with 'answers.csv' in it; unpack it"),
]


@pytest.mark.parametrize(("member", "expected"), INSIDE)
def test_a_zip_of_another_kind_is_named(tmp_path: Path, member: str, expected: str) -> None:
    path = tmp_path / "table.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "x")
    with pytest.raises(UnreadableError, match=f"found {expected}"):
        open_recordings(path)
