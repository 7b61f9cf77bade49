"""An Outlook message (.msg) as a document: by its header if it kept one, else by its properties."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from filiation.model.document import Document, Person, Signature
from filiation.readers.writings.confined import extracted
from filiation.readers.writings.fields import Mail, split_mail
from filiation.readers.writings.files import attachments, title_of, whole
from filiation.readers.writings.mail import ID, addresses, hops
from filiation.readers.writings.mime import Contents, alternatives, encoded_words, quoted
from filiation.readers.writings.pages import from_html
from filiation.readers.writings.plain import clipped, instant, one_line

__all__ = ["read_outlook"]

NO_BYTES: Final = Signature(
    scheme="dkim",
    standing="not-kept",
    remark="Outlook's format does not keep the bytes that were signed; ask for the original",
)


def read_outlook(path: Path, file: str) -> Document:
    """Read an Outlook message.

    Raises:
        UnreadableError: It is too large.
        UsageError: olefile or nh3 is not installed.
    """
    raw = whole(path, file)
    said = extracted("outlook", path)
    found = Contents()
    if "failed" in said:
        found.note(f"its words were not read: {one_line(str(said['failed']), 200)}")
    mail = _header(said, found)
    text, cut = clipped(_text(said, found))
    if cut:
        found.note("the text was cut")
    given = mail.first("date") or str(said.get("given", ""))
    moment, odd = instant(given)
    if odd:
        found.note(odd)
    signed = bool(mail.all("dkim-signature") or mail.all("arc-seal"))
    ids = ID.findall(mail.first("message-id") or str(said.get("message_id", "")))
    answers = " ".join(mail.all("references")) or str(said.get("references", ""))
    return Document(
        file=file,
        start=0,
        raw=raw,
        format="outlook",
        sent=one_line(given, 200),
        moment=moment,
        people=tuple(_people(said, mail, found)),
        subject=title_of(str(said.get("title", "")) or encoded_words(mail.first("subject")), file),
        text=text,
        message_id=ids[0] if ids else "",
        answers=tuple(ID.findall(answers)[:100]),
        hops=hops(mail.all("received")),
        attachments=tuple(found.attachments),
        signatures=(NO_BYTES,) if signed else (),
        remarks=tuple(found.remarks),
    )


def _header(said: dict[str, Any], found: Contents) -> Mail:
    """The header that came with the message, taken apart like any other."""
    mail = split_mail(str(said.get("headers", "")).encode("utf-8", "surrogateescape"))
    for fault in mail.faults:
        found.note(fault)
    for remark in said.get("remarks", []):
        found.note(one_line(str(remark), 400))
    return mail


def _text(said: dict[str, Any], found: Contents) -> str:
    """The words of a message, and behind marks those of what is attached to it."""
    forms = [(str(kind), from_html(str(text)) if kind == "text/html" else str(text))
             for kind, text in said.get("forms", [])]  # fmt: skip
    texts = [alternatives(forms, found)]
    for one, hung in zip(said.get("attachments", []), attachments(said), strict=True):
        place, words = len(found.attachments), ""
        found.attachments.append(hung)
        if one["read"] is not None:
            words = str(one["read"].get("text", ""))
            texts.append(_attached(one["name"], one["read"], found))
        if one["message"] is not None:
            words = _inner(one["message"], found)
            texts.append(quoted("attached message", words))
        found.attachments[place] = replace(hung, text=clipped(words)[0])
    return "\n".join(text for text in texts if text.strip())


def _attached(name: str, read: dict[str, Any], found: Contents) -> str:
    """The words of an attached file, and what of it was not read."""
    if "failed" in read:
        found.note(f"the words of {name} are not read: {one_line(str(read['failed']), 200)}")
    for remark in read.get("remarks", []):
        found.note(f"in {one_line(name, 100)}: {one_line(str(remark), 300)}")
    return quoted(f"attached file {one_line(name, 255)}", str(read.get("text", "")))


def _inner(said: dict[str, Any], found: Contents) -> str:
    """An attached message in words."""
    mail = _header(said, found)
    lines = [f"{one.role.capitalize()}: {one.name} <{one.address}>"
             for one in _people(said, mail, found)]  # fmt: skip
    lines += [f"Date: {mail.first('date') or said.get('given', '')}", f"Subject: {said['title']}"]
    return "\n".join([*(one_line(line) for line in lines), "", _text(said, found)])


def _people(said: dict[str, Any], mail: Mail, found: Contents) -> Iterator[Person]:
    """Sender and recipients as the header says, and whom Outlook's own list names besides."""
    listed = [_person("from", *said["sender"])] if any(said.get("sender", ())) else []
    listed += [_person(*one) for one in said.get("recipients", [])]
    known: set[tuple[str, str]] = set()
    for role in ("from", "to", "cc", "bcc"):
        for person in addresses(mail.all(role), role):
            known.add((role, person.address))
            yield person
    headed = {role for role, _ in known}
    for one in listed:
        if one.role == "from" and "from" in headed:
            continue
        if (one.role, one.address) not in known:
            if headed:
                found.note(f"only Outlook's list, not the header, names as {one.role}: "
                           f"{one.name} <{one.address}>")  # fmt: skip
            yield one
    agent = said.get("agent", ["", ""])
    if "from" not in headed and any(agent) and agent != said["sender"]:
        found.note(f"sent by {one_line(str(agent[0]), 200)} <{one_line(str(agent[1]), 320)}>")


def _person(role: Any, name: str, address: str) -> Person:
    return Person(address=one_line(address, 320).lower(), name=one_line(name, 200), role=role)
