"""Ratios of findings: what is left out, what bounds them, and what cannot be built."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from filiation.errors import FindingError
from filiation.model.finding import Finding
from filiation.model.null import Exact
from filiation.model.population import KnownMethod, KnownModel, Population
from filiation.model.ratio import NoRatio, Ratio, Strength
from filiation.populations.ratio import Learnt, families_of, known_pairs, learn, ratios, strengths
from known import WEIGHTS, population

MANY = population(families=30)


def found(log_p: float, method: str = WEIGHTS.id) -> Finding:
    null = Exact(distribution="", log_floor=-1e6, because="")
    return Finding(method=method, observed=0.0, unit="", null=null, log_p=log_p, combination="")


def learnt_of(known: Population, shown: tuple[str, ...] = ()) -> list[Learnt]:
    return learn(known, [WEIGHTS.id], families_of(known, shown), digest="d" * 64)


def ratio(log_p: float, digests: tuple[str, ...] = ()) -> Ratio | NoRatio:
    learnt = learnt_of(MANY, digests)
    (one,) = ratios(learnt, [found(log_p)], digest="d" * 64)
    return one


def test_a_close_pair_is_at_least_what_the_sources_support() -> None:
    one = ratio(-5_000.0)

    assert isinstance(one, Ratio)
    assert one.bounded == "above"
    assert math.isclose(one.log10_lr, math.log10(30 / 6), rel_tol=1e-5)
    assert one.high == one.log10_lr >= one.low
    assert (one.strength.independent, one.strength.high_by) == (30, "sources")


def test_a_stranger_supports_independence_alike() -> None:
    one = ratio(math.log(0.6))

    assert isinstance(one, Ratio)
    assert one.bounded == "below"
    assert math.isclose(one.log10_lr, -math.log10(30 / 3), rel_tol=1e-5)


def test_ratios_rise_as_p_falls() -> None:
    values = [ratio(log_p) for log_p in (0.0, -1.0, -4.0, -7.0, -12.0, -40.0)]

    assert all(isinstance(one, Ratio) for one in values)
    numbers = [one.log10_lr for one in values if isinstance(one, Ratio)]
    assert numbers == sorted(numbers)


def test_the_exhibits_own_families_teach_nothing() -> None:
    shown = MANY.models[0].digests
    without = learnt_of(MANY, shown)[0].strength

    assert isinstance(without, Strength)
    assert (without.independent, without.families) == (29, 29)
    changed = replace(
        MANY,
        pairs=tuple(
            replace(p, values=(300.0,)) if "m000-0" in (p.source, p.subject) else p
            for p in MANY.pairs
        ),
    )
    assert learnt_of(changed, shown) == learnt_of(MANY, shown)
    assert learnt_of(changed) != learnt_of(MANY)


def test_too_few_sources_give_no_ratio_and_say_why() -> None:
    six = strengths(learnt_of(population(families=6)))[0]
    seven = strengths(learnt_of(population(families=7)))[0]

    assert isinstance(six, NoRatio) and "more than 6 are needed" in six.reason
    assert isinstance(seven, Strength) and 10**seven.high <= 7 / 6 + 1e-5


def test_relatives_of_one_family_give_no_ratio() -> None:
    base = population(families=12)
    only = replace(
        base, pairs=tuple(p for p in base.pairs if not p.related or p.source == "m000-0")
    )
    (one,) = strengths(learnt_of(only))

    assert isinstance(one, NoRatio) and "relatives of 1 families" in one.reason


def test_a_method_the_population_does_not_know_has_no_ratio() -> None:
    (one,) = strengths(learn(MANY, ["unit-trace/2;frame=native"], digest="d" * 64))

    assert isinstance(one, NoRatio) and "was not examined by this method" in one.reason
    with pytest.raises(KeyError):
        known_pairs(MANY, "unit-trace/2;frame=native")


def test_relatives_in_outputs_alone_are_strangers_in_weights() -> None:
    """A student: of its teacher's family, related by outputs, and unrelated by weights."""
    outputs = KnownMethod(id="wording/1", channel="outputs")
    both = population(families=10, methods=(WEIGHTS, outputs))
    taught = replace(
        both, pairs=tuple(replace(p, related=("outputs",)) if p.related else p for p in both.pairs)
    )

    assert not known_pairs(taught, WEIGHTS.id)[0].related.any()
    assert known_pairs(taught, outputs.id)[0].related.any()


