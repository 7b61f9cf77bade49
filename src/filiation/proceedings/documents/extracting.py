"""What hangs on a document, as files of its own: shown, and written out under harmless names."""

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final, final

from filiation.casefile import facts
from filiation.casefile.documents.account import Accounted
from filiation.casefile.exchange.held import entry_of, held
from filiation.casefile.laws.documents import production
from filiation.casefile.laws.numbers import canonical
from filiation.errors import UnwritableError, UsageError
from filiation.files import put
from filiation.proceedings.documents.marks import BARE, Marks, marks_of
from filiation.proceedings.documents.reading import Hidden, hidden_of
from filiation.proceedings.naming import free
from filiation.proceedings.productions import indexed
from filiation.readers.writings.extraction import attached_bytes

__all__ = ["Extracted", "ShownAttachment", "extract", "show_attachment"]

LONGEST: Final = 120  # characters of a name that is written
REFUSED: Final = re.compile(r"[^\w.()\[\] +,=@-]")  # neither separators nor what steers anything
RESERVED: Final = re.compile(
    r"(con|prn|aux|nul|(com|lpt)[\d\u00b9\u00b2\u00b3])(\..*)?", re.IGNORECASE
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAttachment:
    """A file that hangs on a document.

    Attributes:
        document: As PRODUCTION:NUMBER.
        number: Its place among what hangs there, from 1.
        fields: Its name, media type, size and SHA-256, as the account has them.
        entry: The document, as the account has it.
        produced: The production that the document lies in.
        marks: What the parties put on the document.
        words: Its own words; empty if none were read.
    """

    document: str
    number: int
    fields: dict[str, Any]
    entry: Accounted
    produced: facts.Produced
    marks: Marks
    words: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """One attachment that was written to a file, or (without a path) could not be.

    Attributes:
        name: As PRODUCTION:NUMBER/ATTACHMENT.
        called: What it is called in the document.
        path: Where it lies now.
        size: In bytes.
        sha256: Digest (hex).
    """

    name: str
    called: str
    path: Path | None
    size: int
    sha256: str


def show_attachment(case: Path, name: str) -> ShownAttachment | Hidden:
    """An attachment in words; where an export withholds it, its document, which is withheld.

    Args:
        case: The case's folder, or that of an export.
        name: As PRODUCTION:NUMBER/ATTACHMENT.

    Raises:
        UsageError: There is no such document, or nothing of that number hangs on it.
        AlteredError: The account is not what the record says.
    """
    record = held(case)
    state = record.state()
    given, _, place = name.rpartition("/")
    document = canonical(state, given)
    gone = hidden_of(record, state, document)
    if gone is not None:
        return gone
    produced = production(state, document)
    _, entry = entry_of(record, produced, int(document.partition(":")[2]))
    (number,) = _numbers(document, entry, place)
    with indexed(record, state) as index:
        words = index.attached(document, number)
    return ShownAttachment(
        document=document, number=number, fields=entry.fields["attachments"][number - 1],
        entry=entry, produced=produced.fact, marks=marks_of(state).get(document, BARE), words=words,
    )  # fmt: skip


def extract(case: Path, name: str, out: Path) -> tuple[Extracted, ...]:
    """Write what hangs on a document to files; their bytes are checked against the account.

    Args:
        case: The case's folder, or that of an export.
        name: As PRODUCTION:NUMBER for all of it, or PRODUCTION:NUMBER/ATTACHMENT for one.
        out: The file to write; for all, the folder to make.

    Raises:
        UsageError: There is no such document, nothing hangs on it, the bytes of the one that is
            asked for are not in it, or the place is taken.
        WithheldError: The export does not hold the document.
        AlteredError: Account or bytes are not what the record says.
    """
    record = held(case)
    state = record.state()
    given, slash, place = name.partition("/")
    document = canonical(state, given)
    number = int(document.partition(":")[2])
    papers, entry = entry_of(record, production(state, document), number)
    numbers = _numbers(document, entry, place if slash else "")
    raw = papers.raw(entry)
    if slash:
        return (_written(document, entry, raw, numbers[0], free(out)),)
    _folder(free(out))
    return tuple(_all(document, entry, raw, numbers, out))


def _all(
    document: str, entry: Accounted, raw: bytes, numbers: list[int], out: Path
) -> Iterator[Extracted]:
    for number in numbers:
        one = entry.fields["attachments"][number - 1]
        path = out / f"{number}-{harmless_name(str(one['name']), str(one['media_type']))}"
        try:
            yield _written(document, entry, raw, number, path)
        except UsageError:
            yield Extracted(name=f"{document}/{number}", called=str(one["name"]), path=None,
                            size=int(one["size"]), sha256=str(one["sha256"]))  # fmt: skip


def _numbers(document: str, entry: Accounted, place: str) -> list[int]:
    count = len(entry.fields["attachments"])
    if not count:
        raise UsageError(f"{document}: nothing hangs on it")
    if not place:
        return list(range(1, count + 1))
    if not re.fullmatch(r"[1-9]\d{0,5}", place) or int(place) > count:
        raise UsageError(f"{document}/{place}: {count} files hang on {document}; expected 1 to "
                         f"{count}")  # fmt: skip
    return [int(place)]


def _written(document: str, entry: Accounted, raw: bytes, number: int, path: Path) -> Extracted:
    one = entry.fields["attachments"][number - 1]
    body = None
    if one["sha256"]:
        body = attached_bytes(raw, entry.fields["format"], str(one["sha256"]))
    if body is None:
        raise UsageError(
            f"{document}/{number}: its bytes are not in {document} as a file of their own; "
            f"`documents show {document}` has its words, where it has some"
        )
    put(path, body)
    return Extracted(name=f"{document}/{number}", called=str(one["name"]), path=path,
                     size=len(body), sha256=str(one["sha256"]))  # fmt: skip


def _folder(out: Path) -> None:
    try:
        out.mkdir(mode=0o755)
    except OSError as error:
        raise UnwritableError(f"{out}: cannot be made: {os.strerror(error.errno or 0)}") from error


def harmless_name(name: str, media_type: str = "") -> str:
    """A name for a file that a stranger named: of one part, short, hidden from nobody.

    It leads nowhere, steers no terminal, and is no device of another system; what is left of the
    stranger's name is what a reader needs to know it again.
    """
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    found = REFUSED.sub("_", last).strip(" .")
    stem, dot, suffix = found.rpartition(".")
    if len(found) > LONGEST:
        found = f"{stem[: LONGEST - 12]}{dot}{suffix[:11]}" if dot else found[:LONGEST]
    if not found.strip("_") and media_type == "message/rfc822":
        found = "mail.eml"
    found = found if found.strip("_") else "nameless"
    return f"_{found}" if RESERVED.fullmatch(found) else found
