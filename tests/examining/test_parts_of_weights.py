"""Is the answer about weights a table of what would have been seen, and never a false acquittal?"""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

import attacked
import toys
from attacked import concluded, decoys, load, noisy, part_copied, rotated, shuffled, silent, taken
from filiation.errors import CaseError, UsageError
from filiation.examining.plan import fix_plan
from filiation.examining.weights.planting.cells import CLASSES, planted_parts
from filiation.examining.weights.planting.units import kept_ways
from filiation.examining.weights.planting.ways import MOST, Kept, _tails, smallest_share
from filiation.examining.weights.plug import weights_material
from filiation.methods.weights.reordered import Limits, beyond, limits, what_pairs_up
from filiation.model.alternatives import ALTERNATIVES, CELLS, class_of, planned_cells
from filiation.model.examination import Conclusion, Support
from filiation.model.exhibit import Exhibit
from filiation.model.ratio import Missed, missed_bound
from filiation.model.sketch import Sketch
from filiation.numerics.tails.runs import runs_log_p
from size.test_tied_heads_size import born as in_heads
from size.test_written_size import born as published

INDEPENDENT = Support(toward="independence", reason="powered-and-clean")
BODY = ("embed", "lm_head", "self_attn", "norm")


@lru_cache(maxsize=1)
def parent() -> attacked.Weights:
    return load("parent")


@lru_cache(maxsize=1)
def other() -> attacked.Weights:
    return load("stranger-2")


@lru_cache(maxsize=8)
def sketch(name: str) -> Sketch:
    return taken(name)


@lru_cache(maxsize=1)
def clean() -> Conclusion:
    return concluded(sketch("parent"), sketch("stranger-2"))


def sides(source: Sketch, subject: Sketch) -> dict[str, Exhibit]:
    """Both as exhibits, for a plan."""
    shown = {"source": source, "subject": subject}
    return {
        side: Exhibit(name=one.name, materials=(weights_material(one),))
        for side, one in shown.items()
    }


def disguised(weights: attacked.Weights, *, signs: bool = True) -> attacked.Weights:
    return rotated(shuffled(weights, signs=signs))


def with_scrambled() -> attacked.Weights:
    """Half a disguised copy, half a stranger in another disguise."""
    copy, scrambled = disguised(parent()), rotated(shuffled(other(), signs=True, seed=8), seed=3)
    return {name: (0.5 * copy[name] + 0.5 * scrambled[name]).astype("f4") for name in copy}


COPIES: dict[str, tuple[Callable[[], attacked.Weights], dict[str, bool]]] = {
    "silent layers, rotated, no tokenizer": (
        lambda: rotated(silent(parent(), 2, 2)),
        {"tokenizer": False},
    ),
    "silent layers, disguised, no tokenizer": (
        lambda: disguised(silent(parent(), 2, 2)),
        {"tokenizer": False},
    ),
    "silent layers, disguised, re-spelt": (
        lambda: disguised(silent(parent(), 2, 2)),
        {"respelt": True},
    ),
    "decoys": (lambda: decoys(parent(), 512), {}),
    "decoys, disguised, no tokenizer": (
        lambda: disguised(decoys(parent(), 512)),
        {"tokenizer": False},
    ),
    "all but the MLPs": (lambda: part_copied(noisy(parent(), 0.01), other(), BODY), {}),
    "all but the MLPs, rotated": (
        lambda: rotated(part_copied(noisy(parent(), 0.01), other(), BODY)),
        {"tokenizer": False},
    ),
    "embeddings alone": (lambda: part_copied(parent(), other(), ("embed",)), {}),
    "embeddings alone, rotated": (lambda: rotated(part_copied(parent(), other(), ("embed",))), {}),
    "head alone": (lambda: part_copied(parent(), other(), ("lm_head",)), {}),
    "attention alone": (lambda: part_copied(parent(), other(), ("self_attn",)), {}),
    "MLPs alone": (lambda: part_copied(parent(), other(), ("mlp",)), {}),
    "MLPs alone, permuted": (
        lambda: shuffled(part_copied(parent(), other(), ("mlp",)), signs=True),
        {},
    ),
    "disguised, noise of one RMS": (lambda: noisy(disguised(parent()), 1.0), {"tokenizer": False}),
    "disguised, merged": (with_scrambled, {}),
}


