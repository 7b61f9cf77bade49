"""Conversations as providers, chat programs and data sets write them: who said what, and how.

[{"role": "user", "content": ".."}, {"role": "assistant", "content": [{"type": "text", ..}]}]
[{"from": "human", "value": ".."}, {"from": "gpt", "value": ".."}]
[{"sender": "human", "text": ".."}, {"sender": "assistant", "text": ".."}]
{"<id>": {"message": {"author": {"role": ..}, "content": {"parts": [..]}}, "parent": "<id>"}, ..}

The second is ShareGPT's; the third and fourth are what Claude and ChatGPT give out of an account.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

from filiation.errors import UnreadableError
from filiation.model.ending import Ending
from filiation.readers.answers.document import Fields, kind
from filiation.readers.answers.reply import read_message

__all__ = ["TALKS", "Exchange", "asked", "content_text", "exchange", "talk_of"]

TALKS: Final = (
    *("messages", "conversations", "conversation", "dialogue", "chat_messages", "mapping"),
)
SPEAKERS: Final = ("assistant", "gpt", "model", "bot", "chatbot")
MOST_TURNS: Final = 100_000
UNNAMED: Final = "unnamed"  # of an account's export, where it does not say which model answered


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The first exchange of a conversation.

    Attributes:
        prompt: What was said before the first answer; None if nothing.
        output: That answer; None if there is none.
        ending: Whether it is a refusal, or the call of a tool, by the message's own fields.
        model: Who answered, where the message says; else empty.
        more: How many answers follow.
    """

    prompt: str | None
    output: str | None
    ending: Ending
    model: str
    more: int


def talk_of(fields: Fields) -> list[Any] | None:
    """The messages of a record in order; None if it holds no conversation."""
    found = next((fields[name] for name in TALKS if name in fields), None)
    if isinstance(found, dict):
        return _branch(found, fields.get("current_node"))
    return found if isinstance(found, list) else None


def asked(talk: Sequence[Any]) -> str | None:
    """All that was said, if a question comes last; None if an answer does."""
    last = talk[-1] if talk else None
    if not isinstance(last, dict) or _role(last) in SPEAKERS:
        return None
    return "\n\n".join(filter(None, (_words(m) for m in talk if isinstance(m, dict)))) or None


def exchange(talk: Sequence[Any], *, what: str) -> Exchange:
    """The first answer of a conversation, and what was said before it.

    Raises:
        UnreadableError: A message is no object, or an answer is in no form that is known.
    """
    before: list[str] = []
    answers: list[Fields] = []
    for message in talk:
        if not isinstance(message, dict):
            raise UnreadableError(f"{what}: a message is a JSON {kind(message)}, not an object")
        if _role(message) in SPEAKERS:
            answers.append(message)
        elif not answers and (text := _words(message)):
            before.append(text)
    first = answers[0] if answers else {}
    output, ending = _answer(first, what)
    about = first.get("metadata")
    model = about.get("model_slug") if isinstance(about, dict) else None
    if "author" in first and not model:
        model = UNNAMED
    return Exchange(
        prompt="\n\n".join(before) or None,
        output=output,
        ending=ending,
        model=model if isinstance(model, str) else "",
        more=max(0, len(answers) - 1),
    )


def content_text(content: Any) -> str | None:
    """A message's words: a text, parts of which the texts count, or what stands in `answer`."""
    if isinstance(content, dict):
        named = ("answer", "text", "content", "parts")
        content = next((content[name] for name in named if name in content), None)
    if isinstance(content, list):
        texts = [
            part if isinstance(part, str) else part.get("text")
            for part in content
            if isinstance(part, str)
            or (isinstance(part, dict) and part.get("type") in ("text", "output_text", None))
        ]
        content = "".join(text for text in texts if isinstance(text, str)) or None
    return content if isinstance(content, str) else None


def _role(message: Fields) -> object:
    author = message.get("author")
    if isinstance(author, dict):
        return author.get("role")
    return message.get("role", message.get("from", message.get("sender")))


def _words(message: Fields) -> str | None:
    named = ("content", "value", "text")
    return next(filter(None, (content_text(message.get(name)) for name in named)), None)


def _answer(message: Fields, what: str) -> tuple[str | None, Ending]:
    """Its words and its ending: a refusal and a call stand in fields or parts of their own."""
    parts = message.get("content")
    marked = {name: message.get(name) for name in ("refusal", "tool_calls", "function_call")}
    refusals = [p for p in parts if _is_refusal(p)] if isinstance(parts, list) else []
    try:
        text, ending = read_message({**marked, "content": refusals}, Ending.WHOLE)
    except UnreadableError as error:
        raise UnreadableError(f"{what}: {error}") from error
    words = _words(message)
    if ending is Ending.DECLINED and words:
        return words, Ending.FILTERED
    return words or text or None, ending


def _is_refusal(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "refusal"


def _branch(nodes: Mapping[str, Any], last: object) -> list[Any]:
    """The messages on the way to the last one that was shown, of a tree of all that were tried."""
    if not isinstance(last, str):
        above = [node.get("parent") for node in nodes.values() if isinstance(node, dict)]
        parents = {name for name in above if isinstance(name, str)}
        last = next((name for name in reversed(list(nodes)) if name not in parents), "")
    found: list[Any] = []
    while isinstance(last, str) and len(found) < MOST_TURNS:
        node = nodes.get(last)
        if not isinstance(node, dict):
            break
        message, last = node.get("message"), node.get("parent")
        if isinstance(message, dict) and _shown(message):
            found.append(message)
    return found[::-1]


def _shown(message: Fields) -> bool:
    """Is it words of somebody's, and no thought, no call and no hidden instruction?"""
    content = message.get("content")
    kinds = ("text", "multimodal_text", None)
    return isinstance(content, dict) and content.get("content_type") in kinds
