"""What does somebody put in? A file or a folder, and every document in it, in a fixed order.

The order is that of the names of the files, and within a file that of its bytes; a document's
number in a production follows from it alone.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO, Final

from filiation.errors import UnreadableError
from filiation.model.document import Document
from filiation.readers.writings.chats import holds_topics, names_of_users, read_chat
from filiation.readers.writings.dns import Snapshot
from filiation.readers.writings.files import read_file, read_text
from filiation.readers.writings.mail import read_mail
from filiation.readers.writings.mail_file import is_mail, mail_within
from filiation.readers.writings.mbox import LARGEST, doubts, is_mbox, split_mbox
from filiation.readers.writings.outlook import read_outlook
from filiation.readers.writings.plain import one_line
from filiation.readers.writings.whatsapp import is_whatsapp, read_whatsapp

__all__ = ["documents", "is_archive", "unpacked"]

MOST: Final = 100_000  # files of one archive
MOST_ZIPPED: Final = 1 << 33  # bytes that an archive may unpack to
MOST_RATIO: Final = 200  # by which it may grow
DAMAGED: Final = (zipfile.BadZipFile, RuntimeError, EOFError, ValueError, zlib.error)
LISTS: Final = re.compile(r"(.*/)?(users|channels|groups|dms|mpims|integration_logs)\.json")
OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")


def unpacked(path: Path, name: str) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The files of an archive, as names below its own name and their bytes in pieces.

    Raises:
        UnreadableError: Damaged, encrypted, or it unpacks to far more than it is.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            members = [member for member in packed.infolist() if not member.is_dir()]
            total = sum(member.file_size for member in members)
            most = min(MOST_ZIPPED, max(1 << 24, MOST_RATIO * path.stat().st_size))
            if total > most or len(members) > MOST:
                raise UnreadableError(
                    f"{name}: unpacks to {total} bytes in {len(members)} files, expected at most "
                    f"{most} in {MOST}; it was not unpacked"
                )
            taken: set[str] = set()
            for number, member in enumerate(members):
                inner = f"{name}/{_harmless(member.filename)}"
                inner = inner if inner not in taken else f"{inner}~{number}"
                taken.add(inner)
                with packed.open(member) as source:  # gives never more than file_size
                    yield inner, _pieces(source, name)
    except DAMAGED as error:
        raise UnreadableError(f"{name}: cannot be unpacked: {error}") from error


def _pieces(source: IO[bytes], name: str) -> Iterator[bytes]:
    try:
        while piece := source.read(1 << 20):
            yield piece
    except DAMAGED as error:
        raise UnreadableError(f"{name}: cannot be unpacked: {error}") from error


def is_archive(path: Path, name: str) -> bool:
    """Is this a zip of files, and not a document that happens to be one?"""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04" and PurePosixPath(name).suffix.lower() == ".zip"


def _harmless(name: str) -> str:
    path = PurePosixPath(name.replace("\\", "/"))
    parts = [part for part in path.parts if part not in ("/", "..")]
    return "/".join(parts) or "nameless"


def documents(files: Mapping[str, Path], snapshot: Snapshot, dates: str = "") -> Iterator[Document]:
    """Every document of a production. Among others, a file that cannot be read stops nothing.

    Args:
        files: Name to place of each file.
        snapshot: Kept DNS records.
        dates: Order of day, month and year in chats that do not show it; empty if nobody says.

    Raises:
        UnreadableError: The only file is not what it begins as, or one is too large.
    """
    names: dict[str, str] = {}
    for name, path in files.items():
        if PurePosixPath(name).name in ("users.json", "channels.json", "groups.json"):
            names |= names_of_users(path)
    slack = any(re.search(r"(^|/)\d{4}-\d\d-\d\d\.json$", name) for name in files)
    for name in sorted(files):
        if slack and LISTS.fullmatch(name):
            if holds_topics(files[name]):
                yield read_text(files[name], name)
            continue
        found = _documents(name, files[name], snapshot, names, dates)
        yield from _set_aside(found, name, files[name]) if len(files) > 1 else found


def _set_aside(found: Iterator[Document], name: str, path: Path) -> Iterator[Document]:
    """What a file holds; a file of which nothing could be read, as one document without words."""
    any_read = False
    try:
        for document in found:
            any_read = True
            yield document
    except UnreadableError as error:
        if any_read:
            raise
        kept = read_file(path, name, "other")
        yield replace(kept, remarks=(f"its words were not read: {one_line(str(error), 300)}",))


def _documents(
    file: str, path: Path, snapshot: Snapshot, names: Mapping[str, str], dates: str
) -> Iterator[Document]:
    with path.open("rb") as opened:
        opening = opened.read(1 << 14)
    suffix = PurePosixPath(file).suffix.lower()
    if is_mbox(opening):
        for start, raw, left_out in split_mbox(path):
            cut = [f"{left_out} bytes of this message were not read"] if left_out else []
            notes = [*cut, *doubts(raw)]
            yield read_mail(raw, file=file, start=start, snapshot=snapshot, remarks=notes)
    elif opening.startswith(b"%PDF-"):
        yield read_file(path, file, "pdf")
    elif opening.startswith(OLE) and suffix == ".msg":
        yield read_outlook(path, file)
    elif opening.startswith(b"PK\x03\x04") and suffix in (".docx", ".docm", ".dotx", ".dotm"):
        yield read_file(path, file, "docx")
    elif suffix in (".json", ".jsonl", ".ndjson"):
        yield from read_chat(path, file, names)
    elif is_whatsapp(opening):
        yield from read_whatsapp(path, file, dates)
    elif suffix in (".eml", ".emlx") or is_mail(opening):
        yield _mail(path, file, snapshot)
    elif b"\x00" not in opening:
        yield read_text(path, file)
    else:
        yield read_file(path, file, "other")


def _mail(path: Path, file: str, snapshot: Snapshot) -> Document:
    size = path.stat().st_size
    with path.open("rb") as opened:
        raw = opened.read(LARGEST)
    notes = [f"{size - len(raw)} bytes of this message were not read"] if size > len(raw) else []
    start, end, around = mail_within(raw, apple=PurePosixPath(file).suffix.lower() == ".emlx")
    notes += around
    return read_mail(raw[start:end], file=file, start=start, snapshot=snapshot, remarks=notes)
