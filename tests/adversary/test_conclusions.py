"""No attack may end in a wrong conclusion: those that did at one strength, the rest `validate`.

A row may be open (neither proposition); it may not be wrong, and it may not fail. The whole table
is printed by `python tools/adversary table`; `docs/validation/adversary.md` quotes it.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from adversary.attack import Attack, Pair, Stock, innocent
from adversary.stocks import casebook
from adversary.table import ATTACKS, BEFORE, answered
from adversary.verdict import judged

MIDDLE = 1
OPEN = [attack for attack in ATTACKS if not attack.held_out]
HELD = [attack for attack in ATTACKS if attack.held_out]
FOUND = (  # what was found before the answer became a table, and is to stay found
    "MLPs alone copied", "units permuted", "axes permuted", "stream turned", "signs of units",
    "units rescaled", "noise in place", "units permuted, gains moved",
)  # fmt: skip
SAID = {one["id"]: one for one in map(json.loads, BEFORE.read_text("utf-8").splitlines())}


def was_wrong(attack: Attack) -> bool:
    """Whether it ended in a wrong conclusion, or in none, before; nobody asked the latest then."""
    said = SAID.get(f"casebook/{attack.name}/{MIDDLE}")
    return said is not None and judged(attack, said) in ("wrong", "failed")


CHEAP = [attack for attack in OPEN if attack.name in FOUND or was_wrong(attack)]
REST = [(attack, level) for attack in OPEN for level in range(3)
        if attack not in CHEAP or level != MIDDLE]  # fmt: skip


@pytest.fixture(scope="module")
def stock() -> Stock:
    return casebook()


@pytest.mark.parametrize("attack", CHEAP, ids=lambda attack: attack.name)
def test_no_attack_ends_in_a_wrong_conclusion(attack: Attack, stock: Stock) -> None:
    answer = answered(stock, attack, MIDDLE)

    _not_wrong(attack, answer)
    if attack.name in FOUND:
        assert answer["toward"] == "derivation"


@pytest.mark.validate
@pytest.mark.parametrize(("attack", "level"), REST, ids=lambda one: getattr(one, "name", one))
def test_nor_at_its_other_strengths(attack: Attack, level: int, stock: Stock) -> None:
    _not_wrong(attack, answered(stock, attack, level))


@pytest.mark.validate
@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("attack", HELD, ids=lambda attack: attack.name)
def test_nor_one_that_was_kept_aside(attack: Attack, level: int, stock: Stock) -> None:
    _not_wrong(attack, answered(stock, attack, level))


def test_strangers_as_they_are_are_not_accused(stock: Stock) -> None:
    """Else a method that finds nothing wrong with anybody would pass the rest by abstaining."""
    attack = Attack(
        name="two strangers", truth="innocent", strengths=("", "", ""),
        maker=lambda held, rng, level: _strangers(held),
    )  # fmt: skip
    answer = answered(stock, attack, 0)

    assert answer["toward"] != "derivation"
    assert answer["log10_p"] > -2


def _not_wrong(attack: Attack, answer: Mapping[str, Any]) -> None:
    assert judged(attack, answer) in ("right", "open"), answer["headline"]


def _strangers(stock: Stock) -> Pair:
    return innocent(stock.parent, stock.strangers[0])
