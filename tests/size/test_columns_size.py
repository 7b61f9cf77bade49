"""Do table-axes and attention-axes accuse unrelated models no more often than they say?"""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest

import toys
from filiation.methods.weights.attention_axes import AttentionAxes
from filiation.methods.weights.axes import Seen, count_kept
from filiation.methods.weights.table_axes import TableAxes
from filiation.model.finding import Finding, Inapplicable
from filiation.model.sketch import Sketch, TableRows
from filiation.numerics.frames.directions import quantise
from trials import trials

Float32 = NDArray[np.float32]
Trap = Callable[[int], Float32]

PAIRS = trials(200)
KEYS, WIDTH = 160, 72
MEANINGS = np.random.default_rng(0).normal(size=(KEYS, 6)).astype(np.float32)
RARE = np.random.default_rng(1).random(KEYS) < 0.3


@cache
def base() -> Sketch:
    return toys.sketch(toys.born(1))


def holding(table: Float32, seed: int) -> Sketch:
    """A sketch whose tables, and whose attention, are these columns and no others."""
    rows = quantise(table)
    keys = tuple(str(n) for n in range(len(rows)))
    return replace(
        base(),
        name=f"toy {seed}",
        subject_digest=f"{seed:064x}",
        tables={f"embedding/{key}": TableRows(keys=keys, rows=rows) for key in ("string", "id")},
        axes={"attn.o": quantise(np.ascontiguousarray(table.T))},
    )


def plain(seed: int) -> Float32:
    return np.random.default_rng(seed).normal(size=(KEYS, WIDTH)).astype(np.float32)


def same_meanings(seed: int) -> Float32:
    """All models learn what tokens mean: six directions of tokens carry most of every table."""
    rng = np.random.default_rng(seed)
    return np.asarray(plain(seed) + 2 * MEANINGS @ rng.normal(size=(6, WIDTH)), dtype=np.float32)


def untrained_rows(seed: int) -> Float32:
    """Rare tokens all stand at one point, each model's own."""
    table = same_meanings(seed)
    table[RARE] = table[RARE].mean(axis=0)
    return table


def outliers(seed: int) -> Float32:
    """Three axes forty times as large, at the same places in every model."""
    table = same_meanings(seed)
    table[:, [3, 7, 20]] *= 40
    return table


def empty_axes(seed: int) -> Float32:
    table = plain(seed)
    table[:, ::4] = 0
    return table


def leaning_by_size(seed: int) -> Float32:
    """Axes grow along the list, in all models, too little for the guard to see it always."""
    return np.asarray(same_meanings(seed) * np.geomspace(1.2, 1, WIDTH), dtype=np.float32)


def in_order_of_meaning(seed: int) -> Float32:
    """Exported by an activity: how much of the first meaning an axis holds, sign included."""
    table = same_meanings(seed)
    return np.ascontiguousarray(table[:, np.argsort(MEANINGS[:, 0] @ table)])


def repeated_shards(seed: int) -> Float32:
    """Two halves of the axes began as the same numbers: one seed on every shard."""
    half = plain(seed)[:, : WIDTH // 2]
    table = np.concatenate([half, half], axis=1)
    return np.asarray(table + 0.5 * plain(seed + 10**6), dtype=np.float32)


TRAPS: tuple[Trap, ...] = (
    plain, same_meanings, untrained_rows, outliers, empty_axes, repeated_shards,
)  # fmt: skip


@cache
def null_log_ps(trap: Trap, attention: bool) -> list[float]:
    method = AttentionAxes() if attention else TableAxes(of="embedding")
    found = []
    for pair in range(PAIRS):
        source, subject = (holding(trap(n), n) for n in (2 * pair + 1, 2 * pair + 2))
        out = method.compare(source, subject, seed=pair)
        assert isinstance(out, Finding)
        found.append(out.log_p)
    return found


@pytest.mark.parametrize("attention", [False, True])
@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.__name__)
def test_size_is_at_most_alpha(trap: Trap, attention: bool) -> None:
    for alpha in (0.01, 0.05, 0.2):
        hits = int(np.count_nonzero(np.array(null_log_ps(trap, attention)) <= math.log(alpha)))
        assert binomtest(hits, PAIRS, alpha, alternative="greater").pvalue > 1e-6


@pytest.mark.parametrize("trap", [leaning_by_size, in_order_of_meaning], ids=lambda t: t.__name__)
def test_an_order_in_both_is_refused_or_accuses_nobody(trap: Trap) -> None:
    least = 0.0
    for pair in range(PAIRS):
        source, subject = (holding(trap(n), n) for n in (2 * pair + 1, 2 * pair + 2))
        out = TableAxes(of="embedding").compare(source, subject, seed=pair)
        if isinstance(out, Finding):
            least = min(least, out.log_p)
        else:
            assert "both list their axes in an order" in out.reason
    assert least > math.log(1e-6)


def test_another_order_of_the_sources_axes_moves_the_pairing_and_nothing_else() -> None:
    """Within runs: what the exact p rests on."""
    one, two = same_meanings(1), same_meanings(2)
    rng = np.random.default_rng(3)
    order = np.concatenate([16 * r + rng.permutation(min(16, WIDTH - 16 * r)) for r in range(5)])
    method = TableAxes(of="embedding")

    before, after = (
        method.compare(holding(table, 1), holding(two, 2), seed=0) for table in (one, one[:, order])
    )

    assert isinstance(before, Finding) and isinstance(after, Finding)
    again = order[np.array(after.layers[0].assignment)]
    assert np.mean(again == np.array(before.layers[0].assignment)) > 0.95  # ties, rounding


