"""An order that could have been chosen supports nothing, and a child does not hang on an order."""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from adversary.chosen import best_choice, rearranged, rows_of
from casebook.checkpoint import decode, read_stored
from casebook.operations import PermuteUnits, Weights, layer_count, mix
from filiation.errors import UsageError
from filiation.examining.pair import compare_pair
from filiation.examining.plan import fix_plan
from filiation.examining.question import Pair, Shown
from filiation.examining.weights.corroboration import Corroboration, corroborated, order_note
from filiation.examining.weights.corroboration.explained import TIMES, in_every_frame
from filiation.examining.weights.plug import QUESTION, weights_material
from filiation.model.examination import Support
from filiation.model.exhibit import Exhibit
from filiation.model.kinds import WEIGHTS
from filiation.model.plan import Dated
from filiation.model.sketch import Sketch
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

CASEBOOK = Path(__file__).parents[2] / "examples" / "casebook"
CHILDREN = (
    "fine-tuned", "continued", "merged", "rotated", "permuted", "rescaled", "depth-pruned",
    "width-pruned", "quantised-8bit", "quantised-4bit",
)  # fmt: skip
DATED = Dated(
    digest="", time="2026-01-01T00:00:00+00:00", by="stamp", event=3,
    subject_available=date(2026, 2, 1),
)  # fmt: skip


def weights(name: str) -> Weights:
    return decode(read_stored(CASEBOOK / name / "model.safetensors"))


def exhibit(model: Weights | Path, folder: Path, name: str) -> Exhibit:
    """A model with the casebook's tokenizer."""
    place = folder / name
    if not isinstance(model, Path):
        place.mkdir()
        arrays = {n: np.ascontiguousarray(x) for n, x in model.items()}
        safetensors.numpy.save_file(arrays, place / "model.safetensors")
        tokens = CASEBOOK / "parent" / "tokenizer.json"
        (place / "tokenizer.json").write_bytes(tokens.read_bytes())
        model = place
    take_sketch(open_model(model), folder / f"{name}.sketch")
    sketch = replace(read_sketch(folder / f"{name}.sketch"), name=name)
    return Exhibit(name=name, materials=(weights_material(sketch),))


def judged(source: Exhibit, subject: Exhibit) -> tuple[Pair, Shown, Support]:
    """Under the default plan; what could have been found is of no account here."""
    (asked,) = fix_plan(subject=subject, source=source).questions
    pair = Pair(
        plan=asked, seed=0, source=source.content(WEIGHTS), subject=subject.content(WEIGHTS),
        controls=(), names=(source.name, subject.name), families={},
    )  # fmt: skip
    found = compare_pair(pair, QUESTION)
    shown = Shown(findings=found.findings, combined=found.combined, parts=())
    return pair, shown, QUESTION.support(pair, shown)


def looked(source: Exhibit, subject: Exhibit) -> Corroboration:
    sides: list[Sketch] = [side.content(WEIGHTS) for side in (source, subject)]
    return corroborated(sides[0], sides[1], (), level=1e-6, seed=0)


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Exhibit:
    return exhibit(CASEBOOK / "parent", tmp_path_factory.mktemp("parent"), "parent")


@lru_cache
def attacked(how: str) -> Weights:
    """The parent arranged to look like stranger-2; for `signs`, its units keep their places."""
    ours, theirs = weights("parent"), weights("stranger-2")
    found = best_choice(rows_of(ours), rows_of(theirs), "order" if how == "signs" else how)
    if how == "signs":
        places = [np.arange(len(order)) for order in found.order]
        signs = [sign[np.argsort(o)] for sign, o in zip(found.sign, found.order, strict=True)]
        found = replace(found, order=places, sign=signs)
    return rearranged(ours, found)


