"""What is looked for in the documents of a case, and what is found."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, final, get_args

from filiation.errors import UsageError
from filiation.model.document import Standing

__all__ = ["Alike", "FoundAttachment", "FoundDocument", "Laid", "Wanted", "where"]


VERDICTS: Final = (*get_args(Standing), "unsigned")
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; empty parts do not narrow it.

    Attributes:
        words: In the syntax of FTS5.
        person: An address or a part of a name.
        since: First moment (a date such as 2026-11-29, or with a time such as T09:30, UTC).
        until: Last moment.
        production: Name of a production.
        verdict: Standing of a signature, or `unsigned`.
    """

    words: str = ""
    person: str = ""
    since: str = ""
    until: str = ""
    production: str = ""
    verdict: str = ""

    def text(self) -> str:
        """As kept on record: canonical JSON of what narrows it."""
        said = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}
        return json.dumps(said, sort_keys=True, ensure_ascii=False)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDocument:
    """A document that an index knows; `cited` is the number that it was given, if it was.

    Of one that is not `whole` nothing is known but the words that a redaction left of it.
    """

    document: str
    format: str
    moment: str
    sender: str
    subject: str
    verdict: str
    excerpt: str = ""
    cited: str = ""
    whole: bool = True


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAttachment:
    """An attachment that an index knows; its document, as PRODUCTION:NUMBER/ATTACHMENT."""

    document: str
    name: str
    media_type: str
    size: int
    excerpt: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Two documents that say nearly the same.

    Attributes:
        document: The one in question.
        other: The other.
        here: Share of the words of the first that stand in the other, in runs of three.
        there: The same of the other.
        same: Every word is the same, in the same order.
    """

    document: str
    other: str
    here: float
    there: float
    same: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A document in parts.

    Attributes:
        head: Who, to whom, when, about what: name and value of each line above its words.
        body: Its words.
        gaps: What is shown and no signature vouches for, where one vouches for the rest.
    """

    head: tuple[tuple[str, str], ...]
    body: str
    gaps: tuple[str, ...]


def where(wanted: Wanted) -> tuple[str, list[object]]:
    """Joins and conditions (SQL) on a document `d`, and the values that they take.

    Raises:
        UsageError: A day that is none, or a verdict that no signature gets: nothing would be found,
            or all, and neither would be so.
    """
    _moment("since", wanted.since)
    _moment("until", wanted.until)
    if wanted.verdict and wanted.verdict not in VERDICTS:
        raise UsageError(f"verdict {wanted.verdict!r}: expected one of {', '.join(VERDICTS)}")
    joins = ""
    parts: list[str] = []
    values: list[object] = []
    if wanted.words:
        joins = "JOIN words ON words.rowid = d.id"
        parts.append("words MATCH ?")
        values.append(wanted.words)
    if wanted.person:
        parts.append(
            "EXISTS (SELECT 1 FROM person p WHERE p.document = d.id AND "
            "(p.address = ? OR instr(lower(p.name), ?)))"
        )
        values += [wanted.person.lower(), wanted.person.lower()]
    for text, part in (
        (wanted.since, "d.moment >= ?"),
        (wanted.until and wanted.until + "~", "d.moment <> '' AND d.moment < ?"),
        (wanted.production, "d.production = ?"),
        (wanted.verdict and f",{wanted.verdict},", "instr(',' || d.verdict || ',', ?)"),
    ):
        if text:
            parts.append(part)
            values.append(text)
    return f"{joins} WHERE {' AND '.join(parts)}" if parts else joins, values


def _moment(what: str, text: str) -> None:
    """Refuse what cannot be compared with the moments of documents."""
    try:
        if text and DAY.fullmatch(text) is None:
            raise ValueError
        datetime.fromisoformat(text or "2026-11-29")
    except ValueError as error:
        raise UsageError(f"{what} {text!r}: expected a day such as 2026-11-29") from error
