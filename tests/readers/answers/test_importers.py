"""Logs of alpaca_eval, lm-evaluation-harness and Inspect AI, in the layouts their sources write."""

import importlib
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.readers.answers import inspect_log, is_recording, open_recordings
from readers.answers.writing import eval_zip, inspect_header, inspect_sample, lines


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableError) as caught:
        open_recordings(f"{path}#*")
    return str(caught.value)


# --- alpaca_eval


def alpaca(prompt: str, output: object, **more: Any) -> dict[str, Any]:
    said = {"instruction": prompt, "output": output, "generator": "m", "dataset": "helpful_base"}
    return said | more


@pytest.mark.parametrize("indent", [None, 2])
def test_alpaca_outputs(tmp_path: Path, indent: int | None) -> None:
    path = tmp_path / "model_outputs.json"
    entries = [alpaca("p", "x"), alpaca("q", "y"), alpaca("p", "z")]
    path.write_text(json.dumps(entries, indent=indent))
    (m,) = open_recordings(path)

    assert is_recording(path)
    assert (m.name, m.outputs) == ("m", ("x", "y", "z"))
    assert [item.prompt for item in m.items] == ["p", "q", "p"]
    assert len({item.id for item in m.items}) == 3
    assert m.items[0].category == "helpful_base"


def test_alpaca_items_line_up_with_a_file_of_prompts(tmp_path: Path) -> None:
    one, two = tmp_path / "model_outputs.json", tmp_path / "half.jsonl"
    one.write_text(json.dumps([alpaca("q", "y"), alpaca("p", "x")]))
    lines(two, [{"prompts": ["p", "q"]}, {"model": "b", "outputs": ["1", "2"]}])
    (a,), (b,) = open_recordings(one), open_recordings(two)

    assert {item.id for item in a.items} == {item.id for item in b.items}


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([alpaca("p", "x"), 3], "entry 2: found a JSON number"),
        (
            [{"instruction": "p", "generator": "m"}],
            "entry 1: expected an instruction and an output",
        ),
        ([alpaca("p", "x", generator=None)], "entry 1: a model without a name"),
        ([alpaca("p", [])], "'output' is a JSON list"),
    ],
)
def test_alpaca_damage(tmp_path: Path, entries: list[Any], expected: str) -> None:
    path = tmp_path / "model_outputs.json"
    path.write_text(json.dumps(entries))

    assert expected in refusal(path)


# --- lm-evaluation-harness

DATE = "2025-01-02T03-04-05.678901"


def generated(number: int, said: str, **more: Any) -> dict[str, Any]:
    entry = {
        "doc_id": number,
        "doc": {"question": "q"},
        "target": "7",
        "arguments": {"gen_args_0": {"arg_0": f"Question {number}", "arg_1": {"until": ["\n"]}}},
        "resps": [[f"it is {said}"]],
        "filtered_resps": [said],
        "doc_hash": "ab",
        "exact_match": 1.0,
    }
    return entry | more


def chosen(number: int, likelihoods: list[str], target: str) -> dict[str, Any]:
    pairs = [[value, "False"] for value in likelihoods]
    return generated(number, "", resps=[[p] for p in pairs], filtered_resps=pairs, target=target)


def test_harness_takes_what_was_said_and_what_was_asked(tmp_path: Path) -> None:
    folder = tmp_path / "org__model"
    folder.mkdir()
    path = lines(folder / f"samples_gsm8k_cot_{DATE}.jsonl", [generated(0, "7"), generated(1, "8")])
    (one,) = open_recordings(path)

    assert one.name == "org/model"
    assert one.outputs == ("7", "8")
    (raw,) = open_recordings(path, columns=(("answer", "resps"),))
    assert raw.outputs == ("it is 7", "it is 8")
    first = one.items[0]
    assert (first.id, first.category, first.key) == ("gsm8k_cot/0", "gsm8k_cot", "7")
    assert first.prompt == "Question 0"


def test_harness_choices_become_letters(tmp_path: Path) -> None:
    path = tmp_path / f"samples_mmlu_{DATE}.jsonl"
    lines(path, [chosen(0, ["-9.5", "-1.25", "-3.0"], "2"), chosen(1, ["-1", "-2", "-inf"], "0")])
    (one,) = open_recordings(path)

    assert one.outputs == ("B", "A")
    assert [(item.key, item.options) for item in one.items] == [("C", 3), ("A", 3)]


def test_harness_model_is_named_by_the_results_beside_it(tmp_path: Path) -> None:
    path = lines(tmp_path / f"samples_t_{DATE}.jsonl", [generated(0, "7")])
    (tmp_path / f"results_{DATE}.json").write_text('{"model_name": "org/one", "x": NaN}')

    assert open_recordings(f"{path}#org/one")[0].name == "org/one"
    with pytest.raises(UsageError, match="no model 'other'"):
        open_recordings(f"{path}#other")


