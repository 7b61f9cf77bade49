"""Tables for a spreadsheet: what a person reads, and nothing that it would compute."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.report.render.sheet import sheet


def read(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+49 30 1234", "-1", "@SUM(A1)", " =1", "\t=1", "\n=1", "\uff1d1", "\u200b=1", "|x",
     "%x", "\ufeff=1"],
)  # fmt: skip
def test_nothing_is_a_formula(cell: str) -> None:
    assert read(sheet(("a",), [(cell,)]))[1][0].startswith("'")


@given(st.lists(st.text(max_size=8), min_size=1, max_size=3))
def test_cells_come_back_each_on_one_line(cells: list[str]) -> None:
    head, row = read(sheet([f"c{n}" for n in range(len(cells))], [cells]))
    assert len(head) == len(row) == len(cells)
    for given_, found in zip(cells, row, strict=True):
        assert "\n" not in found and "\r" not in found
        if given_.isalnum() and given_.isascii():
            assert found == given_


def test_a_surrogate_and_letters_of_all_alphabets() -> None:
    raw = sheet(("Ä",), [("\udcff",), ("ł",)])
    assert raw.startswith(b"\xef\xbb\xbf\xc3\x84\r\n") and "ł".encode() in raw
