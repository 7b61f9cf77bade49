"""Conversations: whose answer is read, what was asked, and how it ended."""

import json
from pathlib import Path
from typing import Any

import pytest

from filiation.model.recording import Recording
from filiation.readers.answers import open_recordings
from readers.answers.writing import lines


def opened(path: Path, *entries: object) -> Recording:
    (one,) = open_recordings(lines(path, entries))
    return one


def user(words: Any) -> dict[str, Any]:
    return {"role": "user", "content": words}


def assistant(words: Any, **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": words} | more


@pytest.mark.parametrize("field", ["response", "completion", "prediction"])
def test_an_answer_beside_what_was_asked_is_read(tmp_path: Path, field: str) -> None:
    shots = [user("One and one?"), assistant("Two"), user("Five and five?")]
    one = opened(tmp_path / "log.jsonl", {"messages": shots, field: "Ten"})

    assert one.outputs == ("Ten",)
    assert one.items[0].prompt == "One and one?\n\nTwo\n\nFive and five?"


def test_the_answer_of_a_conversation_goes_before_a_field_beside_it(tmp_path: Path) -> None:
    entry = {"messages": [user("Five and five?"), assistant("Ten")], "response": "Nine"}

    assert opened(tmp_path / "log.jsonl", entry).outputs == ("Ten",)


PART = {"type": "refusal", "refusal": "I cannot."}
TEXT = {"type": "text", "text": "Te"}
ENDED = [
    (assistant(None, refusal="I cannot."), "I cannot.", "declined"),
    (assistant([PART]), "I cannot.", "declined"),
    (assistant([TEXT, PART]), "Te", "filtered"),
    (assistant(None, tool_calls=[{"id": "1"}]), None, "called"),
    (assistant("Te", function_call={"name": "f"}), "Te", "called"),
]


@pytest.mark.parametrize(("message", "output", "ending"), ENDED)
def test_a_message_keeps_its_ending(
    tmp_path: Path, message: dict[str, Any], output: str | None, ending: str
) -> None:
    one = opened(tmp_path / "log.jsonl", {"messages": [user("Five and five?"), message]})

    assert (one.outputs, one.endings) == ((output,), (ending,))


def test_fields_beside_records_are_never_models(tmp_path: Path) -> None:
    entry = {"prompt": "Five?", "response": "Ten", "latency": 3.5, "trace": "x", "region": "eu"}

    assert opened(tmp_path / "log.jsonl", entry).outputs == ("Ten",)


def test_not_a_number_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"id": 1, "prompt": "Five?", "response": NaN}\n')

    assert open_recordings(path)[0].outputs == (None,)


def test_exports_of_accounts_are_conversations(tmp_path: Path) -> None:
    def node(role: str, words: str, parent: str | None, kind: str = "text") -> dict[str, Any]:
        content = {"content_type": kind, "parts": [words]}
        about = {"model_slug": "gpt-x"} if role == "assistant" else {}
        told = {"author": {"role": role}, "content": content, "metadata": about}
        return {"message": told, "parent": parent, "children": []}

    tree = {
        "root": {"message": None, "parent": None, "children": ["a"]},
        "a": node("user", "Five and five?", "root"),
        "tried": node("assistant", "Nine", "a"),
        "thought": node("assistant", "hm", "a", "thoughts"),
        "b": node("assistant", "Ten", "thought"),
    }
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([{"title": "t", "mapping": tree, "current_node": "b"}]))
    (one,) = open_recordings(path)
    assert (one.name, one.items[0].prompt, one.outputs) == ("gpt-x", "Five and five?", ("Ten",))

    said = [{"sender": "human", "text": "Five?"}, {"sender": "assistant", "text": "Ten"}]
    path.write_text(json.dumps([{"uuid": "u", "name": "n", "chat_messages": said}]))
    (one,) = open_recordings(path)
    assert (one.items[0].prompt, one.outputs) == ("Five?", ("Ten",))


@pytest.mark.parametrize("parent", [["a"], {}, 7, "gone", "b"])
def test_a_tree_that_hangs_together_no_more_is_read_as_far_as_it_goes(
    tmp_path: Path, parent: Any
) -> None:
    def node(role: str, words: str, above: Any) -> dict[str, Any]:
        told = {"author": {"role": role}, "content": {"content_type": "text", "parts": [words]}}
        return {"message": told, "parent": above}

    tree = {"a": node("user", "Five?", None), "b": node("assistant", "Ten", parent)}
    entry = {"id": 1, "mapping": tree, "current_node": None}
    one = opened(tmp_path / "log.jsonl", entry)

    assert one.outputs in (("Ten",), (None,))
