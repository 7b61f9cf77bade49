"""Keys that number options are letters where the answers are; nothing is guessed."""

from pathlib import Path

import pytest

from filiation.readers.answers import open_recordings
from readers.answers.writing import lines

CHOICES = ["w", "x", "y", "z"]


def keys(
    path: Path, places: list[object], said: str = "The answer is B."
) -> tuple[list[str | None], str]:
    entries = [
        {"id": n, "question": f"{n}?", "choices": CHOICES, "answer": key, "response": said}
        for n, key in enumerate(places)
    ]
    (one,) = open_recordings(lines(path, entries))
    return [item.key for item in one.items], " ".join(one.notes)


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([0, 1, 3], ["A", "B", "D"]),
        (["0", "2"], ["A", "C"]),
        ([1, 4, 2], ["A", "D", "B"]),
        ([0, "B"], ["0", "B"]),
        ([0, 4], ["0", "4"]),
        ([1, 2], ["1", "2"]),
        ([1, 9], ["1", "9"]),
        (["B", "C"], ["B", "C"]),
    ],
)
def test_places_are_letters_where_it_is_clear_from_which(
    tmp_path: Path, places: list[object], expected: list[str]
) -> None:
    assert keys(tmp_path / "log.jsonl", places)[0] == expected


def test_what_was_done_is_said(tmp_path: Path) -> None:
    assert "from 0, read as letters: 2" in keys(tmp_path / "a.jsonl", [0, 1])[1]
    assert "cannot be read as letters: 2" in keys(tmp_path / "b.jsonl", [1, 2])[1]


@pytest.mark.parametrize("said", ["2", "z", "it is (2)"])
def test_answers_that_are_no_letters_leave_the_keys(tmp_path: Path, said: str) -> None:
    assert keys(tmp_path / "log.jsonl", [0, 1, 3], said)[0] == ["0", "1", "3"]


def test_a_table_is_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text('id,question,A,B,C,answer,m\n1,Q?,x,y,z,0,"C"\n2,R?,x,y,z,2,"A"\n')
    (one,) = open_recordings(path)

    assert [item.key for item in one.items] == ["A", "C"]


def test_options_with_labels_are_counted(tmp_path: Path) -> None:
    choices = {"text": CHOICES, "label": list("ABCD")}
    entry = {"id": 1, "question": "?", "choices": choices, "answer": "B", "response": "B"}
    (one,) = open_recordings(lines(tmp_path / "arc.jsonl", [entry]))

    assert (one.items[0].options, one.items[0].key) == (4, "B")