def test_size_over_redrawn_orders_of_one_trained_pair() -> None:
    """The null itself: one pair of models that share meanings, the source's runs redrawn."""
    one, two = same_meanings(5), holding(same_meanings(6), 6)
    log_ps = []
    for draw in range(PAIRS):
        rng = np.random.default_rng(draw)
        order = np.concatenate(
            [16 * r + rng.permutation(min(16, WIDTH - 16 * r)) for r in range(5)]
        )
        out = AttentionAxes().compare(holding(one[:, order], draw), two, seed=draw)
        assert isinstance(out, Finding)
        log_ps.append(out.log_p)
    for alpha in (0.05, 0.2, 0.5):
        hits = int(np.count_nonzero(np.array(log_ps) <= math.log(alpha)))
        assert binomtest(hits, PAIRS, alpha, alternative="greater").pvalue > 1e-6


def test_sinusoidal_positions_in_both_are_refused() -> None:
    """They mark every axis with a frequency, in all tables of the model."""
    angle = np.arange(128)[:, None] * 10_000 ** (-np.arange(WIDTH // 2) / (WIDTH // 2))
    fixed = np.stack([np.sin(angle), np.cos(angle)], axis=2).reshape(128, WIDTH).astype(np.float32)
    keys = tuple(str(n) for n in range(128))
    positions = {"positions/id": TableRows(keys=keys, rows=quantise(fixed - fixed.mean(axis=0)))}
    one, two = (
        replace(made, tables={**made.tables, **positions})
        for made in (holding(plain(1), 1), holding(plain(2), 2))
    )
    for method in (TableAxes(of="positions"), TableAxes(of="embedding"), AttentionAxes()):
        out = method.compare(one, two, seed=0)
        assert isinstance(out, Inapplicable)
        assert "sinusoidal" in out.reason
    assert isinstance(TableAxes(of="embedding").compare(one, holding(plain(2), 2), seed=0), Finding)


def test_ties_are_broken_at_random() -> None:
    """Axes that are all equally unlike must not fall back on their numbers."""
    halves = np.eye(96, dtype=np.float32)
    seen = Seen(label="", roles="", a=halves[:48], b=halves[48:], dropped=0)
    counts = [count_kept(seen, np.random.default_rng(n)).count for n in range(50)]
    assert 1.5 < np.mean(counts) < 4.5  # one for each run, on average


def test_axes_listed_by_size_in_both_are_refused() -> None:
    scale = np.geomspace(3, 0.3, WIDTH)
    one, two = (holding((plain(n) * scale).astype(np.float32), n) for n in (1, 2))
    method = TableAxes(of="embedding")
    out = method.compare(one, two, seed=0)
    assert isinstance(out, Inapplicable)
    assert "both list their axes in an order" in out.reason
    assert isinstance(method.compare(one, holding(plain(2), 2), seed=0), Finding)


def test_one_shard_is_counted_where_both_repeat() -> None:
    for one, two, axes in (
        (repeated_shards, repeated_shards, WIDTH // 2),
        (repeated_shards, plain, WIDTH),
        (same_meanings, in_order_of_meaning, WIDTH),
    ):
        out = AttentionAxes().compare(holding(one(1), 1), holding(two(2), 2), seed=0)
        assert isinstance(out, Finding)
        assert out.layers[0].units == axes


def test_two_ways_to_name_rows_are_paid_for() -> None:
    one, two = holding(same_meanings(1), 1), holding(same_meanings(1), 2)
    alone = replace(two, tables={"embedding/id": two.tables["embedding/id"]})
    both, single = (TableAxes(of="embedding").compare(one, x, seed=0) for x in (two, alone))
    assert isinstance(both, Finding) and isinstance(single, Finding)
    assert both.log_p == pytest.approx(single.log_p + math.log(2))
    assert both.layers[0].candidates == 2
    assert "too few tokens have the same string" in single.combination


def test_signs_of_axes_may_be_turned() -> None:
    one = same_meanings(1)
    turned = one * np.random.default_rng(2).choice([-1, 1], WIDTH).astype(np.float32)
    out = TableAxes(of="embedding").compare(holding(one, 1), holding(turned, 2), seed=0)
    assert isinstance(out, Finding)
    assert out.observed == WIDTH


def test_rows_are_found_by_their_keys() -> None:
    """Another vocabulary: half of the rows, in another order."""
    one = holding(same_meanings(1), 1)
    order = np.random.default_rng(3).permutation(KEYS)[: KEYS // 2]
    table = one.tables["embedding/id"]
    other = TableRows(keys=tuple(table.keys[n] for n in order), rows=table.rows[order])
    two = replace(one, name="two", tables={"embedding/id": other})
    out = TableAxes(of="embedding").compare(one, two, seed=0)
    assert isinstance(out, Finding)
    assert out.observed == WIDTH
    few = replace(two, tables={"embedding/id": TableRows(keys=("1",), rows=table.rows[:1])})
    absent = TableAxes(of="embedding").compare(one, few, seed=0)
    assert isinstance(absent, Inapplicable)
    assert "fewer than 64" in absent.reason


def test_power_is_left() -> None:
    """Half of the energy of every column is enough; so is a fifth of the correlation."""
    for cosine, least in ((0.7, 1e-40), (0.35, 1e-6)):
        for seed in range(5):
            one = same_meanings(seed)
            child = cosine * one / one.std() + math.sqrt(1 - cosine**2) * plain(seed + 500)
            out = TableAxes(of="embedding").compare(
                holding(one, 1), holding(child.astype(np.float32), 2), seed=0
            )
            assert isinstance(out, Finding)
            assert out.log_p < math.log(least)
