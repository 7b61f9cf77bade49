"""A time-stamp authority of our own (openssl): for examples and tests."""

import shutil
import subprocess
from pathlib import Path

__all__ = ["make_authority", "openssl", "stamp"]

CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
"""


def make_authority(folder: Path, *, days: int = 9) -> Path:
    """A root, a certificate for stamping, and its settings."""
    folder.mkdir()
    (folder / "serial").write_text("01\n")
    (folder / "openssl.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "eku").write_text(
        "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"
        "basicConstraints=CA:FALSE\n"
    )
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    lasts = ("-days", str(days))
    openssl(folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", *lasts,
            "-subj", "/CN=Test Root", "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
    openssl(folder, "req", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Test TSA")
    openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-out", "tsa.pem", *lasts, "-extfile", "eku")  # fmt: skip
    return folder


def stamp(authority: Path, request: Path, response: Path) -> Path:
    """Let the authority answer a request."""
    config = str(authority / "openssl.cnf")
    openssl(authority, "ts", "-reply", "-config", config, "-queryfile", str(request),
            "-out", str(response))  # fmt: skip
    return response


def openssl(folder: Path, *words: str) -> None:
    """Run openssl in a folder; `FileNotFoundError` without it."""
    program = shutil.which("openssl")
    if program is None:
        raise FileNotFoundError("openssl is not installed; it plays the time-stamping authority")
    subprocess.run([program, *words], cwd=folder, check=True, capture_output=True)
