"""Marks that this program sets among the words of others, and which nobody else can set.

A mark is `[kind: words]`. While words are gathered its brackets are two control codes that no
document keeps; at the end they become brackets, and brackets of the author's own that look like a
mark, or would end one, are given a backslash.
"""

import re
from typing import Final

__all__ = ["CLOSE", "OPEN", "harmless", "marked", "section", "settled"]

OPEN: Final = "\x01"
CLOSE: Final = "\x02"
ESCAPED: Final = "\\]"
OURS: Final = re.compile(r"[\x01\x02]")
KINDS: Final = (
    "attached", "attachment", "comment", "control", "deleted", "edited", "embedded", "endnote",
    "field", "footer", "footnote", "form", "forwarded", "header", "hidden", "link", "list",
    "message", "moved", "name", "note", "notice", "object", "other", "outline", "part", "picture",
    "preview", "properties", "property", "reaction", "shared", "symbol", "text", "tracked",
    "variable", "white",
)  # fmt: skip
THEIRS: Final = re.compile(rf"\[(?=\s*(?:{'|'.join(KINDS)})\b[^\]\n]{{0,1000}}:)", re.IGNORECASE)
MEETING: Final = re.compile(  # marks of the same kind, one behind the other
    rf"{OPEN}(hidden|white text|deleted|moved away): ([^{OPEN}{CLOSE}]*){CLOSE}{OPEN}\1: "
)


def harmless(words: str) -> str:
    """Words of others, without the codes that stand for our brackets."""
    return OURS.sub("\N{REPLACEMENT CHARACTER}", words)


def marked(kind: str, words: str) -> str:
    """Words within a mark; nothing if there are none."""
    return f"{OPEN}{kind}: {words.replace(']', ESCAPED)}{CLOSE}" if words.strip() else ""


def section(heading: str, words: str) -> str:
    """Words that stand apart from the others, under a heading, each line behind `> `."""
    if not words.strip():
        return ""
    lines = (line.rstrip() for line in words.strip("\n").split("\n"))
    return f"{OPEN}{heading}:{CLOSE}\n" + "".join(f"> {line}\n" for line in lines if line.strip())


def settled(words: str) -> str:
    """Words in their last form: our marks in brackets, those that imitate them told apart."""
    count = 1
    while count:
        words, count = MEETING.subn(rf"{OPEN}\1: \2", words)
    return THEIRS.sub(r"\\[", words).replace(OPEN, "[").replace(CLOSE, "]")
