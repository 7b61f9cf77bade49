"""Transcripts: nothing can be changed without being seen, and the bytes come back exactly."""

import base64
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.errors import AlteredError, ExhibitError, UnreadableError
from filiation.readers.answers.transcript import (
    GENESIS,
    Lines,
    pack,
    read_reply,
    read_transcript,
    seal,
    unpack,
)
from interrogate import fault_server as server
from interrogate.asking import ask, events_of, lines_of


@given(st.binary(max_size=400))
def test_packed_bytes_come_back_exactly(raw: bytes) -> None:
    assert unpack(json.loads(json.dumps(pack(raw))), "") == raw


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=4))
def test_a_line_is_one_line_and_seals_itself(fields: dict[str, str]) -> None:
    fields = {k: v for k, v in fields.items() if k not in ("previous", "sha256")}
    try:
        line, digest = seal({"kind": "event", **fields}, GENESIS)
    except UnicodeEncodeError:
        return  # half a character: nothing of ours can hold it
    assert line.count(b"\n") == 1
    assert json.loads(line)["sha256"] == digest
    assert hashlib.sha256(line[: line.rindex(b',"sha256":"')]).hexdigest() == digest


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    script = server.first(1, server.status(500))
    with server.serving(script=script) as provider:
        ask(provider, folder, items=4, repeat=2)
    return folder / "t.jsonl"


def test_any_changed_byte_is_seen(recorded: Path, tmp_path: Path) -> None:
    whole = recorded.read_bytes()
    path = tmp_path / "t.jsonl"
    for place in range(0, len(whole) - 1, 131):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(ExhibitError):
            read_transcript(path)


def test_a_line_left_out_or_moved_is_seen(recorded: Path, tmp_path: Path) -> None:
    lines = recorded.read_bytes().splitlines(keepends=True)
    path = tmp_path / "t.jsonl"
    for place in range(len(lines) - 1):
        path.write_bytes(b"".join(lines[:place] + lines[place + 1 :]))
        with pytest.raises(ExhibitError):
            read_transcript(path)
    path.write_bytes(b"".join([*lines[:6], lines[7], lines[6], *lines[8:]]))
    with pytest.raises(AlteredError, match="line 7"):
        read_transcript(path)


def test_repeats_are_items_of_their_own(recorded: Path) -> None:
    (recording,) = read_transcript(recorded)
    assert [item.id for item in recording.items] == [
        *(f"q{n}" for n in range(4)),
        *(f"q{n}#2" for n in range(4)),
    ]
    assert None not in recording.outputs
    assert recording.items[5].prompt == "question 1?"


def test_the_header_says_what_was_asked_and_when_it_was_committed(recorded: Path) -> None:
    header = lines_of(recorded)[0]
    battery = recorded.with_name("battery.jsonl").read_bytes()
    assert header["battery"]["sha256"] == hashlib.sha256(battery).hexdigest()
    assert header["parameters"] == {
        "max_completion_tokens": 100,
        "logprobs": True,
        "top_logprobs": 2,
    }
    first = next(line for line in lines_of(recorded) if line["kind"] == "asking")
    assert header["battery"]["committed"] <= first["time"]
    assert header["time"].endswith("Z")


def test_an_exchange_holds_what_left_and_what_came(recorded: Path) -> None:
    exchange = lines_of(recorded, "exchange")[-1]
    asked = json.loads(unpack(exchange["request"]["body"], ""))
    assert asked["model"] == "toy"
    assert ["request-id", "req_1"] in exchange["response"]["headers"]
    assert exchange["response"]["status"] == 200
    assert exchange["seconds"] > 0


def test_a_torn_end_is_left_out_and_said(recorded: Path, tmp_path: Path) -> None:
    lines = recorded.read_bytes().splitlines(keepends=True)
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"".join(lines[:-2]) + lines[-2][:50])
    (recording,) = read_transcript(path)
    assert recording.outputs.count(None) == 1
    assert recording.notes == (
        "the last line is torn (50 bytes) and was left out",
        "the recording was interrupted and not continued",
    )


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [{"kind": "event", "event": "x"}],
        [{"kind": "header", "schema_version": 2}],
        [{"kind": "header", "schema_version": 1}],
        [{"kind": "header", "schema_version": 1, "model": 1, "dialect": "x", "repeat": 1}],
        [{"schema_version": 1}],
    ],
)
def test_lines_that_hold_but_say_nonsense(tmp_path: Path, entries: list[dict[str, Any]]) -> None:
    _forge(tmp_path / "t.jsonl", entries)
    with pytest.raises(UnreadableError):
        read_transcript(tmp_path / "t.jsonl")


HEADER = {
    "kind": "header",
    "schema_version": 1,
    "model": "m",
    "dialect": "openai-chat",
    "repeat": 1,
}


