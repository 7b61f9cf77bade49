"""A provider's whole response, in a batch or as somebody's log keeps it, is what it is."""

from pathlib import Path
from typing import Any

import pytest

from filiation.errors import UnreadableError
from filiation.readers.answers import open_recordings
from filiation.readers.answers.prompts import read_prompts
from readers.answers.writing import lines


def said(text: str, kind: str = "output_text") -> dict[str, Any]:
    return {"type": kind, ("refusal" if kind == "refusal" else "text"): text}


def response(*output: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "object": "response",
        "model": "m",
        "status": "completed",
        "output": list(output),
    } | more


def message(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "message", "role": "assistant", "content": list(parts)}


def gemini(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    candidate = {"content": {"parts": list(parts), "role": "model"}, "finishReason": "STOP"} | more
    return {"candidates": [candidate], "modelVersion": "m"}


def ollama(text: str, why: str, **more: Any) -> dict[str, Any]:
    return {"model": "m", "message": {"content": text} | more, "done": True, "done_reason": why}


def converse(text: str, why: str) -> dict[str, Any]:
    parts = [{"reasoningContent": {}}, {"text": text}]
    return {"output": {"message": {"role": "assistant", "content": parts}}, "stopReason": why}


REASONING = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}
CALL = {"type": "function_call", "name": "f", "arguments": "{}"}
CUT = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
STOPPED = {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}
THOUGHT = {"text": "hm", "thought": True}
BLOCKED = {"promptFeedback": {"blockReason": "SAFETY"}, "modelVersion": "m"}
BODIES = [
    (response(REASONING, message(said("Ten"))), "Ten", ""),
    (response(message(said("Te")), message(said("n"))), "Ten", ""),
    (response(message(said("No.", "refusal"))), "No.", "declined"),
    (response(message(said("Te"), said("No.", "refusal"))), "Te", "filtered"),
    (response(message(said("Te")), **CUT), "Te", "cut"),
    (response(message(said("Te")), status="incomplete"), "Te", "cut"),
    (response(message(said("Te")), **STOPPED), "Te", "filtered"),
    (response(REASONING, CALL), None, "called"),
    (response({"type": "mcp_call", "output": "7"}, message(said("Ten"))), "Ten", ""),
    (gemini(THOUGHT, {"text": "Ten"}), "Ten", ""),
    (gemini({"text": "Te"}, finishReason="MAX_TOKENS"), "Te", "cut"),
    (gemini(finishReason="SAFETY"), None, "filtered"),
    (gemini({"functionCall": {"name": "f"}}), None, "called"),
    (BLOCKED, None, "filtered"),
    (ollama("Ten", "stop"), "Ten", ""),
    (ollama("Te", "length"), "Te", "cut"),
    (ollama("", "stop", tool_calls=[{}]), None, "called"),
    (converse("Ten", "end_turn"), "Ten", ""),
    (converse("Te", "guardrail_intervened"), "Te", "filtered"),
]


@pytest.mark.parametrize(("body", "output", "ending"), BODIES)
def test_each_form_of_a_response_keeps_its_ending(
    tmp_path: Path, body: dict[str, Any], output: str | None, ending: str
) -> None:
    batch = lines(
        tmp_path / "batch.jsonl",
        [{"custom_id": "a", "response": {"status_code": 200, "body": body}}],
    )
    log = lines(tmp_path / "log.jsonl", [{"id": "a", "prompt": "Five and five?", "response": body}])
    for path in (batch, log):
        (one,) = open_recordings(path)
        assert one.outputs == (output,)
        assert one.endings == ((ending,) if ending else ())
        assert one.name in ("m", path.stem)


def test_a_response_that_failed_is_no_answer(tmp_path: Path) -> None:
    bodies = [response(message(said("Ten"))), response(status="failed")]
    entries = [
        {"custom_id": str(n), "response": {"status_code": 200, "body": body}}
        for n, body in enumerate(bodies)
    ]
    (one,) = open_recordings(lines(tmp_path / "batch.jsonl", entries))

    assert one.outputs == ("Ten", None)
    assert one.notes == ("requests without an answer, failed: 1",)


def test_a_response_in_no_known_form_is_refused(tmp_path: Path) -> None:
    entry = {"custom_id": "a", "response": {"status_code": 200, "body": {"reply": "Ten"}}}
    with pytest.raises(UnreadableError, match="a response of 'reply', expected a provider's"):
        open_recordings(lines(tmp_path / "batch.jsonl", [entry]))


def test_results_of_gemini_and_vertex_are_batches(tmp_path: Path) -> None:
    by_key = [{"key": "a", "response": gemini({"text": "Ten"})}, {"key": "b", "error": {"code": 4}}]
    (one,) = open_recordings(lines(tmp_path / "gemini.jsonl", by_key))
    assert ([item.id for item in one.items], one.outputs) == (["a", "b"], ("Ten", None))

    asked = {"contents": [{"role": "user", "parts": [{"text": "Five and five?"}]}]}
    entry = {"status": "", "request": asked, "response": gemini({"text": "Ten"})}
    (one,) = open_recordings(lines(tmp_path / "vertex.jsonl", [entry]))
    assert (one.items[0].prompt, one.outputs) == ("Five and five?", ("Ten",))


def test_a_key_beside_a_response_in_words_is_the_right_answer(tmp_path: Path) -> None:
    entry = {"id": "a", "prompt": "Five and five?", "key": "Ten", "response": "Nine"}
    (one,) = open_recordings(lines(tmp_path / "log.jsonl", [entry]))

    assert (one.items[0].key, one.outputs) == ("Ten", ("Nine",))


def test_an_unanswered_request_is_whose_batch_it_is_if_that_can_be_told(tmp_path: Path) -> None:
    """With two models in one file nobody knows whom the request was put to."""

    def answered(name: str, model: str) -> dict[str, Any]:
        body = response(message(said("Ten")), model=model)
        return {"custom_id": name, "response": {"status_code": 200, "body": body}}

    expired = {"custom_id": "z", "response": None, "error": {"code": "batch_expired"}}
    of_one = lines(tmp_path / "one.jsonl", [answered("a", "m"), answered("b", "m"), expired])
    of_two = lines(tmp_path / "two.jsonl", [answered("a", "m"), answered("b", "n"), expired])

    (one,) = open_recordings(of_one)
    assert one.outputs == ("Ten", "Ten", None)
    both = open_recordings(f"{of_two}#*")
    assert [each.outputs for each in both] == [("Ten",), ("Ten",)]
    assert all("requests without an answer" in each.notes[0] for each in both)


def test_requests_of_gemini_hold_the_words_and_are_no_answers(tmp_path: Path) -> None:
    asked = {"contents": [{"role": "user", "parts": [{"text": "Five and five?"}]}]}
    requests = lines(tmp_path / "in.jsonl", [{"key": "a", "request": asked}])

    with pytest.raises(UnreadableError, match="the requests of a batch without its answers"):
        open_recordings(requests)
    assert read_prompts(requests)["a"].words == "Five and five?"
