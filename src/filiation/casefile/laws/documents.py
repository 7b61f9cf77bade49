"""What may be said of documents, and by whom?"""

import re
from collections.abc import Iterable
from typing import Final

from filiation.casefile import facts
from filiation.casefile.laws.parties import given, hands_over, speaks
from filiation.casefile.ledger.event import Event
from filiation.casefile.ledger.keys import NAME
from filiation.casefile.state import Entry, State
from filiation.errors import CaseError, UsageError

__all__ = [
    *("produced", "judged", "judgements", "tagged", "redacted", "queried"),
    *("known_documents", "production", "redactions", "tags"),
]

MOST: Final = 10_000  # documents that one event speaks of


def produced(fact: facts.Produced, event: Event, state: State) -> None:
    """A party puts documents in, or the lead for it, one at least, under a name that none have."""
    hands_over(fact.offered_by, event.actor, state, fact.stood_by)
    if not NAME.fullmatch(fact.production):
        raise UsageError(f"{fact.production!r}: expected up to 40 of a-z, 0-9 and '-'")
    if any(entry.fact.production == fact.production for entry in state.of(facts.Produced)):
        raise UsageError(f"{fact.production}: documents of that name exist; they never change")
    if fact.dates not in ("", "dmy", "mdy", "ymd"):
        raise UsageError(f"dates {fact.dates!r}: expected dmy, mdy or ymd")
    if fact.documents < 1:
        raise UsageError(f"{fact.production}: holds no documents")


def judged(fact: facts.Judged, event: Event, state: State) -> None:
    """A party has a mail judged by its own DNS records, or the lead for it; it says whose."""
    speaks(fact.by, event, state)
    production(state, fact.document)
    given(fact.keys_how, "DNS records")
    if event.written("keys") != fact.keys:
        raise CaseError(f"event {event.sequence}: names other DNS records than it keeps; altered")


def tagged(fact: facts.Tagged, event: Event, state: State) -> None:
    """A party tags for itself."""
    _for_itself(fact.by, event)
    known_documents(fact.documents, state)
    if not NAME.fullmatch(fact.tag):
        raise UsageError(f"tag {fact.tag!r}: expected up to 40 of a-z, 0-9 and '-'")


def redacted(fact: facts.Redacted, event: Event, state: State) -> None:
    """Who put a document in redacts it, or the lead; the ground is given."""
    known_documents((fact.document,), state)
    given(fact.ground, "redaction")
    owner = production(state, fact.document).fact.offered_by
    if event.actor not in (owner, state.opening.lead):
        raise UsageError(f"{fact.document}: {owner} put it in; {event.actor} cannot redact it")
    if fact.passages < 1:
        raise UsageError(f"{fact.document}: no passage is redacted")


def queried(fact: facts.Queried, event: Event, state: State) -> None:
    """A query is kept by who asked it, under a name that none has."""
    _for_itself(fact.by, event)
    if not NAME.fullmatch(fact.name):
        raise UsageError(f"query {fact.name!r}: expected up to 40 of a-z, 0-9 and '-'")
    if any(entry.fact.name == fact.name for entry in state.of(facts.Queried)):
        raise UsageError(f"query {fact.name}: one of that name is kept; it never changes")


def known_documents(names: Iterable[str], state: State) -> None:
    """Documents of the case, each named once.

    Raises:
        UsageError: One that is not, none, or too many.
    """
    named = list(names)
    if not 1 <= len(set(named)) == len(named) <= MOST:
        raise UsageError(f"{len(named)} documents; expected 1 to {MOST}, each once")
    for name in named:
        production(state, name)


def production(state: State, document: str) -> Entry[facts.Produced]:
    """The production that holds a document, named `PRODUCTION:NUMBER`.

    Raises:
        UsageError: There is no such document.
    """
    name, _, number = document.partition(":")
    for entry in state.of(facts.Produced):
        if entry.fact.production == name and re.fullmatch(r"0|[1-9][0-9]{0,11}", number):
            if int(number) < entry.fact.documents:
                return entry
            raise UsageError(f"{document}: {name} holds documents 0 to {entry.fact.documents - 1}")
    raise UsageError(f"{document!r}: no document of this case; expected PRODUCTION:NUMBER")


def redactions(state: State) -> dict[str, list[Entry[facts.Redacted]]]:
    """Document to the redactions of it, in order; the last one holds."""
    found: dict[str, list[Entry[facts.Redacted]]] = {}
    for entry in state.of(facts.Redacted):
        found.setdefault(entry.fact.document, []).append(entry)
    return found


def judgements(state: State) -> dict[str, list[Entry[facts.Judged]]]:
    """Document to what was found by other DNS records, in order."""
    found: dict[str, list[Entry[facts.Judged]]] = {}
    for entry in state.of(facts.Judged):
        found.setdefault(entry.fact.document, []).append(entry)
    return found


def tags(state: State) -> dict[str, list[str]]:
    """Document to its tags, as TAG of PARTY."""
    found: dict[str, dict[str, None]] = {}
    for entry in state.of(facts.Tagged):
        for name in entry.fact.documents:
            held = found.setdefault(name, {})
            said = f"{entry.fact.tag} ({entry.fact.by})"
            if entry.fact.taken_off:
                held.pop(said, None)
            else:
                held[said] = None
    return {name: list(held) for name, held in found.items() if held}


def _for_itself(by: str, event: Event) -> None:
    if by != event.actor:
        raise CaseError(f"event {event.sequence}: {event.actor} signs for {by}; altered")
