"""An examination is of the plan's exhibits, each on its side; unlike materials have no question."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import toys
from filiation.errors import CaseError, UsageError
from filiation.examining.answers import plug as answers_plug
from filiation.examining.plan import agree, fix_plan
from filiation.examining.run import compare_members, examine, reckon
from filiation.examining.weights.plug import weights_material
from filiation.model.exhibit import Exhibit
from filiation.model.kinds import ANSWERS
from filiation.model.material import Material
from filiation.model.plan import Plan
from methods.answers.population import Population

SHORT = {"weights": {"methods": ["head-order/2;frame=native", "axis-order/3;assignment-to=2048"]}}


def weights(seed: int, name: str) -> Exhibit:
    sketch = replace(toys.sketch(toys.born(seed)), name=name)
    return Exhibit(name=name, materials=(weights_material(sketch),))


A, B, C, D = (weights(seed, name) for seed, name in ((1, "a"), (2, "b"), (3, "c"), (4, "d")))
ANSWERED = tuple(
    Exhibit(
        name=one.name,
        materials=(
            Material(kind=ANSWERS, name=one.name, digest=one.digest, kept="00" * 32, content=one),
        ),
    )
    for one in Population(models=4, items=40).recordings(1)
)


def fixed(*controls: Exhibit) -> Plan:
    return fix_plan(subject=A, source=B, controls=controls, given=SHORT)


def beside(one: Exhibit, other: Exhibit) -> Exhibit:
    return Exhibit(name=one.name, materials=(*one.materials, *other.materials))


def test_the_plans_own_exhibits_are_examined_under_their_names() -> None:
    found = examine(fixed(C, D), subject=A, source=B, controls=(C, D))

    assert (found.subject.name, found.source.name) == ("a", "b")
    (conclusion,) = found.conclusions
    assert (conclusion.subject.name, conclusion.source.name) == ("a", "b")
    assert [control.model.name for control in conclusion.controls] == ["c", "d"]
    assert "of a derive from those of b" in conclusion.plan.propositions.derivation


@pytest.mark.parametrize("put", [agree, examine])
def test_sides_that_changed_places_are_refused_by_side_and_digest(put: Callable[..., Any]) -> None:
    one, two = (exhibit.materials[0].digest[:12] for exhibit in (A, B))
    with pytest.raises(CaseError) as refused:
        put(fixed(), subject=B, source=A)
    assert str(refused.value) == (
        f"plan: the sides are swapped: the plan has 'a' ({one}..) as subject and 'b' ({two}..) as "
        "source; on other sides the question is another"
    )


@pytest.mark.parametrize("put", [agree, examine])
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((D, C), "the control was fixed as"),
        ((C,), "names 4 exhibits, 3 were given"),
        ((C, D, C), "names 4 exhibits, 5 were given"),
        ((C, C), "the control was fixed as"),
    ],
)
def test_controls_stand_in_their_order(
    put: Callable[..., Any], given: tuple[Exhibit, ...], said: str
) -> None:
    with pytest.raises(CaseError, match=f"plan: {said}.*; the plan was made for other exhibits"):
        put(fixed(C, D), subject=A, source=B, controls=given)


def test_a_party_and_a_control_that_changed_places_are_refused() -> None:
    with pytest.raises(CaseError, match=r"'b' \(.* as source and 'c' \(.* as control;"):
        examine(fixed(C), subject=A, source=C, controls=(B,))


def test_a_given_plan_with_its_sides_changed_is_refused() -> None:
    plan = fixed()
    fields = {**SHORT, "exhibits": [
        {"side": e.side, "name": e.name, "digest": e.digest, "kind": e.kind} for e in plan.exhibits
    ]}  # fmt: skip
    assert fix_plan(subject=A, source=B, given=fields) == plan
    with pytest.raises(CaseError, match="the sides are swapped"):
        fix_plan(subject=B, source=A, given=fields)


def test_other_exhibits_are_told_by_name_and_digest() -> None:
    one, two = (exhibit.materials[0].digest[:12] for exhibit in (A, C))
    with pytest.raises(CaseError) as refused:
        agree(fixed(), subject=C, source=B)
    assert str(refused.value) == (
        f"plan: the subject was fixed as 'a' ({one}..), the subject given is 'c' ({two}..); "
        "the plan was made for other exhibits"
    )


def test_further_material_is_not_slipped_under_a_plan() -> None:
    with pytest.raises(CaseError, match="the plan was made for other exhibits"):
        examine(fixed(), subject=beside(A, ANSWERED[0]), source=beside(B, ANSWERED[1]))


@pytest.mark.parametrize("function", [examine, agree, reckon])
def test_sides_are_named_and_never_told_apart_by_their_place(function: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="positional"):
        function(fixed(), A, B)


def test_a_plan_and_its_propositions_are_fixed_by_name_only() -> None:
    with pytest.raises(TypeError, match="positional"):
        fix_plan(A, B)  # type: ignore[misc]


def test_unlike_materials_are_refused_in_a_sentence() -> None:
    with pytest.raises(UsageError) as refused:
        fix_plan(subject=A, source=ANSWERED[0])
    assert str(refused.value) == (
        "a: exhibited were weights, and of model-0 answers; expected a kind of material that both "
        "have, since only like is compared with like"
    )


def test_what_only_one_side_has_is_noted_and_not_compared() -> None:
    subject = beside(A, ANSWERED[0])
    found = examine(fix_plan(subject=subject, source=B, given=SHORT), subject=subject, source=B)

    assert [conclusion.kind.id for conclusion in found.conclusions] == ["weights"]
    assert found.notes == (
        "a: answers were exhibited and not compared; source and subject do not both have them, or "
        "the plan does not ask about them",
        "a: its materials came as a, model-0; that they are of one model rests on whoever put them "
        "together",
    )


def test_a_plan_may_ask_of_one_kind_only() -> None:
    sides = {"subject": beside(A, ANSWERED[0]), "source": beside(B, ANSWERED[1])}
    plan = fix_plan(**sides, given={"questions": [{"kind": "answers"}]})

    assert [question.kind for question in plan.questions] == ["answers"]
    assert plan.questions[0].level == answers_plug.QUESTION.level
    found = examine(plan, **sides)
    assert [conclusion.kind.id for conclusion in found.conclusions] == ["answers"]
    assert sum("weights were exhibited" in note for note in found.notes) == 2


def test_a_line_up_of_what_no_question_is_about_is_refused() -> None:
    with pytest.raises(CaseError, match="the plan asks nothing about answers"):
        compare_members(fixed(), "answers", source=B, members=[A])


def test_a_question_about_what_a_side_lacks_is_refused() -> None:
    plan = replace(fixed(), questions=fix_plan(subject=ANSWERED[0], source=ANSWERED[1]).questions)
    with pytest.raises(CaseError, match="a: weights were exhibited, the plan asks about answers"):
        examine(plan, subject=A, source=B)
