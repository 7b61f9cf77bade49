"""Likeness beyond both margins: against a loop, and what the margins take away."""

import math
from itertools import islice

import numpy as np

from filiation.numerics.pairs.beyond_margins import Beyond, beyond_margins
from filiation.numerics.tails.fixed_margins import Within, fixed_margin_draws

ROWS, ITEMS, SPLIT, DRAWS = 7, 60, 2, 19


def table(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    ones = rng.random((ROWS, ITEMS)) < rng.uniform(0.2, 0.8, ITEMS)
    return ones, rng.random((ROWS, ITEMS)) < 0.9, np.repeat([0, 1, 2], ITEMS // 3)


def compared(ones: np.ndarray, present: np.ndarray, strata: np.ndarray, draws: int = 99) -> Beyond:
    return beyond_margins(ones, present, strata, np.random.default_rng(1), draws=draws, split=SPLIT)


def by_loop(p: np.ndarray, ones: np.ndarray, present: np.ndarray, a: int, b: int) -> float:
    """Fisher's z of one pair, item by item."""
    products, squares_a, squares_b = [], [], []
    for item in range(ITEMS):
        others = [r for r in range(ROWS) if r not in (a, b) and present[r, item]]
        first = sum(ones[r, item] for r in others)
        if min(first, len(others) - first) < SPLIT:
            continue
        if not (present[a, item] and present[b, item]):
            continue
        if not all(0.0 < p[r, item] < 1.0 for r in (a, b)):
            continue
        e = []
        for r in (a, b):
            q = min(max(p[r, item], 1 / (ROWS + 1)), 1 - 1 / (ROWS + 1))
            e.append((ones[r, item] - p[r, item]) / math.sqrt(q * (1 - q)))
        products.append(e[0] * e[1])
        squares_a.append(e[0] ** 2)
        squares_b.append(e[1] ** 2)
    return math.atanh(sum(products) / math.sqrt(sum(squares_a) * sum(squares_b)))


def test_against_a_loop() -> None:
    ones, present, strata = table(2)
    found = compared(ones, present, strata, DRAWS)
    ones = ones & present
    _, chain = fixed_margin_draws(
        ones, np.random.default_rng(1), Within(present=present, strata=strata)
    )
    tables = [ones, *islice(chain, DRAWS)]
    p = np.mean(tables, axis=0)
    for a, b in ((0, 1), (2, 5), (6, 3)):
        each = [by_loop(p, drawn, present, a, b) for drawn in tables]
        assert math.isclose(found.values[a, b], each[0] - np.mean(each[1:]), abs_tol=1e-9)
        assert math.isclose(found.noise[a, b], np.var(each[1:]), rel_tol=1e-6)
    assert np.allclose(found.values, found.values.T, equal_nan=True)


def test_the_order_of_items_moves_nothing_but_the_draws() -> None:
    ones, present, strata = table(3)
    turned = np.random.default_rng(0).permutation(ITEMS)
    one, other = (
        compared(ones, present, strata),
        compared(ones[:, turned], present[:, turned], strata[turned]),
    )
    assert (one.items == other.items).all()
    free = np.isfinite(one.departures)
    assert (free[:, turned] == np.isfinite(other.departures)).mean() > 0.99


def test_a_policy_for_whole_categories_weighs_nothing_and_a_copy_does() -> None:
    rng = np.random.default_rng(4)
    strata = np.repeat(np.arange(10), 30)
    policy = 2.0 * rng.choice([-1.0, 1.0], 10)[strata]
    minds = rng.normal(size=300) + 1.5 * rng.normal(size=(12, 300))
    minds[:2] += policy
    ones = minds > 0
    ones[2] = np.where(rng.random(300) < 0.5, ones[3], ones[2])
    found = compared(ones, np.ones_like(ones), strata)
    raw = float((ones[0] == ones[1]).mean())
    others = [float((ones[0] == ones[r]).mean()) for r in range(4, 12)]
    assert raw > max(others) + 0.1  # by plain agreement the two with one policy stand out
    assert abs(found.values[0, 1]) < 3.0 * math.sqrt(found.noise[0, 1])
    assert found.values[2, 3] > 5.0 * math.sqrt(found.noise[2, 3])


def test_items_on_which_nobody_else_splits_do_not_count() -> None:
    ones = np.zeros((6, 40), dtype=bool)
    ones[:2, :20] = True  # the pair alone against all others
    ones[:, 20:] = np.random.default_rng(5).random((6, 20)) < 0.5
    found = compared(ones, np.ones_like(ones), np.zeros(40, dtype=np.int64))
    assert found.items[0, 1] <= 20
