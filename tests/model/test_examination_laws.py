"""What may not be said cannot be built: each law of an examination and its exhibits, broken."""

import math
from dataclasses import replace

import pytest

from filiation.errors import CaseError, UsageError
from filiation.examining.weights.plug import QUESTION
from filiation.model.examination import Combined, Support
from filiation.model.exhibit import Exhibit, contents
from filiation.model.kinds import FILES
from filiation.model.material import Material
from filiation.model.plan import Plan
from filiation.model.ratio import NoRatio
from filiation.model.study import MeasuredPower, Planted
from report import cases, output_cases, ratio_cases


def material(kind: str, name: str = "m", digest: str = "00") -> Material:
    return Material(kind=kind, name=name, digest=digest, kept="11", content=name)


@pytest.mark.parametrize("side", ["plan", "subject", "source"])
def test_a_conclusion_is_drawn_from_one_kind(side: str) -> None:
    weights, answers = cases.derivation(), output_cases.alike()
    other = {side: getattr(answers, side)}
    if side == "plan":
        other = {"plan": replace(weights.plan, kind="answers")}
    with pytest.raises(CaseError, match="a conclusion about weights is drawn from answers, weight"):
        replace(weights, **other)


def test_every_planned_method_ends_once() -> None:
    found = cases.derivation()
    twice = (*found.findings, found.findings[0])
    for findings in (found.findings[1:], twice):
        with pytest.raises(CaseError, match="every planned method ends once"):
            replace(found, findings=findings)
    other = replace(found.findings[0], method="another/1")
    with pytest.raises(CaseError, match="4 methods were planned, 4 outcomes"):
        replace(found, findings=(other, *found.findings[1:]))


def test_there_is_a_combined_p_exactly_if_a_finding_counts() -> None:
    found, aside = cases.derivation(), output_cases.nothing_counts()
    none = Combined(log_p=None, because="")
    with pytest.raises(CaseError, match="4 findings count, combined log p is None"):
        replace(found, combined=none)
    with pytest.raises(CaseError, match=r"0 findings count, combined log p is -1\.0"):
        replace(aside, combined=Combined(log_p=-1.0, because=""))


def test_the_level_alone_decides_for_derivation() -> None:
    derivation, independence = cases.derivation(), cases.independence()
    for toward, reason in (("neither", "underpowered"), ("independence", "powered-and-clean")):
        with pytest.raises(CaseError, match="the level alone decides"):
            replace(derivation, support=Support(toward=toward, reason=reason))  # type: ignore[arg-type]
    with pytest.raises(CaseError, match="support is toward derivation, but the combined log p is"):
        replace(independence, support=Support(toward="derivation", reason="level-met"))
    level = math.log(independence.plan.level)
    just = replace(independence, combined=Combined(log_p=math.nextafter(level, 0.0), because=""))
    with pytest.raises(CaseError, match="the level alone decides"):
        replace(just, combined=Combined(log_p=level, because=""))


def test_without_a_finding_nothing_supports_derivation() -> None:
    nothing = cases.absent_only()
    with pytest.raises(CaseError, match="the level alone decides"):
        replace(nothing, support=Support(toward="derivation", reason="level-met"))


def test_a_kind_whose_absence_is_no_evidence_supports_no_independence() -> None:
    found = output_cases.strange()
    with pytest.raises(CaseError, match="on answers, of which no finding can support it"):
        replace(found, support=Support(toward="independence", reason="powered-and-clean"))


def test_ratios_are_one_for_each_method_and_within_what_was_reckoned() -> None:
    found = ratio_cases.derivation()
    with pytest.raises(CaseError, match="one for each planned method"):
        replace(found, strengths=())
    with pytest.raises(CaseError, match="one for each finding"):
        replace(found, ratios=found.ratios[::-1])
    with pytest.raises(CaseError, match="the plan had fixed none"):
        replace(found, population=None)
    for one in found.ratios:
        none = NoRatio(method=one.method, reason="withheld")
        replace(found, ratios=tuple(none if r is one else r for r in found.ratios))


def test_measured_power_is_cells_of_one_cosine_or_a_reason() -> None:
    one, two = (Planted(share=0.1, cosine=c, found=1, trials=2) for c in (0.5, 0.75))
    for cells, reason in (((), ""), ((one,), "why"), ((one, two), "")):
        with pytest.raises(CaseError, match="expected cells of one cosine"):
            MeasuredPower(cells=cells, reason=reason)


def test_every_planned_question_has_one_conclusion_as_it_was_planned() -> None:
    both = output_cases.both_kinds()
    weights, answers = both.conclusions
    laxer = replace(weights, plan=replace(weights.plan, level=weights.plan.level * 2))
    for conclusions in ((weights,), (answers, weights), (weights, weights), (laxer, answers), ()):
        with pytest.raises(CaseError, match="every planned question has one, as it was planned"):
            replace(both, conclusions=conclusions)


