"""Objects: files of a case under the SHA-256 of their bytes, written whole or not at all."""

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Set
from pathlib import Path
from typing import BinaryIO, Final, final

from filiation.errors import AlteredError, CaseError, UnreadableError, WithheldError
from filiation.files import opened

__all__ = [
    *("DIGEST", "Objects", "digest_file", "flush_folder"),
    *("pieces_of", "settle", "write_stream", "write_whole"),
]

DIGEST: Final = re.compile(r"[0-9a-f]{64}")
CHUNK: Final = 1 << 20
WRITING: Final = "writing-"
LARGEST: Final = 1 << 30  # bytes of an object that is read into memory


@final
class Objects:
    """objects/sha256/ab/abcd...: what events name, and nothing that can change."""

    def __init__(self, folder: Path, *, held: Set[str] | None = None) -> None:
        """`held` are the digests that an export holds; what else events name is withheld."""
        self.folder, self._held = folder, held

    def path(self, digest: str) -> Path:
        """Where the object of that digest lies.

        Raises:
            CaseError: No digest.
            WithheldError: The export does not hold it.
        """
        if not DIGEST.fullmatch(digest):
            raise CaseError(f"object {digest[:80]!r}: expected 64 hexadecimal digits")
        if self._held is not None and digest not in self._held:
            raise WithheldError(f"object {digest[:12]}..: withheld; this export does not hold it")
        return self.folder / "sha256" / digest[:2] / digest

    def get(self, digest: str) -> bytes:
        """The bytes of an object, checked.

        Raises:
            CaseError: It is not there or cannot be read.
            AlteredError: Its bytes are others.
        """
        path = self.path(digest)
        try:
            with opened(path, follow=True) as file:
                raw = file.read(LARGEST + 1)
        except (UnreadableError, OSError) as error:
            raise CaseError(f"object {digest[:12]}..: {error}; removed?") from error
        if len(raw) > LARGEST:
            raise CaseError(f"object {digest[:12]}..: more than {LARGEST} bytes")
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
        except (UnreadableError, OSError) as error:
            raise CaseError(f"object {digest[:12]}..: {error}; it was removed") from error
        if found != digest:
            raise AlteredError(f"object {digest[:12]}..", recorded=digest, found=found)

    def present(self) -> Iterator[Path]:
        """Every file below."""
        return (path for path in sorted(self.folder.rglob("*")) if not path.is_dir())


def write_whole(target: Path, raw: bytes, *, partial: Path) -> None:
    """Write a file so that it is there whole, on disk, or not at all."""
    partial.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=partial, prefix=WRITING)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        settle(Path(name), target)
    finally:
        Path(name).unlink(missing_ok=True)


def write_stream(
    chunks: Iterable[bytes], place: Callable[[str], Path], *, partial: Path
) -> tuple[str, int]:
    """Write what comes in pieces to the place that its digest has; return digest and size."""
    partial.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=partial, prefix=WRITING)
    seen, size = hashlib.sha256(), 0
    try:
        with open(descriptor, "wb") as target:  # noqa: PTH123
            for chunk in chunks:
                seen.update(chunk)
                size += len(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        settle(Path(name), place(seen.hexdigest()))
    finally:
        Path(name).unlink(missing_ok=True)
    return seen.hexdigest(), size


def pieces_of(source: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file, a piece at a time; it is closed at the end.

    Raises:
        UnreadableError: It cannot be read.
    """
    try:
        with source as file:
            while piece := file.read(CHUNK):
                yield piece
    except OSError as error:
        raise UnreadableError(f"{source.name}: cannot be read: {error.strerror}") from error


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_file(path: Path) -> tuple[str, int]:
    """SHA-256 (hex) and size of a file, opened read-only and, where allowed, without a trace.

    Raises:
        UnreadableError: It cannot be read, or is no file.
    """
    with opened(path, follow=True) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return digest, os.fstat(file.fileno()).st_size


def settle(written: Path, target: Path) -> None:
    """Give a written file its name, for good."""
    target.parent.mkdir(parents=True, exist_ok=True)
    written.chmod(0o444)
    written.replace(target)
    flush_folder(target.parent)
    flush_folder(target.parent.parent)
