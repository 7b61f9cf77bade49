"""The numbers under which documents are cited (Bates numbers): who gives them, and what holds.

A number is a prefix and a count. A prefix belongs to one party, and a party has one. A production
is numbered once, as a whole, in the order of its documents; its numbers begin after the last that
was given under the prefix. So a number never changes, none is given twice, and what is left out is
never filled. What is withheld keeps its number.
"""

import re
from collections.abc import Iterable
from typing import Final

from filiation.casefile import facts
from filiation.casefile.laws.documents import production
from filiation.casefile.laws.parties import hands_over
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry, State
from filiation.errors import UsageError

__all__ = [
    "canonical",
    "cited",
    "first_free",
    "named",
    "number_of",
    "number_span",
    "numbered",
    "numbers",
    "prefix_of",
]

PREFIX: Final = re.compile(r"[A-Z][A-Z0-9]{0,11}")
CITED: Final = re.compile(r"([A-Z][A-Z0-9]{0,11})-(\d{4,9})")


def numbered(fact: facts.Numbered, event: Event, state: State) -> None:
    """Who put documents in numbers them, or the lead for it, once, after all numbers before."""
    found = [e for e in state.of(facts.Produced) if e.fact.production == fact.production]
    if not found:
        raise UsageError(f"{fact.production}: no production of this case")
    owner, count = found[0].fact.offered_by, found[0].fact.documents
    hands_over(owner, event.actor, state, fact.stood_by)
    before = numbers(state).get(fact.production)
    if before is not None:
        raise UsageError(
            f"{fact.production}: event {before.event.sequence} numbered it, from "
            f"{cited(before.fact, 0)} on; a number never changes"
        )
    if not PREFIX.fullmatch(fact.prefix):
        raise UsageError(
            f"prefix {fact.prefix!r}: expected up to 12 of A-Z and 0-9, a letter first"
        )
    _owned(fact, owner, state)
    free = first_free(state, fact.prefix)
    if fact.first < free:
        raise UsageError(
            f"{fact.prefix}: numbers up to {free - 1} were given or left out; the next is {free}, "
            "and none is given a second time"
        )
    if not 4 <= fact.digits <= 9 or fact.first + count > 10**fact.digits:
        raise UsageError(
            f"{fact.production}: numbers {fact.first} to {fact.first + count - 1} do not fit "
            f"{fact.digits} digits; expected 4 to 9 that hold them"
        )


def _owned(fact: facts.Numbered, owner: str, state: State) -> None:
    for entry in state.of(facts.Numbered):
        whose = _offered_by(entry.fact.production, state)
        if entry.fact.prefix == fact.prefix and whose != owner:
            raise UsageError(f"prefix {fact.prefix}: that of {whose}; {owner} needs one of its own")
        if whose == owner and (entry.fact.prefix, entry.fact.digits) != (fact.prefix, fact.digits):
            raise UsageError(
                f"prefix {fact.prefix}: {owner} numbers as {cited(entry.fact, 0)} already"
            )


def _offered_by(name: str, state: State) -> str:
    return next(e.fact.offered_by for e in state.of(facts.Produced) if e.fact.production == name)


def numbers(state: State) -> dict[str, Entry[facts.Numbered]]:
    """Production to the event that numbered it."""
    return {entry.fact.production: entry for entry in state.of(facts.Numbered)}


def first_free(state: State, prefix: str) -> int:
    """The first number of a prefix that was neither given nor left out."""
    held = {e.fact.production: e.fact.documents for e in state.of(facts.Produced)}
    given = [e.fact for e in state.of(facts.Numbered) if e.fact.prefix == prefix]
    return max((fact.first + held[fact.production] for fact in given), default=1)


def prefix_of(state: State, party: str) -> tuple[str, int] | None:
    """The prefix under which a party numbers, and how many digits; None if it has none yet."""
    for entry in state.of(facts.Numbered):
        if _offered_by(entry.fact.production, state) == party:
            return entry.fact.prefix, entry.fact.digits
    return None


def number_of(state: State, document: str) -> str:
    """The number under which a document is cited; empty if it has none."""
    name, _, place = document.partition(":")
    entry = numbers(state).get(name)
    return cited(entry.fact, int(place)) if entry else ""


def number_span(state: State, production: str) -> tuple[str, str] | None:
    """The first number of a production and the last; None if it has none."""
    entry = numbers(state).get(production)
    held = [e.fact for e in state.of(facts.Produced) if e.fact.production == production]
    if entry is None or not held:
        return None
    return cited(entry.fact, 0), cited(entry.fact, held[0].documents - 1)


def cited(fact: facts.Numbered, place: int) -> str:
    """The number of the document at a place of a production."""
    return f"{fact.prefix}-{fact.first + place:0{fact.digits}d}"


def named(state: State, documents: Iterable[str]) -> tuple[str, ...]:
    """Documents as PRODUCTION:NUMBER, however they are cited.

    Raises:
        UsageError: One of them is none of this case.
    """
    return tuple(canonical(state, one) for one in documents)


def canonical(state: State, document: str) -> str:
    """A document as PRODUCTION:NUMBER, however it is cited; checked.

    Raises:
        UsageError: There is no such document.
    """
    found = CITED.fullmatch(document)
    for entry in state.of(facts.Numbered) if found else ():
        place = int(found[2]) - entry.fact.first if found else -1
        if found and entry.fact.prefix == found[1] and cited(entry.fact, place) == document:
            name = f"{entry.fact.production}:{place}"
            if 0 <= place < production(state, f"{entry.fact.production}:0").fact.documents:
                return name
    if found:
        raise UsageError(f"{document}: no document of this case has that number")
    production(state, document)
    return document
