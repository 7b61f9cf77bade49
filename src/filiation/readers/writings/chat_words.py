"""What the messages of all chats have in common: a document of them, and words in nested values."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from filiation.model.document import Attachment, Document, Person
from filiation.readers.writings.marks import harmless, settled
from filiation.readers.writings.plain import clipped, instant, one_line

__all__ = ["document_of", "inner", "left_over", "listed", "moment_of", "same_words", "strings_in"]

DEEPEST: Final = 60
WORD: Final = re.compile(r"\w+")
WORDS: Final = re.compile(r"[^\W\d_]{2}")


def inner(value: Any, key: str | None = None) -> Mapping[str, Any]:
    """An object in an object; empty if it is none."""
    if key is not None:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def listed(value: Any, key: str) -> list[Any]:
    """A list in an object; empty if it is none."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def strings_in(value: Any, depth: int = 0) -> Iterator[str]:
    """All strings in a value, at any depth that is read."""
    if isinstance(value, str):
        yield harmless(value)
    elif depth < DEEPEST and isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings_in(one, depth + 1)


def left_over(value: Mapping[str, Any], known: Iterable[str]) -> list[str]:
    """A remark that names the fields of a message that hold words and are not read."""
    left = sorted(
        one_line(key, 60) for key in value.keys() - set(known)
        if any(WORDS.search(text) for text in strings_in(value[key]))
    )  # fmt: skip
    more = ", .." if len(left) > 20 else ""
    return [f"fields that are not read: {', '.join(left[:20])}{more}"] if left else []


def same_words(one: str, other: str) -> bool:
    """Do two forms say the same, but for signs?"""
    return WORD.findall(one.casefold()) == WORD.findall(other.casefold())


def document_of(
    value: Any,
    format: Any,
    file: str,
    pointer: str,
    *,
    who: str,
    name: str,
    given: str,
    text: str,
    channel: str,
    own: str,
    root: str,
    attachments: tuple[Attachment, ...] = (),
    remarks: Iterable[str] = (),
) -> Document:
    """Make a document of a message from the parts that all kinds of chat have."""
    words, cut = clipped(settled(text))
    moment, odd = moment_of(given)
    own, root = one_line(own, 500), one_line(root, 500)
    said = [*remarks, odd, "the text was cut" if cut else ""]
    person = Person(address=one_line(who, 320).lower(), name=one_line(name, 200))
    return Document(
        file=file,
        start=-1,
        pointer=pointer,
        raw=json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii"),
        format=format,
        sent=one_line(given, 100),
        moment=moment,
        people=(person,) if who or name else (),
        subject=one_line(channel, 500),
        text=words,
        message_id=own,
        answers=() if root == own else (root,),
        attachments=attachments,
        remarks=tuple(one_line(remark, 500) for remark in dict.fromkeys(said) if remark),
    )


def moment_of(given: str) -> tuple[str, str]:
    """Seconds (or milliseconds) since 1970, or a date, in UTC; and what is odd about it."""
    try:
        seconds = float(given)
    except ValueError:
        return instant(given)
    if seconds > 1e11:
        seconds /= 1000
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), ""
    except (ValueError, OverflowError, OSError):
        return "", "the date that is given is none"