@pytest.mark.parametrize("how", ["order", "axes", "rotation"])
def test_whoever_chose_meets_the_level_and_supports_nothing(tmp_path: Path, how: str) -> None:
    source = exhibit(attacked(how), tmp_path, "accuser")
    subject = exhibit(CASEBOOK / "stranger-2", tmp_path, "innocent")
    pair, shown, support = judged(source, subject)

    assert (shown.combined.log_p or 0.0) < -100
    assert support == Support(toward="neither", reason="order-could-be-chosen")
    (note,) = (n for n in QUESTION.notes(pair, support) if "in view" in n)
    assert note.startswith("the order or signs in which accuser lists its units")
    assert "outside of a case there is none" in note
    assert QUESTION.relation(pair, support).kind == "unknown"


def test_one_fixed_matrix_in_both_carries_no_order(tmp_path: Path) -> None:
    """Random features that a library draws from its own seed stand in both, value for value."""
    fixed = np.random.default_rng(0).normal(size=(64, 80)).astype(np.float32)
    name = "model.layers.0.self_attn.random_features.weight"
    source = exhibit({**attacked("order"), name: fixed}, tmp_path, "accuser")
    subject = exhibit({**weights("stranger-2"), name: fixed}, tmp_path, "innocent")

    assert judged(source, subject)[2].reason == "order-could-be-chosen"


@pytest.mark.parametrize("lengths", [(-1,), (2, -1)])
def test_equal_bytes_in_another_shape_are_no_choice_of_an_order_and_no_seed(
    parent: Exhibit, tmp_path: Path, lengths: tuple[int, ...]
) -> None:
    """No order makes two tensors equal, and no common seed what was trained."""
    stored = {
        name: values.reshape(lengths).astype(np.float16)
        for name, values in weights("parent").items()
        if values.ndim == 2
    }
    assert judged(parent, exhibit(stored, tmp_path, "reshaped"))[2].toward == "derivation"


def test_signs_that_were_chosen_support_nothing(tmp_path: Path) -> None:
    source = exhibit(attacked("signs"), tmp_path, "accuser")
    subject = exhibit(CASEBOOK / "stranger-2", tmp_path, "innocent")

    assert judged(source, subject)[2].toward == "neither"


def test_a_date_settles_it(tmp_path: Path) -> None:
    """The same numbers, once the order cannot have been chosen any more."""
    source = exhibit(attacked("order"), tmp_path, "accuser")
    subject = exhibit(CASEBOOK / "stranger-2", tmp_path, "innocent")
    pair, shown, _ = judged(source, subject)
    settled = replace(pair, plan=replace(pair.plan, source_dated=DATED))
    support = QUESTION.support(settled, shown)
    (note,) = (n for n in QUESTION.notes(settled, support) if "no choice of an order" in n)

    assert support == Support(toward="derivation", reason="level-met")
    assert "fixed by 2026-01-01 (a time stamp)" in note and "before 2026-02-01" in note


def test_a_date_that_is_only_stated_is_refused(parent: Exhibit, tmp_path: Path) -> None:
    subject = exhibit(CASEBOOK / "stranger-2", tmp_path, "innocent")
    said = {
        "digest": parent.materials[0].digest, "time": DATED.time, "by": "stamp", "event": 3,
        "subject_available": "2026-02-01",
    }  # fmt: skip

    with pytest.raises(UsageError, match="only stated dates nothing"):
        fix_plan(subject=subject, source=parent, given={"weights": {"source_dated": said}})
    with pytest.raises(UsageError, match="not the source"):
        fix_plan(subject=subject, source=parent, dated={"weights": DATED})


@pytest.mark.parametrize("name", CHILDREN)
def test_a_child_is_corroborated(parent: Exhibit, tmp_path: Path, name: str) -> None:
    found = looked(parent, exhibit(CASEBOOK / name, tmp_path, name))

    assert found.carries
    assert "could have made" in order_note(found, None, ("parent", name), met=True)


@pytest.mark.parametrize("name", ["stranger-2", "stranger-5", "distilled", "other-width"])
def test_nothing_corroborates_a_stranger(parent: Exhibit, tmp_path: Path, name: str) -> None:
    found = looked(parent, exhibit(CASEBOOK / name, tmp_path, name))

    assert not found.carries and found.grounds == ()


