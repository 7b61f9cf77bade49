"""Answers as JSON lines: both layouts, and what is refused."""

import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.readers.answers import is_recording, open_recordings, text, unpack
from filiation.readers.bytes import packed
from readers.answers.writing import answer, lines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outputs.jsonl"


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableError) as caught:
        open_recordings(f"{path}#*")
    return str(caught.value)


def test_one_answer_per_line(path: Path) -> None:
    more = {"prompt": "2+2?", "key": 4, "category": "sums", "options": 0, "normaliser": "number/1"}
    lines(
        path,
        [
            answer("a", "1", "four", **more),
            answer("b", "1", None),
            answer("a", "2", "x"),
            answer("b", "3", "y"),
        ],
    )
    a, b = open_recordings(f"{path}#*")

    assert (a.outputs, b.outputs) == (("four", "x"), (None, "y"))
    assert [item.id for item in b.items] == ["1", "3"]
    first = b.items[0]
    assert (first.prompt, first.key, first.category, first.normaliser) == (
        "2+2?", "4", "sums", "number/1",
    )  # fmt: skip
    assert open_recordings(f"{path}#b")[0].digest == b.digest


def test_models_with_the_same_questions_share_them(path: Path) -> None:
    lines(path, [answer(m, str(i), m) for i in range(3) for m in "ab"])
    a, b = open_recordings(f"{path}#*")

    assert a.items is b.items


def test_a_second_answer_is_passed_over_with_a_note(path: Path) -> None:
    lines(path, [answer("a", "1", "x"), answer("a", "2", "y"), answer("a", "1", "z")])
    (a,) = open_recordings(path)

    assert a.outputs == ("x", "y")
    assert a.notes == ("further answers to items answered before, of which the first was kept: 1",)


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, lambda raw: raw])
def test_packed_or_not(path: Path, pack: Callable[[bytes], bytes]) -> None:
    raw = json.dumps(answer("a", "1", "x")).encode() + b"\n"
    path.write_bytes(pack(raw * 2) + (pack(raw) if pack(b"") else b""))

    assert open_recordings(path)[0].outputs == ("x",)


def test_prompts_and_then_models(path: Path) -> None:
    lines(
        path,
        [
            {"prompts": ["p", "q", "p"]},
            {"model": "a", "outputs": ["1", "2", None]},
            {"model": "b", "outputs": ["3", "4", "5"]},
        ],
    )
    a, b = open_recordings(f"{path}#*")

    assert a.outputs == ("1", "2", None)
    assert [item.prompt for item in b.items] == ["p", "q", "p"]
    ids = [item.id for item in b.items]
    assert ids[2] == f"{ids[0]}~2" != ids[1]
    with pytest.raises(UsageError, match="no model 'c'; it holds a, b"):
        open_recordings(f"{path}#c")


def test_half_a_surrogate_pair_is_replaced(path: Path) -> None:
    path.write_text('{"model": "a", "item": "1", "output": "x\\ud800y \\ud83d\\ude00"}\n')

    assert open_recordings(path)[0].outputs == ("x\N{REPLACEMENT CHARACTER}y \N{GRINNING FACE}",)


GOOD = answer("a", "1", "x")


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"model": "a", "item": "2"}, "line 2: no 'output'"),
        ({"item": "2", "output": "x"}, "line 2: a model without a name"),
        ({"model": 5, "item": "2", "output": "x"}, "line 2: a model without a name"),
        ({"model": "a\n", "item": "2", "output": "x"}, "is no name of a model"),
        ({"model": "a", "output": "x"}, "line 2: no 'item'"),
        ({"model": "a", "item": [], "output": "x"}, "'item' is a JSON list"),
        (
            {"model": "a", "item": "2", "output": 5},
            "'output' is a JSON number, expected a JSON string",
        ),
        (answer("a", "2", "x", options=-1), "-1 options, expected 0 to"),
        (answer("a", "2", "x", options=True), "'options' is a JSON truth value"),
        ([1], "line 2: found a JSON list, expected an object"),
    ],
)
def test_each_kind_of_damage_has_its_sentence(path: Path, second: Any, expected: str) -> None:
    lines(path, [GOOD, second])

    assert expected in refusal(path)


