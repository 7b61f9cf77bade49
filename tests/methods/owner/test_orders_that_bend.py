"""What an owner tried with the order of training: refused, named, or nothing gained by it."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy.stats import rankdata

from filiation.methods.owner.chosen_order import follows, not_told, why_refused
from filiation.methods.owner.lots import with_lot
from filiation.methods.owner.references import against_references
from filiation.methods.owner.training_order import TrainingOrder
from filiation.methods.owner.worst_places import worst_places
from filiation.model.finding import Finding
from filiation.model.owner import Likelihoods, OrderedExample
from methods.owner.lots_of_tests import finding, holds_its_size, likelihoods, seed_of

ORDER = TrainingOrder(draws=999)


def dated(count: int, *, order: Sequence[int], strata: int = 1) -> list[OrderedExample]:
    """Texts, each of a later day; `order` says when each was seen."""
    return [
        OrderedExample(
            id=f"e{n}", seen=float(at), day=700_000.0 + n, length=100.0, source="changelog",
            stratum=f"s{n * strata // count}",
        )
        for n, at in enumerate(order)
    ]  # fmt: skip


def honest_models(count: int, seed: int) -> list[Likelihoods]:
    """Innocent models, to which newer texts are harder, each to a degree of its own."""
    rng = np.random.default_rng([seed, 16])
    ease = 3 * rng.normal(size=count) - 70
    return [
        likelihoods(f"m{k}", ease - (6 + 2 * k) * np.arange(count) / count + rng.normal(size=count))
        for k in range(3)
    ]


def examined(
    examples: Sequence[OrderedExample], subject: Likelihoods, references: Sequence[Likelihoods]
) -> str:
    """Why an order is refused; empty if it is examined."""
    return why_refused(follows(examples, references))


def test_texts_in_order_of_their_date_are_refused() -> None:
    count = 400
    subject, *references = honest_models(count, 1)
    newest_first = dated(count, order=range(count)[::-1])
    assert finding(ORDER.compare(newest_first, subject, [], seed=0)).log_p < math.log(1e-15)

    said = examined(newest_first, subject, references)
    assert "the order and the date of the texts" in said
    assert "name what it goes with as strata" in said
    silent = [replace(e, day=None, length=None, source="") for e in newest_first]
    assert "the order and the likelihoods of m" in examined(silent, subject, references)
    assert [words.split()[1] for words in not_told(silent)] == ["length", "date", "source"]


@pytest.mark.parametrize("what", ["length", "source", "text"])
def test_an_order_that_is_sorted_is_refused(what: str) -> None:
    count = 300
    rng = np.random.default_rng(2)
    values = rng.permutation(count)
    given = {
        "length": [{"length": float(v)} for v in values],
        "source": [{"source": "old" if v < 150 else "new"} for v in values],
        "text": [{"text": f"{v:04d} words"} for v in values],
    }[what]
    listed = [OrderedExample(id=f"e{n}", seen=float(v), **given[n]) for n, v in enumerate(values)]
    mixed = [replace(e, seen=float(s)) for e, s in zip(listed, rng.permutation(count), strict=True)]
    assert why_refused(follows(listed, []))
    assert not why_refused(follows(mixed, []))


def test_strata_of_the_date_make_a_chronological_training_examinable() -> None:
    """Years in their order, texts of a year by lot: the innocent pass, and memory shows."""
    count, strata = 400, 20
    found, remembered = [], 0
    for seed in range(40):
        rng = np.random.default_rng([seed, 17])
        size = count // strata
        order = [s * size + int(at) for s in range(strata) for at in rng.permutation(size)]
        examples = dated(count, order=order, strata=strata)
        subject, *references = honest_models(count, seed)
        if examined(examples, subject, references):
            continue
        found.append(finding(ORDER.compare(examples, subject, references, seed=seed)).log_p)
        knows = subject.values.copy()
        for e in examples:
            knows[e.id] += 3.0 * (e.seen % size) / size
        child = replace(subject, values=knows)
        out = finding(ORDER.compare(examples, child, references, seed=seed))
        remembered += out.log_p <= math.log(1e-3)
    assert len(found) >= 32  # of 40: each of five things refuses one honest order in a hundred
    holds_its_size(found)
    assert remembered >= 0.9 * len(found)


def test_an_honest_order_is_rarely_refused_and_one_drawn_in_public_never() -> None:
    refused = 0
    for seed in range(200):
        order = np.random.default_rng([seed, 18]).permutation(200).tolist()
        _, *references = honest_models(200, seed)
        refused += bool(why_refused(follows(dated(200, order=order), references)))
    assert refused <= 16


def test_size_and_power_of_orders_by_lot() -> None:
    pool = [{"example": f"e{n}", "stratum": f"s{n % 2}"} for n in range(200)]
    models = honest_models(200, 3)
    found, power = [], 0
    for number in range(100):
        listed = [
            OrderedExample(id=e["example"], seen=e["seen"], stratum=e["stratum"])
            for e in with_lot("training-order", pool, seed_of(number))
        ]
        ask = partial(ORDER.compare, listed, seed=number)
        out, _ = against_references(ask, models[0], models[1:], fixed=True)
        found.append(out.log_p if isinstance(out, Finding) else 0.0)
        if number < 20:
            knows = {e.id: models[0].values[e.id] + 4.0 * e.seen / 100 for e in listed}
            child, _ = against_references(
                ask, replace(models[0], name="child", values=knows), models[1:], fixed=True
            )
            power += isinstance(child, Finding) and child.log_p <= math.log(1e-3)
    holds_its_size(found)
    assert power >= 19


def test_worst_places_against_every_placing() -> None:
    rng = np.random.default_rng(0)
    for trial in range(60):
        n, m = 6, int(rng.integers(1, 4))
        order = rankdata(rng.integers(0, 9, n))
        order -= order.mean()
        likely = rng.integers(0, 4, n).astype(float) if trial % 2 else rng.normal(size=n)
        lost = rng.permutation(n)[:m]
        likely[lost] = np.nan
        placed = float(order @ rankdata(worst_places(order, likely, [np.arange(n)])))
        values = np.unique(likely[~np.isnan(likely)])
        gaps = [values[0] - 1, *(values[1:] + values[:-1]) / 2, values[-1] + 1]
        least = math.inf
        for chosen in itertools.product(gaps, repeat=m):
            for first in itertools.permutations(range(m)):
                tried = likely.copy()
                tried[lost] = np.array(chosen) + np.array(first) * 1e-3
                least = min(least, float(order @ rankdata(tried)))
        assert placed == pytest.approx(least)


def test_examples_that_were_left_out_never_help() -> None:
    """An owner who measures only what fits: p is no smaller than with everything measured."""
    rng = np.random.default_rng(19)
    examples = [
        OrderedExample(id=f"e{n}", seen=float(s)) for n, s in enumerate(rng.permutation(200))
    ]
    subject = likelihoods("innocent", rng.normal(size=200) - 50)
    whole = finding(ORDER.compare(examples, subject, [], seed=0))
    fits = sorted(examples, key=lambda e: abs(rank(subject, e) - e.seen))[:120]
    kept = replace(subject, values={e.id: subject.values[e.id] for e in fits})
    left = [e for e in examples if e.id in kept.values]
    cherry = finding(ORDER.compare(left, kept, [], seed=0))
    out = finding(ORDER.compare(examples, kept, [], seed=0))

    assert cherry.log_p < math.log(1e-6)
    assert out.log_p >= whole.log_p


def rank(subject: Likelihoods, example: OrderedExample) -> int:
    return sum(v < subject.values[example.id] for v in subject.values.values())
