"""Batteries on disk: JSON lines, one question each, committed before they are asked.

First line, optional:  {"battery": {"id", "schema_version": 1, "normaliser"?, ..}}
Every further line:    {"id", "prompt", "category"?, "key"?, "options"?, "normaliser"?, "decoys"?,
                        "replies"?}

Decoys, the replies of a pool, and the answers, seeds and `to` of served twins are for `filiation
owner` and are neither asked nor recorded; exchanges that no lot fell on are passed over.

A battery is its bytes: its digest is the SHA-256 of the file.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, final

from filiation.errors import UnreadableError, UsageError
from filiation.files import put
from filiation.model.recording import Item
from filiation.readers.bytes.parsing import parse_object

__all__ = ["Battery", "commit_battery", "read_battery"]

_LONGEST_FILE: Final = 1 << 28
_LONGEST_PROMPT: Final = 1 << 20
_LONGEST_NAME: Final = 200
_MOST_ITEMS: Final = 100_000
_MOST_OPTIONS: Final = 1_000
_FIELDS: Final = frozenset(
    (
        *("id", "prompt", "category", "key", "options", "normaliser", "decoys", "replies"),
        *("answer", "seeds", "to"),
    )
)
_LIKE_A_REPEAT: Final = re.compile(r"#\d+$")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """The questions that are put to a model, in their order.

    Attributes:
        id: What it is called.
        items: At least one; ids are unique, every prompt is there.
        digest: SHA-256 of the file that holds them.
        about: Whatever else its first line says: seed, generator, date of commitment.
    """

    id: str
    items: tuple[Item, ...]
    digest: str
    about: Mapping[str, Any] = field(default_factory=dict)


def read_battery(path: Path) -> Battery:
    """Read a battery of questions from its file.

    Raises:
        UnreadableError: Too large, not JSON lines, a question without words, an id twice.
    """
    try:
        size = path.stat().st_size
        if size > _LONGEST_FILE:
            raise UnreadableError(
                f"{path}: {size} bytes, expected at most {_LONGEST_FILE}; no battery is so large"
            )
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"{path}: cannot be read: {error.strerror}") from error
    return _parse(raw, path)


def commit_battery(path: Path, items: tuple[Item, ...], about: Mapping[str, Any]) -> Battery:
    """Write a battery to disk, whole or not at all, and return it as it was written.

    Raises:
        UsageError: The file exists, or cannot be written.
    """
    head = {"battery": {"schema_version": 1, **about}}
    lines = [json.dumps(line, ensure_ascii=False) for line in (head, *map(_line, items))]
    if path.exists():
        raise UsageError(f"{path}: exists; a battery is never overwritten, choose another name")
    try:
        put(path, "\n".join([*lines, ""]).encode())
    except UsageError as error:
        raise UsageError(f"{error}; nothing was asked") from error
    return read_battery(path)


def _line(item: Item) -> dict[str, Any]:
    fields: dict[str, Any] = {"id": item.id, "prompt": item.prompt}
    wanted = {
        "category": item.category,
        "key": item.key,
        "options": item.options,
        "normaliser": item.normaliser,
    }
    return fields | {name: value for name, value in wanted.items() if value not in (None, "", 0)}


def _parse(raw: bytes, path: Path) -> Battery:
    about: Mapping[str, Any] = {}
    items: dict[str, Item] = {}
    for number, entry in _entries(raw, path):
        where = f"{path}, line {number}"
        if number == 1 and "battery" in entry:
            about = _about(entry, where)
            continue
        if "prompt_sha256" in entry and "prompt" not in entry:
            continue
        item = _item(entry, where, str(about.get("normaliser", "")))
        if item.id in items:
            raise UnreadableError(f"{where}: the id {item.id!r} twice, expected once")
        items[item.id] = item
        if len(items) > _MOST_ITEMS:
            raise UnreadableError(f"{path}: more than {_MOST_ITEMS} questions")
    if not items:
        raise UnreadableError(f"{path}: no question in it, expected at least one per battery")
    return Battery(
        id=str(about.get("id", path.stem)),
        items=tuple(items.values()),
        digest=hashlib.sha256(raw).hexdigest(),
        about=about,
    )


def _entries(raw: bytes, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if line.strip():
            yield number, parse_object(line, what=f"{path}, line {number}")


def _about(entry: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    about = entry["battery"]
    if not isinstance(about, dict) or len(entry) > 1:
        raise UnreadableError(f"{where}: expected one object under 'battery' and nothing else")
    if about.get("schema_version", 1) != 1:
        raise UnreadableError(
            f"{where}: schema version {about['schema_version']!r}, expected 1; "
            "written by another version of this tool"
        )
    return about


def _item(entry: Mapping[str, Any], where: str, normaliser: str) -> Item:
    if unknown := sorted(entry.keys() - _FIELDS):
        raise UnreadableError(
            f"{where}: found the field {unknown[0]!r}, expected only {', '.join(sorted(_FIELDS))}"
        )
    name = _text(entry, "id", where, _LONGEST_NAME)
    prompt = _text(entry, "prompt", where, _LONGEST_PROMPT)
    if not name or not prompt.strip():
        raise UnreadableError(f"{where}: an empty id or prompt; there is nothing to ask")
    if _LIKE_A_REPEAT.search(name):
        raise UnreadableError(
            f"{where}: the id {name!r} ends like a repeat (#2), expected another ending"
        )
    key = _text(entry, "key", where, _LONGEST_PROMPT) if entry.get("key") is not None else None
    return Item(
        id=name,
        prompt=prompt,
        category=_text(entry, "category", where, _LONGEST_NAME, default=""),
        key=key,
        options=_options(entry.get("options", 0), where),
        normaliser=_text(entry, "normaliser", where, _LONGEST_NAME, default=normaliser),
    )


def _text(
    entry: Mapping[str, Any], name: str, where: str, limit: int, default: str | None = None
) -> str:
    found = entry.get(name, default)
    if not isinstance(found, str) or len(found) > limit:
        raise UnreadableError(f"{where}: {name!r} is no text of at most {limit} characters")
    if any("\ud800" <= character <= "\udfff" for character in found):
        raise UnreadableError(f"{where}: {name!r} holds half a character; it cannot be sent")
    return found


def _options(found: object, where: str) -> int:
    """How many options: a number, or the list of them."""
    count = len(found) if isinstance(found, list) else found
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= _MOST_OPTIONS:
        raise UnreadableError(f"{where}: 'options' is no number of options and no list of them")
    return count