@pytest.mark.parametrize("attack", COPIES)
def test_no_true_copy_is_called_independent(attack: str) -> None:
    make, how = COPIES[attack]
    case = concluded(sketch("parent"), taken(attack, make(), **how))
    assert case.support.toward != "independence"
    with pytest.raises(CaseError):
        replace(case, support=INDEPENDENT, parts=case.parts[1:])


@pytest.mark.parametrize("number", [2, 3, 4, 5])
def test_a_stranger_is_independent_exactly_if_every_cell_is_powered(number: int) -> None:
    case = concluded(sketch("parent"), sketch(f"stranger-{number}"))
    assert len(case.parts) == 4 + 6 + 8 + 4
    powered = all(part.reaches(case.plan.power_share) for part in case.parts)
    assert powered == (case.support == INDEPENDENT)
    assert powered  # of these it is known


def test_a_power_found_in_place_is_not_lent_to_a_disguise() -> None:
    """Without tables nothing of a rotated copy would be seen, though all of one in place would."""
    bare = [
        replace(
            sketch(name), anchors=(), token_absent="none", table_absent="none", tables={}, name=name
        )
        for name in ("parent", "stranger-2")
    ]
    case = concluded(bare[0], bare[1])
    shares = {(p.component, p.alternative): p.share for p in case.parts}
    assert shares["mlp", "in-place"] is not None and shares["mlp", "in-place"] <= 0.25
    assert shares["mlp", "stream-rotated"] is None and shares["mlp", "both-and-signs"] is None
    assert case.support == Support(toward="neither", reason="not-excluded")
    lent = tuple(replace(part, share=shares["mlp", "in-place"]) for part in case.parts)
    assert lent != case.parts
    with pytest.raises(CaseError, match="not each is known to have been found"):
        replace(case, support=INDEPENDENT)


def test_what_survives_an_alternative_is_no_more_than_it_leaves() -> None:
    assert set(CLASSES) == set(ALTERNATIVES)
    for name in ("stream-rotated", "both-and-signs"):
        assert "native" not in CLASSES[name].kept + CLASSES[name].paired
    for name in ("units-permuted", "both-and-signs", "units-added"):
        assert not CLASSES[name].kept
    assert "token" not in CLASSES["tokens-respelt"].kept + CLASSES["tokens-respelt"].paired
    assert CLASSES["tokens-respelt"].keys == ("id",)
    assert CLASSES["alone"].kept == CLASSES["alone"].paired == ("native",)


def test_a_cell_whose_methods_the_plan_does_not_name_is_seen_by_reservations_only() -> None:
    plan = clean().plan
    fewer = replace(plan, methods=("unit-sign/1;frame=signature;surest=0.5",))
    parts = planted_parts(sketch("parent"), sketch("stranger-2"), fewer, seed=0)
    assert all("unit-order" not in part.because for part in parts)


def test_less_is_left_and_more_is_needed() -> None:
    plan, sides = clean().plan, (sketch("parent"), sketch("stranger-2"))
    weaker = replace(plan, disguised_cosine=0.5, power_cosine=0.3)
    for before, after in zip(clean().parts, planted_parts(*sides, weaker, seed=0), strict=True):
        assert after.share is None or (before.share is not None and after.share >= before.share)


def test_independence_asks_for_every_planned_cell_and_no_other() -> None:
    case = clean()
    assert case.support == INDEPENDENT
    blind = replace(case.parts[3], share=None)
    weak = replace(case.parts[3], share=0.3)
    spoilt = [(*case.parts[:3], part, *case.parts[4:]) for part in (blind, weak)]
    for parts in ((), case.parts[:-1], (*case.parts, case.parts[0]), *spoilt):
        with pytest.raises(CaseError, match="not each is known to have been found"):
            replace(case, parts=parts)
    with pytest.raises(CaseError, match="all that the plan asks for would have been found"):
        replace(case, support=Support(toward="neither", reason="not-excluded"))
    for reason in ("level-met", "order-could-be-chosen"):
        with pytest.raises(CaseError, match="the level alone decides"):
            toward = "derivation" if reason == "level-met" else "neither"
            replace(case, support=Support(toward=toward, reason=reason))  # type: ignore[arg-type]


