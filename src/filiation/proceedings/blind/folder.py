"""What one party keeps of a session, in a folder of its own.

::

  messages/NN-STEP-ROLE.json  every message that was said or taken
  send/                       what both others get: own messages, of sets the list, the report
  send-ROLE/                  what that role alone gets, such as materials and openings
  received/                   materials and openings of others
  own/                        what nobody else may see: shares of coins, nonces, where its model is

Nothing is believed because it lies there: each command folds the messages anew.
"""

import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import copyfile
from typing import Final, final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from filiation.casefile.ledger.dsse import SigningKey, public_id
from filiation.casefile.ledger.keys import private_key
from filiation.errors import AlteredError, CaseError, UnreadableError, UsageError
from filiation.files import opened, put
from filiation.model.blind import ROLES, Message, Role
from filiation.readers.bytes.parsing import read_object
from filiation.sealed.blind.bundles import file_digest
from filiation.sealed.blind.kept import file_of
from filiation.sealed.blind.messages import LONGEST, sealed_message
from filiation.sealed.blind.session import Session, session_of

__all__ = ["OWN", "Own", "Room", "made_room", "new_own", "opened_room"]

MOST: Final = 64  # messages of a session
OWN: Final = "own.json"
HEX: Final = re.compile("[0-9a-f]{64}")
ANNOUNCED: Final = {
    "material": "commit",
    "blind": "commit",
    "raise": "raise",
    "opening": "open",
}  # the step in which a side says the digest of what it hands over


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What only this party knows.

    Attributes:
        role: Which it is.
        coin: Its share of the first coin, hex.
        audit: Its share of the second, hex.
        nonce: Hides its material, hex.
        scalar: Of a set: the key that blinds it; of the tribunal: its secret of the noise; hex.
        material: Where its material lies; empty of the tribunal.
        secret: What opens its seal; empty of the tribunal.
    """

    role: Role
    coin: str
    audit: str
    nonce: str
    scalar: str
    material: str = ""
    secret: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A party's folder, and the session as its messages tell it."""

    path: Path
    own: Own
    session: Session

    @property
    def send(self) -> Path:
        """What is to be handed to both others; nothing lies there that one of them may not see."""
        return self.path / "send"

    def alone(self, role: Role) -> Path:
        """What is to be handed to one role alone, beside `send`, so that none goes with it."""
        folder = self.path / f"send-{role}"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    @property
    def received(self) -> Path:
        """What others handed over."""
        return self.path / "received"

    @property
    def private(self) -> Path:
        """What nobody else may see."""
        return self.path / "own"

    def lay(self, file: Path, role: Role) -> Path:
        """Lay a file there: a hard link, or a copy on a disk that has none; in the place of one."""
        target = self.alone(role) / file.name
        target.unlink(missing_ok=True)
        try:
            os.link(file, target)
        except OSError:
            copyfile(file, target)
        return target

    def handed(self, role: Role, *stages: str) -> None:
        """Does everything lie here that a side announced, byte for byte?

        Asked before anything is reckoned from it: what changed here would else accuse the side.

        Raises:
            CaseError: Something was not handed over.
            AlteredError: Something changed after it was taken.
        """
        for stage in stages:
            path = self.received / f"{role}.{stage}"
            if not path.exists():
                raise CaseError(
                    f"the {role}'s {stage} was not handed over: `filiation blind take` it"
                )
            said = self.session.says(ANNOUNCED[stage], role) or {}
            announced, found = str(next(iter(said.values()), "")), file_digest(path)
            if found != announced:
                raise AlteredError(f"received/{path.name}", recorded=announced, found=found)

    def key(self) -> SigningKey:
        """The private key of this party.

        Raises:
            UsageError: It is not on this computer.
        """
        raw = bytes.fromhex(self.session.terms.keys[self.own.role])
        return private_key(public_id(Ed25519PublicKey.from_public_bytes(raw)), self.own.role)

    def say(self, step: str, body: dict[str, object], *, number: int = 0) -> Path:
        """Say something: signed, taken by oneself, and ready to be handed over."""
        session, role = self.session, self.own.role
        number = number or session.number
        raw = sealed_message(
            self.key(),
            session=session.id,
            sender=role,
            number=number,
            step=step,
            answers=session.answers(number),
            body=body,
        )
        self.keep(session.take(raw, "own message"), raw)
        path = self.send / file_of(number, step, role)
        put(path, raw)
        return path

    def keep(self, message: Message, raw: bytes) -> None:
        """Write a message that was taken."""
        name = file_of(message.number, message.step, message.sender)
        put(self.path / "messages" / name, raw)


def new_own(role: Role, **given: str) -> Own:
    """Fresh shares, nonce and scalar."""
    drawn = {name: secrets.token_hex(32) for name in ("coin", "audit", "nonce", "scalar")}
    return Own(role=role, **drawn, **given)


def made_room(path: Path, terms: bytes, own: Own, what: str) -> Room:
    """Make a party's folder with the terms in it.

    Raises:
        UsageError: The folder exists.
        CaseError: Not terms.
    """
    if path.exists():
        raise UsageError(f"{path}: exists; a session has a folder of its own, name a new one")
    session = session_of(terms, what)
    for folder in (path, *(path / name for name in ("messages", "send", "received", "own"))):
        try:
            folder.mkdir(mode=0o700)
        except OSError as error:
            raise UsageError(f"{folder}: cannot be made: {error.strerror}") from error
    descriptor = os.open(path / "own" / OWN, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(json.dumps(asdict(own)).encode() + b"\n")
    room = Room(path=path, own=own, session=session)
    room.keep(session.messages[0].message, terms)
    return room


def opened_room(path: Path) -> Room:
    """Open a party's folder and fold its messages.

    Raises:
        UsageError: Not such a folder.
        CaseError: Its messages contradict each other.
    """
    if not (path / "own" / OWN).is_file():
        raise UsageError(f"{path}: not the folder of a session; `filiation blind start` or `join`")
    found = read_object(path / "own" / OWN, limit=LONGEST)
    texts = all(isinstance(value, str) for value in found.values())
    hexes = (found.get(name) for name in ("coin", "audit", "nonce", "scalar"))
    fits = texts and all(HEX.fullmatch(str(one)) for one in hexes) and found.get("role") in ROLES
    if found.keys() != Own.__dataclass_fields__.keys() or not fits:
        raise UnreadableError(
            f"{path}: own/{OWN} is damaged: expected what this program wrote when the folder was "
            "made"
        )
    own = Own(**found)
    there = (path / "messages").glob("*.json")
    names = sorted(there, key=lambda one: ("-abort-" in one.name, one.name))[:MOST]
    if not names:
        raise CaseError(f"{path}: the terms of the session are missing")
    session = session_of(_raw(names[0]), names[0].name)
    for name in names[1:]:
        session.take(_raw(name), name.name)
    return Room(path=path, own=own, session=session)


def _raw(path: Path) -> bytes:
    with opened(path, follow=True) as file:
        return file.read(LONGEST + 1)
