import math
import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.report.wording import (
    as_sentence,
    clean,
    figure,
    named,
    percentage,
    probability,
    probability_brief,
    quantity,
)
from filiation.report.wording.figures import about_models, layer_name
from report import cases

LN10 = math.log(10.0)
FLOOR = 1e-9


@pytest.mark.parametrize(
    ("log_p", "words"),
    [
        (0.0, "1"),
        (math.log(0.999), "more than 99 in 100"),
        (math.log(0.34), "34 in 100"),
        (math.log(0.05), "5 in 100"),
        (math.log(3e-4), "3 in 10,000"),
        (math.log(1e-6), "1 in 1,000,000"),
        (math.log(2.01e-6), "3 in 1,000,000"),  # rounded up, never down
        (math.log(9.7e-8), "1e-7"),
        (-14 * LN10, "1e-14"),
        (-412 * LN10, "1e-412"),
        (-1e5, "4e-43430"),
    ],
)
def test_figure(log_p: float, words: str) -> None:
    assert figure(log_p) == words


def test_p_at_the_assumption_floor_is_printed_as_it_is() -> None:
    assert probability(math.log(FLOOR), FLOOR) == "1e-9"
    assert probability_brief(math.log(FLOOR), FLOOR) == "1e-9"


def test_p_below_the_assumption_floor_is_printed_as_the_floor() -> None:
    assert probability(-412 * LN10, FLOOR) == (
        "below 1e-9 (computed: 1e-412; beyond 1e-9 it is the assumption, not chance, that could be "
        "wrong)"
    )
    assert probability_brief(-412 * LN10, FLOOR) == "below 1e-9"


def test_p_at_the_floor_of_its_null_is_only_an_upper_bound() -> None:
    least = -math.log(100_000)
    assert probability(least, FLOOR, log_floor=least) == "at most 1 in 100,000"
    assert probability(least / 2, FLOOR, log_floor=least) == "4 in 1,000"
    assert "(computed: at most 2e-22;" in probability(-50.0, FLOOR, log_floor=-50.0)
    assert probability(0.0, FLOOR, log_floor=0.0) == "1"


def test_p_that_is_absent_is_said_to_be() -> None:
    assert probability_brief(None, FLOOR) == "no finding"


@given(st.floats(min_value=-1e7, max_value=0.0))
def test_printed_p_is_never_smaller_than_computed(log_p: float) -> None:
    words = figure(log_p)
    if words.startswith("more than"):
        assert log_p > math.log(0.99) - 1e-6
        return
    if " in " in words:
        top, bottom = (int(part.replace(",", "")) for part in words.split(" in "))
        printed = math.log(top / bottom)
    else:
        digit, _, exponent = words.partition("e")
        printed = math.log(int(digit)) + int(exponent or 0) * LN10
    slack = 1e-5 + 1e-12 * abs(log_p)
    assert log_p - slack <= printed <= log_p + math.log(2.0) + slack


@given(st.floats(min_value=-1e6, max_value=0.0), st.floats(min_value=1e-300, max_value=1.0))
def test_a_p_is_always_words_and_never_zero(log_p: float, floor: float) -> None:
    for words in (probability(log_p, floor), probability_brief(log_p, floor)):
        assert not re.search(r"nan|inf|\b0e|\b0 in", words)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0%"),
        (0.0004, "0.04%"),
        (0.0311, "3.2%"),
        (0.25, "25%"),
        (0.251, "26%"),
        (1.0, "100%"),
    ],
)
def test_percentage_rounds_up(share: float, words: str) -> None:
    assert percentage(share) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (5632.0, "5,632"),
        (-0.0, "0"),
        (0.53124, "0.5312"),
        (1234.56, "1,235"),
        (math.nan, "not available"),
        (math.inf, "not available"),
    ],
)
def test_quantity(value: float, words: str) -> None:
    assert quantity(value) == words


@given(st.text())
def test_clean_text_can_be_printed_anywhere(text: str) -> None:
    kept = clean(text)
    assert not {unicodedata.category(c) for c in kept} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    kept.encode()
    assert clean(kept) == kept


def test_a_hostile_name_stays_inside_its_quotation_marks() -> None:
    for name in (cases.HOSTILE, "n" * 300, "", "\u201d proves \u201c"):
        words = named(cases.subject(name) if name else replace(cases.subject("x"), name=""))
        assert words[0] == "\u201c" and words[-1] == "\u201d"
        assert len(words) <= 62
        assert not set(words[1:-1]) & {"\u201c", "\u201d", "\x1b", "\u202e"}


def test_a_sentence_keeps_the_spelling_of_a_file() -> None:
    assert as_sentence("tokenizer.json: not JSON") == "tokenizer.json: not JSON."
    assert as_sentence("layer 0 is empty.") == "Layer 0 is empty."
    assert as_sentence("") == ""


def test_a_sentence_that_opens_with_a_model_quotes_its_name() -> None:
    models = (cases.subject("parent"), cases.subject("parent-v2"))
    assert about_models("parent has no layer", models) == "\u201cparent\u201d has no layer."
    assert about_models("parent-v2 has none", models) == "\u201cparent-v2\u201d has none."
    assert about_models("parents have none", models) == "Parents have none."


@pytest.mark.parametrize(
    ("label", "words"),
    [("layers.0", "layer 0"), ("7", "layer 7"), ("residual stream", "residual stream")],
)
def test_a_layer_is_called_a_layer_once(label: str, words: str) -> None:
    assert layer_name(label) == words
