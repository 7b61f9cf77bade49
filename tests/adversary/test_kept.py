"""Does every attack that claims it keep what the model computes?"""

from dataclasses import replace

import numpy as np
import pytest

from adversary.attack import Attack, Stock
from adversary.changes import mlp
from adversary.forward import difference
from adversary.stocks import casebook
from adversary.table import ATTACKS, function_kept

MIDDLE = 1


@pytest.fixture(scope="module")
def stock() -> Stock:
    return casebook()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_the_function_is_kept_where_the_attack_says_so(attack: Attack, stock: Stock) -> None:
    pair = attack.pair(stock, MIDDLE)
    kept = function_kept(stock, pair)

    assert kept is None or kept < 1e-3  # of a deviation of the logits
    for made in (pair.source, pair.subject):
        assert all(np.isfinite(value).all() for value in made.weights.values())


def test_an_attack_is_the_same_every_time(stock: Stock) -> None:
    for attack in ATTACKS[:30]:
        one, two = (attack.pair(stock, MIDDLE).subject.weights for _ in range(2))
        assert all(np.array_equal(one[name], two[name]) for name in one), attack.name


def test_every_name_is_its_own_and_draws_its_own_numbers() -> None:
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


@pytest.mark.parametrize("part", ["up_proj", "down_proj"])
def test_a_change_of_one_side_only_is_noticed(part: str, stock: Stock) -> None:
    """Else the forward pass would show nothing."""
    name = mlp(2, part)
    changed = {**stock.parent.weights, name: -stock.parent.weights[name]}
    tokens = np.arange(32)

    assert difference(stock.parent, replace(stock.parent, weights=changed), tokens) > 0.1
    assert difference(stock.parent, stock.parent, tokens) == 0.0


def test_attention_is_causal_and_reads_what_was_before(stock: Stock) -> None:
    from adversary.forward import logits

    one, two = np.arange(20), np.arange(20)
    two[10] = 500
    ours, theirs = logits(stock.parent, one), logits(stock.parent, two)

    assert np.array_equal(ours[:10], theirs[:10])
    assert np.abs(ours[11:] - theirs[11:]).max() > 0.1
