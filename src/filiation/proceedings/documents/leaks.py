"""Is what was redacted nowhere in an export? Every object is looked through, and every document.

What a party may not see of a redacted document is known to the case. Each object that goes out is
searched for it by the matcher that redacts: statements, reports, files of exhibits, documents with
all their parts, and the events themselves; but for what the party said or put in. What could not be
taken apart is counted, not vouched for.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from filiation.casefile.deeds import Searched
from filiation.casefile.documents.account import Account, read_entry
from filiation.casefile.documents.bytes import Bytes
from filiation.casefile.documents.index import Index
from filiation.casefile.documents.matcher import Passage
from filiation.casefile.documents.redaction import read_parts
from filiation.casefile.exchange.export import Export, visible
from filiation.casefile.facts import (
    Commented,
    Committed,
    Exhibited,
    Fact,
    Judged,
    Privileged,
    Produced,
    Queried,
    Redacted,
    Stated,
    Tagged,
    read_fact,
)
from filiation.casefile.laws.documents import production, redactions
from filiation.casefile.laws.privilege import hidden_from
from filiation.casefile.ledger.event import Event
from filiation.casefile.ledger.objects import LARGEST
from filiation.casefile.record import Record
from filiation.casefile.state import State
from filiation.files import opened
from filiation.proceedings.productions import indexed
from filiation.readers.writings.anything import is_understood, texts

__all__ = ["OWN_PAGES", "copies_of_privileged", "passages_for", "search_export", "search_other"]

OWN_PAGES: Final = "pages/own"  # of documents that the party put in itself
SPOKEN: Final = (
    Commented | Committed | Exhibited | Judged | Privileged | Produced | Queried | Stated | Tagged
)  # what a party says or hands over itself; what is ruled on its claim, or served on it, is not
OURS: Final = ("key", "material", "plan", "population", "token", "roots")  # no one's words


def search_export(record: Record, made: Export, party: str) -> Searched | None:
    """Look for everything that is redacted for a party in everything that it gets.

    Returns:
        None if nothing is redacted for it.
    """
    state = record.state()
    wanted = _passages(record, state, party)
    places = chain(_places(record, state, made, party), _along(made))
    return _searched(wanted, places) if wanted else None


def copies_of_privileged(record: Record, party: str) -> tuple[tuple[str, str], ...]:
    """Documents of others that a party gets, though one of the same bytes or mail is privileged.

    Returns:
        Each such document, and the privileged one.
    """
    state = record.state()
    hidden = hidden_from(state, party)
    if not hidden:
        return ()
    with indexed(record, state) as index:
        return tuple(
            (other, name)
            for name in sorted(hidden)
            for other in index.same(name)
            if other not in hidden and production(state, other).fact.offered_by != party
        )


def passages_for(record: Record, state: State, party: str) -> tuple[Passage, ...]:
    """Every passage that is redacted for a party."""
    return tuple(passage for passage, _ in _passages(record, state, party))


def _along(made: Export) -> Iterator[tuple[str, Iterable[str], bool]]:
    """Logs and pages that go along, but for the pages of the party's own documents."""
    for name, raw in (made.files or {}).items():
        if not name.startswith(f"{OWN_PAGES}/"):
            yield name, texts(raw), True


def search_other(record: Record, raw: bytes, party: str) -> Searched | None:
    """The same for what is made of a case for another program, as JSON."""
    wanted = _passages(record, record.state(), party)
    return _searched(wanted, [("the file", _values(json.loads(raw)), True)]) if wanted else None


def _searched(
    wanted: Sequence[tuple[Passage, str]], places: Iterable[tuple[str, Iterable[str], bool]]
) -> Searched:
    found: dict[str, str] = {}
    dark = 0
    for place, said, whole in places:
        dark += not whole
        for text in said:
            for passage, document in wanted:
                if place not in found and passage.stands_in(text):
                    found[place] = document
    return Searched(passages=len(wanted), found=tuple(found.items()), not_searched=dark)


