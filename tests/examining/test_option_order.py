"""Do the letters of two recordings mean the same options? What the keys tell, and what not."""

import pytest

from filiation.examining.answers.option_order import in_another_order
from filiation.model.recording import Item


def pairs(
    count: int, differing: int, options: int = 4, keys: str = "AB"
) -> list[tuple[Item, Item]]:
    return [
        (
            Item(id=f"q{n}", key=keys[0], options=options),
            Item(id=f"q{n}", key=keys[1] if n < differing else keys[0], options=options),
        )
        for n in range(count)
    ]


@pytest.mark.parametrize(("differing", "told"), [(4, 0), (5, 5)])
def test_fewer_than_five_are_slips_whatever_their_share(differing: int, told: int) -> None:
    marked, other = in_another_order(pairs(40, differing))

    assert (marked, len(other)) == (40, told)


@pytest.mark.parametrize(("differing", "told"), [(10, 0), (11, 11)])
def test_one_in_twenty_keys_may_be_wrong(differing: int, told: int) -> None:
    assert len(in_another_order(pairs(200, differing))[1]) == told


def test_a_digit_is_a_mark_only_beside_options() -> None:
    """The key of an open question is a number: two keys that differ are no two orders."""
    assert in_another_order(pairs(40, 20, options=0, keys="12")) == (0, ())
    marked, other = in_another_order(pairs(40, 20, options=4, keys="12"))
    assert (marked, len(other)) == (40, 20)
