"""Document: one mail, one message of a chat, or one file of words, as somebody put it in.

What stands here is what the document says of itself, but for digests and verdicts: a sender, a date
and a path of transport are claims until a signature that covers them verifies.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

__all__ = [
    "Attachment",
    "Document",
    "Format",
    "Hop",
    "Person",
    "Signature",
    "Standing",
    "message_hash",
    "verdicts",
]

Format: TypeAlias = Literal[
    "mail", "outlook", "slack", "teams", "whatsapp", "chat", "pdf", "docx", "text", "other"
]
Standing: TypeAlias = Literal[
    "verifies", "verifies-in-part", "sealed", "weak-key", "body-changed", "signature-fails",
    "key-unknown", "key-withdrawn", "malformed", "not-kept",
]  # fmt: skip
MOST_TEXT: Final = 1 << 22  # characters of one document that are read
DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody as a document names them; the address is in lower case."""

    address: str
    name: str = ""
    role: Literal["from", "to", "cc", "bcc", "author"] = "from"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file in a mail: what it is called and the SHA-256 (hex) of its decoded bytes.

    `text` are its words, which its document shows, too; no account holds them.
    """

    name: str
    media_type: str
    size: int
    sha256: str
    text: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One `Received` field: who says to have taken the mail from whom, and when (as given)."""

    sender: str
    receiver: str
    given: str
    moment: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a DKIM signature or an ARC seal shows.

    Attributes:
        scheme: `dkim`, or `arc` for a whole chain.
        standing: The verdict.
        domain: Who signs.
        selector: Which key of theirs.
        algorithm: As the signature names it.
        bits: Size of the public key; 0 if it is unknown.
        form: How spaces and line ends of header and body were brought into form (`c=`).
        signed: Header fields under the signature.
        gaps: What is shown and not vouched for: names of header fields, and `body`.
        body: How much of the body is under it, in bytes; None for all of it.
        signed_at: `t=`, seconds since 1970; what the signer claims.
        expires: `x=`, likewise.
        remark: What else a reader has to know.
    """

    scheme: Literal["dkim", "arc"]
    standing: Standing
    domain: str = ""
    selector: str = ""
    algorithm: str = ""
    bits: int = 0
    form: str = ""
    signed: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    body: int | None = None
    signed_at: int | None = None
    expires: int | None = None
    remark: str = ""

    @property
    def vouches(self) -> bool:
        """Does it vouch for anything that is shown?"""
        return self.standing in ("verifies", "verifies-in-part", "sealed")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document.

    Attributes:
        file: Name of the file it lies in.
        start: First byte in that file; -1 if it is a value of a JSON file.
        pointer: JSON pointer (RFC 6901) of that value; empty otherwise.
        raw: Its bytes; of a JSON value, its canonical text.
        format: How it was read.
        sent: Date as given.
        moment: The same in UTC (`...Z`), or without a zone where none was given; empty if unknown.
        people: Whom it names as its senders and receivers.
        subject: Subject, title or channel.
        text: Its words, without mark-up; at most 2^22 characters.
        message_id: As given, with angle brackets.
        answers: Ids of what it answers, oldest first.
        hops: `Received` fields, the first hop first.
        attachments: What hangs on it.
        signatures: DKIM and ARC; empty if it is unsigned, or of a kind that is never signed.
        remarks: What was odd, left out or cut.
    """

    file: str
    start: int
    pointer: str = ""
    raw: bytes
    format: Format
    sent: str = ""
    moment: str = ""
    people: tuple[Person, ...] = ()
    subject: str = ""
    text: str = ""
    message_id: str = ""
    answers: tuple[str, ...] = ()
    hops: tuple[Hop, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    signatures: tuple[Signature, ...] = ()
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.text) > MOST_TEXT:
            raise ValueError(f"text of {len(self.text)} characters, expected at most {MOST_TEXT}")
        if (self.start < 0) != bool(self.pointer):
            raise ValueError("a document is bytes from a start, or a value under a pointer")

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) of `raw`."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def verdicts(self) -> tuple[str, ...]:
        """What its signatures show, each once; `unsigned` of a mail without any."""
        return verdicts(self.format, self.signatures)

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is shown and no signature vouches for, where one vouches for the rest."""
        vouching = [set(one.gaps) for one in self.signatures if one.vouches]
        return tuple(sorted(set.intersection(*vouching))) if vouching else ()

    @property
    def thread(self) -> str:
        """Id of the oldest message that this one is known to go back to; its own if none."""
        return self.answers[0] if self.answers else self.message_id


def verdicts(kind: Format, signatures: Iterable[Signature]) -> tuple[str, ...]:
    """What signatures show, each once; `unsigned` of a mail without any."""
    if kind not in ("mail", "outlook"):
        return ()
    return tuple(sorted({str(one.standing) for one in signatures})) or ("unsigned",)


def message_hash(message_id: str) -> str:
    """EDRM message identification hash 1.0: MD5, in upper case, of the id up to its first `>`.

    It names the same mail in different mailboxes. It is no proof of sameness: anybody can write
    any id.
    """
    if not message_id:
        return ""
    found = re.match(r".*?>", message_id.strip())
    text = found[0] if found else message_id.strip()
    return hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest().upper()