def _passages(record: Record, state: State, party: str) -> list[tuple[Passage, str]]:
    """Every passage that was redacted in a document of another, and where."""
    found: dict[str, str] = {}
    last = {
        name: entries[-1]
        for name, entries in redactions(state).items()
        if production(state, name).fact.offered_by != party
    }
    if last:
        with indexed(record, state) as index:
            for name, entry in last.items():
                text = index.rendered(name)
                for start, end in read_parts(record.objects.get(entry.event.written("passages"))):
                    found.setdefault(text[start:end], name)
    return [(Passage(words), name) for words, name in found.items() if words.strip()]


def _places(
    record: Record, state: State, made: Export, party: str
) -> Iterator[tuple[str, Iterable[str], bool]]:
    """Each place, its texts, and whether it could be taken apart."""
    named: dict[str, tuple[Event, str]] = {}
    own: set[str] = set()
    for event in state.events:
        fact = read_fact(dict(event.facts), f"event {event.sequence}")
        if _is_own(fact, event, party):
            own |= _files(record, event, fact)
            continue
        named |= {w.sha256: (event, w.what) for w in event.writes}
        if visible(fact, party):
            yield f"event {event.sequence}", _said(event), True
    for digest in made.kept:
        by, what = named.get(digest, (None, "a file of a production"))
        if what in OURS or (digest in own and by is None):
            continue
        place = f"{what} of event {by.sequence}" if by else f"{what}, {digest[:12]}.."
        raw = _bytes(record, digest)
        yield place, _texts(what, raw), is_understood(raw)
    shown = {account for account, _ in made.parts.values()} | set(made.kept)
    with indexed(record, state) as index:
        for produced in state.of(Produced):
            digest = produced.event.written("account")
            if digest in shown and produced.fact.offered_by != party:
                hidden = dict(made.parts.values()).get(digest, frozenset())
                yield from _documents(Account(record.objects, digest), hidden, index)


def _is_own(fact: Fact, event: Event, party: str) -> bool:
    """Did the party itself say this or put it in? Then it tells it nothing."""
    if isinstance(fact, Redacted):
        return False
    names = {getattr(fact, name, "") for name in ("offered_by", "by", "party")}
    return event.actor == party or (isinstance(fact, SPOKEN) and party in names)


def _files(record: Record, event: Event, fact: Fact) -> set[str]:
    found = {w.sha256 for w in event.writes}
    if isinstance(fact, Produced):
        account = Account(record.objects, event.written("account"))
        found |= {file.sha256 for file in account.kept.files}
    return found


def _bytes(record: Record, digest: str) -> bytes:
    with opened(record.objects.path(digest), follow=True) as file:
        return file.read(LARGEST)


def _texts(what: str, raw: bytes) -> Iterator[str]:
    if what == "redacted":
        return iter([str(json.loads(raw)["words"])])
    if what == "account":
        return (text for line in raw.splitlines() for text in _values(json.loads(line)))
    return texts(raw)


def _documents(
    account: Account, hidden: frozenset[int], index: Index
) -> Iterator[tuple[str, Iterable[str], bool]]:
    """Of each document that is shown: its entry, its words as read, its bytes with all parts."""
    held = Bytes(account.files())
    for number, line in enumerate(account.lines()):
        if number not in hidden:
            entry = read_entry(line, f"document {number}")
            raw = held.of(entry)
            place = f"{account.kept.production}:{number}"
            said = chain(_values(entry.fields), [index.rendered(place)], texts(raw))
            yield place, said, is_understood(raw) and not entry.unread


def _said(event: Event) -> Iterator[str]:
    """What people said in an event; its verb and the names of its fields are ours."""
    facts = {name: said for name, said in event.facts.items() if name != "kind_of_fact"}
    yield from _values([dict(event.arguments), facts])
    yield from event.reads
    yield from (w.what.removeprefix("file:") for w in event.writes if w.what.startswith("file:"))


def _values(found: Any) -> Iterator[str]:
    """Every text in JSON, but for the names of fields."""
    if isinstance(found, str):
        if not re.fullmatch(r"[0-9a-f]{64}", found):
            yield found
    elif isinstance(found, Mapping):
        for value in found.values():
            yield from _values(value)
    elif isinstance(found, Sequence):
        for value in found:
            yield from _values(value)
