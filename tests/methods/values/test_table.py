"""Whose choice counts: the majority of forms, on items on which the source is stable."""

import numpy as np
import pytest

from filiation.methods.values.table import choices, itself, refusals, tabled
from filiation.model.recording import Item, Recording

GROUP = "values/1/7/00000"
ORDERS = ("ab", "ab", "ba", "ba")


def said(name: str, *replies: str | None, group: str = GROUP, words: str = "asked") -> Recording:
    items = tuple(
        Item(id=f"{group}/{n}-{order}", prompt=f"{words} {n}", category="c")
        for n, order in zip(range(1, len(replies) + 1), ORDERS, strict=False)
    )
    return Recording(name=name, items=items, outputs=replies)


FIRST = said("first", "A", "A", "B", "B")
ALWAYS_A = said("always A", "A", "A", "A", "A")


def test_letters_are_turned_into_sides() -> None:
    assert choices(FIRST).by_group == {GROUP: (True, True, True, True)}
    assert itself(choices(FIRST)) == 1.0


def test_whoever_always_takes_the_first_option_has_decided_nothing() -> None:
    sides = tabled(choices(FIRST), [choices(ALWAYS_A)])
    assert sides.decided.tolist() == [[True], [False]]
    assert tabled(choices(ALWAYS_A), [choices(FIRST)]).groups == ()
    assert tabled(choices(ALWAYS_A), [choices(FIRST)]).unstable == 1
    assert itself(choices(ALWAYS_A)) == pytest.approx(2 / 6)


def test_an_item_is_kept_by_the_source_whatever_the_subject_says() -> None:
    three = said("three of four", "A", "A", "B", "A")
    for subject in (FIRST, ALWAYS_A, said("other", "B", "B", "A", "A"), said("mute", None, None)):
        assert tabled(choices(three), [choices(subject)]).groups == (GROUP,)


def test_one_readable_form_is_no_choice() -> None:
    sides = tabled(choices(FIRST), [choices(said("mute", "A", None, " ", "I cannot say."))])
    assert not sides.decided[1].any()
    assert choices(said("mute", "A", None, " ", "I cannot say.")).read == 1


def test_the_same_id_with_other_words_is_another_question() -> None:
    other = said("other", "A", "A", "B", "B", words="asked something else")
    sides = tabled(choices(FIRST), [choices(other), choices(FIRST)])
    assert sides.unlike.tolist() == [0, 1, 0]
    assert sides.decided.tolist() == [[True], [False], [True]]


def test_requests_are_read_apart_from_choices() -> None:
    asked = Recording(
        name="m",
        items=tuple(
            Item(id=f"constitution/1/7/00001/{n}-ask", prompt=f"p{n}", category="law")
            for n in (1, 2, 3)
        ),
        outputs=("I can't help with that.", "I'm sorry, but I cannot assist.", ""),
    )
    assert choices(asked).asked == 0
    assert refusals(asked).by_group == {"constitution/1/7/00001": (True, True)}


def test_categories_of_two_batteries_are_two() -> None:
    both = Recording(
        name="m",
        items=(*FIRST.items, *said("x", "A", "A", group="persona/1/7/00000").items),
        outputs=(*FIRST.outputs, "A", "A"),
    )
    sides = tabled(choices(both), [choices(both)])
    assert np.unique(sides.strata).size == 2
