"""Exports of providers and proxies, as their documentation shows them, and columns in general."""

import json
from pathlib import Path
from typing import Any

import pytest

from filiation.errors import UnreadableError, UsageError
from filiation.readers.logs.columns import lay_out, read_said
from filiation.readers.logs.kept import open_log
from filiation.readers.logs.key import LogKey
from filiation.readers.logs.parameters import sampling
from filiation.readers.logs.presets import preset_for, preset_named
from filiation.readers.logs.prompts import asked
from filiation.readers.logs.reduce import Reading, reduce_logs
from filiation.readers.logs.signing import Signer
from filiation.readers.logs.template import read_prompt
from filiation.readers.logs.times import clock_of

KEY = LogKey(secret=bytes(range(32)))
LANGFUSE = {
    "id": "o1", "trace_id": "t1", "project_id": "p", "environment": "default",
    "type": "GENERATION", "start_time": "2026-05-29 13:46:19.963000", "end_time": None,
    "name": "llm", "input": '[{"role": "user", "content": "How does rain form?"}]',
    "output": "..", "provided_model_name": "gpt-4o", "model_parameters": '{"temperature":0.7}',
    "usage_details": {"input": 12, "output": 34, "total": 46}, "user_id": "u1",
}  # fmt: skip
LITELLM = {
    "request_id": "chatcmpl-1", "call_type": "acompletion", "api_key": "88dc28d0f030c55e",
    "spend": 0.00002, "total_tokens": 30, "prompt_tokens": 20, "completion_tokens": 10,
    "startTime": "2026-05-29T13:46:19.963000", "endTime": "2026-05-29T13:46:20", "model": "gpt-4o",
    "user": "default_user_id", "metadata": {}, "requester_ip_address": "10.0.0.7",
    "messages": {}, "response": {},
    "proxy_server_request": {
        "model": "gpt-4o", "temperature": 0.7,
        "messages": [{"role": "system", "content": "Be brief."},
                     {"role": "user", "content": "How does rain form?"}],
    },
}  # fmt: skip
OPENAI_USAGE = {
    "object": "page", "has_more": False, "next_page": None,
    "data": [{
        "object": "bucket", "start_time": 1736616660, "end_time": 1736616720,
        "results": [
            {"object": "organization.usage.completions.result", "input_tokens": 141201,
             "output_tokens": 9756, "num_model_requests": 3, "project_id": "p1",
             "user_id": "user-1", "api_key_id": "key_1", "model": "gpt-4o", "batch": False},
            {"object": "organization.usage.completions.result", "input_tokens": 5,
             "output_tokens": 6, "num_model_requests": 1, "user_id": None,
             "api_key_id": "key_2", "model": "gpt-4o"},
        ],
    }],
}  # fmt: skip
ANTHROPIC_USAGE = {
    "data": [{
        "starting_at": "2026-08-01T00:00:00Z", "ending_at": "2026-08-01T00:01:00Z",
        "results": [{
            "uncached_input_tokens": 1500, "cache_read_input_tokens": 200,
            "cache_creation": {"ephemeral_1h_input_tokens": 1000, "ephemeral_5m_input_tokens": 500},
            "output_tokens": 500, "server_tool_use": {"web_search_requests": 10},
            "api_key_id": "apikey_1", "workspace_id": "wrkspc_1", "model": "claude-sonnet",
            "service_tier": "standard", "context_window": "0-200k",
        }],
    }],
    "has_more": False, "next_page": None,
}  # fmt: skip
CLAUDE_CHAT = {
    "id": "claude_chat_1", "name": "Plan", "created_at": "2026-04-10T08:09:10Z",
    "model": "claude-opus", "organization_uuid": "o", "project_id": "p",
    "user": {"id": "user_1", "email_address": "someone@example.com"},
    "chat_messages": [
        {"id": "m1", "role": "user", "created_at": "2026-04-10T08:09:10Z", "files": [],
         "content": [{"type": "text", "text": "How does rain form?"}]},
        {"id": "m2", "role": "assistant", "created_at": "2026-04-10T08:09:11Z",
         "content": [{"type": "text", "text": "Water .."}]},
        {"id": "m3", "role": "user", "created_at": "2026-04-10T08:12:10Z",
         "content": [{"type": "text", "text": "And why does it snow?"}]},
    ],
}  # fmt: skip
GPT_CHAT = {
    "created_at": 1719340147.97, "id": "abcdef12", "last_active_at": 1719340201.7,
    "title": "Rain", "user_id": "user-1", "user_email": "someone@example.com",
    "workspace_id": "w", "object": "compliance.workspace.conversation",
    "messages": {"object": "list", "has_more": False, "data": [
        {"id": "a", "author": {"role": "system", "tool_name": None}, "content": None,
         "created_at": None, "object": "compliance.workspace.conversation.message"},
        {"id": "b", "author": {"role": "user"}, "created_at": 1719340147.97,
         "content": {"content_type": "text", "value": "How does rain form?"}},
        {"id": "c", "author": {"role": "assistant"}, "created_at": 1719340150.0,
         "content": {"content_type": "text", "value": "Water .."}},
    ]},
}  # fmt: skip


