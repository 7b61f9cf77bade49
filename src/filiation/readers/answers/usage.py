"""How many tokens did a server report for each prompt of a transcript?

Both dialects: what was read from a cache or written to it belongs to the prompt. The Messages API
counts it apart (`cache_read_input_tokens`, `cache_creation_input_tokens`), chat completions include
it (`prompt_tokens_details.cached_tokens`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

from filiation.errors import UnreadableError
from filiation.readers.answers.transcript import Lines, answered, field
from filiation.readers.bytes.parsing import parse_object

__all__ = ["Usage", "read_usage"]

APART: Final = ("cache_read_input_tokens", "cache_creation_input_tokens")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a transcript says of its prompts.

    Attributes:
        model: The model that was asked.
        digest: Digest of the last line, which holds for all before it.
        prompts: Words and category of each question, by id.
        counts: Tokens reported for each question, once for each answer; by id.
        unsaid: Answers without a number of tokens.
        cached: Answers of which a part of the prompt came from a cache.
    """

    model: str
    digest: str
    prompts: Mapping[str, tuple[str, str]]
    counts: Mapping[str, tuple[int, ...]]
    unsaid: int
    cached: int


def read_usage(path: Path) -> Usage:
    """Read the reported tokens of every prompt.

    Raises:
        UnreadableError: Not a transcript, or damaged.
        AlteredError: A line that was changed.
    """
    lines = Lines(path, packed=True)
    model, dialect, unsaid, cached = "", "", 0, 0
    prompts: dict[str, tuple[str, str]] = {}
    counts: dict[str, list[int]] = {}
    for entry in lines:
        where = f"{path}, line {lines.count}"
        if entry["kind"] == "header":
            model, dialect = field(entry, "model", str, where), field(entry, "dialect", str, where)
        elif entry["kind"] == "item":
            name = field(entry, "id", str, where)
            prompts[name] = field(entry, "prompt", str, where), field(entry, "category", str, where)
        answer = answered(entry, dialect, where) if entry["kind"] == "exchange" else None
        if answer is None or not answer.body:
            continue
        tokens, part = _tokens(answer.reply.input_tokens, answer.body)
        name = field(entry, "item", str, where)
        if name not in prompts:
            raise UnreadableError(f"{where}: an answer to {name!a:.60}, which was not asked")
        if tokens is None:
            unsaid += 1
        else:
            counts.setdefault(name, []).append(tokens)
            cached += part
    return Usage(
        model=model,
        digest=lines.digest,
        prompts=prompts,
        counts={name: tuple(found) for name, found in counts.items()},
        unsaid=unsaid,
        cached=cached,
    )


def _tokens(told: int | None, body: bytes) -> tuple[int | None, bool]:
    """Tokens of the whole prompt, and whether a part of it came from a cache."""
    if told is None:
        return None, False
    usage = parse_object(body, what="response").get("usage")
    usage = usage if isinstance(usage, dict) else {}
    details = usage.get("prompt_tokens_details")
    inside = _count(details, "cached_tokens") if isinstance(details, dict) else 0
    apart = sum(_count(usage, name) for name in APART)
    return told + apart, inside + apart > 0


def _count(usage: Mapping[str, Any], name: str) -> int:
    found = usage.get(name)
    return found if type(found) is int and 0 <= found < 1 << 40 else 0
