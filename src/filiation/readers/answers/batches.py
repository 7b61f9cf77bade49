"""Results of a provider's batch, one line per request, told apart by `custom_id`.

OpenAI (output and error files, and whoever follows its format): {"custom_id", "response":
{"status_code", "body"}, "error"}, the body a chat completion, a completion or a response.
Anthropic: {"custom_id", "result": {"type": "succeeded", "message"}}; errored, canceled and expired
requests have no answer. The words asked stand in the file of requests (`requested`), the model in
each answer. Results come in any order.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Final

from filiation.errors import UnreadableError
from filiation.model.ending import Ending, ending_of
from filiation.model.recording import Item, Recording
from filiation.readers.answers.choice import Choice, check_name
from filiation.readers.answers.document import Fields, field
from filiation.readers.answers.gather import Gathering
from filiation.readers.answers.jsonl import numbered, text_or_number
from filiation.readers.answers.records import content_text
from filiation.readers.answers.reply import read_reply
from filiation.readers.answers.text import read_lines

__all__ = ["open_batch", "requested"]

OPENAI: Final = "openai-chat"
ANTHROPIC: Final = "anthropic-messages"


def open_batch(choice: Choice) -> tuple[Recording, ...]:
    """Read the results of a batch.

    Raises:
        UsageError: No such model.
        UnreadableError: A line is damaged, or no request was answered.
    """
    notes: list[str] = []

    def read(lines: Iterator[str]) -> Gathering:
        gathering, failed = Gathering(choice), Counter[str]()
        unanswered: list[tuple[Item, str]] = []
        model = ""
        for what, fields in numbered(lines, what=str(choice.path)):
            name = text_or_number(fields, "custom_id", what=what)
            if not name:
                raise UnreadableError(f"{what}: no custom_id, expected a line of a batch's results")
            item = Item(id=name)
            said, text, ending, why = _said(fields, what)
            if why:
                failed[why] += 1
                unanswered.append((item, what))
                continue
            model = check_name(said or choice.nameless, what=what)
            gathering.add(model, item, text, what=what, ending=ending)
        if not model:
            raise UnreadableError(f"{choice.path}: no request of this batch was answered")
        for item, what in unanswered:
            if gathering.models == 1:
                gathering.add(model, item, None, what=what)
        gathering.notes += [f"requests without an answer, {why}: {n}" for why, n in failed.items()]
        return gathering

    gathering = read_lines(choice.path, read, note=notes.append)
    gathering.notes += notes
    return gathering.recordings()


def requested(fields: Fields) -> tuple[str, str] | None:
    """The id and the words of a batch's request, or None if this line is none."""
    name = fields.get("custom_id")
    body = fields.get("body", fields.get("params"))
    if not isinstance(name, str) or not isinstance(body, dict):
        return None
    asked = body.get("messages", body.get("input", body.get("prompt")))
    parts = [content_text(body.get("instructions")), content_text(body.get("system"))]
    if isinstance(asked, list):
        parts += [content_text(m.get("content") if isinstance(m, dict) else m) for m in asked]
    else:
        parts.append(content_text(asked))
    words = "\n\n".join(part for part in parts if part)
    return (name, words) if words else None


def _said(fields: Fields, what: str) -> tuple[str, str | None, Ending, str]:
    """Who answered, what, and how it ended; or why there is no answer."""
    result = field(fields, "result", dict, what=what)
    if result is not None:
        if result.get("type") != "succeeded":
            return "", None, Ending.WHOLE, f"{result.get('type')!s:.40}"
        reply = _reply(ANTHROPIC, field(result, "message", dict, what=what) or {}, what)
        return (*reply, "")
    response = field(fields, "response", dict, what=what)
    body = None if response is None else field(response, "body", dict, what=what)
    if response is None or body is None or response.get("status_code") not in (200, None):
        why = f"status {(response or {}).get('status_code', 'none')!s:.40}"
        return "", None, Ending.WHOLE, why
    if "choices" not in body and isinstance(body.get("output"), list):
        parts = [part for part in body["output"] if isinstance(part, dict)]
        texts = [content_text(p.get("content")) for p in parts if p.get("type") == "message"]
        details = body.get("incomplete_details")
        word = details.get("reason") if isinstance(details, dict) else None
        ending = ending_of(str(word or ""))
        return str(body.get("model") or ""), "".join(filter(None, texts)) or None, ending, ""
    choices = body.get("choices")
    if (
        isinstance(choices, list)
        and choices
        and isinstance(choices[0], dict)
        and ("message" not in choices[0])
    ):
        ending = ending_of(str(choices[0].get("finish_reason") or ""))
        return str(body.get("model") or ""), content_text(choices[0].get("text")), ending, ""
    return (*_reply(OPENAI, body, what), "")


def _reply(dialect: str, body: Fields, what: str) -> tuple[str, str | None, Ending]:
    """As a reply over the wire would be read: the same rules for thinking, refusals, tool calls."""
    try:
        reply = read_reply(dialect, (), json.dumps(body).encode())
    except UnreadableError as error:
        raise UnreadableError(f"{what}: {error}") from error
    return reply.model, reply.text or None, reply.ending