def reduced(tmp_path: Path, *documents: Any, form: str = "", **reading: Any) -> Any:
    path, out = tmp_path / "log.jsonl", tmp_path / "log.requests"
    path.write_text("\n".join(map(json.dumps, documents)))
    out.unlink(missing_ok=True)
    reduce_logs([path], KEY, out, reading=Reading(format=form, **reading))
    return open_log(out)


def whole(text: str) -> int:
    return Signer(KEY).text("whole", read_prompt(text).whole)


RAIN = whole("How does rain form?")


def test_langfuse(tmp_path: Path) -> None:
    span = LANGFUSE | {"id": "o2", "type": "SPAN"}
    log = reduced(tmp_path, LANGFUSE, span)
    assert log.facts.aside == {"no call of a model": 1}
    assert (log.facts.zone, dict(log.facts.times)) == ("UTC", {"naive": 1})
    assert log.facts.models == ("", "gpt-4o")
    assert (log.tokens_in[0], log.tokens_out[0]) == (12, 34)
    assert log.signature("whole")[0] == RAIN
    assert log.parameters[0] == Signer(KEY).value("parameters", sampling({"temperature": 0.7}))
    interface = {
        "id": "o1", "traceId": "t", "type": "GENERATION", "startTime": "2026-05-29T13:46:19.963Z",
        "userId": "u1", "input": [{"role": "user", "content": "How does rain form?"}],
        "model": "gpt-4o", "usage": {"input": 12, "output": 34},
    }  # fmt: skip
    again = reduced(tmp_path, interface)
    assert again.minute[0] == log.minute[0]
    assert (again.accounts.name == log.accounts.name).all()


def test_langfuse_without_users_says_which_file_holds_them(tmp_path: Path) -> None:
    legacy = {name: value for name, value in LANGFUSE.items() if name != "user_id"}
    with pytest.raises(UnreadableError, match="no column user_id or userId for account"):
        reduced(tmp_path, legacy)


def test_litellm(tmp_path: Path) -> None:
    log = reduced(tmp_path, LITELLM)
    assert log.signature("whole")[0] == RAIN
    assert log.signature("system")[0] == Signer(KEY).text("system", "be brief")
    assert log.accounts.network[0] == Signer(KEY).text("network", "10.0.0.7")
    assert (log.tokens_in[0], log.tokens_out[0]) == (20, 10)
    older = LITELLM | {"messages": LITELLM["proxy_server_request"]["messages"]}  # type: ignore[index]
    del older["proxy_server_request"]
    assert reduced(tmp_path, older).signature("whole")[0] == RAIN
    other = reduced(tmp_path, LITELLM, columns={"account": "user"})
    assert (other.accounts.name != log.accounts.name).all()


