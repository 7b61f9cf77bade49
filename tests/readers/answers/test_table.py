"""Tables: what they mean, and what is refused."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.readers.answers import is_recording, open_recordings, table, unpack
from filiation.readers.answers.cells import MISSING
from readers.answers.writing import table_text

HEAD = ["question_id", "category", "key", "options", "m1", "m 2"]
ROWS = [HEAD, ["q1", "law", "A", "4", "A", "B"], ["q2", "law", "", "", "", "free, text"]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(table_text(ROWS))
    return path


def refusal(path: Path, text: str | bytes, *, model: str = "#*") -> str:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(UnreadableError) as caught:
        open_recordings(f"{path}{model}")
    return str(caught.value)


def test_a_table_is_one_recording_per_model(path: Path) -> None:
    one, two = open_recordings(f"{path}#*")

    assert (one.name, two.name) == ("m1", "m 2")
    assert one.outputs == ("A", None)
    assert two.outputs == ("B", "free, text")
    assert one.items is two.items
    first, second = one.items
    assert (first.id, first.category, first.key, first.options) == ("q1", "law", "A", 4)
    assert (second.key, second.options, second.prompt) == (None, 0, None)


def test_one_model_may_be_named(path: Path) -> None:
    (one,) = open_recordings(f"{path}#m 2")

    assert one.outputs == ("B", "free, text")
    assert one.digest == open_recordings(f"{path}#*")[1].digest


def test_an_unknown_model_is_answered_with_close_names(path: Path) -> None:
    with pytest.raises(UsageError, match=r"no model 'm11'; the closest names are m1"):
        open_recordings(f"{path}#m11")


def test_a_table_of_several_models_needs_a_name(path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds 2 models \(m1, m 2\); name one"):
        open_recordings(path)


def test_a_missing_file_and_a_missing_name(tmp_path: Path, path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        open_recordings(f"{tmp_path / 'none.csv'}#m")
    with pytest.raises(UsageError, match="nothing after '#'"):
        open_recordings(f"{path}#")
    with pytest.raises(UsageError, match="not a file"):
        open_recordings(tmp_path)
    assert is_recording(f"{tmp_path / 'none.csv'}#m")
    assert not is_recording(tmp_path)


def test_a_number_sign_may_stand_in_path_and_name(tmp_path: Path) -> None:
    path = tmp_path / "a#b.csv"
    path.write_text(table_text([["question_id", "x#1"], ["q", "A"]]))

    assert open_recordings(f"{path}#x#1")[0].name == "x#1"
    assert open_recordings(path)[0].name == "x#1"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, mark: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(
        table_text([["question_id", "m"], ["q", "é"]], delimiter=mark).encode(encoding)
    )
    (one,) = open_recordings(path)

    assert one.outputs == ("é",)
    assert one.notes == ("1 model; questions named by `question_id`; no key",)


def test_latin_1_is_a_guess_and_said(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(table_text([["question_id", "m"], ["q", "é"]]).encode("latin-1"))
    (one,) = open_recordings(path)

    assert one.outputs == ("é",)
    assert "Latin-1" in one.notes[1]


def test_windows_line_ends_and_lines_inside_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b'question_id,m\r\nq,"two\r\nlines \xe2\x80\xa8 here"\r\n\r\n')

    assert open_recordings(path)[0].outputs == ("two\r\nlines \u2028 here",)


def test_equal_repetitions_are_kept_once_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(table_text([*ROWS, ROWS[1]]))
    (one,) = open_recordings(f"{path}#m1")

    assert [item.id for item in one.items] == ["q1", "q2"]
    assert one.notes[1:] == ("questions repeated word for word, kept once: 1",)


def test_contradictory_repetitions_are_refused(path: Path) -> None:
    said = refusal(path, table_text([*ROWS, ["q1", "law", "A", "4", "C", "B"]]), model="#m 2")

    assert "question 'q1' has different answers in lines 2 and 4" in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("question_id,m\nq,A,B\n", "line 2: found 3 cells, expected 2"),
        ("question_id,m\nq\n", "line 2: found 1 cells, expected 2"),
        ("question_id,m,m\nq,A,B\n", "the model column 'm' stands there 2 times"),
        ("question_id,key,key,m\nq,A,B,C\n", "the column 'key' stands there 2 times"),
        ("question_id,key\nq,A\n", "found no model"),
        ("question_id,m\n", "no question below the header"),
        ("question_id,m,\nq,A,B\n", "line 2: found 3 cells, expected 2"),
        ("question_id,,m\nq,A,B\n", "column 2: a model without a name"),
        ("question_id,*\nq,A\n", "is no name of a model"),
        ("question_id,m\n,A\n", "line 2: no question_id"),
        ("question_id,options,m\nq,ten,A\n", "'ten' options, expected their number"),
        ("question_id,options,m\nq,99999,A\n", "'99999' options, expected their number"),
        ('question_id,m\nq,"A', "line 2: unexpected end of data; the table is damaged"),
        ('question_id,m\nq,"A"B\n', "line 2: ',' expected after '\"'; the table is damaged"),
        ("question_id,m\nq," + "x" * ((1 << 24) + 1), "field larger than field limit"),
        ("", "found an empty file"),
        ("name,m\nq,A\n", "found 'name,m', expected a table"),
        (b"\x00\x01\x02\xff", "expected a table with a column question_id"),
    ],
)
def test_each_kind_of_damage_has_its_sentence(path: Path, text: str, expected: str) -> None:
    assert expected in refusal(path, text)


def test_a_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "ALLOWANCE", 1 << 20)
    path = tmp_path / "t.csv.gz"
    with gzip.open(path, "wb") as file:
        file.write(b"question_id,m\n" + b"q,A\n" * (1 << 20))
    with pytest.raises(UnreadableError, match="made to exhaust memory"):
        open_recordings(path)


def test_a_cut_download_is_said(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(table_text(ROWS).encode())[:-9])
    with pytest.raises(UnreadableError, match="the download is incomplete"):
        open_recordings(f"{path}#*")


def test_too_many_cells_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_CELLS", 3)
    with pytest.raises(UnreadableError, match="name one model"):
        open_recordings(f"{path}#*")
    assert len(open_recordings(f"{path}#m1")) == 1


def test_equal_cells_of_a_row_are_one_string(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(table_text([["question_id", "a", "b"], ["q", "some words", "some words"]]))
    one, two = open_recordings(f"{path}#*")

    assert one.outputs[0] is two.outputs[0]


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=12).filter(
    lambda cell: cell not in MISSING
)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(CELL.map(str.strip).filter(bool), CELL, CELL),
        min_size=1,
        max_size=8,
        unique_by=lambda row: row[0],
    )
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    path = tmp_path_factory.mktemp("t") / "t.csv"
    text = table_text([["question_id", "m1", "m2"], *rows])
    path.write_bytes(text.encode())
    one, two = open_recordings(f"{path}#*")

    assert [item.id for item in one.items] == [row[0] for row in rows]
    assert one.outputs == tuple(row[1] or None for row in rows)
    assert two.outputs == tuple(row[2] or None for row in rows)


@settings(deadline=None)
@given(st.binary(max_size=80), st.integers(0, 200), st.booleans())
def test_any_bytes_open_or_raise_our_error(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int, packed: bool
) -> None:
    path = tmp_path_factory.mktemp("t") / "t.csv"
    whole = table_text(ROWS).encode()
    raw = whole[:at] + junk + whole[at:]
    path.write_bytes(gzip.compress(raw)[: at + 20] if packed else raw)
    try:
        open_recordings(f"{path}#*")
    except FiliationError as error:
        assert str(path) in str(error)
