"""What a provider's response says: its dialect read, its compression undone."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar, final

from filiation.errors import UnreadableError
from filiation.readers.bytes.parsing import parse_object

__all__ = ["LONGEST_BODY", "Reply", "field", "first_choice", "plain", "read_reply", "token_rows"]

LONGEST_BODY: Final = 16 << 20  # bytes of one response that are kept

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
        cut_short: The answer hit the limit on its length.
        input_tokens: As billed, None if not said.
        output_tokens: As billed, None if not said.
        logprobs: The response carries log-probabilities.
    """

    model: str
    text: str
    finish: str
    cut_short: bool
    input_tokens: int | None
    output_tokens: int | None
    logprobs: bool = False


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
    texts = [
        field(block, "text", str, "response")
        for block in blocks
        if isinstance(block, dict) and block.get("type") == "text"
    ]
    usage = parsed.get("usage")
    finish = str(parsed.get("stop_reason") or "")
    return Reply(
        model=str(parsed.get("model") or ""),
        text="".join(texts),
        finish=finish,
        cut_short=finish in ("max_tokens", "model_context_window_exceeded"),
        input_tokens=_count(usage, "input_tokens"),
        output_tokens=_count(usage, "output_tokens"),
    )


def _openai(parsed: Mapping[str, Any]) -> Reply:
    """Chat completions: the first choice; a refusal in its own field is the answer as well."""
    choice = first_choice(parsed)
    message = field(choice, "message", dict, "response, choices[0]")
    text = message.get("content")
    if text is None:
        text = message.get("refusal") or ""
    if not isinstance(text, str):
        raise UnreadableError("response: the message's content is no text; not a chat completion")
    finish = str(choice.get("finish_reason") or "")
    usage = parsed.get("usage")
    return Reply(
        model=str(parsed.get("model") or ""),
        text=text,
        finish=finish,
        cut_short=finish == "length",
        input_tokens=_count(usage, "prompt_tokens"),
        output_tokens=_count(usage, "completion_tokens"),
        logprobs=bool(token_rows(choice)),
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
