"""Cells that a spreadsheet rewrote in some columns are left out; dates and numbers are not."""

import numpy as np
import pytest

from filiation.methods.answers.answers import code_answers
from filiation.methods.answers.reading.rewritten import rewritten_cells
from filiation.model.recording import Item, Recording


@pytest.mark.parametrize(
    ("cell", "origin"),
    [
        ("02-Jan", "1/2"), ("2-Jan", "1/2"), ("03-Okt", "10/3"), ("2. Jan", "2.1"),
        ("Jan-12", "1/12"), ("01-févr", "1/2"), ("2026-01-02", "1/2"),
        ("2026-01-02 00:00:00", "1-2"),
        ("02/01/2026", "1/2"), ("1.23457E+11", "123456789012"), ("1,23457E+11", "123456789012"),
        ("1E+12", "1000000000001"),
    ],
)  # fmt: skip
def test_a_cell_whose_origin_others_show(cell: str, origin: str) -> None:
    assert rewritten_cells([[cell], [origin], ["7"]]) == [(0, 0)]
    assert rewritten_cells([[cell], ["8"], ["7"]]) == []
    assert rewritten_cells([[cell], [cell], [cell]]) == []


@pytest.mark.parametrize(
    ("cell", "other"),
    [
        ("02-Jan", "3/4"), ("02-Jan", "January 2"), ("1.5E+03", "1500"), ("May", "5/1"),
        ("1.23457E+11", "123456000000"), ("1.23457E+99", "123456789012"), ("12-Foo", "1/2"),
    ],
)  # fmt: skip
def test_a_cell_that_says_so_itself(cell: str, other: str) -> None:
    assert rewritten_cells([[cell], [other]]) == []


def test_all_such_cells_of_a_column_that_was_touched() -> None:
    columns = [["02-Jan", "05-Mar", "9"], ["1/2", "6", "9"], ["05-Mar", "05-Mar", "9"]]
    assert rewritten_cells(columns) == [(0, 0), (0, 1)]


def test_they_are_no_answers_and_it_is_told() -> None:
    rng = np.random.default_rng(1)
    items = tuple(Item(id=f"q{n}", key=f"{n % 11 + 1}/{n % 7 + 2}") for n in range(60))
    keys = tuple(item.key for item in items)
    plain = tuple(str(rng.integers(1, 90)) for _ in items)
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    dates = tuple(f"{n % 7 + 2:02d}-{months[n % 11]}" for n in range(60))
    said = [dates, keys, plain, plain]
    answers = code_answers(
        [Recording(name=f"m{n}", items=items, outputs=row) for n, row in enumerate(said)]
    )
    assert (answers.codes[0] == -1).all() and (answers.codes[1:] >= 0).all()
    (note,) = [n for n in answers.notes if "spreadsheet" in n]
    assert note.startswith("m0: 60 answers look like dates or rounded numbers")


def test_one_rewritten_fraction_takes_no_honest_date_out() -> None:
    dates: list[str | None] = ["1815-06-18", "1914-07-28", "1066-10-14"]
    subject: list[str | None] = ["1815-06-19", "1914-07-28", "14-Oct", "02-Jan", "03-Apr"]
    others: list[list[str | None]] = [[*dates, "1/2", "7"], [*dates, "1/2", "5"]]
    assert rewritten_cells([subject, *others]) == [(0, 3), (0, 4)]
