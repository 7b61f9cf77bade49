"""A key behind a passphrase: opened by others' programs, and dear to guess."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from filiation.casefile.ledger import keys, locked


def der(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("phrase", ["x", "correct horse", "Schlüssel zum Schloß", "y" * 200])
def test_cryptography_opens_it(phrase: str) -> None:
    own = Ed25519PrivateKey.generate()
    found = load_pem_private_key(locked.locked_pem(der(own), phrase.encode()), phrase.encode())
    assert isinstance(found, Ed25519PrivateKey) and der(found) == der(own)


def test_another_passphrase_does_not() -> None:
    raw = locked.locked_pem(der(Ed25519PrivateKey.generate()), b"one")
    with pytest.raises(ValueError, match=r"decrypt|password"):
        load_pem_private_key(raw, b"another")


def test_no_two_are_alike() -> None:
    """Salt and initialisation vector are drawn anew."""
    own = der(Ed25519PrivateKey.generate())
    assert locked.locked_pem(own, b"x") != locked.locked_pem(own, b"x")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_reads_how_it_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key that a terminal makes: PBKDF2-HMAC-SHA-256, 600,000 rounds (0927C0), AES-256-CBC."""
    monkeypatch.setenv("FILIATION_HOME", str(tmp_path))
    monkeypatch.setenv("FILIATION_PASSPHRASE", "correct horse")
    path = keys.make_key("ours")
    said = subprocess.run(["openssl", "asn1parse", "-in", str(path)], capture_output=True,
                          text=True, check=True).stdout  # fmt: skip
    for words in ("PBES2", "PBKDF2", "0927C0", "hmacWithSHA256", "aes-256-cbc"):
        assert words in said, said
    done = subprocess.run(["openssl", "pkey", "-in", str(path), "-passin", "pass:correct horse",
                           "-pubout"], capture_output=True, check=True)  # fmt: skip
    assert done.stdout == path.with_suffix(".pub").read_bytes()


def test_lengths_are_written_as_der_writes_them() -> None:
    """Short up to 127 bytes; above them one byte of length, or two."""
    assert [locked._der(4, bytes(n))[:4].hex() for n in (127, 128, 256)] == [
        "047f0000", "04818000", "04820100",
    ]  # fmt: skip
