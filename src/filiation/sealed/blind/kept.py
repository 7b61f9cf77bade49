"""A session as one file: its messages and what was found, or all that the tribunal got as well.

`filiation session 1` and a line end; then, by increasing names, the length of a name (2 bytes), the
name, the length of what it holds (8 bytes), and that. The same session gives the same bytes
whoever writes it, since everybody has the same messages; what only the tribunal has follows from
its folder.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, final

from filiation.errors import AlteredError, CaseError, UnreadableError
from filiation.files import opened
from filiation.model.blind import Role
from filiation.sealed.blind.messages import LONGEST
from filiation.sealed.blind.session import Session, session_of

__all__ = ["FOUND", "REPORT", "Kept", "file_of", "is_kept", "kept_bytes", "thin", "write_kept"]

MAGIC: Final = b"filiation session 1\n"
REPORT: Final = "report.txt"
FOUND: Final = "found.json"
NAME: Final = re.compile(
    r"report\.txt|found\.json|noise|(messages|received|controls|ties)/[a-z0-9][a-z0-9.-]{0,99}"
)
MOST: Final = 4096  # entries
THIN: Final = 64 << 20  # bytes of what everybody has
CHUNK: Final = 1 << 20


def is_kept(path: Path) -> bool:
    """Does the file say that it is one?"""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def file_of(number: int, step: str, role: Role) -> str:
    """How the file of a message is called."""
    return f"{number:02}-{step}-{role}.json"


def _head(name: str, size: int) -> bytes:
    raw = name.encode()
    return len(raw).to_bytes(2, "big") + raw + size.to_bytes(8, "big")


def kept_bytes(entries: Mapping[str, bytes]) -> bytes:
    """A session as one file, of what everybody has."""
    return MAGIC + b"".join(
        _head(name, len(entries[name])) + entries[name] for name in sorted(entries)
    )


def write_kept(out: Path, entries: Mapping[str, Path]) -> None:
    """The same of files, however large they are.

    Raises:
        UsageError: It cannot be written.
    """
    partial = out.with_name(f".{out.name}.partial")
    try:
        with partial.open("xb") as kept:
            kept.write(MAGIC)
            for name in sorted(entries):
                kept.write(_head(name, entries[name].stat().st_size))
                with opened(entries[name], follow=True) as file:
                    while raw := file.read(CHUNK):
                        kept.write(raw)
        partial.rename(out)
    finally:
        partial.unlink(missing_ok=True)


@final
class Kept:
    """A session that was kept: what stands in it, and where.

    Args:
        path: The file.

    Raises:
        UnreadableError: It is none, cut, or says a thing twice.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._places = path, dict[str, tuple[int, int]]()
        end = path.stat().st_size
        with opened(path, follow=True) as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise UnreadableError(f"{path}: not a session as `filiation blind keep` writes it")
            last = ""
            while file.tell() < end:
                length = int.from_bytes(file.read(2), "big")
                name = file.read(length).decode(errors="replace")
                size, at = int.from_bytes(file.read(8), "big"), file.tell()
                fits = NAME.fullmatch(name) is not None and last < name and size <= end - at
                if not fits or len(self._places) >= MOST:
                    raise UnreadableError(f"{path}: cut, or an entry of no session: {name[:40]!a}")
                self._places[name], last = (at, size), name
                file.seek(at + size)

    @property
    def names(self) -> tuple[str, ...]:
        """Of all that it holds."""
        return tuple(self._places)

    @property
    def whole(self) -> bool:
        """Whether it holds what only the tribunal has."""
        return any(name.startswith("received/") for name in self._places)

    def raw(self, name: str, most: int = THIN) -> bytes:
        """What stands under a name.

        Raises:
            UnreadableError: Nothing, or more than that.
        """
        at, size = self._places.get(name, (0, most + 1))
        if size > most:
            raise UnreadableError(f"{self.path}: no {name}, or one of more than {most} bytes")
        with opened(self.path, follow=True) as file:
            file.seek(at)
            return file.read(size)

    def digest(self, name: str) -> str:
        """SHA-256 (hex) of what stands under a name, however large it is."""
        told, (at, left) = hashlib.sha256(), self._places[name]
        with opened(self.path, follow=True) as file:
            file.seek(at)
            while left > 0 and (raw := file.read(min(CHUNK, left))):
                left -= len(raw)
                told.update(raw)
        return told.hexdigest()

    def unpack(self, folder: Path) -> None:
        """Write all of it into a folder."""
        with opened(self.path, follow=True) as file:
            for name, (at, left) in self._places.items():
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                file.seek(at)
                with target.open("xb") as out:
                    while left > 0:
                        raw = file.read(min(CHUNK, left))
                        left -= len(raw)
                        out.write(raw)

    def _messages(self) -> Iterator[str]:
        found = (name for name in self._places if name.startswith("messages/"))
        yield from sorted(found, key=lambda name: ("-abort-" in name, name))

    def session(self) -> Session:
        """Its messages, folded anew.

        Raises:
            CaseError: None, or they contradict each other or what was found.
        """
        names = list(self._messages())
        if not names:
            raise CaseError(f"{self.path.name}: the terms of the session are missing")
        session = session_of(self.raw(names[0], LONGEST), names[0])
        for name in names[1:]:
            session.take(self.raw(name, LONGEST), name)
        called = {file_of(one.message.number, one.message.step, one.message.sender)
                  for one in session.messages}  # fmt: skip
        if {f"messages/{name}" for name in called} != set(names):
            raise CaseError(f"{self.path.name}: a message under another name than it has; altered")
        self._check_told(session)
        return session

    def _check_told(self, session: Session) -> None:
        """Report and findings are there if a result names them, and are those that it names."""
        result = session.says("result", "tribunal")
        for name, field in ((REPORT, "report"), (FOUND, "found")):
            if (result is not None) is not (name in self._places):
                raise CaseError(
                    f"{self.path.name}: {name} goes with a result, and a result with it; one of "
                    "them is missing"
                )
            if result is not None:
                found = hashlib.sha256(self.raw(name)).hexdigest()
                if found != result[field]:
                    raise AlteredError(
                        f"{self.path.name}: {name}", recorded=str(result[field]), found=found
                    )


def thin(kept: Kept) -> bytes:
    """What everybody has of a session, as a file of its own."""
    names = [n for n in kept.names if n.startswith("messages/") or n in (REPORT, FOUND)]
    return kept_bytes({name: kept.raw(name) for name in names})
