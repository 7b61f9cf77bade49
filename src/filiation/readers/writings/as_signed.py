"""Does a mail say the same words in the form that was signed?

A signature is made of a brought-into-form mail (RFC 6376, 3.4): line ends, runs of spaces and
spaces at the end of lines do not count. So whoever changes only those keeps the signature; where
that changes a word, as it can in a line that ends a header or in two-byte letters, nothing was
vouched for. The mail is therefore read twice, as it is and in the signed form, and must say the
same.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from filiation.model.document import MOST_TEXT, Document, Signature
from filiation.readers.writings.fields import Field, Mail
from filiation.readers.writings.signing_keys import policy_of

__all__ = ["BROKEN_OFF", "as_signed", "in_signed_form"]

BROKEN_OFF: Final = "[from here on the words are not signed]"
WORD: Final = re.compile(r"\S+")
OTHER_WORDS: Final = (
    "with spaces and line ends as they were signed, the mail says other words than are shown"
)


def as_signed(
    mail: Mail,
    found: Iterable[Signature],
    shown: Document,
    read: Callable[[Mail], Document],
) -> tuple[str, tuple[Signature, ...]]:
    """The text, with a mark where what is signed of it ends, and verdicts that hold for it.

    Args:
        mail: As it is.
        found: What its signatures show.
        shown: What is shown of it.
        read: Reads a mail as `shown` was read.
    """
    checked, signed = [], 0
    for one in found:
        verdict = one
        if one.vouches:
            form = in_signed_form(mail, one.form)
            if _words(read(form)) != _words(shown):
                verdict = replace(one, standing="malformed", gaps=(), remark=OTHER_WORDS)
            else:
                signed = max(signed, _signed_words(one, form, shown, read))
        checked.append(verdict)
    vouching = [one for one in checked if one.vouches]
    if vouching and all("body" in one.gaps for one in vouching):
        return _marked(shown.text, signed), tuple(checked)
    return shown.text, tuple(checked)


def in_signed_form(mail: Mail, form: str) -> Mail:
    """A mail as the hash of its signature was taken of it."""
    policy = policy_of(form.encode())
    named = [(field.name, field.value + b"\r\n") for field in mail.fields]
    fields = tuple(
        Field(name=name, value=value.removesuffix(b"\r\n"))
        for name, value in policy.canonicalize_headers(named)
    )
    body = re.sub(rb"\r?\n", b"\r\n", mail.body)
    return Mail(fields=fields, body=policy.canonicalize_body(body))


def _signed_words(
    one: Signature, form: Mail, shown: Document, read: Callable[[Mail], Document]
) -> int:
    """How many words of the text, from its start, are signed."""
    words = WORD.findall(shown.text)
    if one.body is None:
        return len(words)
    only = WORD.findall(read(Mail(fields=form.fields, body=form.body[: one.body])).text)
    same = next((n for n, (a, b) in enumerate(zip(words, only, strict=False)) if a != b), None)
    return min(len(words), len(only)) if same is None else same


def _marked(text: str, signed: int) -> str:
    """The text with a mark after its first words, as many as are signed."""
    places = [found.start() for found in WORD.finditer(text)]
    if signed >= len(places):
        return text
    place = places[signed]
    return f"{text[:place]}{BROKEN_OFF}\n{text[place:]}"[:MOST_TEXT]


def _words(shown: Document) -> tuple[object, ...]:
    """All words of a mail that are shown, and whom, when and what it names."""
    return (
        shown.text.split(),
        shown.subject.split(),
        [(one.role, one.name.split(), one.address) for one in shown.people],
        (shown.sent.split(), shown.moment, shown.message_id, shown.answers),
        [(one.name.split(), one.media_type) for one in shown.attachments],
    )
