"""Which files is an exhibit made of? A manifest shaped like OpenSSF Model Signing v1.0.

An in-toto Statement v1 whose subject is the SHA-256 over the digests of all files in order of their
names, so that a vendor's own signature of a model can be held against the exhibit.
"""

import hashlib
from dataclasses import dataclass
from typing import final

import rfc8785

from filiation.errors import UnreadableError
from filiation.files import Handed, shown

__all__ = ["Manifest", "manifest_bytes"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The files of an exhibit: name to SHA-256 (hex).

    `root` is SHA-256 (hex) over the digests of all files, in order of their names.
    """

    raw: bytes
    root: str
    digests: dict[str, str]
    size: int


def manifest_bytes(name: str, handed: Handed) -> Manifest:
    """Digest every file and write the manifest.

    Args:
        name: What the folder or file is called.
        handed: Its files.

    Raises:
        UnreadableError: A file cannot be read, or another took its place.
    """
    digests = {file: _digest(handed, file) for file in handed.files}
    root = hashlib.sha256(b"".join(bytes.fromhex(d) for d in digests.values())).hexdigest()
    resources = [
        {"algorithm": "sha256", "digest": digest, "name": name} for name, digest in digests.items()
    ]
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": root}}],
        "predicateType": "https://model_signing/signature/v1.0",
        "predicate": {
            "serialization": {
                "method": "files",
                "hash_type": "sha256",
                "allow_symlinks": True,
                "ignore_paths": [],
            },
            "resources": resources,
        },
    }
    size = sum(found.size for found in handed.files.values())
    raw = rfc8785.dumps(statement) + b"\n"  # type: ignore[arg-type]
    return Manifest(raw=raw, root=root, digests=digests, size=size)


def _digest(handed: Handed, name: str) -> str:
    try:
        with handed.opened(name) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableError(f"{shown(name)}: cannot be read: {error.strerror}") from error
