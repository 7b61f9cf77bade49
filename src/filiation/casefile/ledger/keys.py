"""Keys: public ones are kept in the case, private ones never.

Private keys lie in the folder `keys` of FILIATION_HOME (default: the user's data folder), one PEM
(PKCS #8) each, readable by their owner alone, encrypted if FILIATION_PASSPHRASE is set. Whoever
acts for people whose keys lie elsewhere looks there instead (`signing_with`), and never here.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from filiation.casefile.ledger.dsse import SigningKey, public_id
from filiation.casefile.ledger.locked import locked_pem
from filiation.errors import CaseError, UsageError

__all__ = [
    *("NAME", "Ring", "home", "make_key", "private_key", "public_key", "public_pem"),
    "signing_with",
]

NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LONGEST: Final = 1 << 14


Ring: TypeAlias = Callable[[str, str], SigningKey]  # the id that is wanted, and whose key it is
_RING: Final[ContextVar[Ring | None]] = ContextVar("ring", default=None)


@contextmanager
def signing_with(ring: Ring) -> Iterator[None]:
    """Within it, in this thread, keys are had of `ring`; the home folder is not looked into."""
    before = _RING.set(ring)
    try:
        yield
    finally:
        _RING.reset(before)


def home() -> Path:
    """Where what must not lie in a case is kept: private keys, and the masks of line-ups."""
    given = os.environ.get("FILIATION_HOME")
    if given:
        return Path(given)
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "filiation"


def make_key(name: str) -> Path:
    """Make a private key; return where it lies. The public half lies beside it as NAME.pub.

    Raises:
        UsageError: A bad name, a key of that name, or a folder that cannot be written.
    """
    if not NAME.fullmatch(name):
        raise UsageError(
            f"key {name!r}: expected up to 40 of a-z, 0-9 and '-', not beginning with '-'"
        )
    path = home() / "keys" / f"{name}.pem"
    key = Ed25519PrivateKey.generate()
    raw = _private_pem(key)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_private(path, raw)
        path.with_suffix(".pub").write_bytes(public_pem(key.public_key()))
    except FileExistsError as error:
        raise UsageError(f"{path}: exists; a private key is never overwritten") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    return path


def private_key(wanted: str, whose: str) -> SigningKey:
    """The key whose public half has the id `wanted`, among those in the home folder.

    Raises:
        UsageError: It is not there, or not readable with this passphrase.
    """
    ring = _RING.get()
    if ring is not None:
        return ring(wanted, whose)
    folder = home() / "keys"
    for path in sorted(folder.glob("*.pub")):
        if public_id(public_key(path.read_bytes()[:LONGEST], path.name)) == wanted:
            return _load(path.with_suffix(".pem"))
    raise UsageError(
        f"{whose}: the private key {wanted[:12]}.. is not in {folder}; only its holder can sign "
        "as this party (set FILIATION_HOME, or act as another party)"
    )


def public_key(raw: bytes, what: str) -> Ed25519PublicKey:
    """A public key from PEM.

    Raises:
        CaseError: Not an Ed25519 public key.
    """
    try:
        key = load_pem_public_key(raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CaseError(f"{what}: not a public key in PEM; found {len(raw)} bytes") from error
    if not isinstance(key, Ed25519PublicKey):
        raise CaseError(f"{what}: found {type(key).__name__}, expected Ed25519")
    return key


def public_pem(key: Ed25519PublicKey) -> bytes:
    """A public key as PEM."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _load(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes()[:LONGEST], _passphrase())
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            f"{path}: cannot be opened: {error}; FILIATION_PASSPHRASE must be as it was when the "
            "key was made"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{path}: found {type(key).__name__}, expected Ed25519")
    return key


def _passphrase() -> bytes | None:
    return os.environ.get("FILIATION_PASSPHRASE", "").encode() or None


def _private_pem(key: Ed25519PrivateKey) -> bytes:
    secret = _passphrase()
    if secret is None:
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return locked_pem(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), secret)


def _write_private(path: Path, raw: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
