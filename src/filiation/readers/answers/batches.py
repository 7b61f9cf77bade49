"""Results of a provider's batch, one line per request, told apart by `custom_id`.

OpenAI (output and error files, and whoever follows its format): {"custom_id", "response":
{"status_code", "body"}, "error"}, the body a chat completion, a completion or a response.
Anthropic: {"custom_id", "result": {"type": "succeeded", "message"}}; errored, canceled and expired
requests have no answer. Gemini: {"key", "response"}, or {"request", "response"} as Vertex writes
it. The words asked stand in the file of requests (`requested`), the model in each answer. Results
come in any order.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from filiation.errors import UnreadableError
from filiation.model.recording import Item, Recording
from filiation.readers.answers.bodies import body_reply, failure
from filiation.readers.answers.choice import Choice, check_name
from filiation.readers.answers.document import Fields, field
from filiation.readers.answers.gather import Gathering, prompt_id
from filiation.readers.answers.jsonl import numbered, text_or_number
from filiation.readers.answers.reply import Reply
from filiation.readers.answers.talks import content_text
from filiation.readers.answers.text import read_lines

__all__ = ["open_batch", "requested"]


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
            name, words = _name(fields, what)
            item = Item(id=name, prompt=words)
            reply, why = _said(fields, what)
            if reply is None:
                failed[why] += 1
                unanswered.append((item, what))
                continue
            model = check_name(reply.model or choice.nameless, what=what)
            gathering.add(model, item, reply.text or None, what=what, ending=reply.ending)
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
    name = fields.get("custom_id", fields.get("key"))
    body = fields.get("body", fields.get("params", fields.get("request")))
    if not isinstance(name, str) or not isinstance(body, dict):
        return None
    words = _words(body)
    return None if words is None else (name, words)


def _name(fields: Fields, what: str) -> tuple[str, str | None]:
    """The id of a request, and its words where the line repeats them."""
    request = fields.get("request")
    words = _words(request) if isinstance(request, dict) else None
    for field_name in ("custom_id", "key"):
        if name := text_or_number(fields, field_name, what=what):
            return name, words
    if words is None:
        raise UnreadableError(
            f"{what}: neither custom_id nor key nor a request with words, expected a line of a "
            "batch's results"
        )
    return prompt_id(words), words


def _words(body: Fields) -> str | None:
    """What was asked: instructions, and the contents of all messages."""
    asked = next((body[n] for n in ("messages", "contents", "input", "prompt") if n in body), None)
    before = [body.get(n) for n in ("instructions", "system", "systemInstruction")]
    messages = asked if isinstance(asked, list) else [asked]
    texts = [_text(one) for one in (*before, *messages)]
    return "\n\n".join(text for text in texts if text) or None


def _text(message: Any) -> str | None:
    if isinstance(message, dict):
        message = message.get("content", message.get("parts", message.get("text")))
    return content_text(message)


def _said(fields: Fields, what: str) -> tuple[Reply | None, str]:
    """The answer, or why there is none."""
    result = field(fields, "result", dict, what=what)
    if result is not None and result.get("type") != "succeeded":
        return None, f"{result.get('type')!s:.40}"
    if result is not None:
        body = field(result, "message", dict, what=what) or {}
    else:
        response = field(fields, "response", dict, what=what)
        if response is None or response.get("status_code", 200) not in (200, None):
            return None, f"status {(response or {}).get('status_code', 'none')!s:.40}"
        whole = "body" in response or "status_code" in response
        found = field(response, "body", dict, what=what) if whole else response
        if found is None:
            return None, f"status {response.get('status_code', 'none')!s:.40}"
        body = found
    if why := failure(body):
        return None, why
    reply = body_reply(body, what=what)
    if reply is None:
        shown = ", ".join(f"{key!r:.40}" for key in list(body)[:6])
        raise UnreadableError(
            f"{what}: a response of {shown or 'nothing'}, expected a provider's answer; "
            "in a form that is not read"
        )
    return reply, ""