def test_harness_filters_are_one_answer(tmp_path: Path) -> None:
    """Each by the freest filter, whichever stands first: two parties are read alike."""
    strict, free = "strict-match", "flexible-extract"
    entries = [
        generated(0, "[invalid]", filter=strict),
        generated(0, "8", filter=free),
        generated(1, "[invalid]", filter=free),
    ]
    for turned in (entries, entries[::-1]):
        (one,) = open_recordings(lines(tmp_path / f"samples_t_{DATE}.jsonl", turned))

        assert dict(zip((i.id for i in one.items), one.outputs, strict=True)) == {
            "t/0": "8",
            "t/1": None,
        }
        assert one.notes == (
            "answers as the harness's filter 'flexible-extract' left them",
            "further filters of the same responses, passed over: 1",
        )


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (generated(0, "7", resps="no list"), "no list of resps"),
        (generated(0, "7", doc_id=None), "no doc_id"),
    ],
)
def test_harness_damage(tmp_path: Path, entry: dict[str, Any], expected: str) -> None:
    assert expected in refusal(lines(tmp_path / "samples.jsonl", [generated(5, "x"), entry]))


def test_harness_empty_responses_are_no_answers(tmp_path: Path) -> None:
    entries = [generated(0, "", resps=[]), generated(1, "", resps=[[]]), generated(2, "x")]
    (one,) = open_recordings(lines(tmp_path / "samples.jsonl", entries))

    assert one.outputs == (None, None, "x")


# --- Inspect


@pytest.mark.parametrize("indent", [None, 2])
def test_inspect_document(tmp_path: Path, indent: int | None) -> None:
    path = tmp_path / "log.json"
    parts = [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "Yes"}]
    asked = [{"role": "system", "content": "be brief"}, {"role": "user", "content": "sure?"}]
    samples = [
        inspect_sample(1, "No"),
        inspect_sample(2, parts, input=asked, choices=["a", "b"], target=["B"]),
        inspect_sample(1, "later", epoch=2),
        inspect_sample(3, "", output={"choices": []}),
    ]
    path.write_text(json.dumps(inspect_header(samples=samples, status="error"), indent=indent))
    (one,) = open_recordings(path)

    assert is_recording(path)
    assert one.name == "ollama/llama3.1"
    assert one.outputs == ("No", "Yes", None)
    assert [item.id for item in one.items] == ["popularity/1", "popularity/2", "popularity/3"]
    second = one.items[1]
    assert (second.prompt, second.options, second.key) == ("be brief\n\nsure?", 2, "B")
    assert one.notes == (
        "answers of further epochs, passed over: 1", "the log ends with status 'error'",
    )  # fmt: skip


def test_inspect_says_how_an_answer_ended(tmp_path: Path) -> None:
    words = ("stop", "content_filter", "max_tokens", "model_length", "tool_calls", "unknown")
    samples = []
    for number, word in enumerate(words):
        choice = {"message": {"role": "assistant", "content": "7"}, "stop_reason": word}
        samples.append(inspect_sample(number, "", output={"choices": [choice]}))
    path = tmp_path / "log.json"
    path.write_text(json.dumps(inspect_header(samples=samples)))
    (one,) = open_recordings(path)
    assert one.outputs == ("7",) * 6
    assert [str(ending) for ending in one.endings] == ["", "filtered", "cut", "cut", "called", ""]


@pytest.mark.parametrize("header", inspect_log.HEADERS)
def test_inspect_zip(tmp_path: Path, header: str) -> None:
    members = {
        header: inspect_header(),
        "samples/2_epoch_1.json": inspect_sample(2, "b"),
        "samples/1_epoch_1.json": inspect_sample(1, "attachment://ab", attachments={"ab": "long"}),
        "_journal/summaries/1.json": [],
    }
    path = eval_zip(tmp_path / "log.eval", members)
    (one,) = open_recordings(f"{path}#ollama/llama3.1")

    assert one.outputs == ("long", "b")


def test_zip_and_document_are_the_same_subject(tmp_path: Path) -> None:
    sample = inspect_sample(1, "No")
    packed = {"header.json": inspect_header(), "samples/1_epoch_1.json": sample}
    document = tmp_path / "log.json"
    document.write_text(json.dumps(inspect_header(samples=[sample])))
    (one,), (two,) = open_recordings(eval_zip(tmp_path / "x", packed)), open_recordings(document)

    assert one.digest == two.digest


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"data.pkl": b"x"}, "found a zip, expected"),
        ({"header.json": b"{"}, "header.json: not valid JSON"),
        ({"header.json": [1]}, "found a JSON list, expected an object"),
        ({"header.json": {"eval": {}}}, "eval.model: a model without a name"),
        ({"header.json": inspect_header(), "samples/1_epoch_1.json": {}}, "a sample without an id"),
        (
            {"header.json": inspect_header(), "samples/1_epoch_1/sample.json": {}},
            "inspect log convert",
        ),
        ({"header.json": inspect_header(), "samples/1_epoch_1.json": b"\xff"}, "is not UTF-8"),
    ],
)
def test_inspect_damage(tmp_path: Path, members: dict[str, Any], expected: str) -> None:
    assert expected in refusal(eval_zip(tmp_path / "log.eval", members))


