"""A refusal stays a refusal, from the provider's bytes to what a method reads of them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from filiation.interrogate.attempt import Attempt, AttemptOutcome, Sent, now
from filiation.interrogate.battery_file import read_battery
from filiation.interrogate.recorder import record
from filiation.model.ending import Ending, ending_of, is_known
from filiation.model.recording import Item
from filiation.readers.answers.kept import kept_bytes, read_kept
from filiation.readers.answers.transcript import read_transcript
from filiation.report.wording.verbs import stalled_line
from interrogate import fault_server as server
from interrogate.asking import QUICK, ask, events_of, lines_of, write_battery


def _body(fields: dict[str, Any]) -> server.Fault:
    raw = json.dumps(fields).encode()
    return lambda handler: handler.send(200, raw, content_type="application/json")


def _messages(stop: str, *blocks: dict[str, Any], **more: Any) -> server.Fault:
    usage = {"input_tokens": 10, "output_tokens": 5}
    found = {"type": "message", "model": "toy-1", "content": list(blocks), "stop_reason": stop}
    return _body({**found, "usage": usage, **more})


def _chat(finish: str | None, message: dict[str, Any] | None) -> server.Fault:
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return _body({"object": "chat.completion", "model": "toy-1", "choices": [choice]})


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


PARTIAL = _text("First, take the")
CALL = {"id": "1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
THINKING = {"type": "thinking", "thinking": [_text("hm")]}  # Mistral's part, with parts of its own
USE = {"type": "tool_use", "id": "1", "name": "look", "input": {}}

SHAPES = [
    # the Messages API: docs/en/build-with-claude/handling-stop-reasons, handle-streaming-refusals
    ("anthropic", _messages("refusal", PARTIAL), "First, take the", Ending.FILTERED),
    ("anthropic", _messages("refusal", stop_details={"category": "cyber"}), "", Ending.FILTERED),
    ("anthropic", _messages("max_tokens", PARTIAL), "First, take the", Ending.CUT),
    ("anthropic", _messages("model_context_window_exceeded"), "", Ending.CUT),
    ("anthropic", _messages("pause_turn", PARTIAL), "First, take the", Ending.CUT),
    ("anthropic", _messages("tool_use", _text("Let me look."), USE), "Let me look.", Ending.CALLED),
    ("anthropic", _messages("stop_sequence", PARTIAL), "First, take the", Ending.WHOLE),
    # chat completions: OpenAI, Azure, vLLM, TGI, Ollama, Mistral, OpenRouter, Google
    (
        "openai",
        _chat("stop", {"content": None, "refusal": "I won't."}),
        "I won't.",
        Ending.DECLINED,
    ),
    ("openai", _chat("stop", {"content": "Well", "refusal": "no"}), "Well", Ending.FILTERED),
    ("openai", _chat("content_filter", {"content": "Half"}), "Half", Ending.FILTERED),
    ("openai", _chat("content_filter", {"content": None}), "", Ending.FILTERED),
    ("openai", _chat("content_filter", None), "", Ending.FILTERED),
    ("openai", _chat("SAFETY", {"role": "assistant"}), "", Ending.FILTERED),
    ("openai", _chat("content_filter: PROHIBITED_CONTENT", {}), "", Ending.FILTERED),
    ("openai", _chat("length", {"content": "3 + "}), "3 + ", Ending.CUT),
    ("openai", _chat("abort", {"content": "3 + "}), "3 + ", Ending.CUT),
    ("openai", _chat("eos_token", {"content": "7"}), "7", Ending.WHOLE),
    ("openai", _chat(None, {"content": "7"}), "7", Ending.WHOLE),
    ("openai", _chat("tool_calls", {"content": None, "tool_calls": [CALL]}), "", Ending.CALLED),
    ("openai", _chat("stop", {"content": "", "tool_calls": [CALL]}), "", Ending.CALLED),
    ("openai", _chat("stop", {"content": [THINKING, _text("7"), _text("!")]}), "7!", Ending.WHOLE),
    ("openai", _chat("stop", {"content": []}), "", Ending.WHOLE),
    (
        "openai",
        _chat("stop", {"content": [{"type": "refusal", "refusal": "Not this."}]}),
        "Not this.",
        Ending.DECLINED,
    ),
]


@pytest.mark.parametrize(("provider_name", "shape", "text", "ending"), SHAPES)
def test_what_a_provider_sends_is_kept_as_what_it_is(
    tmp_path: Path, provider_name: str, shape: server.Fault, text: str, ending: Ending
) -> None:
    def script(number: int, asked: dict[str, Any]) -> server.Fault | None:
        return shape if "question 1?" in str(asked) else None

    with server.serving(script=script) as provider:
        summary = ask(provider, tmp_path, items=3, model=f"{provider_name}/toy", logprobs=0)
        assert (summary.answered, summary.failed, summary.retries) == (3, 0, 0)
        assert summary.declined == (ending in (Ending.DECLINED, Ending.FILTERED))
        assert summary.cut_short == (ending is Ending.CUT)
    (recording,) = read_transcript(tmp_path / "t.jsonl")
    assert recording.outputs[1] == text
    assert recording.endings == ((Ending.WHOLE, ending, Ending.WHOLE) if ending else ())
    answers = ending in (Ending.WHOLE, Ending.CUT)
    assert recording.said[1] == (text if answers else None)
    assert recording.finished[1] == (text if ending is Ending.WHOLE else None)
    assert recording.said[0] == recording.finished[0] == "answer to question 0?"


ERRORS = [
    # Azure, content-filter
    (400, {"code": "content_filter", "param": "prompt", "message": "The response was filtered"}),
    (400, {"code": "content_policy_violation", "message": "rejected by our safety system"}),
    # OpenRouter, errors-and-debugging; the second as a 200 that failed inside
    (403, {"code": 403, "message": "flagged", "metadata": {"reasons": [], "flagged_input": "x"}}),
    (200, {"code": 403, "message": "flagged", "metadata": {"reasons": [], "flagged_input": "x"}}),
]


@pytest.mark.parametrize(("code", "error"), ERRORS)
def test_a_filter_before_the_model_is_the_answer_and_is_asked_once(
    tmp_path: Path, code: int, error: dict[str, Any]
) -> None:
    def script(number: int, asked: dict[str, Any]) -> server.Fault | None:
        return server.status(code, error) if "question 0?" in str(asked) else None

    with server.serving(script=script) as provider:
        for _ in range(2):
            summary = ask(provider, tmp_path, items=4)
            assert (summary.answered, summary.declined, summary.failed) == (4, 1, 0)
            assert (summary.complete, summary.changed, summary.model) == (True, 0, "toy-1")
            assert provider.prompts["question 0?"] == 1
    (recording,) = read_transcript(tmp_path / "t.jsonl")
    assert recording.endings[0] is Ending.FILTERED
    assert (recording.outputs[0], recording.said[0]) == ("", None)
    assert "stopped by a filter" in " ".join(recording.notes)


def test_an_error_inside_a_200_is_the_error_it_says(tmp_path: Path) -> None:
    busy = _body({"error": {"code": 502, "message": "the model is down"}})
    broken = _chat("error", {"content": "half of an ans"})
    scripts = {1: busy, 2: broken}
    with server.serving(script=lambda number, asked: scripts.get(number)) as provider:
        summary = ask(provider, tmp_path, items=3)
    assert (summary.complete, summary.retries) == (True, 2)
    outcomes = [line["outcome"] for line in lines_of(tmp_path / "t.jsonl", "exchange")]
    assert sorted(outcomes)[-2:] == ["malformed", "server-error"]


@pytest.mark.parametrize(("cut", "read"), [(1, 4), (2, 3), (3, 6), (6, 6)])
def test_a_cut_answer_is_read_only_where_the_bound_is_the_form(
    tmp_path: Path, cut: int, read: int
) -> None:
    script = server.first(cut, _chat("length", {"content": "B"}))
    with server.serving(script=script) as provider:
        ask(provider, tmp_path, items=6 if cut > 2 else 5, pace=replace(QUICK, start=1, ceiling=1))
    (recording,) = read_transcript(tmp_path / "t.jsonl")
    assert sum(text is not None for text in recording.said) == len(recording.items)
    assert sum(text is not None for text in recording.finished) == read


def test_the_observer_is_shown_what_can_be_read(tmp_path: Path) -> None:
    shapes = {
        "question 0?": _chat("content_filter", {"content": "Half"}),
        "question 1?": _chat("length", {"content": "3 +"}),
    }
    seen: list[str | None] = []

    def observer(item: Item, text: str | None) -> bool:
        seen.append(text)
        return False

    def script(number: int, asked: dict[str, Any]) -> server.Fault | None:
        return shapes.get(asked["messages"][0]["content"])

    with server.serving(script=script) as provider:
        ask(provider, tmp_path, items=3, observer=observer)
        ask(provider, tmp_path, items=3, observer=observer)
    assert seen == [None, "3 +", "answer to question 2?"] * 2


def test_a_word_nobody_knows_is_said(tmp_path: Path) -> None:
    with server.serving(script=lambda number, asked: _chat("tired", {"content": "7"})) as provider:
        ask(provider, tmp_path, items=1)
    (recording,) = read_transcript(tmp_path / "t.jsonl")
    assert (recording.outputs, recording.endings) == (("7",), ())
    assert "'tired'" in recording.notes[0]


def test_endings_survive_the_copy_of_a_case(tmp_path: Path) -> None:
    with server.serving(script=server.first(1, _chat("content_filter", {"content": "x"}))) as at:
        ask(at, tmp_path, items=3)
    found = read_transcript(tmp_path / "t.jsonl")
    (tmp_path / "kept.gz").write_bytes(kept_bytes(found))
    (again,) = read_kept(tmp_path / "kept.gz")
    assert again.endings == found[0].endings
    assert again.digest == found[0].digest
    assert again.digest != replace(again, endings=()).digest


@pytest.mark.parametrize("code", [400, 413, 422])
def test_what_the_server_rejects_for_good_is_asked_once(tmp_path: Path, code: int) -> None:
    def script(number: int, asked: dict[str, Any]) -> server.Fault | None:
        return server.status(code) if "question 1?" in str(asked) else None

    with server.serving(script=script) as provider:
        first = ask(provider, tmp_path, items=4)
        size = (tmp_path / "t.jsonl").stat().st_size
        second = ask(provider, tmp_path, items=4)
        assert provider.prompts["question 1?"] == 1
    assert (first.failed, first.rejected, first.complete, first.new) == (1, 1, False, True)
    assert (second.failed, second.rejected, second.complete, second.new) == (0, 1, False, False)
    assert (tmp_path / "t.jsonl").stat().st_size == size, "nothing to ask, nothing to write"
    (recording,) = read_transcript(tmp_path / "t.jsonl")
    assert recording.outputs[1] is None


def test_a_failure_of_several_runs_is_one_failure(tmp_path: Path) -> None:
    def script(number: int, asked: dict[str, Any]) -> server.Fault | None:
        return server.status(500) if str(asked["messages"][0]["content"]) in broken else None

    broken = ["question 1?", "question 2?"]
    with server.serving(script=script) as provider:
        for _ in range(3):
            ask(provider, tmp_path, items=4)
        (recording,) = read_transcript(tmp_path / "t.jsonl")
        assert "after all retries: 2" in recording.notes[0]
        broken.pop()
        ask(provider, tmp_path, items=4)
        (recording,) = read_transcript(tmp_path / "t.jsonl")
        assert "after all retries: 1" in recording.notes[0]
        broken.pop()
        ask(provider, tmp_path, items=4)
    (recording,) = read_transcript(tmp_path / "t.jsonl")
    assert recording.notes == ()


def test_a_run_that_stalls_says_so(tmp_path: Path) -> None:
    told: list[tuple[float, int, str]] = []
    pace = replace(QUICK, stall=0.15, first_wait=0.4, longest_wait=0.8)
    script = server.first(1, server.status(500, {"type": "overloaded", "message": "later"}))
    with server.serving(script=script) as provider:
        summary = ask(
            provider, tmp_path, items=1, pace=pace, stalled=lambda *what: told.append(what)
        )
    assert summary.complete
    assert told
    assert told[0][:2] == (0.15, 1)
    assert "overloaded" in told[0][2]
    line = stalled_line(*told[0])
    assert line.startswith("no question came to an end for 0 s, 1 requests are out; the last")
    assert events_of(tmp_path / "t.jsonl", "stalled")[0]["under_way"] == 1
    (tmp_path / "t.jsonl").unlink()
    with server.serving() as provider:
        ask(provider, tmp_path, items=5, pace=pace)
    assert not events_of(tmp_path / "t.jsonl", "stalled")


class _Exhausted:
    """A model of this machine that runs out of memory: no server said anything."""

    identity: Mapping[str, Any] = {
        "model": "local:toy",
        "dialect": "openai-chat",
        "url": "",
        "api_version": "",
        "key": None,
    }
    parameters: Mapping[str, Any] = {"max_tokens": 8}
    ceiling = 1
    vital = frozenset(("max_tokens",))

    def __init__(self) -> None:
        self.sent = 0

    def compose(self, item: Item, repeat: int, parameters: Mapping[str, Any]) -> bytes:
        return (item.prompt or "").encode()

    async def send(self, body: bytes, parameters: Mapping[str, Any]) -> Attempt:
        self.sent += 1
        return Attempt(
            time=now(),
            began=0.0,
            seconds=0.0,
            sent=Sent(method="LOCAL", url="", headers=(), body=body),
            received=None,
            outcome=AttemptOutcome.REJECTED,
            error="out of memory",
        )

    async def close(self) -> None:
        pass


def test_what_no_server_rejected_is_asked_again(tmp_path: Path) -> None:
    channel, battery = _Exhausted(), read_battery(write_battery(tmp_path, 2))
    for runs in (1, 2):
        summary = record(channel, battery, tmp_path / "t.jsonl", pace=QUICK)
        assert (summary.failed, summary.rejected, channel.sent) == (2, 0, 2 * runs)


BARS = [
    (400, {"type": "invalid_request_error", "message": f"Your {why}. Please go to Plans."})
    for why in (
        "credit balance is too low to access the Anthropic API",
        "organization has reached its usage limits",
    )
] + [
    (400, {"code": 400, "message": "API key not valid. Please pass one.", "status": "INVALID"}),
    (400, {"type": "invalid_model", "message": "Invalid model: toy", "code": "1500"}),
    (400, {"message": "toy is not a model", "param": "model", "code": None}),
]


@pytest.mark.parametrize(("code", "error"), BARS)
def test_an_account_that_is_barred_is_no_fault_of_the_question(
    tmp_path: Path, code: int, error: dict[str, Any]
) -> None:
    """Else every question of a transcript would be given up for good once money runs out."""
    barred = [True]

    def script(number: int, asked: dict[str, Any]) -> server.Fault | None:
        return server.status(code, error) if number > 1 and barred else None

    with server.serving(script=script) as provider:
        summary = ask(provider, tmp_path, items=6)
        assert (summary.rejected, summary.complete) == (0, False)
        assert "the server bars every question" in summary.stopped
        barred.pop()
        assert ask(provider, tmp_path, items=6).complete


def test_rejections_before_any_answer_are_not_for_good(tmp_path: Path) -> None:
    """What is wrong with every question is wrong with the request."""
    wrong = [True]

    def script(number: int, asked: dict[str, Any]) -> server.Fault | None:
        return server.status(400) if wrong else None

    with server.serving(script=script) as provider:
        assert not ask(provider, tmp_path, items=4).answered
        wrong.pop()
        assert ask(provider, tmp_path, items=4).complete


FORBIDDEN = {"type": "extra_forbidden", "loc": ["body", "logprobs"], "msg": "Extra inputs .."}
UNKNOWN = 'Invalid JSON payload received. Unknown name "logprobs": Cannot find field.'
REFUSALS = [
    (422, {"object": "error", "message": {"detail": [FORBIDDEN]}, "type": "invalid_request_error"}),
    (422, {"object": "Error", "detail": [FORBIDDEN], "message": [FORBIDDEN], "code": 3001}),
    (422, {"detail": [FORBIDDEN]}),
    (400, [{"error": {"code": 400, "message": UNKNOWN, "status": "INVALID_ARGUMENT"}}]),
]


@pytest.mark.parametrize(("code", "body"), REFUSALS)
def test_a_parameter_that_mistral_or_google_refuse_is_dropped(
    tmp_path: Path, code: int, body: object
) -> None:
    """In the form of either's errors; else every question is given up for good."""
    raw = json.dumps(body).encode()

    def script(number: int, asked: dict[str, Any]) -> server.Fault | None:
        return (lambda handler: handler.send(code, raw)) if "logprobs" in asked else None

    with server.serving(script=script) as provider:
        summary = ask(provider, tmp_path, items=3)
    assert summary.complete
    assert summary.refused == ("logprobs", "top_logprobs")


def test_an_invalid_question_is_no_parameter(tmp_path: Path) -> None:
    wrong = {"type": "string_too_long", "loc": ["body", "messages", 0, "content"], "msg": "long"}
    raw = json.dumps({"detail": [wrong]}).encode()

    def script(number: int, asked: dict[str, Any]) -> server.Fault | None:
        return (lambda handler: handler.send(422, raw)) if "question 1?" in str(asked) else None

    with server.serving(script=script) as provider:
        summary = ask(provider, tmp_path, items=3)
    assert (summary.rejected, summary.answered) == (1, 2)
    (event,) = events_of(tmp_path / "t.jsonl", "failed")
    assert "messages.0.content: long" in event["error"]


@pytest.mark.parametrize(
    ("word", "ending"),
    [
        ("contentFiltered", Ending.FILTERED),
        ("CONTENT-FILTER: SAFETY", Ending.FILTERED),
        ("maxTokens", Ending.CUT),
        ("toolUse", Ending.CALLED),
        ("endTurn", Ending.WHOLE),
    ],
)
def test_a_word_for_an_end_is_known_in_whichever_writing(word: str, ending: Ending) -> None:
    assert (ending_of(word), is_known(word)) == (ending, True)
