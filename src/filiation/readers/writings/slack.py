"""A message of an export of Slack: its text, blocks, shared messages, files and reactions.

Words that the sender did not write (a message that is shared, what a program put in) stand under a
heading behind `> `. Fields that hold words and are not read are named in a remark.
"""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from filiation.model.document import Attachment, Document
from filiation.readers.writings.chat_words import (
    document_of,
    inner,
    left_over,
    listed,
    moment_of,
    same_words,
)
from filiation.readers.writings.marks import harmless, marked, section
from filiation.readers.writings.plain import one_line

__all__ = ["Names", "names_of", "read_slack"]

Names = Mapping[str, str]
DEEPEST: Final = 60
NO_WORDS: Final = frozenset({  # numbers, marks and addresses of what is shown elsewhere
    "type", "subtype", "ts", "thread_ts", "user", "text", "blocks", "attachments", "files", "file",
    "edited", "reactions", "bot_id", "app_id", "username", "user_profile", "bot_profile", "team",
    "client_msg_id", "user_team", "source_team", "reply_users", "replies", "latest_reply",
    "parent_user_id", "previous", "message", "previous_message", "deleted_ts", "channel",
    "channel_type", "event_ts", "hidden", "is_locked", "subscribed", "last_read", "icons", "upload",
    "display_as_bot", "original", "inviter", "permalink", "pinned_to", "pinned_info", "x_files",
    "mrkdwn",
    "bot_link", "language", "no_notifications", "canvas", "room", "assistant_app_thread",
})  # fmt: skip
TYPED: Final = frozenset({"", "bot_message", "file_share", "thread_broadcast", "me_message",
                          "file_comment", "reply_broadcast"})  # fmt: skip
SPEECH: Final = ("title", "text", "alt_text", "label", "description", "placeholder", "hint",
                 "value", "fallback", "author_name", "provider_name", "button_text")  # fmt: skip
ADDRESS: Final = re.compile(r"<([@#!]?)([^<>|\n]{1,3000})(?:\|([^<>\n]{0,3000}))?>")
SHARED: Final = ("pretext", "title", "text", "fallback", "footer", "title_link", "from_url")
FILE: Final = ("title", "preview", "plain_text", "simplified_html", "initial_comment", "alt_txt",
               "transcription", "headers", "subject")  # fmt: skip


def names_of(listing: Any) -> dict[str, str]:
    """Slack's users.json or channels.json: id to name; empty if it is none."""
    found = [one for one in listing if isinstance(one, dict)] if isinstance(listing, list) else []
    return {
        str(one.get("id"))[:100]: one_line(
            str(one.get("real_name") or inner(one, "profile").get("real_name")
                or inner(one, "profile").get("display_name") or one.get("name") or "")
        )
        for one in found
    }  # fmt: skip


def read_slack(value: Any, file: str, pointer: str, channel: str, names: Names) -> Document | None:
    """One message as a document."""
    who = str(value.get("user") or value.get("bot_id") or value.get("username") or "")
    stamp = str(value.get("ts"))
    root = str(value.get("thread_ts") or stamp)
    return document_of(
        value, "slack", file, pointer,
        who=who, name=_name(value, who, names), given=stamp, text=_text(value, names),
        channel=channel, own=f"<{stamp}@{channel}>", root=f"<{root}@{channel}>",
        attachments=tuple(_files(value)), remarks=_remarks(value, who, names),
    )  # fmt: skip


def _name(value: Any, who: str, names: Names) -> str:
    profile, bot = inner(value, "user_profile"), inner(value, "bot_profile")
    said = names.get(who) or profile.get("real_name") or profile.get("display_name")
    said = said or value.get("username") or bot.get("name") or ""
    return f"{said} (a program)" if _is_program(value) else str(said)


def _is_program(value: Any) -> bool:
    return bool(value.get("bot_id") or value.get("subtype") == "bot_message")


def _remarks(value: Any, who: str, names: Names) -> Iterator[str]:
    kind = str(value.get("subtype") or "")
    if _is_program(value):
        yield "a program posted it; the name that it shows is its own choice"
    if kind == "tombstone":
        yield "it was deleted; its words are not in the export"
    elif kind == "message_deleted":
        yield "a notice that a message was deleted"
    elif kind not in TYPED:
        yield f"a notice of Slack ({kind}); nobody typed it"
    edited = inner(value, "edited")
    if edited:
        by = names.get(str(edited.get("user")), str(edited.get("user", "")))
        yield f"edited after it was sent, by {by}, {moment_of(str(edited.get('ts', '')))[0]}; " \
              "what it said before is not in it"  # fmt: skip
    if not names.get(who) and not _is_program(value) and who:
        yield "its sender is not in the export's list of users; the name is as the message has it"
    files = listed(value, "files") or ([value["file"]] if inner(value, "file") else [])
    if files:
        yield f"{len(files)} files; of them the export holds names and what is shown, not the bytes"
    if any(inner(one).get("preview_is_truncated") for one in files):
        yield "of a file only the beginning is in the export"
    yield from left_over(value, NO_WORDS)