def test_inspect_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect_log, "ALLOWANCE", 1 << 20)
    sample = inspect_sample(1, "x" * (8 << 20))
    members = {"header.json": inspect_header(), "samples/1_epoch_1.json": sample}

    assert "made to exhaust memory" in refusal(eval_zip(tmp_path / "log.eval", members))


def zstd_zip(path: Path, members: Mapping[str, object], pack: Callable[[bytes], bytes]) -> Path:
    """A log as present versions write it: method 93, one or several frames a member."""
    plain = {name: json.dumps(content).encode() for name, content in members.items()}
    packed = {name: pack(raw) for name, raw in plain.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, raw in packed.items():
            archive.writestr(name, raw)
    raw = bytearray(path.read_bytes())
    at = -1
    for name in packed:
        crc, size = zlib.crc32(plain[name]), len(plain[name])
        at = raw.index(b"PK\x03\x04", at + 1)
        struct.pack_into("<H4xIII", raw, at + 8, 93, crc, len(packed[name]), size)
    for name in packed:
        crc, size = zlib.crc32(plain[name]), len(plain[name])
        at = raw.index(b"PK\x01\x02", at + 1)
        struct.pack_into("<H4xIII", raw, at + 10, 93, crc, len(packed[name]), size)
    path.write_bytes(raw)
    return path


def zstd() -> Any:
    try:
        return importlib.import_module("compression.zstd")
    except ImportError:
        return pytest.importorskip("backports.zstd")


LOG = {"header.json": inspect_header(), "samples/1_epoch_1.json": inspect_sample(1, "Yes " * 50)}


def test_inspect_zstd_is_read_in_one_frame_or_several(tmp_path: Path) -> None:
    pack = zstd().compress
    whole = zstd_zip(tmp_path / "one.eval", LOG, pack)
    parts = zstd_zip(tmp_path / "two.eval", LOG, lambda raw: pack(raw[:99]) + pack(raw[99:]))

    for path in (whole, parts):
        (one,) = open_recordings(path)
        assert one.outputs == ("Yes " * 50,)


def test_inspect_zstd_is_held_against_its_checksum_and_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = zstd().compress
    said = refusal(zstd_zip(tmp_path / "a.eval", LOG, lambda raw: pack(raw.replace(b"Y", b"N"))))
    assert "another checksum" in said
    said = refusal(zstd_zip(tmp_path / "b.eval", LOG, lambda raw: pack(raw)[:-5]))
    assert "ends early" in said
    said = refusal(zstd_zip(tmp_path / "c.eval", LOG, lambda raw: raw))
    assert "zstd says" in said
    monkeypatch.setattr(inspect_log, "ALLOWANCE", 1 << 20)
    swollen = {**LOG, "samples/1_epoch_1.json": inspect_sample(1, "x" * (8 << 20))}
    assert "made to exhaust memory" in refusal(zstd_zip(tmp_path / "d.eval", swollen, pack))


@settings(deadline=None)
@given(st.binary(max_size=40), st.integers(0, 400))
def test_any_zip_opens_or_raises_our_error(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int
) -> None:
    members = {"header.json": inspect_header(), "samples/1_epoch_1.json": inspect_sample(1, "x")}
    path = eval_zip(tmp_path_factory.mktemp("z") / "log.eval", members)
    raw = path.read_bytes()
    path.write_bytes(raw[:at] + junk + raw[at + len(junk) :])
    try:
        open_recordings(f"{path}#*")
    except FiliationError as error:
        assert str(path) in str(error)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.sampled_from(["instruction", "output", "generator", "dataset"]), JSON)
def test_any_value_in_an_alpaca_entry(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: object
) -> None:
    _any(tmp_path_factory, [alpaca("p", "x"), alpaca("q", "y") | {name: value}], many=False)


@settings(deadline=None)
@given(st.sampled_from(["doc_id", "target", "arguments", "resps", "filter"]), JSON)
def test_any_value_in_a_harness_line(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: object
) -> None:
    _any(tmp_path_factory, [generated(0, "x"), generated(1, "y") | {name: value}], many=True)


@settings(deadline=None)
@given(st.sampled_from(["id", "epoch", "input", "target", "choices", "output"]), JSON)
def test_any_value_in_an_inspect_sample(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: object
) -> None:
    sample = inspect_sample(1, "x") | {name: value}
    _any(tmp_path_factory, inspect_header(samples=[sample]), many=False)


def _any(factory: pytest.TempPathFactory, entries: Any, *, many: bool) -> None:
    path = factory.mktemp("any") / "file"
    path.write_text("\n".join(map(json.dumps, entries)) if many else json.dumps(entries))
    try:
        open_recordings(f"{path}#*")
    except FiliationError as error:
        assert str(path) in str(error)
