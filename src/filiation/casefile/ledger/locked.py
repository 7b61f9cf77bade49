"""A private key behind a passphrase, so that a terminal and a browser open it alike.

PKCS #8 with PBES2 (RFC 8018): PBKDF2-HMAC-SHA-256 and AES-256-CBC. `cryptography` reads that and
writes it with 2,048 rounds, which cannot be chosen; OWASP (Password Storage Cheat Sheet, 2023) asks
for 600,000. So the envelope is put together here, of that library's primitives.
"""

import base64
import os
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

__all__ = ["ROUNDS", "locked_pem"]

ROUNDS: Final = 600_000
BLOCK: Final = 16  # bytes
INTEGER, OCTETS, NULL, NAME, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30  # tags of DER
PBES2: Final = bytes.fromhex("2a864886f70d01050d")
PBKDF2: Final = bytes.fromhex("2a864886f70d01050c")
HMAC_SHA256: Final = bytes.fromhex("2a864886f70d0209")
AES_256_CBC: Final = bytes.fromhex("60864801650304012a")


def locked_pem(der: bytes, passphrase: bytes) -> bytes:
    """A private key that opens with a passphrase, as PEM.

    Args:
        der: The key in PKCS #8, not locked.
        passphrase: At least one byte.
    """
    salt, iv = os.urandom(BLOCK), os.urandom(BLOCK)
    key = PBKDF2HMAC(algorithm=SHA256(), length=32, salt=salt, iterations=ROUNDS).derive(passphrase)
    lacking = BLOCK - len(der) % BLOCK
    made = Cipher(algorithms.AES256(key), modes.CBC(iv)).encryptor()
    locked = made.update(der + bytes([lacking]) * lacking) + made.finalize()
    hashed = _der(SEQUENCE, _der(NAME, HMAC_SHA256), _der(NULL))
    rounds = _der(INTEGER, ROUNDS.to_bytes(3, "big"))
    derived = _der(SEQUENCE, _der(OCTETS, salt), rounds, hashed)
    how = _der(
        SEQUENCE,
        _der(SEQUENCE, _der(NAME, PBKDF2), derived),
        _der(SEQUENCE, _der(NAME, AES_256_CBC), _der(OCTETS, iv)),
    )
    whole = _der(SEQUENCE, _der(SEQUENCE, _der(NAME, PBES2), how), _der(OCTETS, locked))
    lines = base64.encodebytes(whole).replace(b"\n", b"")
    body = b"\n".join(lines[at : at + 64] for at in range(0, len(lines), 64))
    kind = b"ENCRYPTED PRIVATE KEY"
    return b"-----BEGIN %b-----\n%b\n-----END %b-----\n" % (kind, body, kind)


def _der(tag: int, *parts: bytes) -> bytes:
    """An element of DER, of at most 65,535 bytes."""
    held = b"".join(parts)
    size = len(held)
    long = b"" if size < 0x80 else size.to_bytes(1 + (size > 0xFF), "big")
    head = bytes([0x80 + len(long)]) + long if long else bytes([size])
    return bytes([tag]) + head + held
