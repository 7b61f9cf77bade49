"""Where in a production is each document? Looked for once, so that one is found without the rest.

An account of 100,000 documents is some 100 MB; whoever asks for one of them, again and again, would
read and hash all of it each time. Here it is read once, held against the digest that is on record,
and of each line its place and its own hash are kept: a line that was changed since is refused.
"""

import hashlib
from array import array
from collections.abc import Iterator
from typing import Final, final

from filiation.casefile.documents.account import Accounted
from filiation.casefile.documents.papers import Papers, Whole
from filiation.errors import AlteredError, CaseError

__all__ = ["Places"]

LONGEST: Final = 1 << 24
HASH: Final = 16  # bytes of SHA-256 that are kept of a line


@final
class Places:
    """The documents of a production, each found by its place.

    Args:
        papers: The production, as far as it is held.
        name: Of the production.

    Raises:
        CaseError: The account is cut short or cannot be read.
        AlteredError: It is not the one that its event names.
    """

    def __init__(self, papers: Papers, name: str) -> None:
        self._papers, self._name = papers, name
        self._starts, self._hashes = array("Q"), bytearray()
        self._unread: int | None = None
        self._raws = array("Q")  # of a part: where the bytes of each document begin
        seen, place, raw = hashlib.sha256(), 0, 0
        whole = isinstance(papers, Whole)
        with papers.listing.open("rb") as lines:
            for number, line in enumerate(iter(lambda: lines.readline(LONGEST), b"")):
                seen.update(line)
                if not whole or number:  # the first line of an account is no document
                    self._starts.append(place)
                    self._hashes += hashlib.sha256(line).digest()[:HASH]
                if not whole:
                    self._raws.append(raw)
                    entry = papers.read(line, name)
                    raw += entry.size if entry is not None else 0
                place += len(line)
        if isinstance(papers, Whole) and seen.hexdigest() != papers.digest:
            raise AlteredError("account", recorded=papers.digest, found=seen.hexdigest())

    def unread(self, count: int) -> int:
        """How many of its first `count` documents may hold words that were not read."""
        if self._unread is None:
            found = self.entries(0, count)
            self._unread = sum(one.unread for one in found if one is not None)
        return self._unread

    def entry(self, number: int) -> Accounted | None:
        """What is known of a document; None if it is withheld.

        Raises:
            CaseError: There is none of that number.
            AlteredError: Its line is another than was checked.
        """
        for found in self.entries(number, number + 1):
            return found
        raise CaseError(f"{self._name}: no document {number}")

    def entries(self, start: int, stop: int) -> Iterator[Accounted | None]:
        """The same of documents in a row."""
        with self._papers.listing.open("rb") as lines:
            for number in range(start, min(stop, len(self._starts))):
                lines.seek(self._starts[number])
                line, what = lines.readline(LONGEST), f"{self._name}:{number}"
                kept = bytes(self._hashes[number * HASH : (number + 1) * HASH])
                now = hashlib.sha256(line).digest()[:HASH]
                if now != kept:
                    raise AlteredError(what, recorded=kept.hex(), found=now.hex())
                yield self._papers.read(line.rstrip(b"\n"), what)

    def check(self, entry: Accounted) -> None:
        """Hold the bytes of a document against their digest.

        Raises:
            CaseError: Its file is not there.
            AlteredError: They are others than were recorded.
        """
        if isinstance(self._papers, Whole):
            self._papers.raw(entry)
            return
        with self._papers.raw_file.open("rb") as held:
            held.seek(self._raws[entry.number])
            found = hashlib.sha256(held.read(entry.size)).hexdigest()
        if found != entry.sha256:
            what = f"{self._name}:{entry.number}"
            raise AlteredError(what, recorded=entry.sha256, found=found)

    def left_of(self, number: int) -> str | None:
        """The words that a redaction left of what is withheld; None if none are given."""
        return None if isinstance(self._papers, Whole) else self._papers.redacted(number)
