"""The documents of one production, whole, or the part of them that an export shows to a party.

A document that is withheld has its place: it is counted and numbered, and nothing else is told but
the words that a redaction left of it, if there are any.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, TypeAlias, final

from filiation.casefile.documents.account import Account, Accounted, read_entry
from filiation.casefile.documents.bytes import Bytes
from filiation.casefile.documents.part import files_of_part, read_line
from filiation.casefile.facts import Produced
from filiation.errors import AlteredError, CaseError

__all__ = ["Papers", "Part", "Whole"]


@final
class Whole:
    """All documents of a production, by its account."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.digest = account.digest
        self.listing: Final = account.path
        self._bytes = Bytes(account.files())

    def read(self, line: bytes, what: str) -> Accounted:
        """The entry of a line of its listing."""
        return read_entry(line, what)

    def entry(self, number: int) -> Accounted:
        """What the account says of a document, checked against its digest.

        Raises:
            CaseError: There is none of that number.
            AlteredError: The account is not the one that its event names.
        """
        return self.account.entry(number)

    def entries(self) -> Iterator[Accounted]:
        """The same of each document, in order."""
        return self.account.entries()

    def raw(self, entry: Accounted) -> bytes:
        """The bytes of a document, checked.

        Raises:
            AlteredError: They are others than were recorded.
        """
        return self._bytes.of(entry)


@final
class Part:
    """What an export shows of a production in which documents are withheld."""

    def __init__(self, folder: Path, fact: Produced, redacted: Mapping[int, bytes]) -> None:
        """`redacted` are the objects with the words that redactions left, by number."""
        self.listing, self.raw_file = (folder / name for name in files_of_part(fact.production))
        self._production, self._redacted = fact.production, redacted

    def read(self, line: bytes, what: str) -> Accounted | None:
        """The entry of a line of its listing; None if it is withheld."""
        return read_line(line, what)[1]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over all that is shown: an index of it knows it by that."""
        seen = hashlib.sha256(self.listing.read_bytes())
        for number in sorted(self._redacted):
            seen.update(hashlib.sha256(self._redacted[number]).digest())
        return seen.hexdigest()

    def entry(self, number: int) -> Accounted | None:
        """What the account says of a document; None if it is withheld.

        Raises:
            CaseError: There is none of that number.
        """
        for place, entry in enumerate(self.entries()):
            if place == number:
                return entry
        raise CaseError(f"{self._production}: no document {number}")

    def entries(self) -> Iterator[Accounted | None]:
        """The same of each document, in order."""
        with self.listing.open("rb") as lines:
            for number, line in enumerate(lines):
                yield read_line(line, f"{self._production}:{number}")[1]

    def raw(self, entry: Accounted) -> bytes:
        """The bytes of a document that is shown, checked.

        Raises:
            AlteredError: They are others than were recorded.
        """
        before = 0
        for one in self.entries():
            if one is not None and one.number == entry.number:
                break
            before += one.size if one is not None else 0
        with self.raw_file.open("rb") as held:
            held.seek(before)
            raw = held.read(entry.size)
        found = hashlib.sha256(raw).hexdigest()
        if found != entry.sha256:
            what = f"{self._production}:{entry.number}"
            raise AlteredError(what, recorded=entry.sha256, found=found)
        return raw

    def raws(self) -> Iterator[tuple[int, Accounted | None, bytes]]:
        """Number, entry and bytes of each document in order; no bytes of one that is withheld."""
        with self.raw_file.open("rb") as held:
            for number, entry in enumerate(self.entries()):
                yield number, entry, held.read(entry.size) if entry is not None else b""

    def redacted(self, number: int) -> str | None:
        """The words that a redaction left of a document that is withheld; None if none are given.

        Raises:
            CaseError: Not such an object.
        """
        raw = self._redacted.get(number)
        if raw is None:
            return None
        try:
            return str(json.loads(raw)["words"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            what = f"{self._production}:{number}"
            raise CaseError(f"{what}: no redacted words: {error}; it was altered") from error


Papers: TypeAlias = Whole | Part
