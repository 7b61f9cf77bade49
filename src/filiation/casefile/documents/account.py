"""The account of a production: which files, and of every document what it says and its digest.

Lines of canonical JSON: first the files, the version and a secret salt, then one entry a document.
The event that puts documents on record names the account and the root (RFC 6962) over all entries,
each behind 16 bytes that follow from the salt and its number (HMAC-SHA-256). The digests of the
files stand in the account alone. So a party from whom a document is withheld gets its leaf, which
proves that nothing was slipped in or dropped, and cannot test a guess of its words against it.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

from pydantic import TypeAdapter, ValidationError

from filiation.casefile.ledger.merkle import Growing, leaf_hash
from filiation.casefile.ledger.objects import Objects
from filiation.errors import AlteredError, CaseError, UnreadableError
from filiation.files import name_text
from filiation.model.document import (
    Attachment,
    Document,
    Person,
    Signature,
    message_hash,
    verdicts,
)

__all__ = [
    "Account",
    "Accounted",
    "File",
    "Kept",
    "document_of",
    "entry_line",
    "header_line",
    "read_entry",
    "salt_of",
]

SCHEMA: Final = 1
LONGEST: Final = 1 << 24  # bytes of a line
HARMLESS: Final = re.compile(
    r"no date is given|the (date|time) is given without a time zone|"
    r"the date names its time zone [A-Za-z]+, which is no offset|the date that is given is none"
    r"|no time of sending is kept; the time is that of delivery|edited after it was sent"
    r"|its alternative forms do not say the same; all of them are shown"
    r"|\d+ bytes before its header are not part of it"
    r"|who wrote it is what the line says; a line typed into another message would look the same"
    r"|day and month cannot be told apart in this file \([dmy]{3}(?: or [dmy]{3})+\); no time was "
    r"derived; whoever put it in can say which it is \(--dates\)"
    r"|day, month and year stand in the order that was told \([dmy]{3}\)"
    r"|the year is given in two digits, and taken to stand (first|last)"
    r"|its time is before that of the message above it"
    r"|the word for the half of the day is not known; no time was derived"
    r"|its dates are none in any order of day, month and year; no time was derived"
    r"|WhatsApp set a mark before these words, as it does before its own"
)
SURROGATE: Final = re.compile("[\ud800-\udfff]")
DOCUMENT: Final = TypeAdapter(Document)
FIELDS: Final = frozenset(Document.__slots__) - {"file", "raw", "text"}
NOT_KEPT: Final[dict[str, Any]] = {"raw": True, "text": True, "attachments": {"__all__": {"text"}}}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a production; `of` names the archive that it was unpacked from."""

    name: str
    sha256: str
    size: int
    of: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The first line of an account."""

    production: str
    salt: str
    files: tuple[File, ...]
    tool: str
    schema_version: int = SCHEMA


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Accounted:
    """One document as an account has it: all but its words, which follow from its bytes."""

    number: int
    sha256: str
    size: int
    mih: str
    file: str
    start: int
    pointer: str
    fields: Mapping[str, Any]

    @property
    def people(self) -> tuple[Person, ...]:
        """Whom it names."""
        return PEOPLE.validate_python(self.fields["people"])

    @property
    def unread(self) -> bool:
        """May it hold words that were not read? Any remark says so that is not harmless."""
        remarks = [str(said) for said in self.fields["remarks"]]
        return self.fields["format"] == "other" or not all(map(HARMLESS.fullmatch, remarks))

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """What its signatures show."""
        return SIGNATURES.validate_python(self.fields["signatures"])

    @property
    def verdicts(self) -> tuple[str, ...]:
        """What its signatures show, each once; `unsigned` of a mail without any."""
        return verdicts(self.fields["format"], self.signatures)


KEPT: Final = TypeAdapter(Kept)
PEOPLE: Final = TypeAdapter(tuple[Person, ...])
SIGNATURES: Final = TypeAdapter(tuple[Signature, ...])


def header_line(kept: Kept) -> bytes:
    """The first line."""
    return _line(KEPT.dump_python(kept, mode="json"))


def entry_line(number: int, document: Document) -> bytes:
    """The line of a document.

    Raises:
        UnreadableError: It could not be read back, as text that is not Unicode.
    """
    fields = DOCUMENT.dump_python(document, mode="json", exclude=NOT_KEPT)
    fields |= {
        "number": number,
        "sha256": document.sha256,
        "size": len(document.raw),
        "mih": message_hash(document.message_id) if document.format in ("mail", "outlook") else "",
    }
    line = _line(fields)
    try:
        found = read_entry(line, f"document {number}")
        again = (found.people, found.signatures)
    except (CaseError, ValueError) as error:
        raise UnreadableError(f"{document.file}: cannot be put on record: {error}") from error
    if again != (document.people, document.signatures):
        raise UnreadableError(f"{document.file}: cannot be put on record: it would be read back as "
                              "another")  # fmt: skip
    return line


def _line(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii") + b"\n"


def salt_of(salt: str, number: int) -> bytes:
    """What stands before the entry of that number when it is hashed."""
    return hmac.digest(bytes.fromhex(salt), b"%d" % number, "sha256")[:16]


def read_entry(line: bytes, what: str) -> Accounted:
    """An entry from its line.

    Raises:
        CaseError: Not such a line.
    """
    try:
        fields = json.loads(line)
        return Accounted(
            number=int(fields["number"]),
            sha256=str(fields["sha256"]),
            size=int(fields["size"]),
            mih=str(fields["mih"]),
            file=_text(str(fields["file"])),
            start=int(fields["start"]),
            pointer=str(fields["pointer"]),
            fields=fields,
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CaseError(f"{what}: not an entry of a document: {error}; altered") from error


def document_of(
    entry: Accounted, raw: bytes, text: str, attached: Sequence[Attachment] = ()
) -> Document:
    """The document that an entry is of, with its bytes and words.

    What hangs on it is as the entry has it, with the words of `attached` at the same place, where
    that is the same file.

    Raises:
        CaseError: No document can be such.
    """
    named = {name: entry.fields[name] for name in FIELDS if name in entry.fields}
    named["attachments"] = [
        {**one, "text": next((a.text for a in attached[place : place + 1] if _same(a, one)), "")}
        for place, one in enumerate(entry.fields["attachments"])
    ]
    try:
        found = DOCUMENT.validate_python({**named, "file": entry.file, "raw": raw, "text": text})
    except ValueError as error:
        raise CaseError(f"document {entry.number}: {error}; altered") from error
    return found


def _same(one: Attachment, said: Mapping[str, Any]) -> bool:
    return (one.name, one.size, one.sha256) == (said["name"], said["size"], said["sha256"])


def _header(line: bytes) -> Any:
    found = json.loads(line)
    files = [{name: _text(said) if isinstance(said, str) else said for name, said in file.items()}
             for file in found["files"]]  # fmt: skip
    return {**found, "files": files}


def _text(name: str) -> str:
    """A name as it stands; earlier versions wrote one that is no UTF-8 as no Unicode either."""
    return name if name.isascii() or not SURROGATE.search(name) else name_text(name)


@final
class Account:
    """An account that a case keeps, read line by line."""

    def __init__(self, objects: Objects, digest: str) -> None:
        self._objects, self.digest = objects, digest
        self.path: Final = objects.path(digest)
        with self._opened() as file:
            line = file.readline(LONGEST)
        try:
            self.kept: Kept = KEPT.validate_python(_header(line), extra="forbid")
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            said = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
            raise CaseError(f"account {digest[:12]}..: {said}; it was altered") from error
        if self.kept.schema_version != SCHEMA:
            raise CaseError(
                f"account {digest[:12]}..: schema {self.kept.schema_version}, this version reads "
                f"{SCHEMA}; made by another version of filiation"
            )

    def _opened(self) -> Any:
        try:
            return self.path.open("rb")
        except OSError as error:
            raise CaseError(
                f"account {self.digest[:12]}..: cannot be read: {error.strerror}"
            ) from error

    def lines(self) -> Iterator[bytes]:
        """The line of every document, in order, without its end."""
        with self._opened() as file:
            file.readline(LONGEST)
            while line := file.readline(LONGEST):
                yield line.rstrip(b"\n")

    def leaves(self) -> Iterator[bytes]:
        """The leaf of every document."""
        for number, line in enumerate(self.lines()):
            yield leaf_hash(salt_of(self.kept.salt, number) + line)

    def root(self) -> tuple[int, str]:
        """How many documents there are, and the root (hex) over them."""
        tree = Growing()
        for leaf in self.leaves():
            tree.append(leaf)
        return tree.size, tree.root.hex()

    def entry(self, number: int) -> Accounted:
        """The entry of a document.

        Raises:
            CaseError: There is none.
            AlteredError: The account is not the one that its event names.
        """
        seen, found = hashlib.sha256(), None
        with self._opened() as file:
            for place, line in enumerate(iter(lambda: file.readline(LONGEST), b""), -1):
                seen.update(line)
                if place == number:
                    found = line
        if seen.hexdigest() != self.digest:
            raise AlteredError("account", recorded=self.digest, found=seen.hexdigest())
        if found is None:
            raise CaseError(f"account {self.digest[:12]}..: no document {number}")
        return read_entry(found, f"document {number}")

    def entries(self) -> Iterator[Accounted]:
        """All entries."""
        for number, line in enumerate(self.lines()):
            yield read_entry(line, f"document {number}")

    def files(self) -> dict[str, Path]:
        """Name of each file that documents lie in, and where its bytes are."""
        archives = {file.of for file in self.kept.files}
        return {
            file.name: self._objects.path(file.sha256)
            for file in self.kept.files
            if file.name not in archives
        }


def total(files: Sequence[File]) -> int:
    """Bytes of all files as they were put in."""
    return sum(file.size for file in files if not file.of)
