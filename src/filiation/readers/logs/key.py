"""The key under which a log is reduced: made once for a case, kept by the provider.

One JSON object: {"filiation.log-key": 1, "key": "64 hex digits"}. Everything that is hashed is
hashed under a key of its own, derived from this one by its purpose, so that a hash of an account
tells nothing about an equal one of a network. The id of a key is such a hash as well.
"""

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, final

from filiation.errors import UnreadableError, UsageError
from filiation.readers.bytes.parsing import read_object

__all__ = ["LogKey", "make_key", "read_key"]

KEY: Final = "filiation.log-key"
SCHEMA: Final = 1
LABEL: Final = b"filiation.requests/1/"
BYTES: Final = 32
LARGEST: Final = 4096


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LogKey:
    """The secret of a case's logs; it is never printed.

    Attributes:
        secret: 32 random bytes.
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != BYTES:
            raise UsageError(f"a key of {len(self.secret)} bytes, expected {BYTES}")
        if len({*self.secret}) < BYTES // 4:
            raise UsageError(
                "the key repeats a few bytes over and over, expected one made by chance; whoever "
                "guesses it reads the log"
            )

    @property
    def id(self) -> str:
        """Tells one key from another, and nothing else (32 hex digits)."""
        return self.derived("id").hex()[:32]

    def derived(self, purpose: str) -> bytes:
        """The key for one purpose: HMAC-SHA-256 of the purpose's name, 32 bytes."""
        return hmac.digest(self.secret, LABEL + purpose.encode(), hashlib.sha256)


def make_key(path: Path) -> LogKey:
    """Make a key by chance and write it to a new file that its owner alone may read.

    Raises:
        UsageError: There is such a file already, or it cannot be written.
    """
    made = LogKey(secret=secrets.token_bytes(BYTES))
    raw = json.dumps({KEY: SCHEMA, "key": made.secret.hex()}).encode() + b"\n"
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise UsageError(
            f"{path}: exists already; a log reduced under another key could not be compared"
        ) from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    with os.fdopen(file, "wb") as opened:
        opened.write(raw)
    return made


def read_key(path: Path) -> LogKey:
    """Read a key.

    Raises:
        UsageError: There is no such file.
        UnreadableError: It holds no key.
    """
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file, expected a key (`filiation log key`)")
    found = read_object(path, limit=LARGEST)
    if found.get(KEY) != SCHEMA or not isinstance(found.get("key"), str):
        raise UnreadableError(
            f'{path}: no key of a log, expected {{"{KEY}": {SCHEMA}, "key": ..}}, as `filiation '
            "log key` writes it"
        )
    try:
        secret = bytes.fromhex(found["key"])
    except ValueError as error:
        raise UnreadableError(f"{path}: the key is not written in hex digits") from error
    return LogKey(secret=secret)