@pytest.mark.parametrize(("share", "held"), [(0.1, False), (0.2, False), (0.4, True)])
def test_a_mix_holds_from_two_fifths_on(
    parent: Exhibit, tmp_path: Path, share: float, held: bool
) -> None:
    """What is left of a tenth, a rotation could have made of a stranger."""
    mixed = mix((weights("parent"), weights("stranger-2")), (share, 1 - share))

    assert looked(parent, exhibit(mixed, tmp_path, "mixed")).carries == held


def test_a_table_speaks_for_itself_alone(parent: Exhibit, tmp_path: Path) -> None:
    """An embedding that both took from the public says nothing of units in a chosen order."""
    made = attacked("order")
    table = "model.embed_tokens.weight"
    subject = {**weights("stranger-2"), table: made[table]}
    source = exhibit(made, tmp_path, "accuser")
    found = judged(source, exhibit(subject, tmp_path, "innocent"))

    grounds = looked(source, Exhibit(name="innocent", materials=_of(found[0]))).grounds
    assert {ground.component for ground in grounds} == {"embedding"}
    units = [f for f in found[1].findings if f.component == "mlp"]
    assert not corroborated(found[0].source, found[0].subject, units, level=1e-6, seed=0).carries


def _of(pair: Pair) -> tuple:  # type: ignore[type-arg]
    return (weights_material(pair.subject),)


def test_copies_of_one_layer_explain_it_once(tmp_path: Path) -> None:
    """Silent copies that write nearly nothing cost nothing; they must not add up."""
    ours, one = weights("parent"), weights("stranger-2")
    found = best_choice(rows_of(ours)[:1], rows_of(one)[:1], "rotation")
    places = [*found.order, *[np.arange(224)] * 3]
    signs = [*found.sign, *[np.ones(224, dtype=np.float32)] * 3]
    many = rearranged(ours, replace(found, order=places, sign=signs))
    for copy in range(layer_count(ours), 16):
        for name, value in list(many.items()):
            if ".layers.0." in name:
                quiet = 1e-6 if name.endswith(("o_proj.weight", "down_proj.weight")) else 1.0
                many[name.replace(".layers.0.", f".layers.{copy}.")] = value * np.float32(quiet)
    source, subject = exhibit(many, tmp_path, "many"), exhibit(one, tmp_path, "innocent")

    assert judged(source, subject)[2].reason == "order-could-be-chosen"


def test_a_layer_of_the_subject_is_explained_once(tmp_path: Path) -> None:
    one = weights("parent")
    many = {n: x for n, x in one.items() if ".layers." not in n}
    for copy in range(16):
        for name, value in one.items():
            if ".layers.0." in name:
                many[name.replace(".layers.0.", f".layers.{copy}.")] = value
    sides = [exhibit(model, tmp_path, name) for name, model in (("many", many), ("one", one))]
    found = next(in_every_frame(*(side.content(WEIGHTS) for side in sides), seed=0))

    assert 0.5 * 3 * 224 < found.excess <= 3 * 224  # rows of one layer, and not of sixteen


def test_units_elsewhere_are_found_after_the_best_order(parent: Exhibit, tmp_path: Path) -> None:
    moved = PermuteUnits(seed=1)({n: x * np.float32(1.001) for n, x in weights("parent").items()})
    found = looked(parent, exhibit(moved, tmp_path, "moved"))

    assert found.carries


def test_choices_stay_below_half_of_what_is_asked() -> None:
    """Beyond every arrangement that was tried; more are in `tools/docs/chosen_order.py`."""
    ours, theirs = rows_of(weights("parent")), rows_of(weights("stranger-2"))

    for how, agreeing in (("axes", 0), ("rotation", 200), ("linear", 200)):
        found = best_choice(ours, theirs, how)
        assert found.times < TIMES / 2
        assert found.agree >= agreeing  # so pairings that agree are no evidence
