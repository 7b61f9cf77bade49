"""Files of served answers, twins and records: bounds, what is missing, and what is no number."""

from pathlib import Path
from typing import Any

import pytest

from filiation.errors import FiliationError, UnreadableError
from filiation.model.served import MOST_TWINS
from filiation.model.served_record import Wordless, wordless
from filiation.readers.owner import file_digest, read_exchanges, read_likelihoods, read_twins
from filiation.readers.owner.served import check_exchange
from filiation.readers.owner.served_record import read_served_record
from readers.answers.writing import lines
from twin_files import SETTINGS, SNAPSHOT

FOUR = [{"id": "x1", "prompt": "a?", "answer": "b"}, {"id": "x2", "prompt": "c?", "answer": ""}]


def files(
    folder: Path, listed: list[dict[str, Any]], twins: list[dict[str, Any]], **more: Any
) -> tuple[Path, Path]:
    path = lines(folder / "list.jsonl", listed)
    head = {"list": file_digest(path), "snapshot": SNAPSHOT, "settings": dict(SETTINGS), **more}
    return path, lines(folder / "twins.jsonl", [{"twins": head}, *twins])


def read(path: Path, twins: Path) -> Any:
    return read_exchanges(path, read_twins(twins, file_digest(path)))


def twin(name: object = "x1", place: object = 1, text: object = "t") -> dict[str, Any]:
    return {"id": name, "twin": place, "text": text}


def test_an_empty_answer_is_one_and_a_twin_that_is_lacking_is_none(tmp_path: Path) -> None:
    """A call of a tool without words may be served: its twins may be such calls too."""
    first, second = read(*files(tmp_path, FOUR, [twin(), twin(place=2, text=""), twin("x2", 2)]))
    assert first.said == ("b", "t", "") and first.long == (1, 1, 0)
    assert second.said == ("", None, "t")
    with pytest.raises(UnreadableError, match="'answer' is missing"):
        check_exchange({"id": "x3", "prompt": "e?"}, "line 3")


@pytest.mark.parametrize(
    ("twins", "told"),
    [
        ([twin(place=10**9)], "expected a number from 1 to 1,000"),
        ([twin(place=0)], "expected a number from 1"),
        ([twin(place=True)], "expected a number from 1"),
        ([twin(place=1.0)], "expected a number from 1"),
        ([twin(place="1")], "expected a number from 1"),
        ([twin(), twin()], "twice"),
        ([twin(1), twin("1")], "twice"),
        ([twin(text=None)], "without a text"),
        ([twin(text=["t"])], "without a text"),
        ([twin(text="t" * ((1 << 20) + 1))], "more than 1,048,576 characters"),
        ([twin("x9")], "is not planned"),
        ([{"twin": 1, "text": "t"}], "'id' is missing"),
    ],
)
def test_twins_that_are_none(tmp_path: Path, twins: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(UnreadableError, match=told):
        read(*files(tmp_path, FOUR, twins))


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        ([FOUR[0], {**FOUR[1], "id": "x1"}], "twice, expected once"),
        ([FOUR[0], {**FOUR[0], "id": "x3"}], "the prompt of 'x3' is that of 'x1'"),
        ([{**FOUR[0], "id": 1}, {**FOUR[1], "id": "1"}], "twice, expected once"),
        ([{**FOUR[0], "seeds": [1] * (MOST_TWINS + 1)}], "1,001 seeds, expected at most 1,000"),
        ([{**FOUR[0], "seeds": [1, 2]}, {**FOUR[1], "seeds": [1]}], "one number of twins"),
        ([{**FOUR[0], "id": "x1#2"}], "ends like the number of a twin"),
        ([{**FOUR[0], "to": "all"}], "served to 'all'"),
        ([{**FOUR[0], "prompt": ""}], "'prompt' is ''"),
        ([{**FOUR[0], "answer": 1.5}], "'answer' is 1.5"),
        ([{**FOUR[0], "answer": None}], "'answer' is missing"),
    ],
)
def test_lists_that_are_none(tmp_path: Path, listed: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(UnreadableError, match=told):
        read(*files(tmp_path, listed, [twin(listed[0]["id"])]))


def test_one_prompt_may_be_of_the_group_and_of_others(tmp_path: Path) -> None:
    listed = [FOUR[0], {**FOUR[0], "id": "x3", "to": "others"}]
    assert [one.to for one in read(*files(tmp_path, listed, [twin()]))] == ["group", "others"]


def test_a_prompt_that_is_a_number_is_read_as_it_is_written(tmp_path: Path) -> None:
    (one,) = read(*files(tmp_path, [{**FOUR[0], "prompt": 12}], [twin()]))
    assert one.prompt == "12"


@pytest.mark.parametrize("value", ["1e400", "NaN", "Infinity", "-Infinity", "-1e300", "1.5",
                                   '"nan"', "null", "true", f"-{10**400}"])  # fmt: skip
def test_a_likelihood_that_is_none(tmp_path: Path, value: str) -> None:
    path = tmp_path / "b.jsonl"
    path.write_text(f'{{"example": "x1#0", "log_likelihood": {value}}}\n')
    with pytest.raises(UnreadableError, match="line 1"):
        read_likelihoods(path)


@pytest.mark.parametrize(
    "record",
    [
        {"lengths": [1 << 21, 1, 1]}, {"lengths": [-1, 1, 1]}, {"lengths": [None, 1, 1]},
        {"lengths": [1, 1]}, {"same": [0, 1]}, {"same": [1, 1, 2]}, {"same": [0, 2, 2]},
        {"same": [0, 0, 2]}, {"lengths": [1] * (MOST_TWINS + 2), "same": [0] * (MOST_TWINS + 2)},
    ],
)  # fmt: skip
def test_an_exchange_of_a_record_that_contradicts_itself(record: dict[str, Any]) -> None:
    whole = {"lengths": (1, 2, 3), "same": (0, 1, 2)}
    made = {**whole, **{name: tuple(value) for name, value in record.items()}}
    with pytest.raises(UnreadableError, match="contradicts itself"):
        Wordless(id="x1", to="group", **made)


def test_what_a_record_keeps_of_an_exchange_is_its_lengths_and_what_is_equal() -> None:
    kept = Wordless(id="x1", to="group", lengths=(1 << 20, None, 5, 1 << 20), same=(0, 1, 2, 0))
    one = kept.exchange
    assert wordless(one) == kept and one.long == (1 << 20, 0, 5, 1 << 20)
    assert sum(len(text or "") for text in one.said) == 3  # a record of many is no gigabytes
    assert one.said[3] == one.answer and one.twins[0] is None


@pytest.mark.parametrize("text", ["{}", "[]", '{"kind": "served-record"}', "{", "\xff", ""])
def test_a_record_that_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.served"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(FiliationError):
        read_served_record(path)
