"""What a deed brings along lies apart until its event is on record: a refused deed leaves nothing.

.staged-*/        one folder for each deed that is under way; its process holds a lock on it
.staged-*/adding  digests that are being moved into objects/, written before the first of them moves

Whoever is killed leaves such a folder. The system frees its lock, and the next writer removes the
folder, and with it those objects it was moving that no event came to name.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, final

from filiation.casefile.ledger.objects import (
    DIGEST,
    WRITING,
    Objects,
    pieces_of,
    settle,
    write_stream,
    write_whole,
)

__all__ = ["Staged", "leftovers", "moving", "others", "staging", "sweep", "take_back"]

PREFIX: Final = ".staged-"
ADDING: Final = "adding"
LISTED: Final = re.compile(r'"([0-9a-f]{64})"')
LONGEST: Final = 1 << 27  # bytes of a list of digests


@final
class Staged:
    """The files of one deed, each under its digest, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._moving = False

    def path(self, digest: str) -> Path:
        """Where the file of that digest lies, until it becomes an object."""
        return self.folder / digest

    def put(self, raw: bytes) -> str:
        """Stage bytes; return their digest."""
        digest = hashlib.sha256(raw).hexdigest()
        if not self.path(digest).exists():
            write_whole(self.path(digest), raw, partial=self.folder)
        return digest

    def put_file(self, source: BinaryIO) -> tuple[str, int]:
        """Stage a copy of a file of any size and close it; return its digest and size."""
        return self.put_stream(pieces_of(source))

    def put_stream(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Stage what comes in pieces, of any size together; return its digest and size."""
        return write_stream(chunks, self.path, partial=self.folder)

    def digests(self) -> set[str]:
        """Of everything that is staged."""
        return {path.name for path in self.folder.iterdir() if DIGEST.fullmatch(path.name)}

    def drop(self, digests: Iterable[str]) -> None:
        """Take staged files away again."""
        for digest in digests:
            self.path(digest).unlink()

    def become(self, objects: Objects) -> None:
        """Move everything into objects/. The event that names it is to be recorded next."""
        added = [digest for digest in sorted(self.digests()) if not objects.path(digest).exists()]
        write_whole(self.folder / ADDING, json.dumps(added).encode(), partial=self.folder)
        self._moving = True
        for digest in added:
            settle(self.path(digest), objects.path(digest))

    def done(self) -> None:
        """The event is on record, or nothing of it is left in objects/."""
        self._moving = False

    def remove(self) -> None:
        """Leave nothing; but what is half moved stays listed for the next writer."""
        if not self._moving:
            shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def staging(case: Path) -> Iterator[Staged]:
    """A folder for the files of one deed. To be made while no one sweeps; it is gone at the end."""
    folder = Path(tempfile.mkdtemp(dir=case, prefix=PREFIX))
    staged = Staged(folder)
    try:
        with _held(folder):
            yield staged
    finally:
        staged.remove()


def leftovers(case: Path) -> list[Path]:
    """Folders of deeds that are under way, or were killed."""
    return [path for path in sorted(case.glob(f"{PREFIX}*")) if _is_folder(path)]


def moving(folder: Path) -> list[str]:
    """Digests that a deed was moving into objects/; none if it had not come to that.

    An opponent may have written the list: what is not, byte for byte, as a deed writes it is none.
    """
    text = _bounded(folder / ADDING).decode("latin-1")
    found = LISTED.findall(text)
    return found if text == json.dumps(found) else []


def others(folder: Path) -> list[str]:
    """Files in a leftover that are not what a deed stages: neither under a digest nor the list."""
    found = (path for path in sorted(folder.rglob("*")) if not _is_folder(path))
    return [path.relative_to(folder).as_posix() for path in found if not _is_ours(path, folder)]


def sweep(case: Path, objects: Objects, named: Callable[[], Collection[str]]) -> None:
    """Remove what killed deeds left; of what they were moving, what is not `named` by the log."""
    for folder in leftovers(case):
        with suppress(OSError), _held(folder):  # another holds it, or it is not to be opened
            take_back(folder, objects, named)
            shutil.rmtree(folder, ignore_errors=True)


def take_back(folder: Path, objects: Objects, named: Callable[[], Collection[str]]) -> None:
    """Take away what a deed was moving into objects/, but for what the log names."""
    if digests := moving(folder):
        for digest in set(digests).difference(named()):
            place = objects.path(digest)
            if _is_folder(place):  # no deed makes one there
                continue
            place.unlink(missing_ok=True)
            with suppress(OSError):  # others lie there
                place.parent.rmdir()


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """The folder locked by this process; refused if another holds it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_ours(path: Path, folder: Path) -> bool:
    known = path.name == ADDING or path.name.startswith(WRITING) or DIGEST.fullmatch(path.name)
    return bool(known) and path.parent == folder and stat.S_ISREG(path.lstat().st_mode)


def _bounded(path: Path) -> bytes:
    """The bytes of a regular file of bearable length; none of anything else, without waiting."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return b""
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > LONGEST:
            return b""
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(LONGEST)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
