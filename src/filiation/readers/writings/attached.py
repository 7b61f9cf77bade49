"""The words of a PDF or Office file that hangs on a mail."""

from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from filiation.readers.writings.confined import extracted
from filiation.readers.writings.word_file import OFFICE

__all__ = ["words_of_file"]


def words_of_file(name: str, raw: bytes) -> dict[str, Any] | None:
    """`text` and `remarks`, or `failed`; None if it is no file of a kind that is read.

    Raises:
        UsageError: The package that reads it is not installed.
    """
    if raw.startswith(b"%PDF-"):
        return _read("pdf", raw)
    if raw.startswith(b"PK\x03\x04") and PurePosixPath(name).suffix.lower() in OFFICE:
        return _read("docx", raw)
    return None


@lru_cache(maxsize=2)  # a signed mail is read twice
def _read(kind: str, raw: bytes) -> dict[str, Any]:
    return extracted(kind, raw)
