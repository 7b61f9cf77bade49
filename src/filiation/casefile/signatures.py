"""Is every event signed with the key that the case holds for its actor?"""

from collections.abc import Iterator
from typing import final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from filiation.casefile.facts import Joined, Opened, read_fact
from filiation.casefile.ledger.dsse import public_id, signed_by
from filiation.casefile.ledger.event import Signed
from filiation.casefile.ledger.keys import public_key
from filiation.casefile.ledger.objects import Objects
from filiation.errors import FiliationError

__all__ = ["Signatures"]


@final
class Signatures:
    """Public keys by id, as the events bring them, to be asked in the order of the log."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self.keys: dict[str, Ed25519PublicKey] = {}

    def problems(self, signed: Signed, what: str) -> Iterator[str]:
        """What is wrong with the key that an event brings, or with its signature."""
        yield from self._take_key(signed, what)
        event = signed.event
        if signed.envelope.key != event.key or event.key not in self.keys:
            yield (
                f"case.db: {what}: signed with {signed.envelope.key[:12]}.., which is no party's "
                "key; it was swapped"
            )
        elif not signed_by(signed.envelope, self.keys[event.key]):
            yield f"case.db: {what}: the signature of {event.actor} does not fit; it was altered"

    def _take_key(self, signed: Signed, what: str) -> Iterator[str]:
        try:
            fact = read_fact(dict(signed.event.facts), what)
            if not isinstance(fact, Opened) and not (isinstance(fact, Joined) and fact.key):
                return
            key = public_key(self._objects.get(signed.event.written("key")), what)
        except FiliationError as error:
            yield f"{what}: its key: {error}"
            return
        claimed = signed.event.key if isinstance(fact, Opened) else fact.key
        if public_id(key) == claimed:
            self.keys[claimed] = key
        else:
            yield f"{what}: brings another key than it names; swapped"
