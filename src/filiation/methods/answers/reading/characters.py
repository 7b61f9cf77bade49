"""Text as it is read: bounded, composed, with plain quotes and nothing that prints nothing."""

import re
import unicodedata
from typing import Final

__all__ = ["CHARACTERS", "clean", "silent"]

CHARACTERS: Final = 20_000  # of an answer that are looked at as a text

_SILENT: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00]")
_QUOTES: Final = (("'", "‘’‚‛′`´"), ('"', "“”„‟″"))  # noqa: RUF001


def silent(text: str) -> str:
    """The text without marks that print nothing (zero width, bidirectional)."""
    return text if text.isascii() and "\0" not in text else _SILENT.sub("", text)


def clean(text: str) -> str:
    """The part of an answer that is read, composed (NFC), with plain quotes, nothing invisible."""
    head = text[:CHARACTERS]
    if head.isascii():
        return head.replace("\0", "")
    plain = _SILENT.sub("", unicodedata.normalize("NFC", head))
    for straight, curly in _QUOTES:
        for mark in curly:
            plain = plain.replace(mark, straight)
    return plain
