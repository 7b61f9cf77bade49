"""A population made for a purpose: what its own file gives away is refused in words."""

from dataclasses import replace
from typing import Any

import pytest

from filiation.errors import PopulationError
from filiation.model.population import KnownMethod, KnownModel, Population
from filiation.populations.labels import chance_allows, check_labels
from known import population

HONEST = population(families=8, children=1)
STRANGER = next(pair for pair in HONEST.pairs if not pair.related)
RELATED = next(pair for pair in HONEST.pairs if pair.related)


def with_pair(old: Any, **change: Any) -> Population:
    pairs = tuple(replace(p, **change) if p == old else p for p in HONEST.pairs)
    return replace(HONEST, pairs=pairs)


def test_an_honest_population_passes() -> None:
    check_labels(HONEST, "p.json")
    check_labels(with_pair(STRANGER, values=(4.5,)), "p.json")  # the luckiest of a hundred


def test_invented_families_would_raise_the_bound_and_are_refused() -> None:
    """Each family counts as an independent model, and n of them support n / 6."""
    first, *others = HONEST.models
    many = (*first.families, *(f"house {n}" for n in range(600)))
    with pytest.raises(PopulationError, match=r"house 0.* no model of the population founded"):
        check_labels(replace(HONEST, models=(replace(first, families=many), *others)), "p.json")


def test_a_family_is_not_founded_by_a_model_of_another() -> None:
    adopted = KnownModel(name="zz", digests=("f" * 64,), families=("m000-1",))
    with pytest.raises(PopulationError, match="'zz' is of the family 'm000-1'"):
        check_labels(replace(HONEST, models=(*HONEST.models, adopted)), "p.json")


def test_a_relative_that_is_called_a_stranger_is_refused() -> None:
    """Its family is another's by name; its weights say that it is none."""
    with pytest.raises(PopulationError, match=r"share no weights, but lie 30 scatters"):
        check_labels(with_pair(STRANGER, values=(30.0,)), "p.json")
    taught = with_pair(RELATED, related=("outputs",), regime="student and teacher", values=(30.0,))
    with pytest.raises(PopulationError, match="share no weights"):
        check_labels(taught, "p.json")
    heard = replace(taught, methods=(KnownMethod(id="wording/2", channel="outputs"),))
    check_labels(heard, "p.json")  # what answers have in common is no question of chance alone


def test_a_relative_without_a_common_family_or_a_stranger_with_one_is_no_population() -> None:
    with pytest.raises(PopulationError, match="both are of the family 'm000-0'"):
        with_pair(RELATED, related=(), regime="same architecture")


@pytest.mark.parametrize(
    ("old", "change", "said"),
    [
        (STRANGER, {"regime": "cousins"}, "their relation is 'cousins', expected one of"),
        (STRANGER, {"regime": "parent and child"}, "said to be unrelated"),
        (RELATED, {"regime": "same architecture"}, "which is one of strangers"),
        (RELATED, {"regime": ""}, "as ''"),
        (RELATED, {"related": ("weights", "weights")}, "each channel once"),
        (RELATED, {"regime": "student and teacher"}, "weights of no student"),
    ],
)
def test_a_relation_that_is_not_known_or_not_the_label_is_refused(
    old: Any, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(PopulationError) as caught:
        check_labels(with_pair(old, **change), "p.json")
    assert said in str(caught.value) and str(caught.value).startswith("p.json: ")


@pytest.mark.parametrize("value", [-3.5, 1.1e4, -1e300])
def test_no_method_gives_such_a_value(value: float) -> None:
    with pytest.raises(PopulationError, match=r"expected -3 to 10000; no method gives another"):
        with_pair(STRANGER, values=(value,))


def test_chance_allows_more_among_many() -> None:
    assert 4.7 < chance_allows(1) < 4.8
    assert 6.7 < chance_allows(100_000) < 6.8
