"""What may be the same answer in another form is unclear: neither right nor wrong."""

import warnings
from dataclasses import replace

import pytest

from filiation.methods.answers.answers import code_answers
from filiation.methods.answers.reading.other_readings import maybe_same
from filiation.methods.answers.reading.rules import LETTER, LITERAL, NUMBER, TEXT
from filiation.model.recording import Item, Recording
from methods.answers.reading.forms import models, written


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (NUMBER, "12.345", "12345"),
        (NUMBER, "7.4 million", "7400000"),
        (NUMBER, "6.928", "4√3"),
        (LITERAL, "3", "3.0"),
        (LITERAL, "3 and 15", "3, 15"),
        (LITERAL, "x = 3 or x = 15", "3, 15"),
        (LITERAL, "15, 3", "3, 15"),
        (LITERAL, "]0, 12[", "(0, 12)"),
        (LITERAL, "0 < x < 12", "(0, 12)"),
        (NUMBER, ".6667", "2/3"),
        (NUMBER, "0.08", "1/12"),
        (NUMBER, "25 %", ".25"),
        (NUMBER, "2 and 1/3", "7/3"),
        (NUMBER, "123456789012345000", "123456789012345678"),
        (NUMBER, "45323", "2/1"),
        (NUMBER, "12.3k", "12345"),
        (NUMBER, "12.345k", "12345"),
        (NUMBER, "12 dollars and 50 cents", "12.50"),
        (NUMBER, "12,5", "12.50"),
        (NUMBER, "So there are 12 345 of them in all.", "12345"),
        (LITERAL, "ab\\ncd", "ab\ncd"),
        (LITERAL, "ab, cd", "ab\ncd"),
        (LITERAL, '{"a": 1, "b": 2}', "{'b': 2, 'a': 1}"),
        (LITERAL, "0.1429", "0.14285714285714285"),
        (NUMBER, "sqrt(48)", "4√3"),
        (NUMBER, "4 sqrt 3", "4√3"),
        (NUMBER, "4*3^(1/2)", "4√3"),
        (NUMBER, "]0, 12[", "(0, 12)"),
        (NUMBER, "0 < x < 12", "(0, 12)"),
        (NUMBER, "3 and 15", "3, 15"),
        (NUMBER, "x = 3 or x = 15", "3, 15"),
        (NUMBER, "15, 3", "3, 15"),
        (NUMBER, "135°", "3π/4"),
        (NUMBER, "\\frac{3\\pi}{4}", "3π/4"),
        (NUMBER, "3:45 PM", "3:45"),
        (NUMBER, "3:45:00", "3:45"),
        (TEXT, "Doe, John", "john doe"),
        (NUMBER, "2 ⅓", "7/3"),
        (NUMBER, "1,234,567", "1234567"),
    ],
)
def test_one_answer_in_two_forms(kind: str, one: str, other: str) -> None:
    assert maybe_same(kind, one, other) and maybe_same(kind, other, one)
    assert not maybe_same(LETTER, one, other)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (NUMBER, "12", "13"),
        (NUMBER, "12", "12.4"),
        (NUMBER, "1234", "1235"),
        (NUMBER, "17", "71"),
        (LITERAL, "[1, 2]", "[2, 1]"),
        (LITERAL, "4", "3.0"),
        (LITERAL, "(1, 2)", "(2, 1)"),
        (LITERAL, "3 and 16", "3, 15"),
        (LITERAL, "True", "1"),
        (LITERAL, "ab", "ba"),
        (NUMBER, "1/2", "2/1"),
        (NUMBER, "5", "4√3"),
        (NUMBER, "0.5", "1/12"),
        (LITERAL, "a b", "a  c"),
        (TEXT, "Paris", "London"),
        (NUMBER, "3000", "3"),
        (NUMBER, "99", "100"),
        (NUMBER, "12000", "12345"),
        (LITERAL, "0.25", "0.3125"),
        (LITERAL, "[[1], [2]]", "[1, 2]"),
        (NUMBER, "7", "7.0001"),
    ],
)
def test_two_answers(kind: str, one: str, other: str) -> None:
    assert not maybe_same(kind, one, other) and not maybe_same(kind, other, one)


def thousandths(answer: str) -> str:
    """12345 as 12.345, which may be a decimal."""
    return f"{int(answer):,}".replace(",", ".")


def whole(m: Recording) -> Recording:
    """The same answers as whole numbers of five digits."""

    def of(answer: str | None) -> str:
        return str(10_000 + sum(ord(c) * 31**n for n, c in enumerate(answer or "")) % 80_000)

    items = tuple(replace(item, key=of(item.key)) for item in m.items)
    return replace(m, items=items, outputs=tuple(map(of, m.outputs)))


def test_an_unclear_answer_is_left_out_where_others_are_right_or_wrong_alike() -> None:
    everybody = [whole(m) for m in models("number", 3, count=8, items=200)]
    plain = code_answers(everybody)
    answers = code_answers([written(everybody[0], [thousandths]), *everybody[1:]])
    left_out = answers.codes[0] < 0
    first = answers.readings[0]
    assert left_out.sum() == first.unclear + first.asked - first.given and first.unclear > 100
    assert (left_out | (plain.codes[0] != plain.key)).all()  # right ones are no errors
    shared = (plain.codes[0] == plain.codes[1:]).any(axis=0)
    assert left_out[shared].all()  # nor are those that others give, their own form
    assert "in another form" in answers.foreign and not plain.foreign


def test_answers_that_are_plainly_wrong_stay_so() -> None:
    for kind in ("number", "program", "name"):
        everybody = models(kind, 4, count=12, items=300)
        lost = sum(r.unclear for r in code_answers(everybody).readings)
        assert lost < 0.01 * 12 * 300


def test_a_form_that_the_first_two_share_is_unclear_though_they_are_more() -> None:
    items = (Item(id="q", key="7"),)
    said = ["0.6667", "0.6667", "2/3", "5", "7"]
    rows = [Recording(name=f"m{n}", items=items, outputs=(o,)) for n, o in enumerate(said)]
    assert (code_answers(rows).codes[:, 0] < 0).tolist() == [True, True, False, False, False]


def test_what_a_model_wrote_warns_nobody() -> None:
    """Python warned of `1and 2` on the terminal, once for every such answer."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert not maybe_same(LITERAL, "1and 2or 3", r"a\d")
    assert seen == []
