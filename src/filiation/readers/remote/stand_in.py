"""A file of this machine that stands in for one on another, and is filled as it is read.

It is as large as the other and takes room on disk for what was read of it. Each byte is fetched
once: a sketch reads some tensors several times.
"""

import hashlib
import os
import threading
from pathlib import Path
from typing import Final, final

from filiation.errors import UnreadableError, UnwritableError
from filiation.readers.remote.client import Client
from filiation.readers.remote.place import Place

__all__ = ["HEAD", "StandIn"]

PAGE: Final = 1 << 16
AHEAD: Final = 1 << 23  # bytes that are read ahead, where a tensor is read in order
HEAD: Final = PAGE  # bytes that are fetched when a file is opened
_ABSENT, _COMING, _THERE = 0, 1, 2


@final
class StandIn:
    """One file. Safe to fill from several threads; each waits for what it needs only."""

    def __init__(self, path: Path, place: Place, client: Client) -> None:
        """Ask for the file's state and its first bytes.

        Raises:
            MissingError: There is no such file.
            UsageError: It is not open to whoever asks.
            UnreadableError: The host cannot be reached.
            UnwritableError: No room on this disk.
        """
        self.path, self.place, self._client = path, place, client
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._changed = threading.Condition()
        self._came = 0  # bytes of a file that comes as a whole
        try:
            self.state = client.state(place, HEAD, self._put)
            os.ftruncate(self._file, self.state.size)
        except BaseException:
            self.close()
            raise
        self._pages = bytearray(-(-self.state.size // PAGE))
        if self.state.ranges:
            self._pages[:1] = bytes([_THERE] * min(1, len(self._pages)))

    def close(self) -> None:
        """Close the file; it stays where it is."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    @property
    def read(self) -> int:
        """Bytes that are there."""
        with self._changed:
            whole = self._pages.count(_THERE) * PAGE
            last = self._pages[-1:] == bytes([_THERE])
        return whole - ((-self.state.size) % PAGE if last else 0)

    def fill(self, start: int, end: int, until: int) -> None:
        """See to it that bytes `start` to `end` are there; those up to `until` may be, too.

        Raises:
            UnreadableError: The file changed, or the host failed too often.
        """
        first, last = start // PAGE, -(-min(end, self.state.size) // PAGE)
        while True:
            with self._changed:
                if self._pages.count(_THERE, first, last) >= last - first:
                    return
                mine = self._mine(first, last, until)
                if mine is None:
                    self._changed.wait()
                    continue
                begin, stop = mine
                self._pages[begin:stop] = bytes([_COMING]) * (stop - begin)
            self._fetch(begin, stop)

    def fill_whole(self) -> None:
        """See to it that every byte is there."""
        self.fill(0, self.state.size, self.state.size)

    def sha256(self) -> str:
        """SHA-256 (hex) of the file; empty if not every byte of it is there."""
        if self.read < self.state.size:
            return ""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _mine(self, first: int, last: int, until: int) -> tuple[int, int] | None:
        """The first run of pages that nobody fetches yet; read on where what comes before is there.

        None if all that is missing is coming.
        """
        begin = self._pages.find(_ABSENT, first, last)
        if begin < 0:
            return None
        if not self.state.ranges:
            return 0, len(self._pages)
        most = last
        if begin == 0 or self._pages[begin - 1] != _ABSENT:
            most = max(last, min(-(-until // PAGE), begin + AHEAD // PAGE, len(self._pages)))
        taken = (self._pages.find(state, begin, most) for state in (_COMING, _THERE))
        return begin, min((at for at in taken if at >= 0), default=most)

    def _fetch(self, begin: int, stop: int) -> None:
        found = _ABSENT
        start, end = begin * PAGE, min(stop * PAGE, self.state.size)
        try:
            self._client.read(self.place, self.state, start, end, self._put_again)
            found = _THERE
        finally:
            with self._changed:
                self._pages[begin:stop] = bytes([found]) * (stop - begin)
                self._changed.notify_all()

    def _put_again(self, at: int, raw: bytes) -> None:
        """As `_put`. What a host without ranges sends twice must be the same both times."""
        both = raw[: max(0, self._came - at)]
        if not self.state.ranges and os.pread(self._file, len(both), at) != both:
            raise UnreadableError(
                f"{self.place.shown}: other bytes came after a cut than before it; it changed "
                "while it was being read: read it again"
            )
        self._put(at, raw)
        if not self.state.ranges:
            self._came = max(self._came, at + len(raw))

    def _put(self, at: int, raw: bytes) -> None:
        done = 0
        try:
            while done < len(raw):
                done += os.pwrite(self._file, raw[done:], at + done)
        except OSError as error:
            raise UnwritableError(
                f"{self.place.shown}: no room for what was read ({error.strerror}); it takes room "
                "in the folder for temporary files, another can be named by TMPDIR"
            ) from error
