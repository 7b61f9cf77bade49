"""Judging the words of a report that a person wrote or edited."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from filiation.errors import UsageError
from filiation.proceedings.given import read_file
from filiation.report.wording.edited import FoundPhrase, judge_edited

__all__ = ["judge_files"]

LONGEST: Final = 1 << 26  # bytes of a text


def judge_files(files: Sequence[Path]) -> list[tuple[str, FoundPhrase]]:
    """Every phrase that no report may use, with the name of its file.

    Raises:
        UsageError: A file cannot be read, or is no text.
    """
    return [(path.name, found) for path in files for found in judge_edited(_text(path))]


def _text(path: Path) -> bytes:
    raw = read_file(path, LONGEST)
    if b"\0" in raw:
        raise UsageError(f"{path}: no plain text or HTML; save it as one of these first")
    return raw
