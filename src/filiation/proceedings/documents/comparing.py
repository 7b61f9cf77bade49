"""Which documents say nearly the same, and where do two documents differ?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from filiation.casefile.documents.alike import runs_of, shared, words_of
from filiation.casefile.documents.differing import Span, differing
from filiation.casefile.documents.wanted import Alike
from filiation.casefile.exchange.held import Held, entry_of, held
from filiation.casefile.laws.documents import production
from filiation.casefile.laws.numbers import canonical
from filiation.casefile.state import State
from filiation.errors import UsageError
from filiation.proceedings.productions import indexed

__all__ = ["Compared", "Groups", "PlaceShown", "alike", "compare", "groups"]

AROUND: Final = 5  # words that are shown on either side of a place
LONGEST: Final = 60  # words of a place that are shown


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Documents that say nearly the same.

    Attributes:
        groups: Of each group its first document, and how the others are tied to an earlier one.
        more: How many more groups there are.
        short: Documents of too few words to be compared.
    """

    groups: tuple[tuple[str, tuple[Alike, ...]], ...]
    more: int
    short: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceShown:
    """A place at which two documents differ: words before, words that differ, words behind."""

    here: tuple[str, str, str]
    there: tuple[str, str, str]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two documents, word by word.

    Attributes:
        document: The one.
        other: The other.
        here: Share of the words of the first that stand in the other, in runs of three.
        there: The same of the other.
        places: Where they differ, in order.
    """

    document: str
    other: str
    here: float
    there: float
    places: tuple[PlaceShown, ...]


def groups(case: Path, *, most: int) -> Groups:
    """Groups of documents, each of which says nearly the same as an earlier one of its group."""
    record = held(case)
    with indexed(record, record.state()) as index:
        pairs, short = index.alike(), index.too_short()
    first: dict[str, str] = {}
    tied: dict[str, list[Alike]] = {}
    for pair in pairs:  # the other stands before the document, so its group is known
        head = first.setdefault(pair.other, pair.other)
        first[pair.document] = head
        tied.setdefault(head, []).append(pair)
    shown = [(head, tuple(members)) for head, members in tied.items()]
    return Groups(groups=tuple(shown[:most]), more=max(0, len(shown) - most), short=short)


def alike(case: Path, document: str) -> tuple[Alike, ...]:
    """The documents that say nearly the same as one.

    Raises:
        UsageError: There is no such document.
        WithheldError: The export does not hold it.
    """
    record = held(case)
    state = record.state()
    name = _readable(record, state, document)
    with indexed(record, state) as index:
        return tuple(index.alike(name))


def compare(case: Path, document: str, other: str) -> Compared:
    """Where do the words of two documents differ? Case, signs and spaces are left out of it.

    Raises:
        UsageError: There is no such document, or it is twice the same.
        WithheldError: The export does not hold one of them.
    """
    record = held(case)
    state = record.state()
    names = _readable(record, state, document), _readable(record, state, other)
    if names[0] == names[1]:
        raise UsageError(f"{names[0]}: twice the same document; expected two")
    with indexed(record, state) as index:
        here, there = (words_of(index.own_words(name)) for name in names)
    found = shared((here, runs_of(here)), (there, runs_of(there)))
    return Compared(
        document=names[0],
        other=names[1],
        here=found.here,
        there=found.there,
        places=tuple(
            PlaceShown(here=_around(here, place.here), there=_around(there, place.there))
            for place in differing(here, there)
        ),
    )


def _readable(record: Held, state: State, document: str) -> str:
    """A document as PRODUCTION:NUMBER, whose own words are here."""
    name = canonical(state, document)
    entry_of(record, production(state, name), int(name.partition(":")[2]))
    return name


def _around(words: Sequence[str], span: Span) -> tuple[str, str, str]:
    start, end = span
    held = words[start:end]
    if len(held) > LONGEST:
        left = len(held) - LONGEST
        held = [*held[: LONGEST // 2], f".. {left:,} more words ..", *held[-LONGEST // 2 :]]
    return (
        " ".join(words[max(0, start - AROUND) : start]),
        " ".join(held),
        " ".join(words[end : end + AROUND]),
    )
