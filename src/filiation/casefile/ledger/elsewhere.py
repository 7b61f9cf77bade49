"""A key that its holder keeps: each message is carried there, and its signature comes back.

Whoever appends holds the lock of the case, and nobody waits for a person meanwhile. So everything
that an event needs is signed before (`Record.append` rehearses it), and while the event is written
nothing is asked for: what was not signed means that the log is another by now.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from filiation.errors import MovedOnError, UsageError

__all__ = ["KeyElsewhere", "moved_on"]


def moved_on() -> MovedOnError:
    """The error for what was signed after a log that is another by now."""
    return MovedOnError(
        "the log of the case moved on while this was being signed; nothing of it was recorded. "
        "Look at what is new, and prepare it again"
    )


@final
class KeyElsewhere:
    """The signing key of somebody who is not at this program.

    Args:
        public: Its other half.
        ask: Brings the signature of a message, however long that takes; raises what becomes of it
            if none is to be had.
    """

    def __init__(self, public: Ed25519PublicKey, ask: Callable[[bytes], bytes]) -> None:
        self._public, self._ask = public, ask
        self._known: dict[bytes, bytes] = {}
        self._asks = True

    def public_key(self) -> Ed25519PublicKey:
        """The half that everybody has."""
        return self._public

    def sign(self, data: bytes, /) -> bytes:
        """The signature that its holder gave or gives.

        Raises:
            MovedOnError: It was not given, and nobody is asked now.
            UsageError: What was given is not this key's.
        """
        known = self._known.get(data)
        if known is None:
            if not self._asks:
                raise moved_on()
            known = self._ask(data)
            if not self.fits(known, data):
                raise UsageError("the signature is not that of the key; nothing was recorded")
            self._known[data] = known
        return known

    def fits(self, signature: bytes, data: bytes) -> bool:
        """Is it this key's signature of these bytes?"""
        try:
            self._public.verify(signature, data)
        except InvalidSignature:
            return False
        return True

    @contextmanager
    def nothing_asked(self) -> Iterator[None]:
        """Within it only what was signed before is had."""
        self._asks = False
        try:
            yield
        finally:
            self._asks = True