@given(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["item", "exchange", "event", "asking", "other"])},
        optional={
            name: st.recursive(
                st.none() | st.booleans() | st.integers() | st.text(max_size=4),
                lambda inner: (
                    st.lists(inner, max_size=2)
                    | st.dictionaries(
                        st.sampled_from(["headers", "body", "text"]), inner, max_size=3
                    )
                ),
                max_leaves=6,
            )
            for name in ("item", "id", "prompt", "repeat", "response", "event", "parameter")
        }
        | {"outcome": st.just("answered")},
    )
)
def test_a_forged_line_is_refused_or_read(tmp_path_factory: Any, entry: dict[str, Any]) -> None:
    path = tmp_path_factory.getbasetemp() / "forged.jsonl"
    try:
        _forge(path, [HEADER, entry])
    except UnicodeEncodeError:
        return
    try:
        read_transcript(path)
    except UnreadableError as error:
        assert str(error)


def _forge(path: Path, entries: list[dict[str, Any]]) -> None:
    digest, raw = GENESIS, b""
    for entry in entries:
        line, digest = seal(entry, digest)
        raw += line
    path.write_bytes(raw)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_transcript_or_refused(tmp_path_factory: Any, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(raw)
    with pytest.raises(UnreadableError):
        list(Lines(path))


def test_compressed_answers_are_read_and_bombs_are_not(tmp_path: Path) -> None:
    plain = b'{"model": "m", "choices": [{"message": {"content": "hello"}}]}'
    packed = [("Content-Encoding", "gzip")]
    assert read_reply("openai-chat", packed, gzip.compress(plain)).text == "hello"
    with pytest.raises(UnreadableError, match="too large"):
        read_reply("openai-chat", packed, gzip.compress(b" " * (20 << 20)))
    with pytest.raises(UnreadableError, match="content-encoding"):
        read_reply("openai-chat", [("content-encoding", "br")], plain)


@pytest.mark.parametrize(
    ("dialect", "parsed", "text"),
    [
        ("openai-chat", {"choices": [{"message": {"content": None, "refusal": "no"}}]}, "no"),
        ("openai-chat", {"choices": [{"message": {"content": None}}]}, ""),
        ("anthropic-messages", {"content": [], "stop_reason": "refusal"}, ""),
        (
            "anthropic-messages",
            {"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
            "ab",
        ),
    ],
)
def test_refusals_are_answers(dialect: str, parsed: dict[str, Any], text: str) -> None:
    assert read_reply(dialect, [], json.dumps(parsed).encode()).text == text


def test_base64_that_is_none() -> None:
    assert unpack({"base64": base64.b64encode(b"x").decode()}, "") == b"x"
    with pytest.raises(UnreadableError, match="not base64"):
        unpack({"base64": "!"}, "here")


def test_an_observer_sees_the_order_of_the_battery_and_stops_the_run(tmp_path: Path) -> None:
    seen: list[str] = []

    def observer(item: Any, text: str) -> bool:
        assert text == f"answer to {item.prompt}"
        seen.append(item.id)
        return len(seen) == 12

    with server.serving(slow=0.005) as provider:
        summary = ask(provider, tmp_path, items=60, observer=observer)
        assert (summary.stopped, summary.complete) == ("observer", True)
        assert seen == [f"q{n}" for n in range(12)]
        assert 12 <= len(provider.seen) < 25
        asked = len(provider.seen)
        seen.clear()
        again = ask(provider, tmp_path, items=60, observer=observer)
        assert (again.stopped, len(provider.seen)) == ("observer", asked)
    assert events_of(tmp_path / "t.jsonl", "failed") == []


def test_the_first_question_left_at_the_earliest_time_whatever_the_order_of_lines(
    tmp_path: Path,
) -> None:
    """A battery's commitment is held against it, and answers are written as they come."""
    battery = {"sha256": "ab" * 32, "committed": "2026-11-01T00:00:00Z"}
    header = {
        "kind": "header", "schema_version": 1, "model": "openai/toy", "dialect": "openai-chat",
        "repeat": 1, "battery": battery,
    }  # fmt: skip
    item = {"kind": "item", "id": "q", "prompt": "q?", "category": "", "key": None, "options": 0}
    times = ("2026-11-02T10:00:00Z", "2026-11-02T09:00:00Z", "2026-11-02T11:00:00Z")
    entries = [header, item | {"normaliser": ""}]
    entries += [{"kind": "exchange", "time": t, "item": "q", "repeat": 1} for t in times]
    raw, digest = b"", GENESIS
    for entry in entries:
        line, digest = seal(entry, digest)
        raw += line
    (tmp_path / "t.jsonl").write_bytes(raw)

    asked = read_transcript(tmp_path / "t.jsonl")[0].asked
    assert asked is not None
    assert asked.first == "2026-11-02T09:00:00Z"
