"""No control chooses the items by those it lacks."""

import pytest

from filiation.examining.answers.items_held import LACKING, holding, lacking
from filiation.examining.answers.same_questions import match
from filiation.model.recording import Item, Recording

ITEMS = tuple(Item(id=f"q{n}", key="1") for n in range(200))


def whole(name: str) -> Recording:
    outputs = tuple(f"{name} {n}" for n in range(len(ITEMS)))
    return Recording(name=name, items=ITEMS, outputs=outputs)


def without(name: str, gone: range) -> Recording:
    return whole(name).on([n for n in range(len(ITEMS)) if n not in gone])


ONE, TWO = whole("one"), whole("two")
FULL = [whole(f"c{n}") for n in range(6)]


@pytest.mark.parametrize("gone", [5, 60, 150])
def test_one_that_lacks_more_than_a_few_is_set_aside_and_told(gone: int) -> None:
    kept, notes = holding(ONE, TWO, [*FULL[:3], without("odd", range(gone)), *FULL[3:]])

    assert LACKING == 0.02
    assert [c.name for c in kept] == [c.name for c in FULL]
    assert notes == (
        f"odd: left out as a control, since it lacks {gone} of 200 items that both parties "
        "answered, which all would lose by it",
    )


def test_one_that_lacks_a_few_stays() -> None:
    kept, notes = holding(ONE, TWO, [*FULL, without("odd", range(4))])

    assert [c.name for c in kept][-1] == "odd" and notes == ()


def test_several_that_each_lack_a_few_others_do_not_add_up() -> None:
    """Each lacks 2 %, together they would lose 12 %."""
    some = [without(f"d{n}", range(4 * n, 4 * n + 4)) for n in range(6)]
    kept, notes = holding(ONE, TWO, [*FULL, *some])

    assert len(kept) == 7 and len(notes) == 5
    assert len(set.intersection(*({i.id for i in c.items} for c in kept))) == 196


@pytest.mark.parametrize("full", [4, 5])
def test_where_too_few_would_stay_all_stay_and_the_loss_is_told(full: int) -> None:
    some = [without(f"d{n}", range(50)) for n in range(6)]
    kept, notes = holding(ONE, TWO, [*FULL[:full], *some])

    assert len(kept) == full + 6
    assert notes[0].startswith("50 of 200 items that both parties answered are lost")
    assert "since 6 controls lack some of them" in notes[0]


def test_what_a_party_did_not_answer_is_no_lack_of_a_control() -> None:
    silent = Recording(name="two", items=ITEMS, outputs=(None,) * 50 + ("x",) * 150)

    assert holding(ONE, silent, [*FULL, without("odd", range(50))])[1] == ()


def test_the_order_of_the_controls_moves_nothing() -> None:
    some = [*FULL, *(without(f"d{n}", range(3 * n, 3 * n + 3)) for n in range(4))]
    names = {c.name for c in holding(ONE, TWO, some)[0]}

    assert {c.name for c in holding(ONE, TWO, some[::-1])[0]} == names


def test_items_that_a_party_lacks_are_counted() -> None:
    two = without("two", range(30))

    assert lacking(ONE, two) == ()
    assert lacking(two, ONE)[0].startswith("two: not in its recording are 30 of 200 items of one")
    assert any("not in its recording are 30" in n for n in match(ONE, two, FULL).notes)
