"""What was given for a deed: how it is read, judged, and put on record."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from filiation.casefile.calendar import local_day
from filiation.casefile.record import Record, now
from filiation.casefile.time_facts import Terms
from filiation.errors import UnreadableError, UsageError
from filiation.files import name_text, opened
from filiation.report.wording import refusals

__all__ = ["UTC_TERMS", "day", "judged", "on_record", "own_signer", "read_file", "read_words"]

LONGEST: Final = 1 << 24  # bytes of a statement
SHORT: Final = 120
UTC_TERMS: Final = Terms()


def on_record(given: Mapping[str, object]) -> dict[str, str]:
    """Arguments as an event keeps them: no folders of this computer, no long texts, no defaults."""
    kept = {}
    for name, value in given.items():
        if value is None or value is False or value == () or value == []:
            continue
        parts = value if isinstance(value, list | tuple) else [value]
        text = ", ".join(_short(part) for part in parts)
        kept[name] = text
    return kept


def _short(value: object) -> str:
    if isinstance(value, Path):
        return name_text(value.resolve().name if value.name in ("", ".", "..") else value.name)
    text = str(value).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return text if len(text) <= SHORT else f"{text[:SHORT]} (+{len(text) - SHORT} characters)"


def own_signer(record: Record, party: str, present: Sequence[str] = ()) -> str | None:
    """Who signs what a party puts in: itself if it has a key, else the lead (None).

    Where somebody stood by, it is the lead who records what was handed over.

    Raises:
        UsageError: No such party.
    """
    return party if record.state().party(party).key and not present else None


def day(text: str | None, what: str, terms: Terms = UTC_TERMS) -> date:
    """A date, by default today where the authority is (UTC if the terms name no zone).

    Raises:
        UsageError: Not a date.
    """
    if text is None:
        return local_day(now(), terms)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{what} {text!r}: expected a day such as 2026-11-29") from error


def judged(words: str, what: str) -> None:
    """Refuse an examiner's or the lead's own words that claim more than an examination can show.

    Raises:
        UsageError: The phrase, why it is refused, and what to write instead.
    """
    for refusal in refusals(words):
        raise UsageError(
            f"{what}: says {refusal.phrase!r}: {refusal.why}; write {refusal.instead}. Words of "
            "others may stand in quotation marks"
        )


def read_file(path: Path, most: int) -> bytes:
    """A file of at most so many bytes.

    Raises:
        UsageError: It cannot be read, is larger, a link, or no file.
    """
    try:
        with opened(path) as file:
            raw = file.read(most + 1)
    except UnreadableError as error:
        raise UsageError(str(error)) from error
    if len(raw) > most:
        raise UsageError(f"{path}: more than {most} bytes; refused")
    return raw


def read_words(text: str | None, file: Path | None, what: str) -> bytes:
    """The words of a statement, as given or from a file, exactly one of them.

    Raises:
        UsageError: None or both, an unreadable, empty or too large file.
    """
    if (text is None) == (file is None):
        raise UsageError(f"{what}: give either its text or --file")
    typed = str(text).encode("utf-8", "replace") + b"\n"
    raw = typed if file is None else read_file(file, LONGEST)
    if not raw.strip():
        raise UsageError(f"{what}: empty; there is nothing to put on record")
    return raw
