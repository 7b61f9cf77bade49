"""The parts of a mail (MIME, RFC 2045 to 2049): all its words in their order, and what hangs on it.

Every part that a reader can open is read: plain text and pages alike, where they stand. Of forms of
the same words (multipart/alternative) the plain one is shown, and both where they say different
things. Words of an attached mail or file stand behind `> ` and under a heading: they are not the
words of who sent the mail.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from email.header import decode_header
from email.message import Message
from itertools import islice
from typing import Final, final

from filiation.model.document import Attachment
from filiation.readers.writings.alphabets import decoded, text_of
from filiation.readers.writings.attached import words_of_file
from filiation.readers.writings.fields import Mail, described, split_mail
from filiation.readers.writings.pages import from_html
from filiation.readers.writings.plain import clipped, one_line

__all__ = ["Contents", "alternatives", "contents", "encoded_words", "quoted"]

MOST_PARTS: Final = 1000
MOST_FILES: Final = 50  # attached files of one mail whose words are read
DEEPEST: Final = 60
PAGES: Final = frozenset({"text/html", "text/x-amp-html", "application/xhtml+xml"})
TEXTS: Final = frozenset({"message/delivery-status", "message/disposition-notification",
                          "application/ics", "message/feedback-report"})  # fmt: skip
TRAILING: Final = re.compile(rb"[ \t]+(?=\r?\n|\Z)")
NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/=]")
LINK: Final = re.compile(r"<?https?://\S+|\[?cid:\S+|\[(?:picture|image):[^\]]*\]")
WORD: Final = re.compile(r"\w+")
USUAL: Final = "this is a multi-part message in mime format"


@final
@dataclass(slots=True)
class Contents:
    """What a mail says.

    Attributes:
        text: Its words.
        attachments: What hangs on it.
        bodies: The bytes of each of these, where they were at hand.
        remarks: What was odd or not read.
        files: Attached files whose words were read.
    """

    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    remarks: dict[str, None] = field(default_factory=dict)
    files: int = 0
    _parts: int = 0

    def note(self, remark: str) -> None:
        """Say something once."""
        self.remarks[remark] = None

    def counted(self) -> bool:
        """Count a part; False if it is one too many."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            self.note(f"more than {MOST_PARTS} parts; the rest was not read")
        return self._parts <= MOST_PARTS


def contents(mail: Mail) -> Contents:
    """Read all parts of a mail. It never fails: what cannot be read is a remark."""
    found = Contents()
    text, cut = clipped(_words(mail, found, 0))
    if cut:
        found.note(f"the text is longer than {len(text)} characters; the rest was not read")
    found.text = text
    return found


def _words(part: Mail, found: Contents, depth: int) -> str:
    """The words of a part and all that it holds."""
    if not found.counted():
        return ""
    said = described(part)
    kind = said.get_content_type()
    if kind.startswith("multipart/"):
        if depth < DEEPEST:
            return _of_many(part, said, found, depth)
        found.note(f"more than {DEEPEST} nested parts; the body was not taken apart")
        return ""
    body = _decoded(part, said, found)
    if kind in ("message/rfc822", "message/global"):
        return _attached_mail(body, said, found, depth)
    text = _text(body, kind, said, found)
    if said.get_content_disposition() == "attachment" or text is None:
        name = _file_name(said) or "without a name"
        text = _words_of(name, body, kind, found) if text is None else text
        _hang(body, kind, said, found, text)
        return quoted(f"attached file {name}", text)
    return text


def _of_many(part: Mail, said: Message, found: Contents, depth: int) -> str:
    """The words of a multipart: one after another, or of alternatives those that differ."""
    boundary = said.get_boundary()
    pieces = _split(part.body, boundary.encode("utf-8", "replace"), found) if boundary else []
    if not pieces:
        found.note("it says that it has parts, but no boundary of parts stands in it")
        return decoded(part.body)
    texts, kinds = [], []
    for raw in islice(pieces, MOST_PARTS):
        inner = split_mail(raw)
        for fault in inner.faults:
            found.note(f"in a part: {fault}")
        texts.append(_words(inner, found, depth + 1))
        kinds.append(described(inner).get_content_type())
    if said.get_content_subtype() != "alternative":
        return "\n".join(text for text in texts if text.strip())
    return alternatives(zip(kinds, texts, strict=True), found)


def alternatives(forms: Iterable[tuple[str, str]], found: Contents) -> str:
    """Of several forms of the same words (kind, text) the plain one; all of them if they differ."""
    said = [(kind, text) for kind, text in forms if text.strip()]
    if not said:
        return ""
    plain = [text for kind, text in said if kind == "text/plain"] or [said[0][1]]
    if len({_compared(text) for _, text in said}) == 1:
        return plain[0]
    found.note("its alternative forms do not say the same; all of them are shown")
    return "\n".join(
        f"[the form {one_line(kind, 60)}, which the others do not repeat:]\n{text}"
        for kind, text in said
    )


def _compared(text: str) -> str:
    """The words of a form alone, without links, pictures, quotes and the way they are set."""
    return " ".join(WORD.findall(LINK.sub(" ", text).casefold().replace("_", " ")))


