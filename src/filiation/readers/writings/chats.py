"""Exports of chats as JSON: Slack, Teams, and any list of messages that says who, when and what.

A message is a value of the file: its bytes are the canonical text of that value (keys sorted, no
spaces, ASCII), and its place is a JSON pointer. The file is kept whole beside it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.document import Document, Person
from filiation.readers.writings.pages import from_html
from filiation.readers.writings.plain import clipped, instant, one_line

__all__ = ["names_of_users", "read_chat"]

LARGEST: Final = 1 << 28  # bytes of one export that are read into memory
MOST: Final = 5_000_000
WHO: Final = ("sender", "from", "author", "user", "username", "name", "role")
WHAT: Final = ("text", "content", "message", "body")
WHEN: Final = ("time", "timestamp", "date", "created_at", "createdDateTime", "sent", "ts")
Names = Mapping[str, str]
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
    known = 0
    for value, pointer, read, channel in _messages(found, file):
        document = read(value, file, pointer, channel, names)
        if document is not None:
            known += 1
            yield document
        if known > MOST:
            raise UnreadableError(f"{file}: more than {MOST} messages; export it in parts")
    if not known:
        raise UnreadableError(
            f"{file}: no messages with a sender and words were found; expected an export of "
            "Slack or Teams, or a list of objects with sender, time and text"
        )


def _parsed(path: Path, file: str) -> Any:
    raw = path.read_bytes()
    if not file.endswith((".jsonl", ".ndjson")):
        return json.loads(raw)
    return [json.loads(line) for line in raw.splitlines() if line.strip()]


def names_of_users(path: Path) -> dict[str, str]:
    """Slack's users.json: id to name; empty if it is none."""
    try:
        if path.stat().st_size > LARGEST:
            return {}
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return {}
    users = [user for user in found if isinstance(user, dict)] if isinstance(found, list) else []
    return {
        str(user.get("id"))[:100]: one_line(str(user.get("real_name") or user.get("name") or ""))
        for user in users
    }


def _messages(found: Any, file: str) -> Iterator[tuple[Any, str, Reader, str]]:
    """Each message with its pointer, the reader for it, and its channel."""
    if isinstance(found, dict) and isinstance(found.get("conversations"), list):
        for place, talk in enumerate(found["conversations"]):
            if isinstance(talk, dict) and isinstance(talk.get("MessageList"), list):
                channel = str(talk.get("displayName") or talk.get("id") or "")
                for number, value in enumerate(talk["MessageList"]):
                    yield value, f"/conversations/{place}/MessageList/{number}", _skype, channel
        return
    key = next((k for k in ("value", "messages") if _is_list(found, k)), None)
    values, prefix = (found[key], f"/{key}") if key else (found, "")
    if not isinstance(values, list):
        return
    channel = PurePosixPath(file).parent.name
    for number, value in enumerate(values):
        if isinstance(value, dict):
            yield value, f"{prefix}/{number}", _reader(value), channel


def _is_list(found: Any, key: str) -> bool:
    return isinstance(found, dict) and isinstance(found.get(key), list)


def _reader(value: Mapping[str, Any]) -> Reader:
    if value.get("type") == "message" and "ts" in value:
        return _slack
    if "createdDateTime" in value and isinstance(value.get("body"), dict):
        return _teams
    return _any


def _slack(value: Any, file: str, pointer: str, channel: str, names: Names) -> Document | None:
    who = str(value.get("user") or value.get("bot_id") or value.get("username") or "")
    stamp = str(value.get("ts"))
    remarks = [f"{len(value['files'])} files"] if isinstance(value.get("files"), list) else []
    if "edited" in value:
        remarks.append("edited after it was sent")
    root = str(value.get("thread_ts") or stamp)
    return _document(
        value, "slack", file, pointer,
        who=who, name=names.get(who, ""), given=stamp, text=str(value.get("text") or ""),
        channel=channel, own=f"<{stamp}@{channel}>", root=f"<{root}@{channel}>",
        remarks=tuple(remarks),
    )  # fmt: skip


def _teams(value: Any, file: str, pointer: str, channel: str, names: Names) -> Document | None:
    sender = _inner(value.get("from"), "user") or _inner(value.get("from"), "application")
    body = value["body"]
    text = str(body.get("content") or "")
    if str(body.get("contentType")).lower() == "html":
        text = from_html(text)
    place = value.get("chatId") or _inner(value.get("channelIdentity")).get("channelId") or ""
    own, root = str(value.get("id") or ""), str(value.get("replyToId") or value.get("id") or "")
    remarks = ("edited after it was sent",) if value.get("lastEditedDateTime") else ()
    return _document(
        value, "teams", file, pointer,
        who=str(sender.get("id") or ""), name=str(sender.get("displayName") or ""),
        given=str(value["createdDateTime"]), text=text, channel=str(place),
        own=f"<{own}@{place}>", root=f"<{root}@{place}>", remarks=remarks,
    )  # fmt: skip


def _skype(value: Any, file: str, pointer: str, channel: str, names: Names) -> Document | None:
    """A message of a personal export of Teams."""
    if not isinstance(value, dict) or "from" not in value:
        return None
    text = str(value.get("content") or "")
    if "text" not in str(value.get("messagetype", "text")).lower():
        return None  # calls and changes of members
    return _document(
        value, "teams", file, pointer,
        who=str(value["from"]), name=str(value.get("displayName") or ""),
        given=str(value.get("originalarrivaltime") or ""), text=from_html(text), channel=channel,
        own=f"<{value.get('id')}@{channel}>", root=f"<{channel}>",
    )  # fmt: skip


def _any(value: Any, file: str, pointer: str, channel: str, names: Names) -> Document | None:
    """Any object that says who and what."""
    who, what, when = (
        next((value[key] for key in keys if key in value), None) for keys in (WHO, WHAT, WHEN)
    )
    if isinstance(who, dict):
        who = who.get("name") or who.get("id")
    if not isinstance(what, str) or who is None:
        return None
    own = str(value.get("id") or "")
    channel = str(value.get("channel") or value.get("conversation") or channel)
    root = str(value.get("reply_to") or value.get("thread") or own)
    return _document(
        value, "chat", file, pointer,
        who=str(who), name="", given="" if when is None else str(when), text=what,
        channel=channel, own=f"<{own}@{channel}>" if own else "",
        root=f"<{root}@{channel}>" if root else f"<{file}>",
    )  # fmt: skip


def _inner(value: Any, key: str | None = None) -> Mapping[str, Any]:
    """An object in an object; empty if it is none."""
    if key is not None:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _document(
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
    remarks: tuple[str, ...] = (),
) -> Document:
    """Make a document of a chat from the parts that all kinds of chat have."""
    words, cut = clipped(text)
    moment, odd = _moment(given)
    own, root = one_line(own, 500), one_line(root, 500)
    return Document(
        file=file,
        start=-1,
        pointer=pointer,
        raw=json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii"),
        format=format,
        sent=one_line(given, 100),
        moment=moment,
        people=(Person(address=one_line(who, 320).lower(), name=one_line(name, 200)),),
        subject=one_line(channel, 500),
        text=words,
        message_id=own,
        answers=() if root == own else (root,),
        remarks=(*remarks, *(r for r in (odd, "the text was cut" if cut else "") if r)),
    )


def _moment(given: str) -> tuple[str, str]:
    """Seconds (or milliseconds) since 1970, or a date."""
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
