"""Documents of exports that are more than one row: chats of many messages, pages of totals.

A total of a minute is as good as its requests where the log is about minutes. A total of an hour or
a day is not: it says nothing of when, and is set aside.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from filiation.readers.logs.json_rows import NO_OBJECT, Parsed
from filiation.readers.logs.prompts import asked
from filiation.readers.logs.times import clock_of

__all__ = ["TOTAL", "anthropic_usage", "claude_chats", "gpt_chats", "openai_usage"]

TOTAL: Final = "total"  # a field that a row has if it stands for all requests of a minute
NO_USER: Final = "no message of a user"
TOO_WIDE: Final = "a total of more than a minute"
MOST_REQUESTS: Final = 1_000_000  # that one total of a minute may stand for
CLOCK: Final = clock_of("")


def gpt_chats(document: Mapping[str, Any]) -> Iterator[Parsed]:
    """Messages of users in ChatGPT's compliance export: conversations, or pages of these."""
    for chat in _pages(document):
        if not isinstance(chat, Mapping):
            yield NO_OBJECT
            continue
        messages = chat.get("messages")
        held = messages.get("data") if isinstance(messages, Mapping) else messages
        yield from _messages(held, chat.get("user_id"), chat.get("model"))


def claude_chats(document: Mapping[str, Any]) -> Iterator[Parsed]:
    """Messages of users in Anthropic's compliance export: chats, or pages of these."""
    for chat in _pages(document):
        if not isinstance(chat, Mapping):
            yield NO_OBJECT
            continue
        user = chat.get("user")
        account = user.get("id") if isinstance(user, Mapping) else None
        yield from _messages(chat.get("chat_messages"), account, chat.get("model"))


def openai_usage(document: Mapping[str, Any]) -> Iterator[Parsed]:
    """Rows of OpenAI's usage report of completions: as many of a minute as there were requests."""
    for bucket in _pages(document):
        for total, start in _totals(bucket, "start_time", "end_time"):
            if isinstance(total, str):
                yield total
                continue
            count = total.get("num_model_requests")
            row = {
                "time": start,
                "account": _first(total, "user_id", "api_key_id", "project_id"),
                "model": total.get("model"),
                TOTAL: True,
            }
            if count == 1:  # the sum of several says nothing of any of them
                row["tokens_in"] = total.get("input_tokens")
                row["tokens_out"] = total.get("output_tokens")
            known = isinstance(count, int) and 0 <= count <= MOST_REQUESTS
            yield from [row] * (int(count or 0) if known else 1)


def anthropic_usage(document: Mapping[str, Any]) -> Iterator[Parsed]:
    """Rows of Anthropic's usage report of messages: one of a minute, whatever was asked in it."""
    for bucket in _pages(document):
        for total, start in _totals(bucket, "starting_at", "ending_at"):
            if isinstance(total, str):
                yield total
                continue
            made = total.get("cache_creation")
            parts = [
                *(total.get("uncached_input_tokens"), total.get("cache_read_input_tokens")),
                *(made.values() if isinstance(made, Mapping) else ()),
            ]
            numbers = [one for one in parts if isinstance(one, int)]
            yield {
                "time": start,
                "account": _first(total, "account_id", "service_account_id", "api_key_id"),
                "model": total.get("model"),
                "tokens_in": sum(numbers) if numbers else None,
                "tokens_out": total.get("output_tokens"),
                TOTAL: True,
            }


def _pages(document: Mapping[str, Any]) -> Iterable[Any]:
    """What a page holds; a document that is no page, by itself."""
    data = document.get("data")
    return data if isinstance(data, list) else (document,)


def _messages(messages: Any, account: Any, model: Any) -> Iterator[Parsed]:
    if not isinstance(messages, list):
        yield NO_USER
        return
    for message in messages:
        if not isinstance(message, Mapping):
            yield NO_OBJECT
            continue
        author = message.get("author")
        role = author.get("role") if isinstance(author, Mapping) else message.get("role")
        if role != "user":
            yield NO_USER
            continue
        yield {
            "time": message.get("created_at"),
            "account": account,
            "request": message.get("id"),
            "prompt": asked([{"role": "user", "content": message.get("content")}])[0],
            "model": message.get("model") or model,
        }


def _totals(bucket: Any, start: str, end: str) -> Iterator[tuple[Mapping[str, Any] | str, Any]]:
    """The totals of a bucket of time, with its beginning."""
    results = bucket.get("results") if isinstance(bucket, Mapping) else None
    if not isinstance(results, list):
        yield NO_OBJECT, None
        return
    first, last = CLOCK.read(bucket.get(start)), CLOCK.read(bucket.get(end))
    wide = isinstance(first, tuple) and isinstance(last, tuple) and last[0] - first[0] > 1
    for total in results:
        if not isinstance(total, Mapping):
            yield NO_OBJECT, None
        else:
            yield (TOO_WIDE if wide else total), bucket.get(start)


def _first(total: Mapping[str, Any], *names: str) -> Any:
    return next((total[name] for name in names if total.get(name)), None)
