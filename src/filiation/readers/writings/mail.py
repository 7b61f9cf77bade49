"""A mail (RFC 5322, MIME): who, when, by which path, its words, and what hangs on it.

Bounded before anything is taken apart: size, header, depth and number of parts. Nothing is fetched.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from email.utils import getaddresses
from typing import Final, Literal, TypeAlias

from filiation.model.document import Document, Hop, Person
from filiation.readers.writings.alphabets import text_of
from filiation.readers.writings.as_signed import as_signed
from filiation.readers.writings.authenticity import signatures
from filiation.readers.writings.coverage import ONCE
from filiation.readers.writings.dns import Snapshot
from filiation.readers.writings.fields import FOLD, LONGEST_FIELD, Mail, split_mail
from filiation.readers.writings.mbox import unquoted
from filiation.readers.writings.mime import contents, encoded_words
from filiation.readers.writings.plain import instant, one_line

__all__ = ["addresses", "hops", "read_mail"]

MOST_PEOPLE: Final = 5000
MOST_HOPS: Final = 100
ID: Final = re.compile(r"<[^<>\s]{1,990}>")
HOP: Final = re.compile(r"\b(from|by)\s+([^\s;]{1,300})", re.IGNORECASE)
Role: TypeAlias = Literal["from", "to", "cc", "bcc"]
ROLES: Final[tuple[Role, ...]] = ("from", "to", "cc", "bcc")


def read_mail(
    raw: bytes, *, file: str, start: int, snapshot: Snapshot, remarks: Iterable[str] = ()
) -> Document:
    """Read one mail. It never fails: what cannot be read is a remark.

    Raises:
        UsageError: It is signed, or holds pages, and the package that reads them is not installed.
    """
    mail = split_mail(raw)
    found = signatures(mail, snapshot)
    if any(one.standing == "body-changed" for one in found) and unquoted(raw) != raw:
        plain = split_mail(unquoted(raw))
        again = signatures(plain, snapshot, unquoted=True)
        if any(one.vouches for one in again):
            mail, found = plain, again  # what is shown is what was signed
    shown = _document(mail, raw, file, start)
    text, found = as_signed(mail, found, shown, lambda other: _document(other, raw, file, start))
    notes = (*remarks, *mail.faults, *_repeated(mail), *shown.remarks)
    return Document(
        **{name: getattr(shown, name) for name in TAKEN},
        text=text, signatures=found, remarks=tuple(dict.fromkeys(notes)),
    )  # fmt: skip


TAKEN: Final = tuple(set(Document.__slots__) - {"text", "signatures", "remarks"})


def _document(mail: Mail, raw: bytes, file: str, start: int) -> Document:
    """What a mail says, whoever vouches for it."""
    read = contents(mail)
    sent = " / ".join(one_line(date, 200) for date in mail.all("date")[:3])
    moment, odd = instant(sent)
    notes = [*read.remarks, *_alphabets(mail), *([odd] if odd else [])]
    ids = ID.findall(mail.first("message-id"))
    answers = ID.findall(" ".join(mail.all("references"))[:LONGEST_FIELD])
    answers = answers or ID.findall(" ".join(mail.all("in-reply-to"))[:LONGEST_FIELD])
    return Document(
        file=file,
        start=start,
        raw=raw,
        format="mail",
        sent=sent,
        moment=moment,
        people=tuple(_people(mail)),
        subject=" / ".join(one_line(encoded_words(one)) for one in mail.all("subject")[:3]),
        text=read.text,
        message_id=ids[0] if ids else "",
        answers=tuple(answers[:MOST_HOPS]),
        hops=hops(mail.all("received")),
        attachments=tuple(read.attachments),
        remarks=tuple(notes),
    )


def _repeated(mail: Mail) -> Iterator[str]:
    """Fields that must stand once and stand more often."""
    for name in ONCE:
        count = len(mail.all(name))
        if count > 1:
            yield f"the field {name} must stand once and stands {count} times"


def _alphabets(mail: Mail) -> Iterator[str]:
    """Header fields in an alphabet that nobody names."""
    for field in mail.fields:
        if field.key in ONCE and text_of(FOLD.sub(b"", field.value[:LONGEST_FIELD]))[1]:
            yield f"the field {field.key} names no alphabet; its letters are a guess"


def addresses(fields: Sequence[str], role: Role) -> Iterator[Person]:
    """The people of header fields of one kind."""
    try:
        found = getaddresses([field[:LONGEST_FIELD] for field in fields])
    except RecursionError:  # comments in comments in comments
        found = []
    if not any(name or address for name, address in found):  # no addresses, as newer Pythons say
        found = [("", field[:320]) for field in fields]
    for name, address in found:
        if name or address:
            yield Person(
                address=one_line(address, 320).lower(),
                name=one_line(encoded_words(name), 200),
                role=role,
            )


def _people(mail: Mail) -> Iterator[Person]:
    count = 0
    for role in ROLES:
        for person in addresses(mail.all(role)[:100], role):
            if count < MOST_PEOPLE:
                yield person
            count += 1


def hops(fields: Iterable[str]) -> tuple[Hop, ...]:
    """The path of a mail as its `Received` fields claim it, the first hop first."""
    found = []
    for field in list(fields)[:MOST_HOPS]:
        text = one_line(field, 4000)
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
