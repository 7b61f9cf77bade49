"""A provider's whole response as somebody logged it: which form is it in, and what does it say?

Chat completions and completions (`choices`), responses (`output`, OpenAI), messages (`content` with
`stop_reason`, Anthropic), `candidates` or `promptFeedback` (Gemini), `message` with `done` (Ollama)
and `output.message` with `stopReason` (Bedrock's Converse). A refusal, the call of a tool, an
answer that was cut and one that a filter stopped stay what they are, in whichever form.

Sources, read in December 2026: OpenAI, responses (`ResponseOutputRefusal`, `incomplete_details`);
Google, GenerateContentResponse (`promptFeedback.blockReason`, `finishReason`, parts with
`thought`); Ollama, api.md (`done_reason`); Amazon, Converse (`stopReason`).
"""

import json
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.ending import Ending, ending_of
from filiation.readers.answers.document import Fields
from filiation.readers.answers.reply import Reply, joined, read_message, read_reply

__all__ = ["body_reply", "failure"]

# Calls that wait for the caller; what the provider ran itself has its outcome beside it.
CALLS: Final = ("function_call", "custom_tool_call", "computer_call", "local_shell_call")


def body_reply(body: Fields, *, what: str) -> Reply | None:
    """What the response says; None if it is in no form that is known here.

    Raises:
        UnreadableError: In a known form, and damaged.
    """
    try:
        return _reply(body)
    except UnreadableError as error:
        raise UnreadableError(f"{what}: {error}") from error


def failure(body: Fields) -> str:
    """Why a response holds no answer, in the provider's word; empty if it was none of a failure."""
    status = body.get("status")
    return status if status in ("failed", "cancelled") else ""


def _reply(body: Fields) -> Reply | None:
    choices, output = body.get("choices"), body.get("output")
    if isinstance(choices, list):
        first = choices[0] if choices else None
        if isinstance(first, dict) and "message" not in first and "text" in first:
            return _said(body, str(first["text"] or ""), str(first.get("finish_reason") or ""))
        return read_reply("openai-chat", (), json.dumps(body).encode())
    if isinstance(output, list):
        return _responses(body, output)
    if isinstance(body.get("content"), list) and "stop_reason" in body:
        return read_reply("anthropic-messages", (), json.dumps(body).encode())
    if isinstance(body.get("candidates"), list) or isinstance(body.get("promptFeedback"), dict):
        return _gemini(body)
    message = body.get("message")
    if isinstance(message, dict) and "done" in body:
        return _message(body, message, str(body.get("done_reason") or ""))
    if isinstance(output, dict) and isinstance(output.get("message"), dict):
        return _converse(body, output["message"])
    return None


def _said(body: Fields, text: str, word: str, ending: Ending | None = None) -> Reply:
    return Reply(
        model=str(body.get("model") or body.get("modelVersion") or ""),
        text=text,
        finish=word,
        ending=ending_of(word) if ending is None else ending,
        input_tokens=None,
        output_tokens=None,
    )


def _message(body: Fields, message: Fields, word: str) -> Reply:
    text, ending = read_message(message, ending_of(word))
    return _said(body, text, word, ending)


def _responses(body: Fields, output: list[Any]) -> Reply:
    """OpenAI's responses: items, of which messages hold the words, and calls stand beside them."""
    items = [item for item in output if isinstance(item, dict)]
    parts = [p for i in items if i.get("type") == "message" for p in _parts(i.get("content"))]
    called = any(i.get("type") in CALLS for i in items)
    details = body.get("incomplete_details")
    word = str(details.get("reason") or "") if isinstance(details, dict) else ""
    if not word and body.get("status") == "incomplete":
        word = "incomplete"
    message = {
        "content": joined(parts, "output_text"),
        "refusal": joined(parts, "refusal"),
        "tool_calls": called,
    }
    return _message(body, message, word)


def _gemini(body: Fields) -> Reply:
    feedback = body.get("promptFeedback")
    blocked = feedback.get("blockReason") if isinstance(feedback, dict) else None
    if isinstance(blocked, str) and blocked:
        return _said(body, "", blocked, Ending.FILTERED)
    candidates = body.get("candidates") or []
    first = candidates[0] if candidates and isinstance(candidates[0], dict) else {}
    content = first.get("content")
    parts = _parts(content.get("parts") if isinstance(content, dict) else None)
    texts = [p["text"] for p in parts if isinstance(p.get("text"), str) and not p.get("thought")]
    message = {"content": "".join(texts), "tool_calls": any("functionCall" in p for p in parts)}
    return _message(body, message, str(first.get("finishReason") or ""))


def _converse(body: Fields, message: Fields) -> Reply:
    parts = _parts(message.get("content"))
    texts = [p["text"] for p in parts if isinstance(p.get("text"), str)]
    return _said(body, "".join(texts), str(body.get("stopReason") or ""))


def _parts(content: Any) -> list[Fields]:
    return [p for p in content if isinstance(p, dict)] if isinstance(content, list) else []
