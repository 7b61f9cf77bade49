"""The population as it is defined: what the issue asks for is in it, and its ancestry is sound."""

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

import pytest

from casebook import recipe
from casebook.census import census
from casebook.family import FAMILY
from casebook.member import Family, Member
from casebook.population import BASES, MAIN, POPULATION, base
from casebook.recipe import LATER
from casebook.shapes import LlamaShape, parameter_count, shape_name
from casebook.truth import read_truth

MEMBERS = POPULATION.members
ORIGINALS = [member for member in MEMBERS if not member.parents]
DESCENDANTS = [member for member in MEMBERS if member.parents]
OWN = [member for member in MEMBERS if not member.weights_shared]


def of(operation: str) -> list[Member]:
    return [member for member in MEMBERS if member.operation == operation]


def test_at_least_forty_initialisations():
    assert len({member.seed for member in ORIGINALS}) >= 40
    assert {member.shape.model_type for member in ORIGINALS} == {
        "llama",
        "qwen2",
        "gpt2",
        "mixtral",
    }
    assert len({member.shape.hidden for member in ORIGINALS}) >= 2
    assert len({member.shape.vocabulary for member in ORIGINALS}) >= 2
    assert len({member.tokenizer for member in ORIGINALS}) >= 3


def test_no_two_initialisations_share_a_seed_but_by_design():
    began = Counter(member.seed for member in OWN)
    shared = {seed for seed, count in began.items() if count > 1}
    named = [m for m in OWN if m.name.startswith("kin-") or m.repeats]
    assert shared == {member.seed for member in named}
    assert all(began[seed] == 2 for seed in shared)


def test_at_least_twenty_differ_only_in_seed():
    alike = [replace(POPULATION[base(n)], name="", seed=0) for n in range(1, BASES + 1)]
    assert BASES >= 20
    assert set(alike) == {alike[0]}


def test_four_pairs_share_the_initialisation_and_not_the_text():
    pairs = [
        (a, b)
        for a, b in combinations(ORIGINALS, 2)
        if (a.seed, a.shape) == (b.seed, b.shape) and not set(a.data) & set(b.data)
    ]
    assert len(pairs) == 4


def test_three_are_trained_twice():
    twins = [member for member in MEMBERS if member.repeats]
    assert len(twins) == 3
    for twin in twins:
        first = POPULATION[twin.repeats]
        assert (twin.seed, twin.shape, twin.data) == (first.seed, first.shape, first.data)
        assert twin.schedule is not None and twin.schedule.parts == 2
        assert replace(twin.schedule, parts=1) == first.schedule


@pytest.mark.parametrize(
    "operation",
    [
        "fine-tuned, light",
        "fine-tuned",
        "fine-tuned, heavy",
        "continued pre-training",
        "quantised to 8 bits",
        "quantised to 4 bits",
        "units permuted",
        "residual rotated",
        "units rescaled",
        "width pruned, healed",
        "depth pruned, healed",
        "LoRA merged",
        "noise of 5 %",
        "noise of 20 %",
        "half of the layers re-initialised, healed",
        "embeddings replaced, healed",
        "layers duplicated, healed",
        "upcycled to experts",
        "upcycled to experts, trained",
        "merged 10 %, healed",
        "merged 30 %, healed",
        "merged 50 %, healed",
        "quantised, then fine-tuned",
        "permuted, rotated, rescaled, fine-tuned",
        "distilled from logits",
        "distilled from sampled text",
    ],
)
def test_every_operation_has_several_children_of_several_parents(operation):
    assert len(of(operation)) >= 2
    assert len({member.parents for member in of(operation)}) >= 2


def test_at_least_sixty_descendants():
    assert len(DESCENDANTS) >= 60


def test_casebooks_operations_are_all_there():
    steps = {type(step) for member in MEMBERS for step in member.operations}
    assert {type(step) for member in FAMILY.members for step in member.operations} <= steps
    encodings = {type(member.encoding) for member in MEMBERS}
    assert {type(member.encoding) for member in FAMILY.members} <= encodings


def test_two_children_of_one_parent_and_two_students_of_one_teacher():
    inherited = Counter(m.parents for m in DESCENDANTS if m.weights_shared)
    assert max(inherited.values()) >= 2
    for operation in ("distilled from logits", "distilled from sampled text"):
        assert max(Counter(m.parents for m in of(operation)).values()) >= 2


@pytest.mark.parametrize("percent", [10, 30, 50])
def test_shares_of_a_merge_are_those_of_its_name(percent):
    merges = [m for m in MEMBERS if m.operation.startswith(f"merged {percent} %")]
    assert len(merges) == 3
    for member in merges:
        assert len(set(member.parents)) == 2
        assert member.shares == pytest.approx((1 - percent / 100, percent / 100))


def test_sibling_merges_have_one_root_and_the_others_two():
    for member in MEMBERS:
        if len(member.parents) == 2:
            roots = {POPULATION.root_of(POPULATION[name]).name for name in member.parents}
            assert len(roots) == (1 if "sibling" in member.operation else 2)


def test_half_of_the_layers_means_half():
    for member in of("half of the layers re-initialised, healed"):
        places = POPULATION.layers_from(member)
        assert places is not None
        assert sorted(place == -1 for place in places) == [False, False, True, True]
    doubled = POPULATION.layers_from(of("layers duplicated, healed")[0])
    assert doubled == (0, 1, 2, 1, 2, 3)


