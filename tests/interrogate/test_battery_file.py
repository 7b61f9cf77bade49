"""Batteries: the users' own, and those committed under a name."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.errors import UnreadableError, UsageError
from filiation.interrogate.battery_file import commit_battery, read_battery
from filiation.model.recording import Item


def _write(path: Path, *lines: Any) -> Path:
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n", "utf-8")
    return path


def test_every_field_is_read(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "mine.jsonl",
        {"battery": {"id": "mine", "schema_version": 1, "normaliser": "text"}},
        {"id": "a", "prompt": "1+1?", "category": "sums", "key": "2", "options": 4},
        {"id": "b", "prompt": "Which?", "options": ["x", "y"], "normaliser": "letter"},
    )
    battery = read_battery(path)
    assert battery.id == "mine"
    assert battery.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert battery.items == (
        Item(id="a", prompt="1+1?", category="sums", key="2", options=4, normaliser="text"),
        Item(id="b", prompt="Which?", options=2, normaliser="letter"),
    )


def test_the_first_line_may_be_a_question(tmp_path: Path) -> None:
    battery = read_battery(_write(tmp_path / "plain.jsonl", {"id": "a", "prompt": "1+1?"}))
    assert (battery.id, len(battery.items)) == ("plain", 1)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"id": "a"}, "'prompt' is no text"),
        ({"id": "a", "prompt": " "}, "nothing to ask"),
        ({"id": "", "prompt": "x"}, "nothing to ask"),
        ({"id": 7, "prompt": "x"}, "'id' is no text"),
        ({"id": "a#2", "prompt": "x"}, "ends like a repeat"),
        ({"id": "a", "prompt": "x", "options": -1}, "options"),
        ({"id": "a", "prompt": "x", "options": True}, "options"),
        ({"id": "a", "prompt": "x", "promt": "y"}, "'promt'"),
        ({"id": "a", "prompt": "x" * ((1 << 20) + 1)}, "1048576"),
        ({"id": "a", "prompt": "\ud800"}, "half a character"),
        ([1], "expected an object"),
        ("x", "expected an object"),
        ({"battery": {}}, "'battery'"),
    ],
)
def test_a_line_that_is_no_question(tmp_path: Path, line: Any, words: str) -> None:
    path = _write(tmp_path / "b.jsonl", {"id": "ok", "prompt": "x"}, line)
    with pytest.raises(UnreadableError, match=words):
        read_battery(path)


def test_an_id_twice_no_question_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="twice"):
        read_battery(_write(tmp_path / "b", {"id": "a", "prompt": "x"}, {"id": "a", "prompt": "y"}))
    with pytest.raises(UnreadableError, match="no question"):
        read_battery(_write(tmp_path / "c", {"battery": {"id": "empty"}}))
    with pytest.raises(UnreadableError, match="cannot be read"):
        read_battery(tmp_path / "nowhere")
    with pytest.raises(UnreadableError, match="schema version 2"):
        read_battery(_write(tmp_path / "d", {"battery": {"schema_version": 2}}))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_battery_or_refused(tmp_path_factory: Any, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(raw)
    try:
        assert read_battery(path).items
    except UnreadableError as error:
        assert str(path) in str(error)


def test_a_committed_battery_is_read_back_and_never_overwritten(tmp_path: Path) -> None:
    items = (Item(id="a", prompt="1+1?\n\u2028", key="2", options=3), Item(id="b", prompt="é"))
    path = tmp_path / "t.battery.jsonl"
    made = commit_battery(path, items, {"id": "sums", "seed": 3})
    assert made.items == items
    assert made.about["seed"] == 3
    assert read_battery(path) == made
    with pytest.raises(UsageError, match="never overwritten"):
        commit_battery(path, items, {})
    assert [p.name for p in tmp_path.iterdir()] == ["t.battery.jsonl"]