def test_openai_usage_of_minutes(tmp_path: Path) -> None:
    log = reduced(tmp_path, OPENAI_USAGE)
    assert len(log) == 4
    assert len(log.accounts) == 2
    assert log.facts.odd["the total of a minute, not a request"] == 4
    assert log.facts.stated["tokens_in"] == 1  # of three together nothing is known of any


def test_totals_of_a_day_are_no_requests(tmp_path: Path) -> None:
    day = json.loads(json.dumps(OPENAI_USAGE))
    day["data"][0]["end_time"] += 86_340
    with pytest.raises(UnreadableError, match="a total of more than a minute: 2"):
        reduced(tmp_path, day)


def test_anthropic_usage_of_minutes(tmp_path: Path) -> None:
    log = reduced(tmp_path, ANTHROPIC_USAGE)
    assert (log.tokens_in[0], log.tokens_out[0]) == (3200, 500)
    assert log.facts.models == ("", "claude-sonnet")


@pytest.mark.parametrize("paged", [False, True])
def test_anthropic_compliance(tmp_path: Path, paged: bool) -> None:
    log = reduced(tmp_path, {"data": [CLAUDE_CHAT], "has_more": False} if paged else CLAUDE_CHAT)
    assert len(log) == 2
    assert log.facts.aside == {"no message of a user": 1}
    assert log.signature("whole")[0] == RAIN
    assert log.minute[1] - log.minute[0] == 3


@pytest.mark.parametrize("paged", [False, True])
def test_openai_compliance(tmp_path: Path, paged: bool) -> None:
    log = reduced(tmp_path, {"object": "list", "data": [GPT_CHAT]} if paged else GPT_CHAT)
    assert len(log) == 1
    assert log.facts.aside == {"no message of a user": 2}
    assert log.signature("whole")[0] == RAIN


def test_no_preset_takes_another_log_for_its_own() -> None:
    assert preset_for([("time",), ("user_id",), ("messages",)], {}) is None
    assert preset_for([("id",), ("type",), ("start_time",)], {}) is None
    with pytest.raises(UsageError, match="expected one of langfuse"):
        preset_named("cobra")


@pytest.mark.parametrize(
    "document",
    [
        {"data": [{"chat_messages": 5, "user": 7}]},
        {"chat_messages": [1, {"role": "user"}, {"role": "user", "created_at": []}], "user": {}},
        {"user_id": [], "messages": {"data": [None]}, "last_active_at": 1},
        {"object": "bucket", "start_time": 1, "end_time": "x", "results": [4, {}]},
        {"object": "bucket", "start_time": 1736616660, "end_time": 1736616660,
         "results": [{"user_id": "u", "num_model_requests": 10**12}]},
        {"starting_at": {}, "ending_at": [], "results": {}},
    ],
)  # fmt: skip
def test_hostile_documents_are_set_aside(tmp_path: Path, document: Any) -> None:
    good = {"starting_at": 5, "ending_at": 6, "results": []}
    try:
        found = reduced(tmp_path, document, good)
    except UnreadableError as error:
        assert "could be kept" in str(error) or "no column" in str(error)
    else:
        assert len(found) <= 1


@pytest.mark.parametrize(
    ("prompt", "system", "found"),
    [
        ("hello", None, ("hello", None)),
        (None, None, (None, None)),
        ("", None, ("", None)),
        ({}, None, (None, None)),
        ('{"a": 1}', None, ('{"a": 1}', None)),
        ("[1, 2]", None, ("[1, 2]", None)),
        ("{broken}", None, ("{broken}", None)),
        (b"bytes", "sys", ("bytes", "sys")),
        ([{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], None,
         ("a", None)),
        ([{"role": "USER", "content": [{"type": "input_text", "text": "a"}]}], None, ("a", None)),
        ([{"role": "system", "content": "s"}, {"role": "developer", "content": "t"}], None,
         ("", "s\nt")),
        ({"system": [{"type": "text", "text": "s"}],
          "messages": [{"role": "user", "content": "a"}]}, None, ("a", "s")),
        ({"instructions": "s", "input": "a"}, None, ("a", "s")),
        ('{"messages": [{"role": "user", "content": "a"}]}', '["s"]', ("a", "s")),
        ({"contents": [{"role": "user", "parts": [{"text": "a"}, {"text": "b"}]}]}, None,
         ("a\nb", None)),
        ([{"role": "user", "content": "task"}, {"role": "assistant", "content": ""},
          {"role": "user", "content": [{"type": "tool_result", "content": "long"}]}], None,
         ("task", None)),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}], None,
         ("", None)),
        ([{"author": {"role": "user"}, "content": {"content_type": "text", "parts": ["a"]}}], None,
         ("a", None)),
    ],
)  # fmt: skip
def test_what_was_asked_in_every_usual_layout(prompt: Any, system: Any, found: Any) -> None:
    assert asked(prompt, system) == found


