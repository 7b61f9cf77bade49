"""What hangs on a file, as the confined process has it: its words, and its bytes if asked for."""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from filiation.readers.writings.marks import settled

__all__ = ["BODY", "hung", "parted"]

BODY: Final = "body"


def hung(name: str, raw: bytes, text: str) -> dict[str, Any]:
    """A file in a file, with its words and its bytes."""
    return {"name": name, "media_type": "", "size": len(raw), "text": settled(text), BODY: raw,
            "sha256": hashlib.sha256(raw).hexdigest()}  # fmt: skip


def parted(found: dict[str, Any], sha256: str = "") -> bytes | None:
    """Take the bytes of all that hangs on a file out of what it says; those of one digest."""
    taken = None
    for one in _within(found):
        body = one.pop(BODY, None)
        if body is not None and one["sha256"] == sha256:
            taken = bytes(body)
    return taken


def _within(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if BODY in value:
            yield value
        for one in list(value.values()):
            yield from _within(one)
    elif isinstance(value, list):
        for one in value:
            yield from _within(one)
