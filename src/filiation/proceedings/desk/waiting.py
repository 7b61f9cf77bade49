"""A deed between the wish to do it and the event: at work, waiting for a signature, or over."""

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias, final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from filiation.casefile.ledger.dsse import public_id
from filiation.casefile.ledger.event import time_text
from filiation.errors import UsageError
from filiation.report.wording.desk import (
    DROPPED,
    PARTLY,
    REST,
    expired,
    not_signed_with,
)

__all__ = ["Deed", "Standing", "Where"]

Where: TypeAlias = Literal["work", "sign", "done", "refused"]
PATIENCE: Final = 60.0 * 60  # seconds that bytes wait for their signature
SOON: Final = 10.0  # seconds that whoever signs waits for what comes next


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A deed as it stands.

    Attributes:
        id: By which it is found; nobody can guess it.
        verb: What is done.
        party: Who does it.
        since: When it was begun (UTC).
        where: Whether it is being worked on, waits for a signature, is on record, or was refused.
        step: What is being done now.
        message: What waits to be signed; empty if nothing does.
        key: Id of the key that is to sign it.
        texts: Words that an event may name by their digest.
        said: What was done, or why it was refused.
        told: What whoever signs should know before.
        sent: Of what was refused, what its form comes back with.
        field: Of that form, the one for which it was refused; empty: none in particular.
    """

    id: str
    verb: str
    party: str
    since: str
    where: Where
    step: str
    message: bytes
    key: str
    texts: tuple[str, ...]
    said: tuple[str, ...]
    told: tuple[str, ...]
    sent: Mapping[str, tuple[str, ...]]
    field: str


@final
class Deed:
    """One deed; whoever works on it and whoever looks are two threads.

    Args:
        name: Its id.
        verb: What is done.
        party: Who does it.
        turn: Held by whoever works, so that not all do at once; let go of while waiting.
        texts: Words that its event may name by their digest.
        patience: Seconds that it waits for a signature.
        sent: What its form comes back with, should it be refused.
    """

    def __init__(
        self, name: str, verb: str, party: str, turn: threading.Semaphore,
        texts: tuple[str, ...] = (), patience: float = PATIENCE,
        sent: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:  # fmt: skip
        self.id, self.verb, self.party = name, verb, party
        self._turn, self._patience, self._texts = turn, patience, texts
        self._since = time_text(datetime.now(UTC))
        self._changed = threading.Condition()
        self._where: Where = "work"
        self._step, self._said = "", tuple[str, ...]()
        self._message, self._signature = b"", b""
        self._public: Ed25519PublicKey | None = None
        self._dropped, self._told = False, tuple[str, ...]()
        self._sent, self._field = dict(sent or {}), ""

    def standing(self) -> Standing:
        """As it stands now."""
        with self._changed:
            return Standing(
                id=self.id, verb=self.verb, party=self.party, since=self._since, where=self._where,
                step=self._step, message=self._message, said=self._said,
                key=public_id(self._public) if self._public else "", texts=self._texts,
                told=self._told, field=self._field,
                sent=self._sent if self._where == "refused" else {},
            )  # fmt: skip

    def step(self, doing: str) -> None:
        """Told by whoever works what is being done.

        Raises:
            UsageError: It was dropped.
        """
        with self._changed:
            self._stop()
            self._step = doing[:200]

    def tell(self, said: Sequence[str]) -> None:
        """Keep what whoever signs should know before."""
        with self._changed:
            self._told = tuple(said)

    def ask(self, public: Ed25519PublicKey) -> Callable[[bytes], bytes]:
        """What asks this person for signatures with the key of that public half."""

        def signature_of(message: bytes) -> bytes:
            self._turn.release()
            try:
                return self._wait(public, message)
            finally:
                self._turn.acquire()

        return signature_of

    def _wait(self, public: Ed25519PublicKey, message: bytes) -> bytes:
        with self._changed:
            self._public, self._message, self._signature = public, message, b""
            self._where = "sign"
            self._changed.notify_all()
            came = self._changed.wait_for(lambda: self._signature or self._dropped, self._patience)
            self._message, self._where = b"", "work"
            self._stop()
            if not came:
                raise UsageError(expired(int(self._patience // 60)))
            return self._signature

    def _stop(self) -> None:
        if self._dropped:
            raise UsageError(DROPPED)

    def sign(self, digest: str, signature: bytes) -> None:
        """Bring a signature; returns when it is seen what comes next, or soon.

        Args:
            digest: SHA-256 (hex) of the bytes that were signed.
            signature: 64 bytes.

        Raises:
            UsageError: Nothing waits, other bytes do, or another key signed.
        """
        with self._changed:
            waits = hashlib.sha256(self._message).hexdigest()
            if self._where != "sign" or self._public is None or digest != waits:
                raise UsageError(not_signed_with(self.party))
            try:
                self._public.verify(signature, self._message)
            except InvalidSignature as error:
                raise UsageError(not_signed_with(self.party)) from error
            self._signature = signature
            self._where = "work"
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._where != "work", SOON)

    def drop(self) -> None:
        """Let it be; whoever works on it finds out at the next step."""
        with self._changed:
            self._dropped = True
            self._changed.notify_all()

    def done(self, said: tuple[str, ...]) -> None:
        """It is on record."""
        self._end("done", said)

    def refused(self, why: str, before: Sequence[str] = (), field: str = "") -> None:
        """It is not.

        Args:
            why: In words.
            before: What of it is, if its first events were signed.
            field: Of its form, the one for which it is not.
        """
        with self._changed:
            self._field = field
        self._end("refused", (PARTLY, *before, REST, why) if before else (why,))

    @property
    def over(self) -> bool:
        """Is it on record, or refused?"""
        with self._changed:
            return self._where in ("done", "refused")

    def _end(self, where: Where, said: tuple[str, ...]) -> None:
        with self._changed:
            self._where, self._said, self._message = where, said, b""
            if where == "done":
                self._sent = {}
            self._changed.notify_all()
