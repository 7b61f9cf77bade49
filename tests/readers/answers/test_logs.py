"""Batches of providers, records of prompts and responses, and logs of benchmarks."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiation.errors import FiliationError, UnreadableError
from filiation.model.recording import Recording
from filiation.readers.answers import is_recording, open_recordings
from filiation.readers.answers.prompts import read_prompts
from readers.answers.writing import lines

ANSWER = {"role": "assistant", "content": "Paris"}


def chat(text: object, model: str = "gpt-x-2026") -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {"object": "chat.completion", "model": model, "choices": [{"message": message}]}


def openai(name: str, body: dict[str, Any] | None, status: int = 200) -> dict[str, Any]:
    response = None if body is None else {"status_code": status, "request_id": "r", "body": body}
    return {"id": f"batch_req_{name}", "custom_id": name, "response": response, "error": None}


def anthropic(name: str, kind: str, text: str = "") -> dict[str, Any]:
    message = {
        "model": "claude-x",
        "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": text}],
        "stop_reason": "end_turn",
    }
    return {"custom_id": name, "result": {"type": kind} | ({"message": message} if text else {})}


def read(path: Path, model: str = "") -> Recording:
    assert is_recording(path)
    (one,) = open_recordings(f"{path}{model}")
    return one


def answers(one: Recording) -> dict[str, str | None]:
    return {item.id: said for item, said in zip(one.items, one.outputs, strict=True)}


def test_openai_batch_in_any_order_with_what_failed(tmp_path: Path) -> None:
    response = {
        "object": "response",
        "model": "gpt-x-2026",
        "output": [
            {"type": "reasoning", "summary": []},
            {"type": "message", "content": [{"type": "output_text", "text": "Rome"}]},
        ],
    }
    completion = {"object": "text_completion", "model": "gpt-x-2026", "choices": [{"text": "Oslo"}]}
    bodies = [openai("b", response), openai("c", completion), openai("a", chat("Paris"))]
    failed = [openai("d", {"error": {"message": "no"}}, 400), openai("e", None)]
    one = read(lines(tmp_path / "output.jsonl", bodies + failed))

    assert one.name == "gpt-x-2026"
    assert answers(one) == {"b": "Rome", "c": "Oslo", "a": "Paris", "d": None, "e": None}
    assert one.notes == (
        "requests without an answer, status 400: 1",
        "requests without an answer, status none: 1",
    )


def test_anthropic_batch(tmp_path: Path) -> None:
    entries = [anthropic("1", "succeeded", "Paris"), anthropic("2", "expired")]
    one = read(lines(tmp_path / "results.jsonl", entries))

    assert (one.name, answers(one)) == ("claude-x", {"1": "Paris", "2": None})
    assert one.notes == ("requests without an answer, expired: 1",)


def test_requests_hold_the_words_and_are_no_answers(tmp_path: Path) -> None:
    body = {"model": "m", "messages": [{"role": "system", "content": "Be short."}, _user("One?")]}
    parts = {"model": "m", "input": "Three?", "instructions": "Be short."}
    asked = [
        {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": body},
        {"custom_id": "c", "method": "POST", "url": "/v1/responses", "body": parts},
        {"requests": [{"custom_id": "b", "params": {"messages": [_user([_text("Two?")])]}}]},
    ]
    path = lines(tmp_path / "input.jsonl", asked)

    assert {name: prompt.words for name, prompt in read_prompts(path).items()} == {
        "a": "Be short.\n\nOne?",
        "b": "Two?",
        "c": "Be short.\n\nThree?",
    }
    with pytest.raises(UnreadableError, match="requests of a batch without its answers"):
        open_recordings(path)


def _user(content: object) -> dict[str, Any]:
    return {"role": "user", "content": content}


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


@pytest.mark.parametrize(
    "entry",
    [
        {"prompt": "Capital?", "response": "Paris"},
        {"question": "Capital?", "output": "Paris", "timestamp": 12},
        {"instruction": "Capital?", "input": "", "output": "Paris"},
        {"input": [_user("Capital?")], "completion": "Paris"},
        {"messages": [_user("Capital?"), ANSWER]},
        {
            "messages": [
                _user([_text("Capital?")]),
                {"role": "assistant", "content": [_text("Paris")]},
            ]
        },
        {
            "conversations": [
                {"from": "human", "value": "Capital?"},
                {"from": "gpt", "value": "Paris"},
            ]
        },
    ],
)
@pytest.mark.parametrize("whole", [False, True])
def test_a_prompt_and_a_response(tmp_path: Path, entry: dict[str, Any], whole: bool) -> None:
    path = tmp_path / "chats.jsonl"
    path.write_text(json.dumps([entry] if whole else entry))
    one = read(path)

    assert (one.name, one.outputs, one.items[0].prompt) == ("chats", ("Paris",), "Capital?")
    assert one.notes[0].startswith("1 model; prompts from `")


def test_records_may_name_models_ids_and_keys(tmp_path: Path) -> None:
    entries = [
        {"model": m, "id": 1, "question": "Two?", "response": said, "gold": 2}
        for m, said in (("a", "2"), ("b", 3))
    ]
    first, second = open_recordings(f"{lines(tmp_path / 'x.jsonl', entries)}#*")

    assert (first.name, first.outputs, second.outputs) == ("a", ("2",), ("3",))
    assert (first.items[0].id, first.items[0].key) == ("1", "2")


def test_later_turns_are_told(tmp_path: Path) -> None:
    talk = {"messages": [_user("One?"), ANSWER, _user("Two?"), {**ANSWER, "content": "Rome"}]}
    one = read(lines(tmp_path / "x.jsonl", [talk]))

    assert (one.items[0].prompt, one.outputs) == ("One?", ("Paris",))
    assert one.notes[1] == "further answers in the same conversations, passed over: 1"


def bench(tmp_path: Path, answer: dict[str, Any], question: dict[str, Any]) -> Recording:
    folder = tmp_path / "bench" / "model_answer"
    folder.mkdir(parents=True)
    lines(tmp_path / "bench" / "question.jsonl", [question])
    return read(lines(folder / "m.jsonl", [answer]))


def test_mt_bench_has_an_item_for_each_turn(tmp_path: Path) -> None:
    said = {"question_id": 81, "answer_id": "x", "model_id": "vicuna", "tstamp": 1.0}
    choices = [{"index": 0, "turns": ["one", "two"]}, {"index": 1, "turns": ["no", "no"]}]
    asked = {"question_id": 81, "category": "writing", "turns": ["Write.", "Again."]}
    one = bench(tmp_path, said | {"choices": choices}, asked)

    assert (one.name, answers(one)) == ("vicuna", {"81": "one", "81/2": "two"})
    assert [item.prompt for item in one.items] == ["Write.", "Again."]
    assert {item.category for item in one.items} == {"writing"}


def test_live_bench_has_keys(tmp_path: Path) -> None:
    said = {"question_id": "ab", "answer_id": "x", "model_id": "m", "total_output_tokens": 3}
    asked = {"question_id": "ab", "category": "math", "task": "amps", "turns": ["2+2?"]}
    one = bench(
        tmp_path, said | {"choices": [{"index": 0, "turns": ["4"]}]}, asked | {"ground_truth": "4"}
    )

    item = one.items[0]
    assert (item.id, item.category, item.key, one.outputs) == ("ab", "amps", "4", ("4",))


def test_arena_hard_of_both_versions(tmp_path: Path) -> None:
    old = {"question_id": "ab", "answer_id": "x", "model_id": "m"}
    turns = {"choices": [{"index": 0, "turns": [{"content": "said", "token_len": 1}]}]}
    one = bench(tmp_path / "old", old | turns, {"question_id": "ab", "turns": [{"content": "Q?"}]})
    assert (answers(one), one.items[0].prompt) == ({"ab": "said"}, "Q?")

    new = {"uid": "ab", "ans_id": "x", "model": "m", "metadata": {"token_len": 1}}
    talk = [_user("Q?"), {"role": "assistant", "content": {"answer": "said", "thought": "hm"}}]
    one = bench(
        tmp_path / "new", new | {"messages": talk}, {"uid": "ab", "category": "c", "prompt": "Q?"}
    )
    assert (answers(one), one.items[0].prompt) == ({"ab": "said"}, "Q?")


def state(text: str, **more: Any) -> dict[str, Any]:
    references = [
        {"output": {"text": words}, "tags": ["correct"] if words == "Paris" else []}
        for words in ("Rome", "Paris")
    ]
    instance = {"id": "id7", "input": {"text": "Capital?"}, "references": references}
    return {
        "instance": instance,
        "train_trial_index": 0,
        "output_mapping": {"A": "Rome", "B": "Paris"},
        "request": {"model": "m", "prompt": "shots .. Capital?"},
        "result": {"success": True, "completions": [{"text": text, "logprob": -1.0}]},
    } | more


def helm(tmp_path: Path, *states: dict[str, Any], indent: int | None = 2) -> Recording:
    folder = tmp_path / "mmlu:subject=law,model=org_m"
    folder.mkdir(parents=True)
    path = folder / "scenario_state.json"
    path.write_text(
        json.dumps({"adapter_spec": {"model": "org/m"}, "request_states": states}, indent=indent)
    )
    return read(path)


@pytest.mark.parametrize("indent", [None, 2])
def test_helm_joint_choice(tmp_path: Path, indent: int | None) -> None:
    one = helm(tmp_path, state(" A"), state(" B", train_trial_index=1), indent=indent)

    item = one.items[0]
    assert (one.name, one.outputs) == ("org/m", (" A",))
    assert (item.id, item.prompt, item.key, item.options) == ("mmlu/id7", "Capital?", "B", 2)
    assert one.notes == ("further trials and perturbed instances, passed over: 1",)


def test_helm_choice_by_one_request_for_each_option(tmp_path: Path) -> None:
    def option(at: int, logprob: float) -> dict[str, Any]:
        result = {"success": True, "completions": [{"text": "..", "logprob": logprob}]}
        return state("", reference_index=at, output_mapping=None, result=result)

    one = helm(tmp_path, option(0, -3.0), option(1, -2.0))

    assert (one.outputs, one.items[0].key, one.items[0].options) == (("B",), "B", 2)


def test_helm_open_answer_and_failure(tmp_path: Path) -> None:
    failed = state("x", output_mapping=None, result={"success": False, "completions": []})
    one = helm(tmp_path, failed)

    assert (one.outputs, one.items[0].key, one.items[0].options) == ((None,), "Paris", 0)


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
SAID = {"type": "output_text", "text": "x"}
TOLD = {"author": {"role": "assistant"}, "content": {"content_type": "text", "parts": ["x"]}}
BASES = {
    "batch": openai("a", chat("x")),
    "results": anthropic("a", "succeeded", "x"),
    "record": {"prompt": "a", "response": "b"},
    "talk": {"messages": [_user("a"), ANSWER]},
    "bench": {"question_id": 1, "answer_id": 2, "model_id": "m", "choices": [{"turns": ["a"]}]},
    "arena": {"uid": "a", "ans_id": "x", "model": "m", "messages": [_user("a"), ANSWER]},
    "helm": {"adapter_spec": {"model": "m"}, "request_states": [state("A")]},
    "responses": openai("a", {"output": [{"type": "message", "content": [SAID]}], "model": "m"}),
    "gemini": {"key": "a", "response": {"candidates": [{"content": {"parts": [SAID]}}]}},
    "vertex": {"request": {"contents": [{"parts": [SAID]}]}, "response": {"candidates": []}},
    "tree": {"mapping": {"a": {"message": TOLD, "parent": None}}, "current_node": "a"},
    "account": {"chat_messages": [{"sender": "human", "text": "a"}, {"sender": "assistant"}]},
    "body": {"prompt": "a", "response": {"message": {"content": "x"}, "done": True}},
    "converse": {"prompt": "a", "response": {"output": {"message": {"content": [SAID]}}}},
}


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(sorted(BASES)), st.data())
def test_any_value_opens_or_raises_our_error(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    entry = json.loads(json.dumps(BASES[name]))
    inner = entry
    while isinstance(inner, dict | list) and inner and data.draw(st.booleans()):
        at = data.draw(st.sampled_from(sorted(inner) if isinstance(inner, dict) else [0]))
        outer, place, inner = inner, at, inner[at]
        if data.draw(st.booleans()):
            outer[place] = data.draw(JSON)
            break
    path = tmp_path_factory.mktemp("l") / "x.jsonl"
    path.write_text(json.dumps(entry) + "\n")
    try:
        open_recordings(f"{path}#*")
    except FiliationError as error:
        assert str(path) in str(error)


def test_helm_perturbed_instances_and_calibrations_are_no_answers(tmp_path: Path) -> None:
    """A perturbed question is another one; what is said after nothing is no choice."""
    plain = state(" A")
    other = state(" B")
    other["instance"] = other["instance"] | {"perturbation": {"name": "typos"}}
    one = helm(tmp_path / "joint", plain, other)
    assert (one.outputs, one.notes) == (
        (" A",),
        ("further trials and perturbed instances, passed over: 1",),
    )

    def option(at: int, logprob: float, mode: str) -> dict[str, Any]:
        result = {"success": True, "completions": [{"text": "..", "logprob": logprob}]}
        more = {"reference_index": at, "output_mapping": None, "result": result}
        return state("", request_mode=mode, **more)

    modes = [option(0, -3.0, "original"), option(1, -2.0, "original")]
    modes += [option(0, -0.5, "calibration"), option(1, -9.0, "calibration")]
    assert helm(tmp_path / "apart", *modes).outputs == ("B",)
