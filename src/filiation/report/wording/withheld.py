"""What an export of a case does not hold, said where it would otherwise look absent."""

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from filiation.casefile.deeds import Withheld
from filiation.casefile.facts import Produced, Redacted
from filiation.casefile.laws.privilege import Claim
from filiation.casefile.state import Entry
from filiation.report.wording.document_deeds import claim_words
from filiation.report.wording.figures import counted

__all__ = [
    *(
        "LEFT_OF_IT",
        "NONE_GIVEN",
        "hidden_line",
        "left_of_it",
        "mails_read_again",
        "not_compared_lines",
        "not_here_lines",
    ),
    *("not_read_again", "not_searched_lines", "numbered", "part_searched_lines"),
    *("replayed_lines", "why_hidden"),
]


NONE_GIVEN: Final = "Of its words none are given."
LEFT_OF_IT: Final = "What is left of its words, as redacted and signed"


class Gone(Protocol):
    """A document that is withheld; `log` names the file that tells more of it, if one does."""

    @property
    def document(self) -> str: ...
    @property
    def cited(self) -> str: ...
    @property
    def produced(self) -> Produced: ...
    @property
    def log(self) -> str: ...


MOST: Final = 20  # documents that are named
NO_REASON: Final = "no claim of privilege and no redaction that this export holds says why"


def why_hidden(claims: Sequence[Claim], redacted: Entry[Redacted] | None) -> str:
    """Why a document is withheld, as far as the log says."""
    said = [claim_words(claim) for claim in claims if claim.withholds]
    if redacted is not None:
        count = redacted.fact.passages
        said.append(
            f"{count} {'passage' if count == 1 else 'passages'} redacted (event "
            f"{redacted.event.sequence}): {redacted.fact.ground}"
        )
    return "; ".join(said) or NO_REASON


def hidden_line(document: str, cited: str, why: str) -> str:
    """A document in a list that is withheld; it keeps its number."""
    number = f"{cited}  " if cited else ""
    return f"{document:12}  {number}withheld: {why}"


def numbered(found: Gone) -> str:
    """A document that is withheld, with the number that it was given."""
    return f"{found.document} ({found.cited})" if found.cited else found.document


def not_here_lines(found: Gone, why: str) -> Iterator[str]:
    """A document that is withheld, when it is asked for."""
    yield f"{found.document}, withheld: {why}"
    if found.cited:
        yield f"number      {found.cited}"
    yield f"put in by   {found.produced.offered_by}: {found.produced.how}"
    yield "It is on record: its leaf lies here under the root that the signed event names."
    yield "Digest, bytes and all that hangs on it are withheld with it."
    if found.log:
        yield f"{found.log} tells who wrote it, when, and of what kind it is."
        yield "The lead says so, and nothing here shows that it is so."
    else:
        yield "So are people and date."


def left_of_it(words: str | None) -> str:
    """The words that a redaction left, if any are given."""
    return NONE_GIVEN if words is None else f"{LEFT_OF_IT}:\n\n{words}"


def not_searched_lines(documents: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Documents that a search could not reach, and why each is withheld."""
    return _out_of_reach(documents, "searched", "whether they hold what was asked for")


def not_compared_lines(documents: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Documents that were compared with none, and why each is withheld."""
    return _out_of_reach(documents, "compared", "whether others say nearly the same")


def _out_of_reach(documents: Sequence[tuple[str, str]], done: str, open_: str) -> Iterator[str]:
    if documents:
        yield f"withheld and not {done}: {_n(len(documents))}; {open_} is not known:"
        yield from _named(documents)


def part_searched_lines(documents: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Documents of which only the words that a redaction left were searched."""
    if documents:
        yield (
            f"searched in the words that a redaction left, not by people, days or verdicts: "
            f"{_n(len(documents))}:"
        )
        yield from _named(documents)


def _named(documents: Sequence[tuple[str, str]]) -> Iterator[str]:
    for document, why in documents[:MOST]:
        yield f"  {document}: {why}"
    if len(documents) > MOST:
        yield f"  .. {len(documents) - MOST:,} more; `documents list` names them"


def mails_read_again(documents: str, count: int) -> str:
    """How many mails of a production in part were read again from their own bytes."""
    return f"{documents}, {count} {'mail' if count == 1 else 'mails'}"


def not_read_again(documents: str, withheld: int, without_file: int) -> str:
    """What could not be read again of it."""
    said = f"{documents}, {withheld} withheld"
    return said + (f", {without_file} whose file is withheld with them" if without_file else "")


def replayed_lines(found: Withheld, *, derived: int, open_: int) -> Iterator[str]:
    """How much of an export was derived again, and what it does not hold."""
    yield f"derived again from what this export holds: {derived}; not derived: {open_}"
    if found.events:
        count = len(found.events)
        yield (
            f"withheld: {count} {'event' if count == 1 else 'events'} "
            f"({', '.join(map(str, found.events[:MOST]))}{', ..' if count > MOST else ''}); "
            "whatever they hold was not derived again"
        )
    if found.documents:
        said = ", ".join(f"{_n(count)} of {name}" for name, count in found.documents)
        yield f"withheld: {said}"
    if found.exhibits:
        yield (
            f"withheld: the files of {', '.join(found.exhibits)}; what was read from them is "
            "here and was compared again, that it was read from them was not"
        )


def _n(documents: int) -> str:
    return counted(documents, "document")