def _text(value: Any, names: Names) -> str:
    """All words of a message."""
    plain = _spoken(str(value.get("text") or ""), names)
    blocks = "\n".join(_blocks(value.get("blocks"), names, 0))
    same = not blocks.strip() or same_words(plain, blocks)
    parts = [plain] if same else [blocks] if not plain.strip() else [
        plain, section("other form of the message, in blocks", blocks)]  # fmt: skip
    parts += [_shared(one, names) for one in listed(value, "attachments")]
    files = listed(value, "files") or ([value["file"]] if inner(value, "file") else [])
    parts += [_file(inner(one)) for one in files]
    for key, heading in (("message", "message as it was edited"),
                         ("previous_message", "message as it was before"),
                         ("canvas", "part: canvas"), ("room", "part: room")):  # fmt: skip
        if inner(value, key):
            said = _text(inner(value, key), names) if key.endswith("message") else ""
            said = said or "\n".join(_blocks(value[key], names, 0))
            parts.append(section(heading, said))
    given = [
        f":{harmless(str(inner(one).get('name')))}: by "
        + ", ".join(names.get(str(user), harmless(str(user))) for user in listed(one, "users"))
        for one in listed(value, "reactions")
    ]  # fmt: skip
    parts.append(section("reactions", "\n".join(given)))
    return "\n".join(part.strip("\n") for part in parts if part.strip())


def _spoken(text: str, names: Names) -> str:
    """Slack's own marks in words: who is meant, where a link leads."""

    def said(found: re.Match[str]) -> str:
        kind, target, label = found[1], found[2], found[3] or ""
        if kind == "@":
            return f"@{names.get(target) or label or target}"
        if kind == "#":
            return f"#{names.get(target) or label or target}"
        if kind == "!":
            return f"@{label or target}"
        return f"{label}{marked('link', target)}" if label and label != target else target

    return html.unescape(ADDRESS.sub(said, harmless(text)))


def _blocks(value: Any, names: Names, depth: int) -> Iterator[str]:
    """The words of blocks, one line for each that has any."""
    if depth > DEEPEST:
        yield marked("other", "blocks nested more deeply are not read")
    elif isinstance(value, list):
        for one in value:
            yield from _blocks(one, names, depth + 1)
    elif isinstance(value, dict):
        kind = value.get("type")
        if kind in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
            yield "".join(_piece(one, names) for one in listed(value, "elements"))
            return
        for key in SPEECH:
            if isinstance(value.get(key), str) and value[key].strip():
                yield _spoken(value[key], names)
        for one in value.values():
            if isinstance(one, (dict, list)):
                yield from _blocks(one, names, depth + 1)
        for key in ("url", "image_url", "title_url", "video_url"):
            if isinstance(value.get(key), str):
                yield marked("link", harmless(value[key]))


def _piece(one: Any, names: Names) -> str:
    """A piece of a line."""
    said = inner(one)
    kind = said.get("type")
    if kind in ("user", "channel", "usergroup", "broadcast"):
        key = str(said.get("user_id") or said.get("channel_id") or said.get("usergroup_id")
                  or said.get("range"))  # fmt: skip
        return ("#" if kind == "channel" else "@") + harmless(names.get(key, key))
    if kind == "emoji":
        return f":{harmless(str(said.get('name')))}:"
    text = harmless(str(said.get("text") or said.get("fallback") or said.get("value") or ""))
    if kind == "link":
        url = harmless(str(said.get("url")))
        return text + marked("link", url) if text and text != url else url
    return text


def _shared(one: Any, names: Names) -> str:
    """A message that is shared, or what a program or a link put below."""
    said = inner(one)
    by = harmless(str(said.get("author_name") or said.get("author_subname") or ""))
    when = moment_of(str(said["ts"]))[0] if said.get("ts") else ""
    words = [_spoken(str(said[key]), names) for key in SHARED if isinstance(said.get(key), str)]
    words += [f"{inner(f).get('title', '')}: {_spoken(str(inner(f).get('value', '')), names)}"
              for f in listed(said, "fields")]  # fmt: skip
    for key in ("blocks", "message_blocks", "actions", "files"):
        words += list(_blocks(said.get(key), names, 0))
    kind = "shared message" if said.get("is_share") or said.get("is_msg_unfurl") else "attachment"
    heading = kind + (f" by {by}" if by else "") + (f", {when}" if when else "")
    return section(heading, "\n".join(dict.fromkeys(word for word in words if word.strip())))


def _file(said: Mapping[str, Any]) -> str:
    """What a message shows of a file: a snippet, a mail, a canvas."""
    words = [harmless(str(said[key])) for key in FILE if isinstance(said.get(key), str)]
    words += [harmless(str(inner(said, "initial_comment").get("comment", "")))]
    name = harmless(str(said.get("name") or said.get("title") or "without a name"))
    kind = "canvas " if said.get("filetype") in ("quip", "canvas") else ""
    return section(f"attached file {kind}{name}", "\n".join(dict.fromkeys(words)))


def _files(value: Any) -> Iterator[Attachment]:
    for one in listed(value, "files"):
        said = inner(one)
        size = said.get("size")
        yield Attachment(
            name=one_line(str(said.get("name") or said.get("title") or ""), 255),
            media_type=one_line(str(said.get("mimetype") or ""), 200) or "application/octet-stream",
            size=size if isinstance(size, int) and size >= 0 else 0,
            sha256="",
        )