def _split(body: bytes, boundary: bytes, found: Contents) -> list[bytes]:
    """The parts between lines of a boundary; words outside of all parts are noted."""
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    pieces: list[bytes] = []
    place, closed = 0, True
    for mark in line.finditer(body):
        if closed:
            _outside(body[place : mark.start()], found)
        else:
            pieces.append(body[place : mark.start()])
        place, closed = mark.end(), bool(mark[1])
        place += 2 if body.startswith(b"\r\n", place) else 1
        if len(pieces) > MOST_PARTS:
            found.note(f"more than {MOST_PARTS} parts; the rest was not read")
            return pieces
    if closed:
        _outside(body[place:], found)
    else:
        pieces.append(body[place:])
        found.note("its last part has no end")
    return pieces


def _outside(raw: bytes, found: Contents) -> None:
    said = " ".join(decoded(raw[:400]).split())
    if said and not said.lower().startswith(USUAL):
        found.note(f"words outside of all parts, which mail programs do not show: {said[:200]}")


def _decoded(part: Mail, said: Message, found: Contents) -> bytes:
    """The bytes of a part without their transfer encoding."""
    how = str(said.get("content-transfer-encoding", "")).split(";")[0].strip().lower()
    if how == "quoted-printable":
        return binascii.a2b_qp(TRAILING.sub(b"", part.body))
    if how == "base64":
        letters = NOT_BASE64.sub(b"", part.body)
        whole, _, rest = letters.partition(b"=")
        if rest.strip(b"="):
            found.note("letters follow the end of a part in base64; they were not read")
        whole = whole[: len(whole) - (len(whole) % 4 == 1)]
        return base64.b64decode(whole + b"=" * (-len(whole) % 4))
    if how not in ("", "7bit", "8bit", "binary"):
        found.note(f"a transfer encoding that is not read: {one_line(how, 60)}")
    return part.body


def _text(body: bytes, kind: str, said: Message, found: Contents) -> str | None:
    """The words of a part that is text; None if it is not."""
    if not (kind.startswith("text/") or kind in PAGES or kind in TEXTS):
        return None
    label = said.get_param("charset", "")
    text, odd = text_of(body, label if isinstance(label, str) else str(label[-1]))
    if odd:
        found.note(odd)
    return from_html(text) if kind in PAGES else text


def _hang(body: bytes, kind: str, said: Message, found: Contents, text: str) -> None:
    found.bodies.append(body)
    sha256 = hashlib.sha256(body).hexdigest()
    found.attachments.append(
        Attachment(name=_file_name(said), media_type=one_line(kind, 200), size=len(body),
                   sha256=sha256, text=clipped(text)[0])
    )  # fmt: skip


def _words_of(name: str, body: bytes, kind: str, found: Contents) -> str:
    """The words of an attached file that is no text; what is not read of it is noted."""
    read = words_of_file(name, body) if found.files < MOST_FILES else None
    found.files += read is not None
    if read is None:
        found.note(
            "the words of attachments that are no text or mail are not read as part of it"
            if found.files < MOST_FILES
            else f"more than {MOST_FILES} attached files; the words of the rest are not read"
        )
        return ""
    if "failed" in read:
        found.note(f"the words of {name} are not read: {one_line(str(read['failed']), 200)}")
    for remark in read.get("remarks", []):
        found.note(f"in {name}: {one_line(str(remark), 300)}")
    return str(read.get("text", ""))


def _attached_mail(body: bytes, said: Message, found: Contents, depth: int) -> str:
    place = len(found.attachments)
    _hang(body, "message/rfc822", said, found, "")
    if depth >= DEEPEST:
        found.note(f"more than {DEEPEST} nested parts; the body was not taken apart")
        return ""
    inner = split_mail(body)
    for fault in inner.faults:
        found.note(f"in an attached mail: {fault}")
    header = [
        f"{name.capitalize()}: {one_line(encoded_words(value))}"
        for name in ("from", "to", "cc", "date", "subject")
        for value in inner.all(name)
    ]
    text = "\n".join([*header, "", _words(inner, found, depth + 1)])
    found.attachments[place] = replace(found.attachments[place], text=clipped(text)[0])
    return quoted("attached mail; its sender and signatures were not verified", text)


def quoted(heading: str, text: str) -> str:
    """Words of others: nothing in them can step out of the marks before each line."""
    if not text.strip():
        return ""
    return f"[{heading}:]\n" + "".join(f"> {line}\n" for line in _lines(text))


def _lines(text: str) -> Iterator[str]:
    return (line for line in text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n"))


def _file_name(said: Message) -> str:
    try:
        found = said.get_filename("")
    except (LookupError, ValueError, TypeError):
        return "unreadable name"
    return one_line(encoded_words(str(found)), 255)


def encoded_words(text: str) -> str:
    """Decode encoded words (RFC 2047)."""
    if "=?" not in text:
        return text
    try:
        parts = decode_header(text)
    except ValueError:
        return text
    return "".join(
        decoded(part, alphabet or "") if isinstance(part, bytes) else part
        for part, alphabet in parts
    )
