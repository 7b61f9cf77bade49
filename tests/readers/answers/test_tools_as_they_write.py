"""Logs of evaluation tools with what is usual in them beside the plain case."""

import json
from pathlib import Path
from typing import Any

import pytest

from filiation.model.recording import Recording
from filiation.readers.answers import open_recordings
from readers.answers.writing import inspect_header, inspect_sample, lines


def harness(path: Path, target: str, asked: list[tuple[Any, Any]], said: list[Any]) -> Recording:
    entry = {
        "doc_id": 0,
        "doc": {},
        "target": target,
        "arguments": {f"gen_args_{n}": {"arg_0": a, "arg_1": b} for n, (a, b) in enumerate(asked)},
        "resps": [[one] for one in said],
        "filtered_resps": said,
        "filter": "none",
    }
    (one,) = open_recordings(lines(path, [entry]))
    return one


def likely(*values: str) -> list[list[str]]:
    return [[value, "False"] for value in values]


ASKED = [("Q:", " no"), ("Q:", " yes")]
TARGETS = [("1", "B"), (" yes", "B"), ("no", "A"), ("B", "B"), ("[0, 1]", None), ("maybe", None)]


@pytest.mark.parametrize(("target", "key"), TARGETS)
def test_a_target_in_words_is_the_letter_of_its_option(
    tmp_path: Path, target: str, key: str | None
) -> None:
    one = harness(tmp_path / "samples_t.jsonl", target, ASKED, likely("-1", "-2"))

    assert (one.outputs, one.items[0].key, one.items[0].options) == (("A",), key, 2)


def test_digits_are_an_index_also_where_options_are_digits(tmp_path: Path) -> None:
    asked = [("Q:", f" {digit}") for digit in "012"]
    one = harness(
        tmp_path / "samples_t.jsonl", "1", [*asked[1:], asked[0]], likely("-1", "-2", "-3")
    )

    assert one.items[0].key == "B"


def test_options_asked_once_more_without_the_question_are_no_options(tmp_path: Path) -> None:
    asked = [*ASKED, ("", " no"), ("", " yes")]
    one = harness(tmp_path / "samples_t.jsonl", "1", asked, likely("-3", "-2", "-1", "-4"))

    assert (one.outputs, one.items[0].options) == (("B",), 2)


@pytest.mark.parametrize(
    ("target", "key"), [("['a', 'b']", None), ("['a']", "a"), ("[1, 2]", "[1, 2]")]
)
def test_several_right_answers_are_no_key(tmp_path: Path, target: str, key: str | None) -> None:
    one = harness(tmp_path / "samples_t.jsonl", target, [("Q:", {})], ["a"])

    assert (one.outputs, one.items[0].key) == (("a",), key)


def test_a_chat_is_its_words(tmp_path: Path) -> None:
    talk = json.dumps([{"role": "system", "content": "Be brief"}, {"role": "user", "content": "Q"}])
    one = harness(tmp_path / "samples_t.jsonl", "a", [([talk], {})], ["a"])

    assert one.items[0].prompt == "Be brief\n\nQ"


def test_what_a_benchmark_writes_for_a_failed_request_is_no_answer(tmp_path: Path) -> None:
    choices = [{"index": 0, "turns": ["$ERROR$", "said"]}]
    (tmp_path / "question.jsonl").write_text('{"question_id": 1, "ground_truth": 144}\n')
    entry = {"question_id": 1, "answer_id": "x", "model_id": "m", "choices": choices}
    (one,) = open_recordings(lines(tmp_path / "m.jsonl", [entry]))

    assert (one.outputs, one.items[0].key) == ((None, "said"), "144")


def test_how_a_completion_of_helm_ended_is_kept(tmp_path: Path) -> None:
    def state(name: str, why: object) -> dict[str, Any]:
        done = [{"text": "Te", "logprob": 0, "finish_reason": why}]
        return {
            "instance": {"id": name, "input": {"text": "Q"}},
            "result": {"success": True, "completions": done},
        }

    reasons = [{"reason": "length"}, {"reason": "stop"}, None, "content_filter"]
    states = [state(str(n), why) for n, why in enumerate(reasons)]
    path = tmp_path / "scenario_state.json"
    path.write_text(json.dumps({"adapter_spec": {"model": "m"}, "request_states": states}))

    assert open_recordings(path)[0].endings == ("cut", "", "", "filtered")


def test_a_text_that_inspect_marks_as_a_refusal_is_one(tmp_path: Path) -> None:
    part = {"type": "text", "text": "I cannot.", "refusal": True}
    path = tmp_path / "log.json"
    samples = [inspect_sample(1, [part]), inspect_sample(2, [part | {"refusal": None}])]
    path.write_text(json.dumps(inspect_header() | {"samples": samples}))
    (one,) = open_recordings(path)

    assert (one.outputs, one.endings) == (("I cannot.", "I cannot."), ("declined", ""))
