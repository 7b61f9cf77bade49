"""Does head-order accuse unrelated models no more often than it says?"""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binomtest

import toys
from filiation.methods.weights.head_order import HeadOrder
from filiation.model.finding import Finding, Inapplicable
from filiation.numerics.tails.tail import fixed_points_log_p, nested_fixed_points_log_p
from toys import Toy
from trials import trials

PAIRS = trials(150)
METHOD = HeadOrder()


def attentive(seed: int, **heads: int) -> Toy:
    return toys.with_heads(toys.born(seed, layers=2), **heads)


def turned_inside(toy: Toy, seed: int) -> Toy:
    """Queries and keys turned alike in the planes of rotary positions, values at will."""
    rng = np.random.default_rng(seed)
    arrays = dict(toy.arrays)
    for n, group in itertools.product(range(2), range(toy.groups)):
        planes = np.zeros((4, 4), dtype=np.float32)
        for i, angle in enumerate(rng.uniform(0, 6, size=2)):
            c, s = np.cos(angle), np.sin(angle)
            planes[np.ix_([i, i + 2], [i, i + 2])] = [[c, -s], [s, c]]
        free = np.linalg.qr(rng.normal(size=(4, 4)))[0].astype(np.float32)
        share = toy.heads // toy.groups
        for matrix, turn, count in (("q", planes, share), ("k", planes, 1), ("v", free, 1)):
            array = arrays[f"layers.{n}.{matrix}"].copy()
            for head in range(group * count, (group + 1) * count):
                array[4 * head : 4 * head + 4] = turn @ array[4 * head : 4 * head + 4]
            arrays[f"layers.{n}.{matrix}"] = array
        out = arrays[f"layers.{n}.o"].copy()
        for head in range(group * share, (group + 1) * share):
            out[:, 4 * head : 4 * head + 4] = out[:, 4 * head : 4 * head + 4] @ free.T
        arrays[f"layers.{n}.o"] = out
    return toys.changed(toy, "turned", arrays)


@pytest.mark.parametrize("groups", [1, 4, 8])
def test_size_is_at_most_alpha(groups: int) -> None:
    """Multi-query, grouped and full attention."""
    log_ps = []
    for pair in range(PAIRS):
        source, subject = (
            toys.sketch(attentive(2 * pair + side + 1, groups=groups, size=2 if groups == 8 else 4))
            for side in (0, 1)
        )
        out = METHOD.compare(source, subject, seed=pair)
        assert isinstance(out, Finding)
        log_ps.append(out.log_p)
    for alpha in (0.01, 0.05, 0.2):
        hits = int(np.count_nonzero(np.array(log_ps) <= math.log(alpha)))
        assert binomtest(hits, PAIRS, alpha, alternative="greater").pvalue > 1e-6


def test_a_child_is_found_though_its_heads_were_turned_inside() -> None:
    parent = attentive(1)
    child = turned_inside(toys.with_heads(toys.tuned(toys.born(1, layers=2), 2, drift=0.1)), 3)
    out = METHOD.compare(toys.sketch(parent), toys.sketch(child), seed=0)

    assert isinstance(out, Finding)
    assert out.counts and out.component == "attention"
    assert out.observed == 2 * 12
    assert out.log_p < math.log(1e-3)
    assert math.isclose(out.log_p, out.null.log_floor)


def shifted(seed: int, by: int) -> Toy:
    """Attention drawn from one stream of random numbers, `by` rows later, and trained a little."""
    toy = toys.with_heads(toys.born(seed, layers=2, units=96), groups=8, size=8)
    drawn, rng = np.random.default_rng(42).normal(size=4 * 64 * 2 * 40 + 40 * by), None
    rng = np.random.default_rng(seed)
    arrays, at = dict(toy.arrays), 40 * by
    for n in range(2):
        for matrix in "qkvo":
            size = (40, 64) if matrix == "o" else (64, 40)
            start = drawn[at : at + 64 * 40].reshape(size)
            at += 64 * 40
            arrays[f"layers.{n}.{matrix}"] = (start + 0.5 * rng.normal(size=size)).astype(
                np.float32
            )
    return toys.changed(toy, toy.name, arrays)


def test_a_shifted_stream_keeps_heads_in_place_and_counts_for_nothing() -> None:
    """The contact left out, p of 1.4e-8 would count (the finding still shows it)."""
    one, moved, same = (toys.sketch(shifted(1 + n, by)) for n, by in enumerate((0, 3, 0)))
    out, child = (METHOD.compare(one, other, seed=0) for other in (moved, same))

    assert isinstance(out, Finding) and isinstance(child, Finding)
    assert out.log_p < math.log(1e-6) and not out.counts and "shared stream" in out.skipped[0]
    assert child.log_p < math.log(1e-6) and child.counts


def test_models_without_known_heads_and_of_other_numbers_are_inapplicable() -> None:
    for other, words in (
        (toys.born(2), "no attention heads"),
        (attentive(2, heads=4), "as many heads"),
    ):
        out = METHOD.compare(toys.sketch(attentive(1)), toys.sketch(other), seed=0)
        assert isinstance(out, Inapplicable)
        assert words in out.reason


def test_nested_tail_against_enumeration() -> None:
    """Two groups of three members, groups and members re-ordered."""
    orders = itertools.product(
        itertools.permutations(range(2)), *[list(itertools.permutations(range(3)))] * 2
    )
    fixed = [sum(i == j for order in three for i, j in enumerate(order)) for three in orders]
    for m in range(1, 9):
        exact = sum(count >= m for count in fixed) / len(fixed)
        found = math.exp(nested_fixed_points_log_p(m, 2, 6))
        assert math.isclose(found, exact, rel_tol=1e-9, abs_tol=1e-15)


def test_groups_alone_are_rencontres() -> None:
    for m in (1, 5, 12):
        assert math.isclose(
            nested_fixed_points_log_p(m, 12, 12),
            fixed_points_log_p(m, paired=12, units=12),
            rel_tol=1e-6,
        )
