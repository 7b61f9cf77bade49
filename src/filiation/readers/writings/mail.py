"""A mail (RFC 5322, MIME): who, when, by which path, its words, and what hangs on it.

Bounded before anything is parsed: size, header, depth and number of parts. Nothing is fetched.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from typing import Final, Literal, TypeAlias

from filiation.model.document import Attachment, Document, Hop, Person
from filiation.readers.writings.authenticity import signatures
from filiation.readers.writings.dns import Snapshot
from filiation.readers.writings.plain import clipped, decoded, from_html, instant, one_line

__all__ = ["addresses", "hops", "read_mail"]

LONGEST_HEADER: Final = 1 << 20  # bytes of all header fields together
LONGEST_FIELD: Final = 1 << 16
LONGEST_KIND: Final = 1 << 13  # the parser takes quadratic time on parameters
MOST_FIELDS: Final = 2000
MOST_PARTS: Final = 1000
DEEPEST: Final = 60
MOST_PEOPLE: Final = 5000
MOST_HOPS: Final = 100
ID: Final = re.compile(r"<[^<>\s]{1,990}>")
BOUNDARY: Final = re.compile(rb"boundary\s*=", re.IGNORECASE)
KIND: Final = re.compile(
    rb"^content-[a-z-]{1,40}:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE
)
HOP: Final = re.compile(r"\b(from|by)\s+([^\s;]{1,300})", re.IGNORECASE)
END: Final = re.compile(rb"\r?\n\r?\n")
Role: TypeAlias = Literal["from", "to", "cc", "bcc"]
ROLES: Final[tuple[Role, ...]] = ("from", "to", "cc", "bcc")


def read_mail(
    raw: bytes, *, file: str, start: int, snapshot: Snapshot, remarks: Iterable[str] = ()
) -> Document:
    """Read one mail. It never fails: what cannot be read is a remark."""
    notes = list(remarks)
    message = _parsed(raw, notes)
    text, attachments = _contents(message, raw, notes)
    sent, moment, odd = "", "", ""
    sent = one_line(_field(message, "date"), 200)
    moment, odd = instant(sent)
    if odd:
        notes.append(odd)
    ids = ID.findall(_field(message, "message-id"))
    answers = ID.findall(_field(message, "references")) or ID.findall(
        _field(message, "in-reply-to")
    )
    return Document(
        file=file,
        start=start,
        raw=raw,
        format="mail",
        sent=sent,
        moment=moment,
        people=tuple(_people(message)),
        subject=one_line(_words(_field(message, "subject"))),
        text=text,
        message_id=ids[0] if ids else "",
        answers=tuple(answers[:MOST_HOPS]),
        hops=hops(message.get_all("received", [])),
        attachments=attachments,
        signatures=signatures(raw, snapshot),
        remarks=tuple(notes),
    )


def _parsed(raw: bytes, notes: list[str]) -> Message:
    """Parse what is within bounds; of anything else, the header alone."""
    end = END.search(raw, 0, LONGEST_HEADER)
    header = raw[: end.end() if end else min(len(raw), LONGEST_HEADER)]
    if end is None and len(raw) > LONGEST_HEADER:
        notes.append(f"the header is longer than {LONGEST_HEADER} bytes; the rest was not read")
    if header.count(b"\n") > MOST_FIELDS:
        cut = header.split(b"\n", MOST_FIELDS)
        header = b"\n".join(cut[:MOST_FIELDS])
        notes.append(f"more than {MOST_FIELDS} lines of header; the rest was not read")
        return message_from_bytes(header)
    if len(BOUNDARY.findall(raw)) > DEEPEST:
        notes.append(f"more than {DEEPEST} nested parts; the body was not taken apart")
        return message_from_bytes(header)
    if any(len(field) > LONGEST_KIND for field in KIND.findall(raw)):
        notes.append(f"a Content field beyond {LONGEST_KIND} bytes; the body was not taken apart")
        return message_from_bytes(KIND.sub(b"X-Not-Read: x", header))
    try:
        return message_from_bytes(raw)
    except RecursionError:  # pragma: no cover - the bound on boundaries comes first
        notes.append("nested too deeply; the body was not taken apart")
        return message_from_bytes(header)


def _contents(message: Message, raw: bytes, notes: list[str]) -> tuple[str, tuple[Attachment, ...]]:
    """The words of all text parts (plain rather than HTML), and the attachments."""
    plain, pages, hanging = [], [], []
    for count, part in enumerate(message.walk()):
        if count >= MOST_PARTS:
            notes.append(f"more than {MOST_PARTS} parts; the rest was not read")
            break
        if part.is_multipart():
            continue
        kind = part.get_content_type()
        body = _payload(part)
        name = _file_name(part)
        if name or not kind.startswith("text/"):
            hanging.append(
                Attachment(
                    name=name,
                    media_type=one_line(kind, 200),
                    size=len(body),
                    sha256=hashlib.sha256(body).hexdigest(),
                )
            )
        elif kind == "text/html":
            pages.append(from_html(decoded(body, _alphabet(part))))
        else:
            plain.append(decoded(body, _alphabet(part)))
    if hanging:
        notes.append(f"the words of {len(hanging)} attachments are not read as part of the mail")
    chosen = plain if any(text.strip() for text in plain) else pages
    text, cut = clipped("\n".join(chosen))
    if cut:
        notes.append(f"the text is longer than {len(text)} characters; the rest was not read")
    return text, tuple(hanging)


def _payload(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _alphabet(part: Message) -> str:
    found = part.get_param("charset", "")
    return found if isinstance(found, str) else str(found[-1])


def _file_name(part: Message) -> str:
    try:
        found = part.get_filename("")
    except (LookupError, ValueError, TypeError):
        return "unreadable name"
    return one_line(_words(str(found)), 255)


def _field(message: Message, name: str) -> str:
    found = message.get(name, "")
    return str(found)[:LONGEST_FIELD]


def _words(text: str) -> str:
    """Decode encoded words (RFC 2047)."""
    if "=?" not in text:
        return text
    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    return "".join(
        decoded(part, alphabet or "us-ascii") if isinstance(part, bytes) else part
        for part, alphabet in parts
    )


def addresses(fields: Iterable[str], role: Role) -> Iterator[Person]:
    """The people of header fields of one kind."""
    try:
        found = getaddresses([field[:LONGEST_FIELD] for field in fields])
    except RecursionError:  # comments in comments in comments
        found = []
    for name, address in found:
        if "@" in address or name or address:
            yield Person(
                address=one_line(address, 320).lower(), name=one_line(_words(name), 200), role=role
            )


def _people(message: Message) -> Iterator[Person]:
    count = 0
    for role in ROLES:
        for person in addresses([str(f) for f in message.get_all(role, [])][:100], role):
            if count < MOST_PEOPLE:
                yield person
            count += 1


def hops(fields: Iterable[object]) -> tuple[Hop, ...]:
    """The path of a mail as its `Received` fields claim it, the first hop first."""
    found = []
    for field in list(fields)[:MOST_HOPS]:
        text = one_line(str(field), 4000)
        before, _, date = text.rpartition(";")
        said = {name.lower(): value for name, value in reversed(HOP.findall(before or text))}
        found.append(
            Hop(
                sender=said.get("from", ""),
                receiver=said.get("by", ""),
                given=date.strip()[:200],
                moment=instant(re.sub(r"\([^()]{0,100}\)", "", date))[0],
            )
        )
    return tuple(reversed(found))
