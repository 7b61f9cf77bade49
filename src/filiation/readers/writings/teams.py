"""A message of Teams: as Microsoft Graph gives it, and as a personal export has it.

Words that the sender did not write stand under a heading behind `> `. Fields that hold words and
are not read are named in a remark.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from filiation.model.document import Attachment, Document
from filiation.readers.writings.chat_words import (
    document_of,
    inner,
    left_over,
    listed,
    strings_in,
)
from filiation.readers.writings.marks import harmless, section
from filiation.readers.writings.pages import with_marks
from filiation.readers.writings.plain import one_line

__all__ = ["read_personal", "read_teams"]

GRAPH: Final = frozenset({
    "id", "createdDateTime", "body", "from", "chatId", "channelIdentity", "replyToId", "subject",
    "summary", "attachments", "mentions", "reactions", "lastEditedDateTime", "deletedDateTime",
    "lastModifiedDateTime", "messageType", "etag", "importance", "locale", "webUrl", "eventDetail",
    "messageHistory", "policyViolation", "hostedContents", "@odata.context", "@odata.type",
    "replies", "createdBy",
})  # fmt: skip
PERSONAL: Final = frozenset({
    "id", "displayName", "originalarrivaltime", "messagetype", "version", "content", "from",
    "conversationid", "properties", "amsreferences", "skypeeditedid", "clientmessageid",
})  # fmt: skip
Names = Mapping[str, str]


def read_teams(value: Any, file: str, pointer: str, channel: str, names: Names) -> Document | None:
    """One message of Graph (`chatMessage`) as a document."""
    sender = inner(value.get("from"), "user") or inner(value.get("from"), "application") \
        or inner(value.get("from"), "device")  # fmt: skip
    place = value.get("chatId") or inner(value.get("channelIdentity")).get("channelId") or ""
    own, root = str(value.get("id") or ""), str(value.get("replyToId") or value.get("id") or "")
    return document_of(
        value, "teams", file, pointer,
        who=str(sender.get("id") or ""), name=str(sender.get("displayName") or ""),
        given=str(value["createdDateTime"]), text=_text(value), channel=str(place),
        own=f"<{own}@{place}>", root=f"<{root}@{place}>", attachments=tuple(_files(value)),
        remarks=_remarks(value),
    )  # fmt: skip


def _text(value: Any) -> str:
    """All words of a message of Graph."""
    body = inner(value, "body")
    text = str(body.get("content") or "")
    is_page = str(body.get("contentType")).lower() == "html"
    parts = [harmless(str(value.get("subject") or "")), harmless(str(value.get("summary") or "")),
             with_marks(text) if is_page else harmless(text)]  # fmt: skip
    parts += [_attached(inner(one)) for one in listed(value, "attachments")]
    given = [
        f"{harmless(str(inner(one).get('reactionType')))} by "
        + harmless(str(inner(inner(one, "user"), "user").get("displayName") or "somebody"))
        for one in listed(value, "reactions")
    ]  # fmt: skip
    parts.append(section("reactions", "\n".join(given)))
    for key in ("eventDetail", "policyViolation", "messageHistory"):
        words = (word for word in strings_in(value.get(key)) if not word.startswith("#microsoft"))
        parts.append(section(f"part: {key}", "\n".join(words)))
    return "\n".join(part.strip("\n") for part in parts if part.strip())


def _attached(one: Mapping[str, Any]) -> str:
    """A message that is referred to, a card, or a file."""
    content = one.get("content")
    try:
        said = json.loads(content) if isinstance(content, str) else content
    except (ValueError, RecursionError):
        said = content
    by = inner(inner(inner(said), "messageSender"), "user").get("displayName")
    heading = f"shared message by {harmless(str(by))}" if by else "attachment"
    name = harmless(str(one.get("name") or ""))
    words = [with_marks(word) if "</" in word else word for word in strings_in(said)]
    return section(heading, "\n".join([name, *words, harmless(str(one.get("contentUrl") or ""))]))


def _files(value: Any) -> Iterator[Attachment]:
    for one in listed(value, "attachments"):
        if inner(one).get("name"):
            kind = one_line(str(one.get("contentType") or ""), 200)
            yield Attachment(
                name=one_line(str(one["name"]), 255), media_type=kind, size=0, sha256=""
            )


def _remarks(value: Any) -> Iterator[str]:
    kind = str(value.get("messageType") or "message")
    if kind != "message":
        yield f"a notice of Teams ({kind}); nobody typed it"
    if value.get("lastEditedDateTime"):
        yield f"edited after it was sent, {value['lastEditedDateTime']}; what it said before is " \
              "not in it"  # fmt: skip
    if value.get("deletedDateTime"):
        yield f"deleted, {value['deletedDateTime']}; the words left are as the export has them"
    if inner(value.get("from"), "application"):
        yield "a program posted it; the name that it shows is its own choice"
    if listed(value, "hostedContents"):
        yield f"pictures in it: {len(value['hostedContents'])}; their words are not read"
    if any(inner(one).get("contentUrl") for one in listed(value, "attachments")):
        yield "files are named in it; their bytes are not in the export"
    yield from left_over(value, GRAPH)


def read_personal(
    value: Any, file: str, pointer: str, channel: str, names: Names
) -> Document | None:
    """A message of a personal export of Teams; None if it holds no words."""
    if not isinstance(value, dict):
        return None
    kind = str(value.get("messagetype", "text"))
    parts = [with_marks(str(value.get("content") or ""))]
    parts.append(section("properties", "\n".join(_properties(inner(value, "properties")))))
    text = "\n".join(part.strip("\n") for part in parts if part.strip())
    typed = "text" in kind.lower()
    if not text.strip() and not typed:
        return None  # calls and changes of members without a word
    remarks = [] if typed else [f"a notice of Teams ({kind}); nobody typed it"]
    said = inner(value, "properties")
    remarks += ["edited after it was sent; what it said before is not in it"] * ("edittime" in said)
    remarks += ["deleted; the words left are as the export has them"] * ("deletetime" in said)
    return document_of(
        value, "teams", file, pointer,
        who=str(value.get("from") or ""), name=str(value.get("displayName") or ""),
        given=str(value.get("originalarrivaltime") or ""), text=text, channel=channel,
        own=f"<{value.get('id')}@{channel}>", root=f"<{channel}>",
        remarks=[*remarks, *left_over(value, PERSONAL)],
    )  # fmt: skip


def _properties(said: Mapping[str, Any]) -> Iterator[str]:
    """Words in properties, which hold values as text: files, cards, titles."""
    for key, value in said.items():
        try:
            held = json.loads(value) if isinstance(value, str) and value[:1] in "[{" else value
        except (ValueError, RecursionError):
            held = value
        for word in strings_in(held):
            if any(letter.isalpha() for letter in word) and word not in ("true", "false", "True"):
                yield f"{harmless(str(key))}: {word}"
