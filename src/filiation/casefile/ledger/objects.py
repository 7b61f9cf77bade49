"""Objects: files of a case under the SHA-256 of their bytes, written whole or not at all."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, final

from filiation.errors import AlteredError, CaseError

__all__ = ["Objects", "digest_file", "flush_folder", "write_whole"]

DIGEST: Final = re.compile(r"[0-9a-f]{64}")
CHUNK: Final = 1 << 20
LARGEST: Final = 1 << 30  # bytes of an object that is read into memory


@final
class Objects:
    """objects/sha256/ab/abcd...: what events name, and nothing that can change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the object of that digest lies."""
        if not DIGEST.fullmatch(digest):
            raise CaseError(f"object {digest[:80]!r}: expected 64 hexadecimal digits")
        return self.folder / "sha256" / digest[:2] / digest

    def put(self, raw: bytes) -> str:
        """Keep bytes; return their digest."""
        digest = hashlib.sha256(raw).hexdigest()
        if not self.path(digest).exists():
            write_whole(self.path(digest), raw, partial=self.partial)
        return digest

    def put_file(self, source: Path) -> tuple[str, int]:
        """Keep a copy of a file of any size; return its digest and size."""
        with source.open("rb") as file:
            return self.put_stream(iter(lambda: file.read(CHUNK), b""))

    def put_stream(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Keep what comes in pieces, of any size together; return its digest and size."""
        self.partial.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self.partial, prefix=f"{os.getpid()}-")
        seen, size = hashlib.sha256(), 0
        try:
            with open(descriptor, "wb") as target:  # noqa: PTH123
                for chunk in chunks:
                    seen.update(chunk)
                    size += len(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            _settle(Path(name), self.path(seen.hexdigest()))
        finally:
            Path(name).unlink(missing_ok=True)
        return seen.hexdigest(), size

    def get(self, digest: str) -> bytes:
        """The bytes of an object, checked.

        Raises:
            CaseError: It is not there or cannot be read.
            AlteredError: Its bytes are others.
        """
        path = self.path(digest)
        try:
            if path.stat().st_size > LARGEST:
                raise CaseError(f"object {digest[:12]}..: more than {LARGEST} bytes")
            raw = path.read_bytes()
        except OSError as error:
            raise CaseError(f"object {digest[:12]}..: {error.strerror}; removed?") from error
        found = hashlib.sha256(raw).hexdigest()
        if found != digest:
            raise AlteredError(f"object {digest[:12]}..", recorded=digest, found=found)
        return raw

    def check(self, digest: str) -> None:
        """Compare an object of any size with its digest.

        Raises:
            CaseError: It is not there or cannot be read.
            AlteredError: Its bytes are others.
        """
        try:
            found = digest_file(self.path(digest))[0]
        except OSError as error:
            raise CaseError(f"object {digest[:12]}..: {error.strerror}; it was removed") from error
        if found != digest:
            raise AlteredError(f"object {digest[:12]}..", recorded=digest, found=found)

    def present(self) -> Iterator[Path]:
        """Every file below, but for what an interrupted writer left in partial/."""
        for path in sorted(self.folder.rglob("*")):
            if not path.is_dir() and self.partial not in path.parents:
                yield path

    @property
    def partial(self) -> Path:
        """Where files are written before they have their name."""
        return self.folder / "partial"

    def sweep(self) -> None:
        """Remove what writers left that are no longer running."""
        if self.partial.is_dir():
            for path in self.partial.iterdir():
                if not _running(path.name.partition("-")[0]):
                    path.unlink(missing_ok=True)


def write_whole(target: Path, raw: bytes, *, partial: Path) -> None:
    """Write a file so that it is there whole, on disk, or not at all."""
    partial.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=partial, prefix=f"{os.getpid()}-")
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        _settle(Path(name), target)
    finally:
        Path(name).unlink(missing_ok=True)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_file(path: Path) -> tuple[str, int]:
    """SHA-256 (hex) and size of a file, opened read-only and, where allowed, without a trace."""
    flags = os.O_RDONLY | getattr(os, "O_NOATIME", 0)
    try:
        descriptor = os.open(path, flags)
    except PermissionError:  # not the owner: the time of access will be updated
        descriptor = os.open(path, os.O_RDONLY)
    with open(descriptor, "rb") as file:  # noqa: PTH123
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return digest, os.fstat(file.fileno()).st_size


def _settle(written: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    written.chmod(0o444)
    written.replace(target)
    flush_folder(target.parent)
    flush_folder(target.parent.parent)


def _running(process: str) -> bool:
    if not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
