"""What a provider's response says: its dialect read, its compression undone.

Content is a text or a list of parts, of which the texts count and the thinking does not (OpenAI;
Mistral's `thinking` parts). A refusal may come as a word for the end (Messages API: `refusal`), as
a field of its own or a part of its own (OpenAI: `refusal`), or with no content at all.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar, final

from filiation.errors import UnreadableError
from filiation.model.ending import Ending, ending_of, is_known
from filiation.readers.bytes.parsing import parse_object

__all__ = [
    "LONGEST_BODY",
    "Reply",
    "field",
    "filtered_reply",
    "first_choice",
    "joined",
    "plain",
    "read_message",
    "read_reply",
    "token_rows",
]

LONGEST_BODY: Final = 16 << 20  # bytes of one response that are kept
_BROKEN: Final = "error"  # OpenRouter, errors-and-debugging: status 200, and an error after all

T = TypeVar("T")


def field(entry: Mapping[str, Any], name: str, kind: type[T], where: str) -> T:
    """Return a field of a line, if it is there and of that kind."""
    found = entry.get(name)
    if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
        raise UnreadableError(
            f"{where}: {name!r} is {type(found).__name__}, expected {kind.__name__}; "
            "not a transcript of this tool"
        )
    return found


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a provider's response says.

    Attributes:
        model: The name under which the server says it answered; empty if it says none.
        text: The answer, without any thinking that came before it.
        finish: The provider's word for why the answer ended.
        ending: What that word, and the form of the answer, amount to.
        input_tokens: As billed, None if not said.
        output_tokens: As billed, None if not said.
        logprobs: The response carries log-probabilities.
    """

    model: str
    text: str
    finish: str
    ending: Ending
    input_tokens: int | None
    output_tokens: int | None
    logprobs: bool = False

    @property
    def known(self) -> bool:
        """Is the word for the end one that we know?"""
        return is_known(self.finish)

    @property
    def said(self) -> str | None:
        """The text if it is an answer in words, as in `Recording.said`; else None."""
        return self.text if self.ending in (Ending.WHOLE, Ending.CUT) else None


def filtered_reply(words: str) -> Reply:
    """What a filter in front of the model says instead of an answer: no model spoke."""
    return Reply(
        model="",
        text="",
        finish=words,
        ending=Ending.FILTERED,
        input_tokens=None,
        output_tokens=None,
    )


def read_reply(dialect: str, headers: Sequence[Sequence[str]], body: bytes) -> Reply:
    """Read a successful response. Dialects: `anthropic-messages`, `openai-chat`.

    Raises:
        UnreadableError: Not JSON, or not the response of that dialect.
    """
    parsed = parse_object(plain(headers, body), what="response")
    return _anthropic(parsed) if dialect == "anthropic-messages" else _openai(parsed)


def plain(headers: Sequence[Sequence[str]], body: bytes) -> bytes:
    """Undo gzip or deflate, which a server may use although it was not offered."""
    encodings = [value for name, value in headers if name.lower() == "content-encoding"]
    if not encodings or encodings == ["identity"]:
        return body
    try:
        if encodings not in (["gzip"], ["deflate"]):
            raise zlib.error("neither gzip nor deflate")
        unpacker = zlib.decompressobj(wbits=47)
        plain = unpacker.decompress(body, LONGEST_BODY)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise zlib.error("cut off, or too large")
        return plain
    except zlib.error as error:
        raise UnreadableError(f"response: content-encoding {encodings}: {error}") from error


def _anthropic(parsed: Mapping[str, Any]) -> Reply:
    """Messages API: `content` blocks, of which those of type text are the answer."""
    blocks = field(parsed, "content", list, "response")
    usage = parsed.get("usage")
    finish = str(parsed.get("stop_reason") or "")
    return Reply(
        model=str(parsed.get("model") or ""),
        text=joined(blocks),
        finish=finish,
        ending=ending_of(finish),
        input_tokens=_count(usage, "input_tokens"),
        output_tokens=_count(usage, "output_tokens"),
    )


def _openai(parsed: Mapping[str, Any]) -> Reply:
    """Chat completions: the first choice."""
    choice = first_choice(parsed)
    finish = str(choice.get("finish_reason") or "")
    if finish == _BROKEN:
        raise UnreadableError("response: the provider's answer broke off with an error")
    ending = ending_of(finish)
    if ending is Ending.FILTERED and choice.get("message") is None:  # nothing came through
        choice = {**choice, "message": {}}
    message = field(choice, "message", dict, "response, choices[0]")
    text, ending = read_message(message, ending)
    usage = parsed.get("usage")
    return Reply(
        model=str(parsed.get("model") or ""),
        text=text,
        finish=finish,
        ending=ending,
        input_tokens=_count(usage, "prompt_tokens"),
        output_tokens=_count(usage, "completion_tokens"),
        logprobs=bool(token_rows(choice)),
    )


def read_message(message: Mapping[str, Any], ending: Ending) -> tuple[str, Ending]:
    """The text of a message, and its ending: a refusal and a tool's call have fields of their own.

    Raises:
        UnreadableError: Its content is neither a text nor a list of parts.
    """
    content = message.get("content")
    parts = content if isinstance(content, list) else []
    text = joined(parts) if content is None or isinstance(content, list) else content
    if not isinstance(text, str):
        raise UnreadableError("response: the message's content is no text; not a chat completion")
    refusal = message.get("refusal") or joined(parts, "refusal")
    if isinstance(refusal, str) and refusal.strip():
        return (text, Ending.FILTERED) if text.strip() else (refusal, Ending.DECLINED)
    if ending is Ending.WHOLE and (message.get("tool_calls") or message.get("function_call")):
        return text, Ending.CALLED
    return text, ending


def joined(parts: Sequence[object], kind: str = "text") -> str:
    """The texts of the parts of that type; thinking, images and calls are other types."""
    name = "refusal" if kind == "refusal" else "text"
    return "".join(
        field(part, name, str, "response")
        for part in parts
        if isinstance(part, dict) and part.get("type") == kind
    )


def first_choice(parsed: Mapping[str, Any]) -> Mapping[str, Any]:
    """The only choice there is of a chat completion."""
    choices = field(parsed, "choices", list, "response")
    if not choices or not isinstance(choices[0], dict):
        raise UnreadableError("response: no choice in it; not a chat completion")
    return choices[0]


def _count(usage: object, name: str) -> int | None:
    found = usage.get(name) if isinstance(usage, dict) else None
    return found if isinstance(found, int) and 0 <= found < 1 << 40 else None


def token_rows(choice: Mapping[str, Any]) -> list[Any]:
    """The log-probabilities of a choice, token by token; empty if it has none."""
    logprobs = choice.get("logprobs")
    rows = logprobs.get("content") if isinstance(logprobs, dict) else None
    return rows if isinstance(rows, list) else []
