"""Everything an expert report is written from. Nothing else may enter it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeAlias, final

from filiation.casefile import facts
from filiation.casefile.clock import Reading
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry, State
from filiation.model.examination import Conclusion, Examination
from filiation.model.validation import Validation
from filiation.report.expert.profile import ANNEXES, SECTIONS, Profile
from filiation.report.wording.figures import READ, clean, excerpt, quoted

__all__ = [
    "Compared",
    "Material",
    "counted",
    "event_words",
    "place",
    "said",
    "shortened",
    "time_words",
    "who",
]

Compared: TypeAlias = Sequence[tuple[str, float | None]]  # code name, log10 p
NUMBERS: Final = {name: f"section {n}" for n, name in enumerate(SECTIONS, 1)}
LETTERS: Final = {name: f"annex {chr(65 + n)}" for n, name in enumerate(ANNEXES)}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the record holds up to a head, an examination, and the rules to answer to.

    Attributes:
        found: What the examination found, question by question.
        case: The conclusion that a section is about.
        examination: Its event.
        state: The record as far as `root`.
        root: Root (hex) of its events.
        texts: Words of the statements that are not confidential, by event.
        lineups: What each blind line-up compared, by its name.
        clock: The clock on the day of the report; None if it could not be read.
        on: That day.
        profile: Rules of the forum.
        given: What the human gave for the blanks.
        validation: Error rates; None if no validation report was given.
        validation_digest: SHA-256 (hex) of that report.
        typesetter: Name and version of what sets the PDF; empty if none is made.
    """

    found: Examination
    case: Conclusion
    examination: Entry[facts.Examined]
    state: State
    root: str
    texts: Mapping[int, bytes]
    lineups: Mapping[str, Compared]
    clock: Reading | None
    on: date
    profile: Profile
    given: Mapping[str, str] = field(default_factory=dict)
    validation: Validation | None = None
    validation_digest: str = ""
    typesetter: str = ""


def counted(number: int, one: str) -> str:
    """How many of a thing, in words: `1 file`, `2 files`."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def place(name: str) -> str:
    """How a section or annex is called in the text: `section 9`, `annex D`."""
    return NUMBERS.get(name) or LETTERS[name]


def event_words(entry: Event) -> str:
    """An event of the record as a source."""
    return f"event {entry.sequence}"


def shortened(text: str, length: int) -> str:
    """Words for a quotation, with an ellipsis where they were cut."""
    words = clean(text[:READ])
    return words if len(words) <= length else f"{words[:length].rstrip()}\u2026"


def who(party: str) -> str:
    """A party, by the name it chose, in quotation marks."""
    return quoted(party, 40)


def time_words(text: str) -> str:
    """An event's time to the minute."""
    return f"{text[:10]} {text[11:16]} UTC"


def said(text: str, length: int) -> str:
    """Foreign words on one line, in quotation marks."""
    return excerpt(text[:READ], length) if clean(text) else "(no words)"
