"""Whose address is whose: tokens of people, and of those who are to join.

Addresses come as people do: whoever opened a case leads it at the same address, who was invited
acts at theirs once the key that they handed in is a party's, and the lead can have one for every
party. All of them end with the program.
"""

import hmac
import secrets
from collections.abc import Mapping
from threading import Lock
from typing import Final, NamedTuple, final

from filiation.errors import UsageError
from filiation.proceedings.desk.person import Person
from filiation.proceedings.desk.standing import State
from filiation.report.wording.joining import too_many_guests

__all__ = ["Handed", "Sessions", "new_token"]

GUESTS: Final = 50


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(32)


class Handed(NamedTuple):
    """The public half of a key that somebody handed in: file name without its end, PEM, id."""

    name: str
    raw: bytes
    key: str


@final
class Sessions:
    """The people of this run.

    Args:
        known: Token of each.
    """

    def __init__(self, known: Mapping[str, Person]) -> None:
        self._known = dict(known)
        self._handed: dict[str, Handed] = {}
        self._lock = Lock()

    def person(self, token: bytes) -> Person | None:
        """Whose token it is; as long for any that is wrong."""
        found = None
        with self._lock:
            for known, person in self._known.items():
                if hmac.compare_digest(known.encode(), token):
                    found = person
        return found

    def all(self) -> list[tuple[str, Person]]:
        """Everybody, with their token."""
        with self._lock:
            return [*self._known.items()]

    def opened(self, lead: str) -> None:
        """Whoever opened the case leads it."""
        with self._lock:
            for token, person in self._known.items():
                if person.role == "opener":
                    self._known[token] = Person(party=lead, role="lead", acts=True)

    def invite(self) -> str:
        """A token for somebody who is to join.

        Raises:
            UsageError: As many as may be were invited and have not joined.
        """
        with self._lock:
            if sum(person.role == "guest" for person in self._known.values()) >= GUESTS:
                raise UsageError(too_many_guests(GUESTS))
            made = new_token()
            self._known[made] = Person(party="", role="guest", acts=True)
            return made

    def hand_in(self, token: str, handed: Handed) -> None:
        """Keep the public half of who has no part in the case yet; a later one takes its place."""
        with self._lock:
            self._handed[token] = handed

    def handed(self, token: str) -> Handed | None:
        """What somebody handed in."""
        with self._lock:
            return self._handed.get(token)

    def guests(self) -> list[tuple[str, Handed | None]]:
        """Who was invited and is no party yet, by token."""
        with self._lock:
            return [
                (token, self._handed.get(token))
                for token, person in self._known.items()
                if person.role == "guest"
            ]

    def joined(self, state: State) -> None:
        """Who was invited and whose key is a party's by now acts as that party."""
        parties = {one.fact.key: one.fact for one in state.parties.values() if one.fact.key}
        with self._lock:
            for token, person in self._known.items():
                handed = self._handed.get(token)
                if person.role == "guest" and handed and handed.key in parties:
                    fact = parties[handed.key]
                    self._known[token] = Person(party=fact.party, role=fact.role, acts=True)

    def of_all(self, state: State) -> dict[str, str]:
        """Party to a token of it, made where it has none; who has no key reads."""
        self.joined(state)
        with self._lock:
            found = {person.party: token for token, person in self._known.items() if person.party}
            for name, entry in state.parties.items():
                if name not in found:
                    person = Person(party=name, role=entry.fact.role, acts=bool(entry.fact.key))
                    found[name] = new_token()
                    self._known[found[name]] = person
            return found
