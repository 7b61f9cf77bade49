"""Which files lie at an address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, final

from filiation.errors import UnreadableError
from filiation.readers.remote.place import Place

__all__ = ["BESIDE", "Listed", "Listing", "plain_name"]

BESIDE: Final = ("config.json", "tokenizer.json", "adapter_config.json", "README.md")
LONGEST: Final = 1000  # characters of a name


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One file.

    Attributes:
        place: Where it is.
        size: Bytes; None if only asking for it says so.
        declared: Its SHA-256 (hex) as the host declares it; empty if it does not.
        etag: The ETag that the list gives; empty if it does not.
    """

    place: Place
    size: int | None = None
    declared: str = ""
    etag: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """All files of a place.

    Attributes:
        files: By their name below it.
        at: Which of them, or which folder, was named; empty: the whole.
        base: The address of the place, for people.
        host: Which machine was asked.
        commit: The hub's commit; empty of others.
    """

    files: Mapping[str, Listed]
    at: str
    base: str
    host: str
    commit: str = ""


def plain_name(name: object, what: str) -> str:
    """A file's name below a folder, which a host gave.

    Raises:
        UnreadableError: It leads elsewhere, or could be no name here.
    """
    text = name if isinstance(name, str) else ""
    parts = text.split("/")
    odd = any(part in ("", ".", "..") or len(part.encode()) > 255 for part in parts)
    if odd or len(text) > LONGEST or not text.isprintable() or re.search(r"[\\\0]", text):
        raise UnreadableError(
            f"{what}: lists a file called {name!a:.80}, expected a plain name below a folder"
        )
    return text
