"""Does a quick look accuse by its own p only, and never acquit?"""

import json
import math
import subprocess
import sys
from dataclasses import replace
from functools import lru_cache
from itertools import permutations

import numpy as np
import pytest

import filiation as fl
from attacked import CASEBOOK, load, rotated, shuffled, taken
from filiation.errors import CaseError, UsageError
from filiation.examining.combining import combine
from filiation.examining.kinds import quick_fields
from filiation.examining.pair import ask, compare_weights
from filiation.examining.plan import fix_plan, plan_bytes, plan_digest, plan_from_bytes
from filiation.examining.plan_fields import check_fields
from filiation.examining.run import examine
from filiation.examining.weights.plug import weights_material
from filiation.examining.weights.quick import few_layers
from filiation.methods import methods_for, quick_methods
from filiation.model.examination import Conclusion, Examination, Support
from filiation.model.exhibit import Exhibit
from filiation.model.finding import Finding
from filiation.model.plan import PlannedQuestion
from filiation.model.sketch import Sketch
from filiation.report.wording import headline, limits

INDEPENDENT = Support(toward="independence", reason="powered-and-clean")
STRANGERS = ("parent", *(f"stranger-{n}" for n in range(2, 6)))


@lru_cache(maxsize=16)
def sketch(name: str) -> Sketch:
    return taken(name)


def looked(source: Sketch, subject: Sketch, **fields: object) -> Examination:
    """A quick look at two models."""
    one, other = (Exhibit(name=s.name, materials=(weights_material(s),)) for s in (source, subject))
    (asked,) = quick_fields()["questions"]
    given = {"questions": ({**asked, **fields},)}
    plan = fix_plan(subject=other, source=one, given=given)
    return examine(plan, subject=other, source=one)


def concluded(source: Sketch, subject: Sketch) -> Conclusion:
    return looked(source, subject).conclusions[0]


@pytest.mark.parametrize("child", ["fine-tuned", "merged", "quantised-4bit", "permuted"])
def test_a_copy_as_stored_or_with_units_in_another_order_is_found(child: str) -> None:
    found = concluded(sketch("parent"), sketch(child))
    assert found.support == Support(toward="derivation", reason="level-met")
    said = headline(found)
    assert "Looked at quickly" in said and "axes of the stream rotated" in said


@pytest.mark.parametrize("name", ["stranger-2", "distilled", "rotated"])
def test_what_is_not_seen_is_never_called_independent(name: str) -> None:
    found = concluded(sketch("parent"), sketch(name))
    assert found.support == Support(toward="neither", reason="quick-look")
    said = headline(found)
    assert said.startswith("A quick look: no agreement")
    assert "cannot be shown by it" in said and "axes of the stream rotated" in said
    assert any("multiply p by their number" in one for one in limits(found))
    with pytest.raises(CaseError, match="at most 4 layers"):
        replace(found, support=INDEPENDENT)


def test_units_in_another_order_alone_are_warned_of() -> None:
    """Of a stranger whose MLPs alone were taken, in another order, no p speaks."""
    own, theirs = load("stranger-2"), shuffled(load("parent"), signs=False)
    mixed = {name: theirs[name] if ".mlp." in name else own[name] for name in own}
    found = concluded(sketch("parent"), taken("mixed", mixed))
    assert found.support == Support(toward="neither", reason="disguise-suspected", of=("mlp",))


def test_a_rotated_copy_is_found_by_the_whole_examination_alone() -> None:
    """What the headline says was not asked is what is missed."""
    turned = taken("turned", rotated(load("parent")))
    assert compare_weights(sketch("parent"), turned, seed=0, quick=True).combined.log_p == 0.0
    assert (compare_weights(sketch("parent"), turned, seed=0).combined.log_p or 0.0) < -50.0


def test_strangers_have_no_small_p_in_either_direction() -> None:
    ps = [
        compare_weights(sketch(a), sketch(b), seed=0, quick=True).combined.log_p
        for a, b in permutations(STRANGERS, 2)
    ]
    assert min(p for p in ps if p is not None) > math.log(0.01)


def test_an_accuser_who_looks_with_many_seeds_gains_nothing() -> None:
    """Seeds break ties only: no number of them makes a stranger's p small."""
    source, subject = sketch("parent"), sketch("stranger-3")
    ps = []
    for seed in range(40):
        said = [ask(m, source, subject, seed=seed) for m in quick_methods("weights")]
        ps.append(combine([one for one in said if isinstance(one, Finding)]).log_p)
    assert min(p for p in ps if p is not None) > math.log(0.05)


