"""JSON beside the weights, read as data: bounded, UTF-8, no key twice, no infinity."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any, Never

from filiation.errors import UnreadableError
from filiation.files import opened

__all__ = ["parse_object", "read_object"]


def read_object(path: Path, *, limit: int, items: int | None = None) -> dict[str, Any]:
    """Read the JSON object in `path`, of at most `limit` bytes; a link is followed.

    Args:
        path: Of the file.
        limit: Bytes that it has at most.
        items: Commas that it has at most, in texts too: each item of a list or a table costs some
            hundred bytes of memory, and three of the file. None: as many as there are.

    Raises:
        UnreadableError: No file (a device or a pipe has no end), too large, or no such object.
    """
    with opened(path, follow=True) as file:
        size = os.fstat(file.fileno()).st_size
        if size > limit:
            raise UnreadableError(
                f"{path}: {size} bytes, expected at most {limit}; no tool writes one that large"
            )
        text = file.read(limit)
    if items is not None and (found := text.count(b",")) > items:
        raise UnreadableError(
            f"{path}: {found:,} commas, expected at most {items:,}; no tool writes so many items"
        )
    return parse_object(text, what=str(path))


def parse_object(text: bytes, *, what: str) -> dict[str, Any]:
    """Parse one JSON object. `what` opens the sentence if it is none.

    Raises:
        UnreadableError: Not UTF-8, not JSON, nested too deeply, a key twice, or not an object.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            twice = next(key for key, count in counts.items() if count > 1)
            raise UnreadableError(
                f"{what}: found the key {twice!r} twice, expected once; "
                "two readers could see two different models"
            )
        return found

    def refuse(constant: str) -> Never:
        raise UnreadableError(f"{what}: found {constant}, expected JSON, which has no such number")

    try:
        parsed = json.loads(text.decode("utf-8"), object_pairs_hook=unique, parse_constant=refuse)
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"{what}: byte {error.start} is not UTF-8, expected JSON text; the file is damaged"
        ) from error
    except RecursionError as error:
        raise UnreadableError(
            f"{what}: nested too deeply, expected a flat JSON object; no tool writes this"
        ) from error
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}"
        raise UnreadableError(f"{what}: not valid JSON at {at}; the file is damaged") from error
    except ValueError as error:  # a number of too many digits
        raise UnreadableError(
            f"{what}: not valid JSON, a number has more digits than any such file; it is damaged"
        ) from error
    if not isinstance(parsed, dict):
        raise UnreadableError(f"{what}: found a JSON {_kind(parsed)}, expected an object")
    return parsed


def _kind(parsed: object) -> str:
    names = {list: "list", str: "string", int: "number", float: "number", bool: "truth value"}
    return names.get(type(parsed), "null")
