"""Find documents by words, people, days and verdicts; keep a query on record."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, final

from filiation.casefile.documents.wanted import FoundAttachment, FoundDocument, Wanted
from filiation.casefile.exchange.held import Held, held
from filiation.casefile.facts import Produced, Queried
from filiation.casefile.laws.numbers import canonical, number_of
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import State
from filiation.errors import UsageError
from filiation.proceedings.given import on_record
from filiation.proceedings.productions import indexed

__all__ = [
    *(
        "Correspondent",
        "Searched",
        "Thread",
        "correspondents",
        "counted_by",
        "people",
        "save",
        "search",
    ),
    "Wanted",
    *("thread_of", "threads", "timeline", "without_zone"),
]

CUT: Final[Mapping[str, int]] = {"year": 4, "month": 7, "day": 10}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a query found.

    Attributes:
        wanted: The query.
        count: How many documents there are.
        found: The first of them.
        attached: Attachments that hold the words.
        undated: Documents without a date that fit but for the days asked for.
    """

    wanted: Wanted
    count: int
    found: tuple[FoundDocument, ...]
    attached: tuple[FoundAttachment, ...] = ()
    undated: int = 0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """Whom documents name; the name is a claim of the documents.

    Attributes:
        address: Or whatever stands for one.
        name: As given with it; may be empty.
        sent: Documents that name them as sender.
        received: As receiver.
        first: First moment; empty: no date.
        last: Last moment.
    """

    address: str
    name: str
    sent: int
    received: int
    first: str
    last: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """One thread.

    Attributes:
        head: Its first document.
        subject: Of that one.
        size: Documents.
        first: First moment; empty: no date.
        last: Last moment.
        verdicts: How many of its mails bear which verdict.
    """

    head: str
    subject: str
    size: int
    first: str
    last: str
    verdicts: Mapping[str, int]


def search(
    case: Path | Held, wanted: Wanted, *, saved: str | None = None, most: int = 20
) -> Searched:
    """Put a query, or one that is on record, to all documents of a case.

    Raises:
        UsageError: The query is no query, none of that name is on record, or the case holds no
            documents, or none of that production.
    """
    record = held(case)
    state = record.state()
    query = wanted if saved is None else _saved(state, saved, wanted)
    _held_production(state, query.production)
    with indexed(record, state) as index:
        found = _cited(state, index.find(query, most))
        attached = tuple(index.find_attached(query, most))
        undated = index.undated(query) if query.since or query.until else 0
        return Searched(wanted=query, count=index.count(query), found=found, attached=attached,
                        undated=undated)  # fmt: skip


def save(case: Path, searched: Searched, name: str, *, acting: str | None = None) -> int:
    """Put a query and how much it found on record under a name; returns the event's number.

    Raises:
        UsageError: A query of that name is on record.
    """
    record = Record(case)
    who, key = record.signer(acting)
    fact = Queried(
        by=who,
        name=name,
        query=searched.wanted.text(),
        productions=tuple(entry.fact.production for entry in record.state().of(Produced)),
        found=searched.count,
    )
    draft = Draft(verb="documents search", fact=fact, arguments=on_record({"save": name}))
    return record.append(draft, who, key).sequence


def timeline(case: Path, wanted: Wanted, *, most: int) -> tuple[FoundDocument, ...]:
    """Documents by the dates that they give."""
    record = held(case)
    state = record.state()
    with indexed(record, state) as index:
        return _cited(state, index.find(wanted, most, by_time=True))


def counted_by(
    case: Path, wanted: Wanted, by: Literal["year", "month", "day"]
) -> tuple[tuple[str, int], ...]:
    """How many documents there are in each year, month or day; empty: without a date."""
    record = held(case)
    with indexed(record, record.state()) as index:
        return tuple(index.by_time(wanted, CUT[by]))


def without_zone(case: Path, wanted: Wanted) -> int:
    """Of how many documents the time is known and its zone is not."""
    record = held(case)
    with indexed(record, record.state()) as index:
        return index.without_zone(wanted)


def people(case: Path, *, most: int) -> tuple[Correspondent, ...]:
    """Whom the documents name as senders and receivers, the most frequent first."""
    record = held(case)
    with indexed(record, record.state()) as index:
        return correspondents(index.people(most))


def correspondents(
    rows: Iterable[tuple[str, str, int, int, str, str]],
) -> tuple[Correspondent, ...]:
    """Whom documents name, as the index has them."""
    return tuple(
        Correspondent(
            address=address, name=name, sent=sent, received=received, first=first, last=last
        )
        for address, name, sent, received, first, last in rows
    )


def threads(case: Path, *, most: int) -> tuple[Thread, ...]:
    """The longest threads."""
    record = held(case)
    with indexed(record, record.state()) as index:
        return tuple(
            Thread(head=head, subject=subject, size=size, first=first, last=last,
                   verdicts=index.verdicts_of(head))
            for subject, size, first, last, head in index.threads(most)
        )  # fmt: skip


def thread_of(case: Path, document: str) -> tuple[FoundDocument, ...]:
    """Every document in the thread of one, by time.

    Raises:
        UsageError: There is no such document.
    """
    record = held(case)
    state = record.state()
    name = canonical(state, document)
    with indexed(record, state) as index:
        return _cited(state, index.thread_of(name))


def _cited(state: State, found: Iterable[FoundDocument]) -> tuple[FoundDocument, ...]:
    """Each with the number that it was given."""
    return tuple(replace(one, cited=number_of(state, one.document)) for one in found)


def _held_production(state: State, name: str) -> None:
    """Refuse a production that the case does not hold: "0 found" would be read as an answer."""
    names = [entry.fact.production for entry in state.of(Produced)]
    if name and name not in names:
        raise UsageError(f"production {name!r}: expected one of this case: {', '.join(names)}")


def _saved(state: State, name: str, wanted: Wanted) -> Wanted:
    kept = {entry.fact.name: entry.fact for entry in state.of(Queried)}
    if name not in kept:
        raise UsageError(f"{name}: no query of that name is on record")
    if wanted != Wanted():
        raise UsageError("--saved asks a query as it was kept; it takes no other conditions")
    return Wanted(**json.loads(kept[name].query))