def test_columns_are_found_by_usual_names_or_as_said() -> None:
    found = [("createdAt",), ("userId",), ("usage",), ("usage", "input_tokens"), ("odd",)]
    layout = lay_out(found, {}, what="log")
    assert layout.named()["time"] == "createdAt"
    assert layout.named()["tokens_in"] == "usage.input_tokens"
    said = read_said(["account=odd", "tokens-in="])
    assert lay_out(found, said, what="log").named()["account"] == "odd"
    assert "tokens_in" not in lay_out(found, said, what="log").paths


@pytest.mark.parametrize(
    ("columns", "said", "message"),
    [
        (["when", "who"], [], "no column for time; say which it is with --column time=NAME; the "
                              "columns found are when, who"),
        (["time", "user_id", "api_key"], [], "account could be user_id or api_key; say which"),
        (["time", "user"], ["account=usr"], "--column account: no column 'usr'; the columns found"),
        (["created", "timestamp", "ts", "account"], [], ""),
        (["created_at", "ts", "account"], [], "time could be ts or created_at"),
    ],
)  # fmt: skip
def test_what_leaves_open_who_or_when_is_refused(
    columns: list[str], said: list[str], message: str
) -> None:
    found = [(name,) for name in columns]
    if not message:
        assert lay_out(found, read_said(said), what="log").named()["time"] == "timestamp"
        return
    with pytest.raises(UnreadableError) as caught:
        lay_out(found, read_said(said), what="log")
    assert message in str(caught.value)


@pytest.mark.parametrize("given", ["account", "who=x", "=x"])
def test_a_field_that_does_not_exist_is_refused(given: str) -> None:
    with pytest.raises(UsageError, match="expected FIELD=COLUMN"):
        read_said([given])
    with pytest.raises(UsageError, match="two columns"):
        read_said(["time=a", "time=b"])


def test_sampling_parameters_are_alike_however_they_are_written() -> None:
    one = sampling({"temperature": 1, "seed": 5, "user": "x", "stop": ["a"]})
    assert one == sampling('{"temperature": "1.0", "stop": ["a"], "seed": 7}')
    assert sampling({"temperature": True}) != sampling({"temperature": 1})
    assert sampling("plain") == sampling(None) == sampling([1]) == sampling("{") == {}


def test_a_page_that_stands_for_very_many_requests_is_reduced_in_parts(tmp_path: Path) -> None:
    page = json.loads(json.dumps(OPENAI_USAGE))
    page["data"][0]["results"][0]["num_model_requests"] = 50_000
    assert len(reduced(tmp_path, page, jobs=2)) == 50_001


def test_a_columns_name_cannot_steer_a_terminal(tmp_path: Path) -> None:
    name = "who\x1b[31m\n" + "x" * 9000
    log = reduced(tmp_path, {"time": 1_775_808_540, name: "u"}, columns={"account": name})
    assert log.facts.columns["account"].isprintable()
    assert len(log.facts.columns["account"]) == 200


def test_a_stated_zone_goes_before_that_of_a_preset(tmp_path: Path) -> None:
    log, other = reduced(tmp_path, LANGFUSE), reduced(tmp_path, LANGFUSE, zone="+02:00")
    assert log.minute[0] - other.minute[0] == 120
    assert clock_of("+02:00").name == other.facts.zone