def test_a_plan_may_ask_for_less_and_the_answer_says_so() -> None:
    sides = sketch("parent"), sketch("stranger-2")
    case = concluded(*sides, components=["mlp"], alternatives=["in-place", "units-permuted"])
    assert [(p.component, p.alternative) for p in case.parts] == [
        ("mlp", "in-place"), ("mlp", "units-permuted"),
    ]  # fmt: skip
    told = next(note for note in case.notes if "the plan does not ask about" in note)
    assert "component head" in told and "alternative stream-rotated" in told
    assert not any("does not ask" in note for note in clean().notes)
    for wrong in (["tower"], ["mlp", "mlp"]):
        with pytest.raises(UsageError, match="components are"):
            concluded(*sides, components=wrong)
    with pytest.raises(UsageError, match="alternatives are"):
        concluded(*sides, alternatives=["in place"])


def test_cells_make_sense() -> None:
    cells = planned_cells(tuple(CELLS), ALTERNATIVES)
    assert ("mlp", "units-permuted") in cells and ("embedding", "units-permuted") not in cells
    assert len(cells) == len(set(cells)) and planned_cells(("tower",), ALTERNATIVES) == ()


def test_tails_are_no_smaller_than_the_exact_ones() -> None:
    """Of so many found, spread evenly over the runs, with as many by chance as a run has units."""
    for units, run in ((224, 16), (40, 10)):
        runs = units // run
        tails = _tails(units, float(run), 1, False)
        for found in range(1, min(MOST, units // 2), 7):
            pairs = [min(run, found // runs + 1 + (n < found % runs)) for n in range(runs)]
            exact = runs_log_p(found, [(run, r) for r in pairs])
            assert tails[found] >= exact - 0.7


def test_a_way_that_finds_nothing_has_no_share() -> None:
    blind = Kept(
        name="x", units=(100,) * 3, run=16.0, candidates=(3,) * 3, hit=0.0, weight=9.0,
        by_chance=False, independent=True, plan=clean().plan,
    )  # fmt: skip
    assert smallest_share(blind, 0) is None
    sharp = replace(blind, hit=1.0)
    needed = smallest_share(sharp, 0)
    assert needed is not None and needed < 0.3
    more = smallest_share(replace(sharp, candidates=(600,) * 3), 0)
    assert more is not None and more >= needed
    dependent = smallest_share(replace(sharp, independent=False), 0)
    assert dependent is not None and dependent >= needed


def test_strangers_are_not_held_back_and_disguised_copies_are() -> None:
    source = sketch("parent")
    for number in (2, 3, 4, 5):
        assert what_pairs_up(source, sketch(f"stranger-{number}"), seed=0) == ()
    for name, attack in (
        ("silent", disguised(silent(parent(), 3, 1))),
        ("decoys", disguised(decoys(parent(), 300))),
    ):
        assert "mlp" in what_pairs_up(source, taken(name, attack, tokenizer=False), seed=0)


def test_limits_hold_where_agreements_are_chance() -> None:
    rng = np.random.default_rng(0)
    asked, units = [64] * 6, [500] * 8
    limit: Limits = limits(asked, units)
    held = sum(beyond(rng.poisson(0.5 * 64 / 500, (6, 8)), limit) for _ in range(2_000))
    assert held == 0
    found = np.zeros((6, 8), dtype=np.int64)
    found[2, 5] = limit.two.max() + 1
    assert beyond(found, limit)


def test_all_layers_together_may_reach_what_layers_of_a_real_model_do() -> None:
    """Three layers of MiniLM agree with the three others on at most 26 of 2,046 units."""
    assert not beyond(np.diag([9, 9, 8]), limits([682] * 3, [1536] * 3))
    assert beyond(np.diag([30, 30, 30]), limits([682] * 3, [1536] * 3))


def test_a_ratio_for_independence_counts_a_class_that_is_lacking_as_missed() -> None:
    seen = Missed(alternative="in-place", missed=0, pairs=98)
    lacking = Missed(alternative="both-and-signs", missed=0, pairs=0)
    assert (seen.rate, lacking.rate) == (0.01, 1.0)
    assert math.isclose(missed_bound([seen] * 3 + [lacking]), math.log10((0.03 + 1.0) / 4))
    assert class_of("units permuted") == "units-permuted"
    assert class_of("permuted, rotated, rescaled, fine-tuned") == ""
    assert class_of("fine-tuned") == "in-place"


def with_other_tables(copy: attacked.Weights) -> attacked.Weights:
    """The body of a copy between the tables of a stranger, as if they had been trained anew."""
    tables = ("model.embed_tokens.weight", "lm_head.weight")
    return {name: other()[name] if name in tables else array for name, array in copy.items()}


@pytest.mark.parametrize("layer", [0, 1, 3])
def test_the_reservation_hangs_on_no_single_layer(layer: int) -> None:
    """A body rotated between other tables, one layer of it a stranger's.

    Mutation tried: held back from the fit were layers 1, 4, .. only; without layer 1 the copy was
    called independent.
    """
    mlp = f"model.layers.{layer}.mlp."
    partly = {n: other()[n] if n.startswith(mlp) else array for n, array in parent().items()}
    copy = taken(f"all but layer {layer}", with_other_tables(disguised(partly)))

    assert "mlp" in what_pairs_up(sketch("parent"), copy, seed=0)
    assert concluded(sketch("parent"), copy).support.toward != "independence"


def test_a_method_that_abstains_lends_no_power() -> None:
    """Both begin with the identity: their orders are not counted, nor is it reckoned with them."""
    one, two = (toys.sketch(published(seed, ("up", "gate", "down"))) for seed in (1, 2))
    plan = fix_plan(**sides(one, two)).questions[0]
    for frames in (("native",), ("token",), ("table",)):
        assert not list(kept_ways((one, two), plan, "mlp", frames, cosine=0.5, seed=0))
    free = toys.sketch(published(3))
    assert list(kept_ways((one, free), plan, "mlp", ("native",), cosine=0.5, seed=0))


def test_heads_that_are_tied_lend_no_power() -> None:
    """Whoever ties those of a copy of such a model silences the methods, and power with them."""
    one, two, free = (
        toys.sketch(in_heads(seed, share)) for seed, share in ((1, 0.9), (2, 0.9), (3, 0))
    )
    plan = fix_plan(**sides(one, two)).questions[0]
    for frames in (("native",), ("token",), ("table",)):
        assert not list(kept_ways((one, two), plan, "attention", frames, cosine=0.5, seed=0))
    assert list(kept_ways((one, free), plan, "attention", ("native",), cosine=0.5, seed=0))


def test_power_is_never_that_of_a_method_that_a_faint_diagonal_silences() -> None:
    """A unit-trace may abstain where a unit-order does not: power is reckoned by the latter."""
    one, free = (toys.sketch(in_heads(seed, 0.0)) for seed in (1, 3))
    plan = fix_plan(**sides(one, free)).questions[0]
    only = replace(plan, methods=tuple(m for m in plan.methods if m.startswith("unit-trace/")))
    assert only.methods
    assert not list(kept_ways((one, free), only, "attention", ("native",), cosine=0.5, seed=0))


def test_without_whole_rows_a_turned_body_is_not_excluded() -> None:
    """Through other tables only whole rows would show it; a sketch need not keep any."""
    bare = replace(sketch("stranger-2"), deep=())
    case = concluded(sketch("parent"), bare)
    turned = ("stream-rotated", "both-and-signs")
    cells = [p for p in case.parts if p.component == "mlp" and p.alternative in turned]

    assert [cell.share for cell in cells] == [None, None]
    assert case.support == Support(toward="neither", reason="not-excluded")


def test_an_attention_whose_heads_are_unknown_has_its_cells() -> None:
    """Without config.json nobody knows the heads; that is no reason to leave the part out."""
    one, two = (replace(sketch(n), attention=(), axes={}) for n in ("parent", "stranger-2"))
    case = concluded(one, two)

    assert "attention" in case.plan.components
    assert {part.share for part in case.parts if part.component == "attention"} == {None}
    assert case.support.toward == "neither"


def test_what_a_student_has_of_its_teacher_helps_no_plant() -> None:
    """Mutation tried: planted in the student's own rows, two thousandths of a head were seen."""
    case = concluded(sketch("parent"), sketch("distilled"))
    (cell,) = (p for p in case.parts if (p.component, p.alternative) == ("head", "stream-rotated"))

    assert cell.share is None or cell.share >= 0.25
