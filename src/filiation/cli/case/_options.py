"""Arguments that many verbs share, and how they are put on record."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from filiation.errors import UsageError

__all__ = [
    *("Alternative", "As", "By", "CasePath", "Confidential", "Quiet", "WordsFile"),
    *("day", "judged", "on_record", "read_words"),
]

CasePath: TypeAlias = Annotated[Path, typer.Argument(metavar="CASE", help="The case directory.")]
As: TypeAlias = Annotated[
    str | None, typer.Option("--as", metavar="PARTY", help="Who acts and signs (default: lead).")
]
Quiet: TypeAlias = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say nothing if all is well.")
]
By: TypeAlias = Annotated[str, typer.Option("--by", metavar="PARTY", help="Whose words these are.")]
WordsFile: TypeAlias = Annotated[
    Path | None, typer.Option(help="A file that says it, of any kind.")
]
Alternative: TypeAlias = Annotated[
    Literal["shared-data", "shared-teacher", "shared-recipe", "licence", "convergence"] | None,
    typer.Option(help="Which alternative explanation it puts forward."),
]
Confidential: TypeAlias = Annotated[
    bool, typer.Option("--confidential", help="Not for the other parties' exports.")
]
LONGEST = 1 << 24  # bytes of a statement
SHORT = 120


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
        return value.resolve().name if value.name in ("", ".", "..") else value.name
    text = str(value)
    return text if len(text) <= SHORT else f"{text[:SHORT]} (+{len(text) - SHORT} characters)"


def day(text: str | None, what: str) -> date:
    """A date, by default today (UTC).

    Raises:
        UsageError: Not a date.
    """
    from filiation.casefile.record import now

    if text is None:
        return now().date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{what} {text!r}: expected a date such as 2026-03-02") from error


def judged(words: str, what: str) -> None:
    """Refuse an examiner's or the lead's own words that claim more than an examination can show.

    Raises:
        UsageError: The phrase, why it is refused, and what to write instead.
    """
    from filiation.report.wording import refusals

    for refusal in refusals(words):
        raise UsageError(
            f"{what}: says {refusal.phrase!r}: {refusal.why}; write {refusal.instead}. Words of "
            "others may stand in quotation marks"
        )


def read_words(text: str | None, file: Path | None, what: str) -> bytes:
    """The words of a statement, from the command line or a file, exactly one of them.

    Raises:
        UsageError: None or both, an unreadable, empty or too large file.
    """
    if (text is None) == (file is None):
        raise UsageError(f"{what}: give either its text or --file")
    if file is None:
        raw = str(text).encode("utf-8", "replace") + b"\n"
    else:
        try:
            if file.stat().st_size > LONGEST:
                raise UsageError(f"{file}: more than {LONGEST} bytes; refused")
            raw = file.read_bytes()
        except OSError as error:
            raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    if not raw.strip():
        raise UsageError(f"{what}: empty; there is nothing to put on record")
    return raw
