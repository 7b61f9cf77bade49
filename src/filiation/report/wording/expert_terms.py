"""How an expert report calls its parts, its parties, its times and its events."""

from collections.abc import Sequence
from typing import Final

from filiation.casefile.ledger.event import Event
from filiation.report.wording.figures import READ, clean, excerpt, quoted

__all__ = [
    "ANNEXES",
    "NAME",
    "SECTIONS",
    "carried_out",
    "event_words",
    "more_sentence",
    "paragraphs_of",
    "place",
    "said",
    "said_last",
    "shortened",
    "time_words",
    "who",
]

SECTIONS: Final = {
    "summary": "Summary of conclusions",
    "expert": "The expert",
    "given": "Instructions, and what the parties say",
    "propositions": "The propositions",
    "exhibits": "Exhibits and custody",
    "method": "How it was examined",
    "findings": "Facts: what was observed",
    "lineup": "Line-ups",
    "weight": "Opinion: the weight of the findings",
    "range": "Range of opinion",
    "change": "Limits, and what would change the conclusion",
    "reliability": "Error rates and reliability",
    "proceedings": "Review, decision and time",
    "tools": "Tools used",
    "check": "How to check this in five minutes",
    "statements": "Statements and declarations, for the expert to sign",
}
ANNEXES: Final = {
    "requirements": "What the rules require, and where it stands",
    "custody": "Exhibits: digests and custody",
    "said": "Statements of the parties",
    "details": "The findings in detail",
    "layers": "Layer by layer",
    "scale": "Likelihood ratios, and their words",
    "reading": "How to read the numbers",
    "rates": "Error rates in detail",
    "record": "The record of the case",
    "literature": "Literature and other material relied on",
}
NUMBERS: Final = {name: f"section {n}" for n, name in enumerate(SECTIONS, 1)}
LETTERS: Final = {name: f"annex {chr(65 + n)}" for n, name in enumerate(ANNEXES)}
NAME: Final = 40  # characters of a party's name


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
    return quoted(party, NAME)


def time_words(text: str) -> str:
    """An event's time to the minute."""
    return f"{text[:10]} {text[11:16]} UTC"


def said(text: str, length: int) -> str:
    """Foreign words on one line, in quotation marks."""
    return excerpt(text[:READ], length) if clean(text) else "(no words)"


def said_last(text: str, length: int) -> str:
    """The same at the end of a sentence, with one full stop and not two."""
    words = said(text, length)
    return words if words[-2:-1] in (".", "!", "?") else f"{words}."


def paragraphs_of(text: str) -> Sequence[str]:
    """Foreign words by paragraphs, each on one line; empty ones vanish."""
    return tuple(p for p in (clean(part) for part in text.split("\n\n")) if p)


def carried_out(entry: Event) -> str:
    """Who put an event on record, as which, when."""
    return f"{who(entry.actor)}, {event_words(entry)}, {time_words(entry.time)}"


def more_sentence(left: int, where: str) -> str:
    """That so many more stand elsewhere."""
    return f"{left:,} more stand in {where}."