def test_a_whole_plan_has_the_bytes_that_it_had_before_there_was_a_quick_look() -> None:
    one, other = (
        Exhibit(name=n, materials=(weights_material(sketch(n)),)) for n in ("parent", "stranger-2")
    )
    whole = fix_plan(subject=other, source=one)
    assert "layers" not in json.loads(plan_bytes(whole))["questions"][0]
    quick = looked(sketch("parent"), sketch("stranger-2")).plan
    assert json.loads(plan_bytes(quick))["questions"][0]["layers"] == 4
    for plan in (whole, quick):
        assert plan_from_bytes(plan_bytes(plan), "plan") == plan
    assert plan_digest(whole) != plan_digest(quick)


def test_every_method_of_a_quick_look_is_named_by_no_other_plan_or_by_all() -> None:
    others = {method.id for method in methods_for("weights")}
    own = [method.id for method in quick_methods("weights")]
    assert [name for name in own if name in others] == ["equal-tensors/1"]


def test_layers_are_counted_of_weights_alone_and_at_least_one() -> None:
    with pytest.raises(UsageError, match="expected at least 1"):
        looked(sketch("parent"), sketch("stranger-2"), layers=0)
    with pytest.raises(UsageError, match=r"weights\.layers: found 'few', expected a whole number"):
        check_fields({"weights": {"layers": "few"}}, "plan")
    question: PlannedQuestion = looked(sketch("parent"), sketch("stranger-2")).plan.questions[0]
    assert question.quick and not replace(question, layers=None).quick


def deeper(name: str, times: int) -> Sketch:
    """A sketch with each layer so many times."""
    whole = sketch(name)
    return replace(
        whole,
        layers=tuple(whole.layers) * times,
        attention=tuple(whole.attention) * times,
        deep=tuple(
            replace(d, layer=d.layer + n * len(whole.layers))
            for n in range(times)
            for d in whole.deep
        ),
    )


def test_as_few_layers_of_both_stand_at_the_same_places() -> None:
    twelve, eight, four = deeper("parent", 3), deeper("stranger-2", 2), sketch("parent")
    one, other = few_layers(twelve, eight)
    for few, whole in ((one, twelve), (other, eight)):
        assert [*few.layers] == [whole.layers[n] for n in (0, 2, 4, 7)]
        assert len(few.attention) == 4
        assert [few.layers[d.layer] is whole.layers[e.layer] for d, e in zip(
            few.deep, (e for e in whole.deep if e.layer in (0, 2, 4, 7)), strict=True
        )] == [True] * len(few.deep)  # fmt: skip
    assert few_layers(four, sketch("stranger-2"))[0] is four
    assert [*few_layers(four, twelve)[1].layers] == [*twelve.layers[:4]]


def test_a_look_at_a_deep_model_says_what_it_left_out() -> None:
    found = concluded(sketch("parent"), deeper("fine-tuned", 2))
    (note,) = [one for one in found.notes if one.startswith("a quick look: ")]
    assert "4 of 8 MLP layers and 4 of 8 attentions of fine-tuned" in note
    assert np.isfinite(found.combined.log_p or 0.0) and found.support.toward == "derivation"


def test_what_a_quick_look_does_not_need_is_not_imported() -> None:
    """A second of one core holds no import that nothing is done with."""
    asked = ["examine", "--quick", "-q", str(CASEBOOK / "stranger-2"), "--source",
             str(CASEBOOK / "parent"), "--out"]  # fmt: skip
    program = (
        "import sys, tempfile\n"
        "from filiation.cli.front.serve import serve\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        f"    assert serve([*{asked!r}, folder + '/out']) == 0\n"
        "print(*sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    heavy = {"scipy.optimize", "scipy.stats", "scipy.sparse", "gguf", "cryptography"}
    ours = ("methods.answers", "methods.values", "readers.answers", "populations",
            "readers.weights.onnx_model", "readers.bytes.torch_archive",
            "examining.weights.relation")  # fmt: skip
    assert not loaded & (heavy | {f"filiation.{name}" for name in ours})


def test_from_python_and_never_beside_a_plan_or_a_population() -> None:
    one, other = (str(CASEBOOK / name) for name in ("stranger-2", "parent"))
    found = fl.examine(one, source=other, quick=True)
    assert found.record.conclusions[0].support.reason == "quick-look"
    with pytest.raises(UsageError, match="found a plan beside it"):
        fl.examine(one, source=other, quick=True, plan={"weights": {"level": 1e-8}})
