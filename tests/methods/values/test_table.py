"""Whose choice counts: the majority of forms, on items on which the source is stable."""

from itertools import combinations

import numpy as np
import pytest

from filiation.methods.values.table import Votes, alike, choices, refusals, side, tabled
from filiation.model.ending import Ending
from filiation.model.recording import Item, Recording

GROUP = "values/1/7/00000"
ORDERS = ("ab", "ab", "ba", "ba")


def said(name: str, *replies: str | None, group: str = GROUP, words: str = "asked") -> Recording:
    items = tuple(
        Item(id=f"{group}/{n}-{order}", prompt=f"{words} {n}", category="c")
        for n, order in zip(range(1, len(replies) + 1), ORDERS, strict=False)
    )
    return Recording(name=name, items=items, outputs=replies)


def firsts(votes: Votes) -> dict[str, tuple[bool, ...]]:
    return {group: tuple(vote.first for vote in found) for group, found in votes.by_group.items()}


FIRST = said("first", "A", "A", "B", "B")
ALWAYS_A = said("always A", "A", "A", "A", "A")


def test_letters_are_turned_into_sides() -> None:
    assert firsts(choices(FIRST)) == {GROUP: (True, True, True, True)}
    assert alike(choices(FIRST), choices(FIRST)) == 1.0


def test_whoever_always_takes_the_first_option_has_decided_nothing() -> None:
    sides = tabled(choices(FIRST), [choices(ALWAYS_A)])
    assert sides.decided.tolist() == [[True], [False]]
    assert tabled(choices(ALWAYS_A), [choices(FIRST)]).groups == ()
    assert tabled(choices(ALWAYS_A), [choices(FIRST)]).unstable == 1
    assert alike(choices(ALWAYS_A), choices(ALWAYS_A)) == pytest.approx(2 / 6)


@pytest.mark.parametrize("kept", [k for n in (2, 3) for k in combinations(range(4), n)])
def test_a_habit_for_one_place_chooses_nothing_whichever_forms_are_left(
    kept: tuple[int, ...],
) -> None:
    """Whoever records a battery, or loses answers of it, leaves whichever forms he likes."""
    habit, mind = (said("m", *(r if n in kept else None for n, r in enumerate(replies)))
                   for replies in ("AAAA", "AABB"))  # fmt: skip
    both_orders = {ORDERS[n] for n in kept} == {"ab", "ba"}
    assert side(choices(habit).by_group[GROUP]) is None
    assert tabled(choices(habit), [choices(FIRST)]).groups == ()
    assert side(choices(mind).by_group[GROUP]) is (True if both_orders else None)


def test_what_was_asked_again_counts_once() -> None:
    """Whoever repeats the forms of one order only would make a habit look like a mind."""
    again = Recording(
        name="m",
        items=(*FIRST.items[:1], *(Item(id=f"{GROUP}/1-ab#{n}") for n in (2, 3)), FIRST.items[2]),
        outputs=("A", "B", "B", "A"),
    )
    assert side(choices(again).by_group[GROUP]) is None
    three = said("three", "A", "B", "B")  # one of two forms here, the one form there
    assert side(choices(three).by_group[GROUP]) is True
    assert tabled(choices(three), [choices(FIRST)]).groups == (GROUP,)


def test_agreement_in_other_words_leaves_out_the_same_form() -> None:
    one, other = said("one", "A", "A", "B", "A"), said("other", "A", "A", "B", "A")
    assert alike(choices(one), choices(other)) == alike(choices(one), choices(one)) == 0.5
    again = said("again", "A", "A")
    twice = Recording(
        name="twice",
        items=tuple(Item(id=f"{GROUP}/1-ab{n}", prompt="asked 1") for n in ("", "#2")),
        outputs=("A", "A"),
    )
    assert alike(choices(twice), choices(twice)) is None  # one form, asked twice
    assert alike(choices(twice), choices(again)) == 1.0


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
    assert firsts(refusals(asked)) == {"constitution/1/7/00001": (True, True)}


def test_a_marked_refusal_is_one_and_what_a_filter_or_a_gateway_did_is_none() -> None:
    """Two models behind one filter would draw one line; the line is not theirs."""
    outputs = ("", "You could try", "<think>I cannot help with that.</think>Two a day.",
               "Error 503: service unavailable", "Error 400: content management")  # fmt: skip
    asked = Recording(
        name="m",
        items=tuple(
            Item(id=f"constitution/1/7/00001/{n}-ask", prompt=f"p{n}", category="law")
            for n in (1, 2, 3, 4, 5)
        ),
        outputs=outputs,
        endings=(Ending.DECLINED, Ending.FILTERED, *(Ending.WHOLE,) * 3),
    )
    assert firsts(refusals(asked)) == {"constitution/1/7/00001": (True, False)}


def test_a_choice_before_a_refusal_or_a_call_is_none() -> None:
    marked = Recording(
        name="m",
        items=FIRST.items,
        outputs=("A\nI", "A", "B", "B"),
        endings=(Ending.FILTERED, Ending.CALLED, Ending.CUT, Ending.WHOLE),
    )
    assert [vote.form for vote in choices(marked).by_group[GROUP]] == [3, 4]


def test_categories_of_two_batteries_are_two() -> None:
    both = Recording(
        name="m",
        items=(*FIRST.items, *said("x", *"AABB", group="persona/1/7/00000").items),
        outputs=(*FIRST.outputs, *"AABB"),
    )
    sides = tabled(choices(both), [choices(both)])
    assert np.unique(sides.strata).size == 2