@pytest.mark.parametrize("family", [FAMILY, POPULATION], ids=lambda family: family.name)
def test_layers_that_came_from_somewhere_are_as_many_as_the_shape_says(family):
    for member in family.members:
        places = family.layers_from(member)
        if member.weights_shared:
            assert len(places) == member.shape.layers
            assert max(places) < family[member.parents[0]].shape.layers
        else:
            assert places is None


def test_models_are_small():
    assert max(parameter_count(member.shape) for member in MEMBERS) <= 1_000_000


def test_recipes_and_names_are_all_different():
    assert len({member.name for member in MEMBERS}) == len(MEMBERS)
    made = {member.recipe("corpus", member.parents) for member in MEMBERS}
    assert len(made) == len(MEMBERS)


def test_quick_subset_is_small_and_brings_its_ancestors():
    quick = POPULATION.lineage(frozenset(POPULATION.subsets["quick"]))
    steps = sum(member.schedule.steps for member in quick if member.schedule is not None)
    assert 20 <= len(quick) <= 40
    assert steps <= 7000  # of about 20 ms on a core of its own
    names = {member.name for member in quick}
    assert all(set(member.parents) <= names for member in quick)


def family(*members: Member, **subsets: tuple[str, ...]) -> Family:
    return Family(name="f", members=members, subsets=subsets)


def test_family_refuses_what_is_no_ancestry():
    first = POPULATION[base(1)]
    child = replace(POPULATION["noise-5-1"], name="child", parents=(first.name,))
    with pytest.raises(ValueError, match="parents"):
        family(child, first)
    with pytest.raises(ValueError, match="parents"):
        family(replace(child, parents=("child",)))  # its own parent: a cycle
    with pytest.raises(ValueError, match="found twice"):
        family(first, first)
    with pytest.raises(ValueError, match="subset s: found"):
        family(first, s=("nobody",))
    with pytest.raises(ValueError, match="expected its members"):
        family(first).lineage(frozenset({"nobody"}))


@pytest.mark.parametrize(
    "changes",
    [
        {"schedule": None},
        {"parents": ("base-01",)},
        {"shares": (1.0,)},
        {"parents": ("base-01",), "shares": (0.5, 0.5)},
    ],
)
def test_member_refuses_what_cannot_be_made(changes):
    with pytest.raises(ValueError, match="expected"):
        replace(POPULATION[base(1)], **changes)


@dataclass(frozen=True)
class _Old:
    a: int
    b: tuple[float, ...] = (1.0,)


@dataclass(frozen=True)
class _New:
    a: int
    b: tuple[float, ...] = (1.0,)
    c: int = field(default=3, metadata=LATER)


def test_recipe_says_what_repr_says_and_keeps_silent_on_later_defaults():
    assert recipe.said(_Old(1)) == repr(_Old(1))
    assert recipe.said((_Old(1), "x", None, ())) == repr((_Old(1), "x", None, ()))
    assert recipe.said(_New(1)) == repr(_Old(1)).replace("_Old", "_New")
    assert recipe.said(_New(1, c=4)) == repr(_New(1, c=4))
    assert recipe.digest(_New(1)) != recipe.digest(_New(1, c=4))


def test_shape_of_the_population_is_not_the_casebooks():
    assert LlamaShape() != MAIN


@pytest.fixture(scope="module")
def built():
    return read_truth(Path(__file__).parents[2] / "examples" / "population.toml")


def test_recorded_build_is_of_this_definition(built):
    assert list(built.models) == [member.name for member in MEMBERS]
    for member in MEMBERS:
        recorded = built.models[member.name]
        assert recorded.recipe == member.recipe(
            built.corpus_digest, tuple(built.models[name].sha256 for name in member.parents)
        ), f"{member.name}: `make population`, then copy its truth.toml"
        assert recorded == replace(recorded, **definition(member))


def definition(member):
    """As the builder writes it; said again here, since the builder imports torch."""
    return {
        "architecture": member.shape.model_type,
        "shape": shape_name(member.shape),
        "tokenizer": member.tokenizer,
        "parents": member.parents,
        "operation": member.operation,
        "weights_shared": member.weights_shared,
        "shares": member.shares or None,
        "layers_from": POPULATION.layers_from(member),
        "init_seed": None if member.weights_shared else member.seed,
        "data": member.data,
        "repeats": member.repeats or None,
    }


def test_recorded_models_are_all_different_and_have_learned(built):
    assert len({model.sha256 for model in built.models.values()}) == len(MEMBERS)
    for name, model in built.models.items():
        assert model.loss < model.loss_untrained - 1, name


def test_recorded_functions_are_preserved_where_claimed(built):
    claimed = [member.name for member in MEMBERS if member.function_preserving]
    assert len(claimed) >= 10
    for name in claimed:
        assert built.models[name].max_logit_difference_unrounded < 5e-4
        assert built.models[name].max_logit_difference < 0.05


def test_census_counts_what_the_issue_asks_for(built):
    said = "\n".join(census(built))
    assert f"{len(ORIGINALS)} originals, {len(DESCENDANTS)} descendants" in said
    assert "- 4 pairs of originals share the initialisation and not the text" in said
    assert "- 3 originals are trained a second time" in said
    assert "- 24 originals differ in nothing but the seed" in said
    assert f"| all |  | {len(MEMBERS)} |" in said
    few = replace(built, models={n: built.models[n] for n in ("base-01", "base-02")})
    assert "- 0 pairs of originals share" in "\n".join(census(few))
    assert "| all |  | 0 |" in "\n".join(census(replace(built, models={})))