@pytest.mark.parametrize(("name", "value"), [("prompt", "q"), ("key", "B"), ("options", 5)])
def test_two_questions_under_one_id_are_refused(path: Path, name: str, value: object) -> None:
    before = {"prompt": "p", "key": "A", "options": 4}
    lines(path, [answer("a", "1", "x", **before), answer("b", "1", "x", **{**before, name: value})])

    assert f"line 2: item '1' has another {name} than before" in refusal(path)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([{"prompts": []}], "0 prompts, expected 1"),
        ([{"prompts": ["p", 3]}], "prompt 2 is a JSON number"),
        ([{"prompts": ["p"]}], "found no model"),
        ([{"prompts": ["p"]}, {"model": "a", "outputs": []}], "0 outputs, expected one for each"),
        ([{"prompts": ["p"]}, {"model": "a", "outputs": [3]}], "output 1 is a JSON number"),
        ([{"prompts": ["p"]}] + [{"model": "a", "outputs": ["x"]}] * 2, "stands there twice"),
    ],
)
def test_prompts_that_do_not_fit(path: Path, entries: list[object], expected: str) -> None:
    assert expected in refusal(lines(path, entries))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('{"model": "a", "model": "b", "item": "1", "output": "x"}', "the key 'model' twice"),
        ('{"a": ' * 100_000, "nested too deeply"),
        ('{"model": ', "not valid JSON"),
        ('{"battery": {"id": "traps"}}', "a battery of questions without answers; ask it first"),
        ('{"a": 1, "b": 2}', "found a JSON object of 'a', 'b', expected a table"),
        ("{\n", "over many lines"),
        ("[1, 2]", "found '[1, 2]', expected a table"),
        ("PK\x03\x04 is no zip", "found a damaged zip"),
        ("\x1f\x8b and no more", "gzip says"),
    ],
)
def test_what_is_no_recording_is_said(path: Path, raw: str, expected: str) -> None:
    path.write_bytes(raw.encode("latin-1"))

    assert expected in refusal(path)


def test_bounds(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines(path, [answer("a", "1", "x" * (3 << 20))])
    monkeypatch.setattr(text, "LONGEST_LINE", 1 << 20)
    assert "a line of more than 1048576 characters" in refusal(path)
    path.write_bytes(lzma.compress(path.read_bytes()))
    monkeypatch.setattr(unpack, "ALLOWANCE", 1 << 16)
    assert "made to exhaust memory" in refusal(path)
    monkeypatch.setattr(packed, "WINDOW", 1 << 10)
    assert "xz says: Memory usage limit" in refusal(path)


def test_a_cut_xz_is_said(path: Path) -> None:
    path.write_bytes(lzma.compress(json.dumps(GOOD).encode() * 1000)[:-20])

    assert "the download is incomplete" in refusal(path)


def test_what_counts_as_a_recording(tmp_path: Path) -> None:
    known = lines(tmp_path / "a.json", [GOOD])
    other = lines(tmp_path / "config.json", [{"architectures": []}])
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"\0" * 16)

    assert is_recording(known)
    assert is_recording(f"{known}#a")
    assert not is_recording(other)
    assert not is_recording(weights)


WORDS = st.text(max_size=10)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), WORDS.filter(bool), st.none() | WORDS), min_size=1)
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, entries: list[tuple[str, str, str | None]]
) -> None:
    path = lines(tmp_path_factory.mktemp("j") / "o.jsonl", [answer(*entry) for entry in entries])
    expected: dict[tuple[str, str], str | None] = {}
    for model, item, output in entries:
        expected.setdefault((model, item), output)
    found = {
        (one.name, item.id): output
        for one in open_recordings(f"{path}#*")
        for item, output in zip(one.items, one.outputs, strict=True)
    }

    assert found == expected


@settings(deadline=None)
@given(st.binary(max_size=60), st.integers(0, 120), st.sampled_from([0, 1, 2]))
def test_any_bytes_open_or_raise_our_error(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int, packing: int
) -> None:
    path = tmp_path_factory.mktemp("j") / "o.jsonl"
    whole = (json.dumps(GOOD) + "\n" + json.dumps(answer("b", "2", "y"))).encode()
    if packing == 0:
        raw = whole[:at] + junk + whole[at:]
    else:
        packed = (gzip.compress, lzma.compress)[packing - 1](whole)
        raw = packed[:at] + junk + packed[at + len(junk) :]
    path.write_bytes(raw)
    try:
        open_recordings(f"{path}#*")
    except FiliationError as error:
        assert str(path) in str(error)


def test_a_line_may_say_how_its_answer_ended(path: Path) -> None:
    entries = [
        answer("m", "1", "7", finish_reason="stop"),
        answer("m", "2", "3 +", finish_reason="length"),
        answer("n", "1", "8"),
        answer("n", "2", "9"),
    ]
    one, two = open_recordings(f"{lines(path, entries)}#*")
    assert [str(ending) for ending in one.endings] == ["", "cut"]
    assert two.endings == ()
    assert one.items is two.items
