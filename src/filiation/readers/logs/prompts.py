"""What was asked? The last turn of whoever asked, and the system prompt, in any usual layout.

A prompt is a text, or messages: with `role` and `content` (a text, or parts of which some are
text), with `author` and `content.parts`, as an object that holds them under `messages`, `input`,
`prompt` or `contents`, or as any of these in JSON within a text. A conversation is sent again with
every turn: what counts is the last message of the user that holds text (in the rounds of an agent,
where tools answer in the user's place, this is the task). Pictures and files are not read.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

__all__ = ["asked"]

USERS: Final = frozenset({"user", "human"})
SYSTEMS: Final = frozenset({"system", "developer"})
HOLDERS: Final = ("messages", "input", "prompt", "contents", "chat_messages")
SYSTEM_KEYS: Final = ("system", "instructions", "system_prompt", "systemInstruction")
TEXTS: Final = ("text", "value", "content", "parts", "input_text")
PARTS: Final = frozenset({"text", "input_text", "", "multimodal_text"})
MOST_DEPTH: Final = 6
DAMAGE: Final = (ValueError, RecursionError)


def asked(prompt: Any, system: Any = None) -> tuple[str | None, str | None]:
    """The user's last turn and the system prompt; None for one that is not stated.

    Args:
        prompt: What the log holds as prompt.
        system: What it holds as system prompt, where that stands apart.
    """
    found = _opened(prompt)
    apart = _opened(system)
    stated = _text(apart) if apart is not None else None
    if isinstance(found, dict):
        stated = stated or _first(_text(found[key]) for key in SYSTEM_KEYS if key in found)
        held = _first(found[key] for key in HOLDERS if found.get(key))
        found = found if held is None else _opened(held)
    if isinstance(found, list) and any(_role(one) for one in found):
        user = _first(_text(one) for one in reversed(found) if _role(one) in USERS)
        systems = [_text(one) for one in found if _role(one) in SYSTEMS]
        return user or "", stated or "\n".join(filter(None, systems)) or None
    if found is None or found == {}:
        return None, stated
    text = _text(found)
    return (prompt if not text and isinstance(prompt, str) else text), stated


def _opened(value: Any) -> Any:
    """A value; what is JSON within a text, as what it holds."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str) and value[:1] in ("[", "{") and value[-1:] in ("]", "}"):
        try:
            return json.loads(value)
        except DAMAGE:
            return value
    return value


def _role(message: Any) -> str:
    if not isinstance(message, dict):
        return ""
    author = message.get("author")
    role = message.get("role") or (author.get("role") if isinstance(author, dict) else None)
    return role.lower() if isinstance(role, str) else ""


def _text(value: Any, depth: int = 0) -> str:
    """The text of a message, of its parts, or of what holds one."""
    if isinstance(value, str):
        return value
    if depth >= MOST_DEPTH:
        return ""
    if isinstance(value, list):
        return "\n".join(filter(None, (_text(one, depth + 1) for one in value)))
    if isinstance(value, dict):
        kind = value.get("type")
        if (
            isinstance(kind, str)
            and kind not in PARTS
            and kind != "message"
            and "role" not in value
        ):
            return ""  # a picture, a file, the answer of a tool
        return _first(_text(value[key], depth + 1) for key in TEXTS if value.get(key)) or ""
    return ""


def _first(found: Iterator[Any]) -> Any:
    return next((one for one in found if one), None)
