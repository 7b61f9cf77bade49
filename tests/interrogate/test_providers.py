"""Both providers, both versions of the Messages API, parameters that are refused."""

import math
from pathlib import Path

import pytest

from filiation.readers.answers.transcript import read_transcript
from interrogate import fault_server as server
from interrogate.asking import KEY, ask, events_of


def _refusing(*names: str, **error: str | None) -> server.Script:
    def script(number: int, asked: dict[str, object]) -> server.Fault | None:
        found = next((name for name in names if name in asked), None)
        if found is None:
            return None
        said = {"type": "invalid_request_error", "message": f"{found}: not permitted", **error}
        if "param" in said:
            said["param"] = found
        return server.status(400, {k: v for k, v in said.items() if v is not None})

    return script


def test_messages_api_of_2026_sends_a_bearer_and_no_sampling(tmp_path: Path) -> None:
    with server.serving() as provider:
        assert ask(provider, tmp_path, model="anthropic/toy").complete
    sent = provider.headers[0]
    assert sent["authorization"] == f"Bearer {KEY}"
    assert sent["anthropic-version"] == "2026-10-21"
    assert "x-api-key" not in sent
    assert set(provider.seen[0]) == {"model", "messages", "max_tokens"}
    assert read_transcript(tmp_path / "t.jsonl")[0].outputs[0] == "answer to question 0?"


def test_messages_api_of_2023_sends_its_own_header(tmp_path: Path) -> None:
    with server.serving() as provider:
        ask(provider, tmp_path, model="anthropic/toy", api_version="2023-06-01")
    sent = provider.headers[0]
    assert (sent["x-api-key"], sent["anthropic-version"]) == (KEY, "2023-06-01")
    assert "authorization" not in sent


def test_a_sampling_parameter_that_is_refused_is_recorded_and_dropped(tmp_path: Path) -> None:
    script = _refusing("temperature", message="temperature: Extra inputs are not permitted")
    with server.serving(script=script) as provider:
        summary = ask(provider, tmp_path, model="anthropic/toy", extra={"temperature": 1.0})
    assert summary.complete
    assert summary.refused == ("temperature",)
    (event,) = events_of(tmp_path / "t.jsonl", "parameter-refused")
    assert (event["parameter"], event["instead"]) == ("temperature", "")
    assert "Extra inputs are not permitted" in event["error"]
    assert "parameters refused" in read_transcript(tmp_path / "t.jsonl")[0].notes[-1]


def test_logprobs_come_where_they_are_offered(tmp_path: Path) -> None:
    with server.serving() as provider:
        ask(provider, tmp_path, repeat=2)
    (recording,) = read_transcript(tmp_path / "t.jsonl")
    found = dict(zip((item.id for item in recording.items), recording.logprobs, strict=True))
    assert len(found) == 10
    (token,) = found["q3#2"]
    assert (token.token, token.logprob) == ("a", -0.5)
    assert token.alternatives == (("a", -0.5), ("b", -1.5))
    assert math.isfinite(token.logprob)


@pytest.mark.parametrize("code", [400, 403])
def test_logprobs_that_are_refused_take_top_logprobs_along(tmp_path: Path, code: int) -> None:
    error = {"message": "You are not allowed to request logprobs from this model"}

    def script(number: int, asked: dict[str, object]) -> server.Fault | None:
        return server.status(code, error) if "logprobs" in asked else None

    with server.serving(script=script) as provider:
        summary = ask(provider, tmp_path)
    assert summary.complete
    assert summary.refused == ("logprobs", "top_logprobs")
    assert read_transcript(tmp_path / "t.jsonl")[0].logprobs == ()


def test_the_bound_on_answers_survives_under_its_other_name(tmp_path: Path) -> None:
    with server.serving(script=_refusing("max_completion_tokens", param="")) as provider:
        summary = ask(provider, tmp_path)
    assert summary.complete
    assert provider.seen[-1]["max_tokens"] == 100
    (event,) = events_of(tmp_path / "t.jsonl", "parameter-refused")
    assert event["instead"] == "max_tokens"


def test_without_any_bound_on_answers_nothing_is_asked(tmp_path: Path) -> None:
    script = _refusing("max_completion_tokens", "max_tokens", param="")
    with server.serving(script=script) as provider:
        summary = ask(provider, tmp_path, items=3)
    assert summary.answered == 0
    assert summary.failed == 3


def test_an_error_about_the_prompt_is_not_about_a_parameter(tmp_path: Path) -> None:
    error = {"message": "messages resulted in 9 tokens; reduce max_tokens", "param": "messages"}
    with server.serving(script=server.first(1, server.status(400, error))) as provider:
        summary = ask(provider, tmp_path, model=f"openai-compat:{provider.url}#toy")
    assert (summary.refused, summary.failed) == ((), 1)


def test_another_server_gets_no_key_unless_it_is_named(tmp_path: Path) -> None:
    from filiation.interrogate.endpoint import endpoint

    spec = "openai-compat:http://127.0.0.1:9/v1#toy"
    alone = endpoint(spec, {"OPENAI_API_KEY": KEY})
    assert alone.secret.value == ""
    named = endpoint(spec, {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"})
    assert named.secret.value == KEY
    assert alone.url == "http://127.0.0.1:9/v1/chat/completions"
    assert endpoint("openai-compat:http://h:9#toy", {}).url == "http://h:9/v1/chat/completions"


def test_anothers_parameters_are_its_own(tmp_path: Path) -> None:
    with server.serving() as provider:
        ask(provider, tmp_path, model=f"openai-compat:{provider.url}#toy")
    assert provider.seen[0]["max_tokens"] == 100
    assert provider.seen[0]["model"] == "toy"
