"""What a provider and a network can do to a recording, over a real connection."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from filiation.readers.answers.transcript import read_transcript
from interrogate import fault_server as server
from interrogate.asking import QUICK, ask, events_of, lines_of, outcomes_of


def test_every_question_is_answered_once(tmp_path: Path) -> None:
    with server.serving() as provider:
        summary = ask(provider, tmp_path, items=20)
        assert (summary.answered, summary.complete, summary.retries) == (20, True, 0)
        assert set(provider.prompts.values()) == {1}
    (recording,) = read_transcript(tmp_path / "t.jsonl")
    assert recording.outputs == tuple(f"answer to question {n}?" for n in range(20))
    assert [item.key for item in recording.items] == [str(n) for n in range(20)]
    assert recording.notes == ()


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (server.status(429), "rate-limited"),
        (server.status(429, retry_after="0"), "rate-limited"),
        (server.status(500), "server-error"),
        (server.status(529), "server-error"),
        (server.cut_before_headers, "connection-cut"),
        (server.cut_after_headers, "connection-cut"),
        (server.half_a_body, "connection-cut"),
        (server.malformed, "malformed"),
        (server.not_text, "malformed"),
    ],
)
def test_a_passing_fault_is_retried_and_recorded(
    tmp_path: Path, fault: server.Fault, outcome: str
) -> None:
    with server.serving(script=server.first(2, fault)) as provider:
        summary = ask(provider, tmp_path)
        assert summary.complete
        assert summary.retries == 2
        assert len(provider.seen) == 7
    path = tmp_path / "t.jsonl"
    assert outcomes_of(path).count(outcome) == 2
    assert outcomes_of(path).count("answered") == 5
    assert [event["because"] for event in events_of(path, "retry")] == [outcome] * 2


@pytest.mark.parametrize(
    "fault", [server.status(500), server.cut_before_headers, server.malformed, server.half_a_body]
)
def test_a_lasting_fault_is_a_failure_not_an_answer(tmp_path: Path, fault: server.Fault) -> None:
    def script(number: int, asked: dict[str, object]) -> server.Fault | None:
        return fault if "question 1?" in str(asked) else None

    with server.serving(script=script) as provider:
        summary = ask(provider, tmp_path)
        assert (summary.answered, summary.failed, summary.complete) == (4, 1, False)
        assert provider.prompts["question 1?"] == QUICK.attempts
    (recording,) = read_transcript(tmp_path / "t.jsonl")
    assert recording.outputs[1] is None
    assert "after all retries: 1" in recording.notes[0]


def test_half_a_body_is_kept_as_half(tmp_path: Path) -> None:
    with server.serving(script=server.first(1, server.half_a_body)) as provider:
        ask(provider, tmp_path, items=1)
    half, whole = lines_of(tmp_path / "t.jsonl", "exchange")
    assert (half["response"]["complete"], whole["response"]["complete"]) == (False, True)
    text = half["response"]["body"]["text"]
    assert text
    assert whole["response"]["body"]["text"].startswith(text)


def test_bytes_that_are_no_text_are_kept_exactly(tmp_path: Path) -> None:
    from filiation.readers.answers.transcript import unpack

    with server.serving(script=server.first(1, server.not_text)) as provider:
        ask(provider, tmp_path, items=1)
    odd = lines_of(tmp_path / "t.jsonl", "exchange")[0]["response"]["body"]
    assert unpack(odd, "") == b"\xff\xfe\x00 not utf-8 \x80"


def test_slow_drip_ends_at_the_deadline(tmp_path: Path) -> None:
    pace = replace(QUICK, deadline=0.3)
    with server.serving(script=server.first(1, server.drip)) as provider:
        summary = ask(provider, tmp_path, items=1, pace=pace)
    assert summary.complete
    late = lines_of(tmp_path / "t.jsonl", "exchange")[0]
    assert late["outcome"] == "timed-out"
    assert 0.25 < late["seconds"] < 1.0
    assert set(late["response"]["body"]["text"]) == {" "}


def test_huge_body_is_bounded(tmp_path: Path) -> None:
    pace = replace(QUICK, longest_body=3 << 20)
    with server.serving(script=server.first(1, server.huge)) as provider:
        summary = ask(provider, tmp_path, items=2, pace=pace)
    assert (summary.answered, summary.failed) == (1, 1)
    kept = lines_of(tmp_path / "t.jsonl", "exchange")
    large = next(line for line in kept if line["outcome"] == "too-large")
    assert len(large["response"]["body"]["text"]) == 3 << 20
    assert large["response"]["complete"] is False


def test_another_model_half_way_is_an_event_and_not_an_answer(tmp_path: Path) -> None:
    with server.serving(model=lambda number: "toy-1" if number <= 6 else "other") as provider:
        summary = ask(provider, tmp_path, items=10)
    assert (summary.answered, summary.changed, summary.complete) == (6, 4, False)
    path = tmp_path / "t.jsonl"
    assert [event["now"] for event in events_of(path, "model-changed")] == ["other"] * 4
    flagged = [line for line in lines_of(path, "exchange") if "model_changed" in line]
    assert len(flagged) == 4
    own, other = read_transcript(path)
    assert sum(output is None for output in own.outputs) == 4
    assert other.name == "openai/toy (answered as other)"
    assert len(other.items) == 4


def test_a_second_run_sees_the_change_of_model(tmp_path: Path) -> None:
    def script(number: int, asked: dict[str, object]) -> server.Fault | None:
        return server.status(500) if "question 2?" in str(asked) and number < 11 else None

    with server.serving(script=script, model=lambda number: "one") as provider:
        ask(provider, tmp_path, items=8)
        provider.model = lambda number: "two"
        summary = ask(provider, tmp_path, items=8)
    assert (summary.model, summary.answered, summary.changed) == ("one", 7, 1)


def test_429_lowers_concurrency_and_5xx_does_not(tmp_path: Path) -> None:
    pace = replace(QUICK, start=10, attempts=9)
    for code, lowered in ((429, 1), (500, 0)):
        folder = tmp_path / str(code)
        folder.mkdir()
        script = server.first(10, server.status(code))
        with server.serving(script=script, slow=0.02) as provider:
            ask(provider, folder, items=10, pace=pace)
        events = events_of(folder / "t.jsonl", "concurrency")
        assert [event["now"] for event in events] == [8] * lowered


def test_concurrency_starts_low_and_rises(tmp_path: Path) -> None:
    with server.serving(slow=0.01) as provider:
        ask(provider, tmp_path, items=60)
    assert 3 <= provider.most_under_way <= 12


def test_retry_after_is_honoured_by_all(tmp_path: Path) -> None:
    script = server.first(1, server.status(429, retry_after="1"))
    with server.serving(script=script) as provider:
        summary = ask(provider, tmp_path, items=6)
    assert summary.complete
    lines = lines_of(tmp_path / "t.jsonl")
    limited = next(n for n, line in enumerate(lines) if line.get("outcome") == "rate-limited")
    later = [line["time"] for line in lines[limited + 2 :] if line["kind"] == "asking"]
    assert len(later) >= 4
    assert (_seconds(later[0]) - _seconds(lines[limited]["time"])) % 86_400 > 0.95


def _seconds(time: str) -> float:
    hours, minutes, seconds = time[11:].rstrip("Z").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def test_an_hour_is_not_waited_and_not_ignored(tmp_path: Path) -> None:
    script = server.first(99, server.status(429, retry_after="3600"))
    with server.serving(script=script) as provider:
        summary = ask(provider, tmp_path, items=6)
    assert "asks to wait 3600 s" in summary.stopped
    assert len(provider.seen) <= 2


@pytest.mark.parametrize("code", [401, 402, 404, 301])
def test_no_question_can_succeed_so_none_is_asked(tmp_path: Path, code: int) -> None:
    with server.serving(script=server.first(99, server.status(code))) as provider:
        summary = ask(provider, tmp_path, items=30)
    assert f"status {code}" in summary.stopped
    assert len(provider.seen) <= 2


def test_a_quota_is_not_a_rate(tmp_path: Path) -> None:
    broke = {"type": "insufficient_quota", "message": "You exceeded your current quota"}
    with server.serving(script=server.first(99, server.status(429, broke))) as provider:
        summary = ask(provider, tmp_path, items=30)
    assert "insufficient_quota" in summary.stopped
    assert len(provider.seen) <= 2


def test_a_question_the_server_rejects_fails_alone(tmp_path: Path) -> None:
    error = {"type": "invalid_request_error", "message": "prompt is too long: 9 tokens > 8"}

    def script(number: int, asked: dict[str, object]) -> server.Fault | None:
        return server.status(400, error) if "question 2?" in str(asked) else None

    with server.serving(script=script) as provider:
        summary = ask(provider, tmp_path)
        assert (summary.answered, summary.failed, summary.stopped) == (4, 1, "")
        assert provider.prompts["question 2?"] == 1


def test_a_dead_server_ends_the_run(tmp_path: Path) -> None:
    with server.serving() as provider:
        pass
    summary = ask(provider, tmp_path, items=100, pace=replace(QUICK, failures_in_a_row=4))
    assert "questions in a row failed" in summary.stopped
    assert 4 <= summary.failed <= 6
    assert json.loads((tmp_path / "t.jsonl").read_bytes().splitlines()[-1])["kind"] == "end"


def test_failed_questions_are_asked_again_by_the_same_command(tmp_path: Path) -> None:
    with server.serving(script=server.first(6, server.status(500))) as provider:
        pace = replace(QUICK, start=1, ceiling=1)
        assert ask(provider, tmp_path, pace=pace).answered == 3
        again = ask(provider, tmp_path, pace=pace)
        assert (again.answered, again.complete) == (5, True)
        assert provider.prompts["question 4?"] == 1
        asked = len(provider.seen)
        third = ask(provider, tmp_path, pace=pace)
        assert (third.new, third.complete, len(provider.seen)) == (False, True, asked)