@pytest.mark.parametrize("side", ["subject", "source"])
def test_a_conclusion_speaks_of_the_models_that_the_examination_names(side: str) -> None:
    both = output_cases.both_kinds()
    whole = getattr(both, side)
    other = replace(whole, materials=whole.materials[:1])
    with pytest.raises(CaseError, match=f"answers: the {side} of its .* {whole.name!r}"):
        replace(both, **{side: other})
    relabelled = tuple(replace(m, kind="weights") for m in whole.materials)
    with pytest.raises(CaseError, match="does not have"):
        replace(both, **{side: replace(whole, materials=relabelled)})


def test_a_conclusion_draws_on_the_population_of_the_plan() -> None:
    found = cases.examination(ratio_cases.derivation())
    for population in (None, replace(found.plan.population, digest="cc" * 32)):  # type: ignore[type-var]
        with pytest.raises(CaseError, match="weights: its likelihood ratios are from another"):
            replace(found, plan=replace(found.plan, population=population))


def test_sides_of_a_conclusion_cannot_change_places() -> None:
    found = cases.examination(cases.derivation())
    with pytest.raises(CaseError, match="the subject of its conclusion is"):
        replace(found, subject=found.source, source=found.subject)


def test_a_conclusion_is_found_by_its_kind() -> None:
    both = output_cases.both_kinds()
    assert both.conclusion("answers") == both.conclusions[1]
    assert both.conclusion("poems") is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("level", 0.0), ("level", 0.051), ("level", math.nan), ("level", -1.0),
        ("clean_level", 0.0), ("clean_level", 1.1), ("clean_level", 0.0099),
        ("assumption_floor", 1e-30), ("assumption_floor", 2e-3), ("assumption_floor", math.inf),
        ("power_share", 0.0), ("power_share", 0.26),
        ("power_cosine", -0.1), ("power_cosine", 2.0),
    ],
)  # fmt: skip
def test_a_question_has_numbers_that_can_be(field: str, value: float) -> None:
    with pytest.raises(UsageError, match=rf"plan, weights: {field} is "):
        cases.question(**{field: value})


def test_a_question_names_each_method_once_and_one_at_least() -> None:
    with pytest.raises(UsageError, match="plan, weights: no method is named"):
        cases.question(methods=())
    with pytest.raises(UsageError, match="plan, weights: a method is named twice"):
        cases.question(methods=(*cases.METHODS, cases.METHODS[0]))


def test_a_plan_asks_once_of_each_kind_and_has_a_seed_that_json_carries() -> None:
    asked = cases.question()
    with pytest.raises(UsageError, match="plan: no question is asked"):
        Plan(questions=(), exhibits=())
    with pytest.raises(UsageError, match="one kind of material is asked about twice"):
        Plan(questions=(asked, replace(asked, level=1e-3)), exhibits=())
    for seed in (-1, 2**53):
        with pytest.raises(UsageError, match=rf"plan: seed is {seed}, expected 0 to"):
            Plan(questions=(asked,), exhibits=(), seed=seed)
    plan = Plan(questions=(asked,), exhibits=(), seed=2**53 - 1)
    assert (plan.methods, plan.question("weights"), plan.question("answers")) == (
        cases.METHODS, asked, None,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["", "Weights", "1st", "a b", "a/b", "\u0430", "x" * 41, FILES])
def test_a_kind_has_a_name_that_records_can_carry(name: str) -> None:
    with pytest.raises(UsageError, match=r"kind of material .* expected up to 40 of a-z"):
        replace(QUESTION.kind, id=name)


def test_an_exhibit_holds_something_and_one_material_of_each_kind() -> None:
    with pytest.raises(CaseError, match="m: no material was exhibited"):
        Exhibit(name="m", materials=())
    with pytest.raises(CaseError, match="weights, weights were exhibited, expected at most one"):
        Exhibit(name="m", materials=(material("weights"), material("weights", digest="22")))
    both = Exhibit(name="m", materials=(material("weights"), material("answers", "a")))
    assert both.kinds == ("weights", "answers")
    assert (both.content("answers"), both.material("poems"), both.content("poems")) == (
        "a", None, None,
    )  # fmt: skip
    one = Exhibit(name="n", materials=(material("answers", "b"),))
    assert contents((both, one), "answers") == ["a", "b"]
    assert contents((both, one), "weights") == ["m"]


def test_two_materials_are_equal_if_kind_and_digest_are() -> None:
    one = material("weights", "one")
    assert one == material("weights", "another name")
    assert hash(one) == hash(material("weights", "another name"))
    assert one != material("answers", "one") and one != material("weights", "one", "22")
    assert one != "weights"
    subject = one.subject
    assert (subject.name, subject.kind, subject.digest, subject.kept) == (
        "one", "weights", "00", "11",
    )  # fmt: skip
