"""Cells that a spreadsheet rewrote in some columns are left out; dates and numbers are not."""

import numpy as np
import pytest

from filiation.methods.answers.answers import code_answers
from filiation.methods.answers.reading.numbers import is_number, number
from filiation.methods.answers.reading.rewritten import mixed_with_days, rewritten_cells
from filiation.methods.answers.shared_errors import SharedErrors
from filiation.model.finding import Unreadable
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


@pytest.mark.parametrize(
    "day",
    ["14-Jan", "14-Feb", "Jan-14", "14. März", "14-mai", "14/mai", "14 de enero", "March 14, 2026",
     "14th of May", "14-août", "14 февраля", "1月14日", "14-Jan-26"],
)  # fmt: skip
def test_a_day_is_no_number(day: str) -> None:
    assert number(day) is None and number(f"The answer is {day}.") is None and not is_number(day)


@pytest.mark.parametrize("said", ["14 m", "14 dec.imal", "14", "May 14 apples", "14-15", "1/2"])
def test_what_is_no_day_is_read_as_before(said: str) -> None:
    assert number(said) is not None


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun")


def rewritten_sheet(*, key: bool, rows: tuple[int, ...], models: int = 8) -> list[Recording]:
    """Fractions that a spreadsheet made days of, among whole numbers."""
    rng = np.random.default_rng(3)
    plain = [[f"{rng.integers(1, 7)}/{rng.integers(8, 28)}" for _ in range(120)] for _ in range(3)]

    def cell(said: str, place: int, *, sheet: bool) -> str:
        above, below = said.split("/")
        if place % 2:
            return str(int(above) * int(below))
        return f"{int(below):02d}-{MONTHS[int(above) - 1]}" if sheet else said

    items = tuple(Item(id=f"q{n}", key=cell(k, n, sheet=key)) for n, k in enumerate(plain[0]))
    return [
        Recording(
            name=f"m{row}",
            items=items,
            outputs=tuple(
                cell(plain[int(rng.integers(0, 3))][n], n, sheet=row in rows) for n in range(120)
            ),
        )
        for row in range(models)
    ]


def test_a_sheet_rewritten_as_a_whole_is_unreadable_and_says_why() -> None:
    recordings = rewritten_sheet(key=True, rows=tuple(range(8)))
    answers = code_answers(recordings)
    assert answers.foreign.startswith("60 of 120 keys look like dates or rounded numbers that a ")
    assert (answers.codes[:, ::2] == -1).all() and (answers.codes[:, 1::2] >= 0).all()
    found = SharedErrors().compare(recordings[0], recordings[1], recordings[2:], seed=0)
    assert isinstance(found, Unreadable) and found.reason == answers.foreign


def test_a_party_mostly_rewritten_is_unreadable_and_says_why() -> None:
    recordings = rewritten_sheet(key=False, rows=(1,))
    assert code_answers(recordings).foreign == ""  # half of it: the rest is read
    part = [one.on([*range(0, 120, 2), 1, 3]) for one in recordings]
    assert code_answers(part).foreign == (
        "m1: 60 answers look like dates or rounded numbers that a spreadsheet made of them, of 62; "
        "what it answered is not known"
    )


def test_days_alone_may_be_what_was_asked_for() -> None:
    assert mixed_with_days(["02-Jan", "03-Mar", "09-May", "11-Jun", "12-Jun", "28-Feb"]) == []
    assert mixed_with_days(["2 May", "3 May", "4 May", "5 May", "6 May", "7", "8"]) == []
    assert mixed_with_days(["2-May", "3-May", "4-May", "5-May", "6-May", "7", "8", None]) == [
        *range(5)
    ]


def test_one_rewritten_fraction_takes_no_honest_date_out() -> None:
    dates: list[str | None] = ["1815-06-18", "1914-07-28", "1066-10-14"]
    subject: list[str | None] = ["1815-06-19", "1914-07-28", "14-Oct", "02-Jan", "03-Apr"]
    others: list[list[str | None]] = [[*dates, "1/2", "7"], [*dates, "1/2", "5"]]
    assert rewritten_cells([subject, *others]) == [(0, 3), (0, 4)]