def test_an_absent_value_is_no_pair() -> None:
    holes = replace(
        MANY,
        pairs=tuple(
            replace(pair, values=(None,)) if n % 3 else pair for n, pair in enumerate(MANY.pairs)
        ),
    )
    arrays, pairs = known_pairs(holes, WEIGHTS.id)

    assert arrays.values.size == len(pairs) == math.ceil(len(MANY.pairs) / 3)


def test_a_method_that_does_not_discriminate_supports_little_or_nothing() -> None:
    (one,) = strengths(learnt_of(population(families=40, apart=0.0)))

    assert isinstance(one, NoRatio) or one.high < 0.5


def test_more_models_of_the_same_families_support_no_more() -> None:
    (few,) = strengths(learnt_of(population(families=12, children=1)))
    (many,) = strengths(learnt_of(population(families=12, children=5)))

    assert isinstance(few, Strength) and isinstance(many, Strength)
    assert few.high == many.high and many.related_pairs == 5 * few.related_pairs


def test_known_models_with_two_roots_touch_both_families() -> None:
    base = population(families=8, children=0)
    merged = KnownModel(name="zz", digests=("f" * 64,), families=("m000-0", "m001-0"))
    pair = replace(
        base.pairs[0], source="m000-0", subject="zz", related=("weights",), values=(5.0,)
    )
    pairs = tuple(sorted((*base.pairs, pair), key=lambda p: (p.source, p.subject)))
    arrays, listed = known_pairs(
        replace(base, models=(*base.models, merged), pairs=pairs), WEIGHTS.id
    )
    row = next(n for n, p in enumerate(listed) if p.subject == "zz")

    assert np.flatnonzero(arrays.involves[row]).tolist() == [0, 1]


STRENGTH = Strength(
    method="m",
    low=-1.0,
    high=0.7,
    low_by="sources",
    high_by="sources",
    independent=30,
    families=30,
    related_pairs=60,
    unrelated_pairs=900,
    related_regimes=(("fine-tuned", 60),),
    unrelated_regimes=(("same architecture and data", 900),),
    cllr=0.3,
    misleading_related=0,
    misleading_unrelated=2,
)
FAIR: dict[str, Any] = {
    "method": "m",
    "log10_lr": 0.5,
    "low": 0.1,
    "high": 0.7,
    "bounded": "no",
    "strength": STRENGTH,
    "population": "d" * 64,
}


def test_a_ratio_within_its_bounds_can_be_built() -> None:
    assert Ratio(**FAIR).log10_lr == 0.5
    assert Ratio(**(FAIR | {"log10_lr": 0.7, "bounded": "above"})).bounded == "above"


@pytest.mark.parametrize(
    "change",
    [
        {"log10_lr": 0.71, "high": 0.71},
        {"log10_lr": -1.2, "low": -1.2},
        {"high": 2.0},
        {"low": -3.0},
        {"low": 0.6},
        {"high": 0.4},
        {"log10_lr": math.nan},
        {"low": -math.inf},
        {"bounded": "above"},
        {"bounded": "below"},
        {"method": "another"},
    ],
)
def test_a_ratio_beyond_what_the_population_supports_cannot_be_built(
    change: dict[str, Any],
) -> None:
    with pytest.raises(FindingError):
        Ratio(**(FAIR | change))


@pytest.mark.parametrize(
    "change",
    [{"high": 0.0}, {"low": 0.1}, {"high": math.inf}, {"cllr": -1.0}, {"independent": 0}],
)
def test_a_strength_that_says_nothing_or_everything_cannot_be_built(
    change: dict[str, Any],
) -> None:
    with pytest.raises(FindingError):
        replace(STRENGTH, **change)
