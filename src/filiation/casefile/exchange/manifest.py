"""Which files is an exhibit made of? A manifest shaped like OpenSSF Model Signing v1.0.

An in-toto Statement v1 whose subject is the SHA-256 over the digests of all files in order of their
names, so that a vendor's own signature of a model can be held against the exhibit.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias, final

import rfc8785

from filiation.casefile.ledger.objects import digest_file
from filiation.errors import UnreadableError, UsageError

__all__ = ["Manifest", "manifest_bytes", "stat_files"]

MOST: Final = 100_000  # files of one exhibit
Stats: TypeAlias = Mapping[str, tuple[int, int, int]]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The files of an exhibit: relative name to SHA-256 (hex) and to where it lies.

    `root` is SHA-256 (hex) over the digests of all files, in order of their names.
    """

    raw: bytes
    root: str
    digests: dict[str, str]
    files: dict[str, Path]
    size: int


def stat_files(path: Path) -> Stats:
    """Relative name to (inode, size, time of change in ns), of every file; links are followed once.

    Raises:
        UsageError: Nothing is there.
        UnreadableError: A link that leads out of the folder and to nothing, or too many files.
    """
    if not path.exists():
        raise UsageError(f"{path}: there is no such file")
    found = {}
    for relative, file in _files(path).items():
        try:
            stat = file.stat()
        except OSError as error:
            raise UnreadableError(f"{file}: {error.strerror}; the exhibit is incomplete") from error
        found[relative] = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        if len(found) > MOST:
            raise UnreadableError(f"{path}: more than {MOST} files; not one model")
    return found


def manifest_bytes(path: Path, stats: Stats) -> Manifest:
    """Digest every file and write the manifest."""
    files = {name: file for name, file in _files(path).items() if name in stats}
    try:
        digests = {name: digest_file(file)[0] for name, file in sorted(files.items())}
    except OSError as error:
        raise UnreadableError(f"{error.filename}: cannot be read: {error.strerror}") from error
    root = hashlib.sha256(b"".join(bytes.fromhex(d) for d in digests.values())).hexdigest()
    resources = [
        {"algorithm": "sha256", "digest": digest, "name": name} for name, digest in digests.items()
    ]
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": path.resolve().name, "digest": {"sha256": root}}],
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
    size = sum(stat[1] for stat in stats.values())
    raw = rfc8785.dumps(statement) + b"\n"  # type: ignore[arg-type]
    return Manifest(raw=raw, root=root, digests=digests, files=files, size=size)


def _files(path: Path) -> dict[str, Path]:
    if not path.is_dir():
        return {path.name: path}
    found = {}
    for folder, _, names in os.walk(path):  # does not follow links to folders
        for name in names:
            file = Path(folder) / name
            found[file.relative_to(path).as_posix()] = file
    return dict(sorted(found.items()))
