"""Laws of groups of a log: a record that breaks one is no answer of ours."""

from dataclasses import replace
from typing import Any

import pytest

from filiation.errors import FindingError
from made_groups import DAYS, campaigns_of, group_of


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"members": ("0" * 32,)}, "fewer than two"),
        ({"shown": ("f" * 32, "0" * 32)}, "of other accounts"),
        ({"activity": (DAYS,)}, "of other accounts"),
        ({"activity": (DAYS[::-1], DAYS)}, "out of order"),
        ({"activity": (DAYS, ((2, 0),))}, "without a request"),
        ({"activity": (DAYS, ((-1, 2),))}, "out of order"),
        ({"sharing": 0}, "more than it has"),
        ({"of_family": 41}, "more than it has"),
        ({"spoken": ()}, "not all there"),
    ],
)
def test_a_group_shows_what_it_has(other: dict[str, Any], told: str) -> None:
    with pytest.raises(FindingError, match=told):
        replace(group_of("template"), **other)


@pytest.mark.parametrize("other", [{"days": 2}, {"held": (14,)}, {"held": (-1, 3)}])
def test_days_are_days_of_the_log(other: dict[str, Any]) -> None:
    with pytest.raises(FindingError, match="days beyond"):
        campaigns_of(**other)


def test_groups_are_named_by_the_strongest_claim() -> None:
    alike, none = group_of("template", "alike"), group_of()
    hand, template = group_of("hand"), group_of("template")
    found = campaigns_of(template, none, alike, hand)
    assert found.named == (hand, alike, template)
