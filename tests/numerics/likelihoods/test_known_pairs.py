"""Held-out ratios, intervals over families, and bounds that count sources and not pairs."""

import math

import numpy as np
import pytest

from filiation.errors import PopulationError
from filiation.numerics.likelihoods.calibration import Logistic, Pav, nearer_to_one
from filiation.numerics.likelihoods.curve import Curve, Interval
from filiation.numerics.likelihoods.known_pairs import KnownPairs
from filiation.numerics.likelihoods.likelihood import cllr
from filiation.numerics.rng import stream


def drawn(
    seed: int, families: int, *, children: int = 1, apart: float = 5.0, shared: float = 0.0
) -> KnownPairs:
    """Relatives N(apart, 1), strangers N(0, 1); `shared` is the sd of an effect of two families."""
    rng = np.random.default_rng(seed)
    values, related, involves = [], [], []
    for f in range(families):
        for g in range(f, families):
            many = children if f == g else (1 + children) ** 2
            common = rng.normal(0.0, shared)
            for _ in range(many):
                values.append(rng.normal(apart if f == g else 0.0, 1.0) + common)
                related.append(f == g)
                involves.append([k in (f, g) for k in range(families)])
    return KnownPairs(
        values=np.array(values), related=np.array(related), involves=np.array(involves)
    )


def ratio(pairs: KnownPairs, value: float, rng: np.random.Generator) -> Interval:
    return pairs.curve(value, value, rng).at(value)


def test_held_out_by_brute_force() -> None:
    """Every pair: drop all that touches its families, weigh by hand, fit both, state the weaker."""
    pairs = drawn(1, 7)
    found = pairs.held_out()
    values = np.round(np.arcsinh(pairs.values), 2)
    for k in range(0, values.size, 9):
        kept = ~(pairs.involves & pairs.involves[k]).any(axis=1)
        one, none = values[kept & pairs.related], values[kept & ~pairs.related]
        groups = pairs.involves[~pairs.related]
        share = (7 / 2) / len(np.unique(groups, axis=0)) / 4
        weights = {
            "related_weights": np.full(one.size, 1.0),
            "unrelated_weights": np.full(none.size, share),
        }
        at = np.array([values[k]])
        by_hand = nearer_to_one(
            Logistic.fit(one, none, **weights).log10_lr(at),
            Pav.fit(one, none, **weights).log10_lr(at),
        )
        assert math.isclose(found[k], by_hand[0], abs_tol=1e-6)


def test_a_pair_of_the_families_left_out_moves_nothing() -> None:
    pairs = drawn(2, 8)
    mine = pairs.involves[:, 3] & pairs.related
    changed = KnownPairs(
        values=np.where(mine, 400.0, pairs.values), related=pairs.related, involves=pairs.involves
    )

    assert pairs.held_out()[mine].size == 1
    untouched = ~pairs.involves[:, 3]
    assert not np.allclose(pairs.held_out()[untouched], changed.held_out()[untouched])
    ours = pairs.involves[:, 3] & ~pairs.related
    assert np.allclose(pairs.held_out()[ours], changed.held_out()[ours])


def test_folds_hold_out_at_least_the_pair_s_own_families() -> None:
    pairs = drawn(3, 20)
    exact, quick = pairs.held_out(), pairs.held_out(folds=5)

    assert np.array_equal(pairs.held_out(folds=20), exact)
    assert np.isfinite(quick).all()
    assert np.abs(quick - exact).max() < 0.6 and not np.array_equal(quick, exact)


def test_groups_fitted_a_few_at_once_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = drawn(3, 7)
    together = pairs.held_out()
    monkeypatch.setattr("filiation.numerics.likelihoods.known_pairs.AT_ONCE", 3)

    assert np.allclose(pairs.held_out(), together, atol=1e-9)


def test_the_interval_by_brute_force() -> None:
    """Every bootstrap sample: a pair stands in it once for each copy of each of its families."""
    pairs, at = drawn(9, 6, children=2), np.array([0.5])
    one, none, rng = pairs.related, ~pairs.related, stream(3, "by hand")
    weights = np.where(one, 0.5, (6 / 2) / 15 / 9)  # two relatives, 15 times nine strangers
    samples = [np.ones(len(one))]
    while len(samples) < 201:
        copies = np.bincount(rng.choice(6, 6), minlength=6)
        samples.append(np.array([math.prod(copies[row]) for row in pairs.involves]))
        if not samples[-1][one].any() or not samples[-1][none].any():
            samples.pop()
    values = np.round(np.arcsinh(pairs.values), 2).astype(np.float64)
    both = np.array(
        [
            [
                fit.fit(values[one], values[none], related_weights=(weights * many)[one],
                        unrelated_weights=(weights * many)[none]).log10_lr(at)[0]
                for fit in (Logistic, Pav)
            ]
            for many in samples
        ]
    )  # fmt: skip
    found = ratio(pairs, float(np.sinh(0.5)), stream(3, "by hand"))

    assert math.isclose(found.low, np.percentile(both.min(axis=1), 2.5), abs_tol=1e-9)
    assert math.isclose(found.high, np.percentile(both.max(axis=1), 97.5), abs_tol=1e-9)


