"""Exports of chats as JSON: Slack, Teams, and any list of messages that says who, when and what.

A message is a value of the file: its bytes are the canonical text of that value (keys sorted, no
spaces, ASCII), and its place is a JSON pointer. The file is kept whole beside it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.document import Document
from filiation.readers.writings.chat_words import document_of, inner, left_over, listed, strings_in
from filiation.readers.writings.marks import harmless
from filiation.readers.writings.slack import Names, names_of, read_slack
from filiation.readers.writings.teams import read_personal, read_teams

__all__ = ["holds_topics", "names_of_users", "read_chat"]

LARGEST: Final = 1 << 28  # bytes of one export that are read into memory
MOST: Final = 5_000_000
WHO: Final = ("sender", "from", "author", "user", "username", "name", "role")
WHAT: Final = ("text", "content", "message", "body")
WHEN: Final = ("time", "timestamp", "date", "created_at", "createdDateTime", "sent", "ts")
FURTHER: Final = ("id", "channel", "conversation", "reply_to", "thread", "type")
Reader = Callable[[Any, str, str, str, Names], Document | None]


def read_chat(path: Path, file: str, names: Names) -> Iterator[Document]:
    """All messages of one export, in its order.

    Args:
        path: The file in which its bytes lie.
        file: What it is called in the production.
        names: Slack's ids of users, and who they are.

    Raises:
        UnreadableError: Too large, not JSON, or no messages that this reader knows.
    """
    if path.stat().st_size > LARGEST:
        raise UnreadableError(f"{file}: more than {LARGEST} bytes of JSON; export it in parts")
    try:
        found = _parsed(path, file)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"{file}: not JSON that can be read: {error}") from error
    if not any(read(value, file, pointer, channel, names) is not None
               for value, pointer, read, channel in _messages(found, file)):  # fmt: skip
        raise UnreadableError(
            f"{file}: no messages with a sender and words were found; expected an export of "
            "Slack or Teams, or a list of objects with sender, time and text"
        )
    around = _around(found)
    for number, (value, pointer, read, channel) in enumerate(_messages(found, file)):
        if number >= MOST:
            raise UnreadableError(f"{file}: more than {MOST} messages; export it in parts")
        document = read(value, file, pointer, channel, names)
        if document is None and read is _any:
            document = _without_sender(value, file, pointer, channel)
        if document is not None:
            yield replace(document, remarks=(*document.remarks, *around))
            around = []


def _around(found: Any) -> list[str]:
    """Remarks that name what stands around the messages and is not read."""
    if not isinstance(found, dict):
        return []
    talks = [inner(talk) for talk in listed(found, "conversations")]
    left = left_over(found, ("value", "messages", "conversations"))
    left += [
        remark
        for talk in talks
        for remark in left_over(talk, ("MessageList", *FURTHER, "displayName"))
    ]
    return [f"around the messages: {remark}" for remark in dict.fromkeys(left)]


def _parsed(path: Path, file: str) -> Any:
    raw = path.read_bytes()
    if not file.endswith((".jsonl", ".ndjson")):
        return json.loads(raw)
    return [json.loads(line) for line in raw.splitlines() if line.strip()]


def names_of_users(path: Path) -> dict[str, str]:
    """Slack's users.json or channels.json: id to name; empty if it is none."""
    try:
        return names_of(json.loads(path.read_bytes())) if path.stat().st_size <= LARGEST else {}
    except (ValueError, RecursionError):
        return {}


def holds_topics(path: Path) -> bool:
    """Does one of Slack's lists hold words that no message repeats?"""
    try:
        found = json.loads(path.read_bytes()) if path.stat().st_size <= LARGEST else None
    except (ValueError, RecursionError):
        return True
    return any(
        inner(one, key).get("value") for one in (found if isinstance(found, list) else ())
        for key in ("topic", "purpose")
    )  # fmt: skip


def _messages(found: Any, file: str) -> Iterator[tuple[Any, str, Reader, str]]:
    """Each message with its pointer, the reader for it, and its channel."""
    if isinstance(found, dict) and isinstance(found.get("conversations"), list):
        for place, talk in enumerate(found["conversations"]):
            if isinstance(talk, dict) and isinstance(talk.get("MessageList"), list):
                channel = str(talk.get("displayName") or talk.get("id") or "")
                for number, value in enumerate(talk["MessageList"]):
                    yield (
                        value,
                        f"/conversations/{place}/MessageList/{number}",
                        read_personal,
                        channel,
                    )
        return
    key = next((k for k in ("value", "messages") if listed(found, k)), None)
    values, prefix = (found[key], f"/{key}") if key else (found, "")
    if not isinstance(values, list):
        return
    channel = PurePosixPath(file).parent.name
    for number, value in enumerate(values):
        yield value, f"{prefix}/{number}", _reader(value), channel


def _reader(value: Any) -> Reader:
    if not isinstance(value, dict):
        return _any
    if value.get("type") == "message" and "ts" in value:
        return read_slack
    if "createdDateTime" in value and isinstance(value.get("body"), dict):
        return read_teams
    return _any


def _any(value: Any, file: str, pointer: str, channel: str, names: Names) -> Document | None:
    """Any object that says who and what."""
    if not isinstance(value, dict):
        return None
    who, what, when = (
        next((value[key] for key in keys if key in value), None) for keys in (WHO, WHAT, WHEN)
    )
    if isinstance(who, dict):
        who = who.get("name") or who.get("id")
    if isinstance(what, list):  # a text in pieces, as Telegram has it
        what = "".join(str(inner(one).get("text", "")) if isinstance(one, dict) else str(one)
                       for one in what)  # fmt: skip
    if not isinstance(what, str) or who is None:
        return None
    own = str(value.get("id") or "")
    channel = str(value.get("channel") or value.get("conversation") or channel)
    root = str(value.get("reply_to") or value.get("thread") or own)
    used = {next(key for key in keys if key in value) for keys in (WHO, WHAT)} | {*WHEN, *FURTHER}
    return document_of(
        value, "chat", file, pointer,
        who=str(who), name="", given="" if when is None else str(when), text=harmless(what),
        channel=channel, own=f"<{own}@{channel}>" if own else "",
        root=f"<{root}@{channel}>" if root else f"<{file}>", remarks=left_over(value, used),
    )  # fmt: skip


def _without_sender(value: Any, file: str, pointer: str, channel: str) -> Document | None:
    """A value among messages that says not who speaks: all its words, and a remark."""
    words = [word for word in strings_in(value) if any(letter.isalpha() for letter in word)]
    if not words:
        return None
    return document_of(
        value, "chat", file, pointer, who="", name="", given="", text="\n".join(words),
        channel=channel, own="", root=f"<{file}>",
        remarks=["no sender was found in it; all its words are shown, whatever they are"],
    )  # fmt: skip
