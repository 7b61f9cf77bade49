"""What a clever party tried with a plan, and what came of it: nothing may come out said falsely."""

from dataclasses import replace

import pytest

from examining.test_sides import ANSWERED, SHORT, A, B, C
from filiation.errors import CaseError, UsageError
from filiation.examining.plan import fix_plan
from filiation.examining.run import examine
from filiation.model.exhibit import Exhibit
from filiation.model.plan import Propositions
from filiation.report import wording

LIBEL = Propositions(derivation="A and B are unrelated.", independence="a was stolen from b.")


def called(exhibit: Exhibit, name: str) -> Exhibit:
    materials = tuple(replace(material, name=name) for material in exhibit.materials)
    return Exhibit(name=name, materials=materials)


@pytest.mark.parametrize(
    "fields",
    [
        {"level": 1e-60, "clean_level": 1e-60},  # a copy at 1e-43 came out "independent"
        {"power_share": 1.0},  # "had all been inherited, it would have been found"
        {"level": 0.5},  # every other stranger derives
        {"assumption_floor": 1.0},  # "probability below 1"
        {"assumption_floor": 5e-324},
        {"level": 0.04},  # above what is called clean
    ],
)
def test_numbers_that_would_make_a_sentence_false_are_refused(fields: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=r"plan, weights: (level|clean_level|power_|assumption_)"):
        fix_plan(subject=A, source=B, given={"weights": fields})


def test_propositions_are_the_kinds_own() -> None:
    stated = {"derivation": LIBEL.derivation, "independence": LIBEL.independence}
    with pytest.raises(CaseError, match="a statement of its own"):
        fix_plan(subject=A, source=B, given={"weights": {"propositions": stated}})
    plan = fix_plan(subject=A, source=B, given=SHORT)
    (asked,) = plan.questions
    libelled = replace(plan, questions=(replace(asked, propositions=LIBEL),))
    with pytest.raises(CaseError, match="a statement of its own"):
        examine(libelled, subject=A, source=B)


def test_how_a_material_was_taken_is_not_free_text() -> None:
    plan = fix_plan(subject=A, source=B, given=SHORT)
    (asked,) = plan.questions
    with pytest.raises(CaseError, match="taken as 'by a court'"):
        examine(replace(plan, questions=(replace(asked, taken="by a court"),)), subject=A, source=B)


def test_two_levels_for_one_question_are_refused() -> None:
    twice = [{"kind": "weights", "level": 1e-6}, {"kind": "weights", "level": 0.05}]
    with pytest.raises(UsageError, match="two tables ask about weights"):
        fix_plan(subject=A, source=B, given={"questions": twice})
    both = {"questions": [{"kind": "weights", "level": 1e-12}], "weights": {"level": 1e-6}}
    with pytest.raises(UsageError, match="expected one of them"):
        fix_plan(subject=A, source=B, given=both)


def test_a_plan_that_leaves_methods_out_says_so_in_the_answer() -> None:
    plan = fix_plan(subject=A, source=B, given=SHORT)
    (found,) = examine(plan, subject=A, source=B).conclusions

    assert "methods that there were" in wording.headline(found)
    assert "methods that there were" in wording.limits(found)[0]


def test_one_control_under_three_names_counts_once() -> None:
    controls = [called(C, name) for name in ("c1", "c2", "c3")]
    plan = fix_plan(subject=A, source=B, controls=controls, given=SHORT)
    (found,) = examine(plan, subject=A, source=B, controls=controls).conclusions

    assert [control.model.name for control in found.controls] == ["c1"]
    assert sum("they count once" in note for note in found.notes) == 2


def test_a_control_that_is_called_like_a_party_is_refused() -> None:
    for name in ("a", "b"):
        with pytest.raises(UsageError, match="two exhibits of weights are called so"):
            fix_plan(subject=A, source=B, controls=[called(C, name)])


def test_families_that_name_nobody_are_told() -> None:
    plan = fix_plan(subject=ANSWERED[0], source=ANSWERED[1])
    found = examine(plan, subject=ANSWERED[0], source=ANSWERED[1], families={"nobody": "x"})

    assert any("families are declared for nobody" in note for note in found.notes)