def test_sources_are_counted_and_not_pairs() -> None:
    few, many = drawn(4, 9, children=1), drawn(4, 9, children=6)

    assert many.values.size > 10 * few.values.size
    assert (few.independent, few.families) == (many.independent, many.families) == (9, 9)
    assert few.bounds(few.held_out()).high <= math.log10(9 / 6) + 1e-12
    assert many.bounds(many.held_out()).high <= math.log10(9 / 6) + 1e-12
    strong = ratio(many, 50.0, stream(0, "t")).value
    assert strong <= math.log10(4.5 + 1.0), "nine families are 4.5 pairs, however many children"


def test_relatives_of_two_families_join_them() -> None:
    """A merge of families 0 and 1: both are one group of relatives."""
    pairs = drawn(5, 8)
    row = np.zeros((1, 8), dtype=bool)
    row[0, :2] = True
    merged = KnownPairs(
        values=np.append(pairs.values, 5.0),
        related=np.append(pairs.related, True),
        involves=np.concatenate([pairs.involves, row]),
    )

    assert merged.families == pairs.families - 1


def test_the_interval_covers_the_truth_where_families_differ() -> None:
    """N(5, 1) against N(0, 1) at 3.2; each of 20 populations gives an interval."""
    covered = 0
    for seed in range(20):
        found = ratio(drawn(100 + seed, 16), 3.2, stream(seed, "interval"))
        assert found.low <= found.value <= found.high
        truth = 5.0 * (3.2 - 2.5) / math.log(10)
        covered += found.low <= truth <= found.high or abs(found.value) < truth
    assert covered >= 18, "either it covers the truth, or it understates it"


def test_intervals_widen_when_pairs_of_a_family_are_alike() -> None:
    def width(shared: float) -> float:
        found = [
            ratio(drawn(s, 16, children=3, apart=2.0, shared=shared), 2.0, stream(s, "w"))
            for s in range(6)
        ]
        return float(np.mean([f.high - f.low for f in found]))

    assert width(1.5) > width(0.0)


def test_the_interval_depends_on_the_stream_s_name_alone() -> None:
    pairs = drawn(6, 10)

    assert ratio(pairs, 2.0, stream(1, "a")) == ratio(pairs, 2.0, stream(1, "a"))


@pytest.mark.parametrize("apart", [0.0, 2.0, 6.0])
def test_strangers_held_out_are_rarely_misled_about_and_ratios_are_calibrated(
    apart: float,
) -> None:
    """On average over populations: misleading at most half of what an LR of 1 allows, Cllr <= 1."""
    rates, costs = [], []
    for seed in range(5):
        pairs = drawn(300 + seed, 20, apart=apart)
        found = pairs.held_out()
        none, one = found[~pairs.related], found[pairs.related]
        bounds = pairs.bounds(found)
        bounded = [np.clip(side, bounds.low, bounds.high) for side in (one, none)]
        rates.append(np.mean(bounded[1] > 0.0))
        costs.append(cllr(*bounded))
        assert np.mean(10.0 ** bounded[1]) < 1.35, "E(LR | strangers) = 1 for a true LR"
    assert np.mean(costs) < (1.06 if apart == 0.0 else 0.85 if apart == 2.0 else 0.45)
    if apart > 0.0:
        assert np.mean(rates) < (0.25 if apart == 2.0 else 0.01)


def test_a_table_says_of_every_value_what_is_learnt_for_it_alone() -> None:
    pairs = drawn(6, 10)
    table = pairs.curve(-3.0, 60.0, stream(1, "a"))

    for value in (-3.0, -0.4, 0.0, 1.234, 2.5, 6.0, 59.0):
        assert table.at(value) == ratio(pairs, value, stream(1, "a"))
    assert table.at(1e9) == table.at(60.0) and table.at(-50.0) == table.at(-3.0)
    bounded = table.within(-0.5, 0.25, rounded=lambda x: round(x, 3))
    assert (bounded.at(60.0).value, bounded.at(-3.0).low) == (0.25, -0.5)
    with pytest.raises(PopulationError, match="in this order"):
        Curve(first=0, values=(0.0,), lows=(0.1,), highs=(0.2,))


def test_what_cannot_be_learnt_from_is_named() -> None:
    pairs = drawn(7, 4)
    strangers = KnownPairs(
        values=pairs.values[~pairs.related],
        related=pairs.related[~pairs.related],
        involves=pairs.involves[~pairs.related],
    )

    assert np.isnan(strangers.held_out()).all()
    with pytest.raises(PopulationError, match="expected both"):
        strangers.curve(-3.0, 9.0, stream(0, "x"))
    with pytest.raises(PopulationError, match="known pairs"):
        KnownPairs(values=np.ones(2), related=np.ones(3, dtype=bool), involves=pairs.involves)
