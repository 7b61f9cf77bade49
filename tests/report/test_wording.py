import math
from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filiation.model.examination import Combined, Conclusion, Power, Support
from filiation.model.relation import (
    Disguise,
    Ingredient,
    MappedLayer,
    Relation,
    RelationKind,
    Share,
)
from filiation.report import wording
from report import cases, output_cases, part_cases
from report.texts import everything, on_terminal

KINDS = pytest.mark.parametrize("build", output_cases.ALL, ids=lambda build: build.__name__)


@KINDS
def test_no_sentence_of_any_report_says_too_much(build: Callable[[], Conclusion]) -> None:
    for text in everything(build()):
        assert wording.forbidden(text) == [], text


@st.composite
def any_relation(draw: st.DrawFn) -> Relation:
    names = st.text(max_size=20)
    low, estimate, high = sorted(draw(st.tuples(*[st.floats(0, 1)] * 3)))
    weights = st.floats(-1, 2)
    return Relation(
        kind=draw(st.sampled_from(get_args(RelationKind))),
        because=draw(st.sampled_from(["", "the tensors differ"])),
        disguises=tuple(draw(st.lists(st.sampled_from(get_args(Disguise)), unique=True))),
        share_of_units=draw(st.sampled_from([None, Share(low=low, estimate=estimate, high=high)])),
        layer_map=tuple(
            MappedLayer(subject=draw(names), source=draw(st.none() | names))
            for _ in range(draw(st.integers(0, 15)))
        ),
        mixture=tuple(
            Ingredient(name=draw(names), weight=draw(weights), low=draw(weights), high=1.0)
            for _ in range(draw(st.integers(0, 3)))
        ),
        direction=draw(
            st.sampled_from(["source-to-subject", "subject-to-source", "not-determined"])
        ),
        direction_because=draw(names),
    )


@st.composite
def any_case(draw: st.DrawFn) -> Conclusion:
    toward, reason = draw(
        st.sampled_from(
            [
                ("derivation", "level-met"),
                ("independence", "powered-and-clean"),
                ("neither", "underpowered"),
                ("neither", "nothing-applied"),
                ("neither", "disguise-suspected"),
                ("neither", "between-levels"),
                ("neither", "not-excluded"),
                ("neither", "quick-look"),
                ("neither", "context-only"),
            ]
        )
    )
    case = cases.conclusion(
        toward,  # type: ignore[arg-type]
        reason,
        kept=draw(st.floats(0, 1)),
        layers=draw(st.integers(1, 3)),
        units=draw(st.integers(2, 9)),
        names=(draw(st.text(max_size=80)), draw(st.text(max_size=80))),
        controls=draw(st.integers(0, 3)),
        relatives=draw(st.integers(0, 2)),
    )
    share = st.none() | st.floats(0, 1, exclude_min=True)
    return cases.remade(
        case,
        combined=Combined(
            log_p=draw(st.floats(-1e6, 0)), because=draw(st.sampled_from(["", "why"]))
        ),
        power=Power(share=draw(share), cosine=draw(st.floats(0.01, 1)), because="it was simulated"),
        relation=draw(any_relation()),
        plan=replace(
            case.plan,
            level=draw(st.floats(1e-12, 0.01)),
            assumption_floor=draw(st.floats(1e-29, 1e-3)),
        ),
    )


@given(any_case())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_sentence_of_any_case_says_too_much(case: Conclusion) -> None:
    for text in everything(case):
        assert wording.forbidden(text) == [], text


def test_propositions_are_the_plans_own_words() -> None:
    case = cases.derivation()
    first, second = wording.propositions(case)
    assert first.text == case.plan.propositions.derivation
    assert second.text == case.plan.propositions.independence


def test_what_the_relation_tells_is_not_said_to_be_untold() -> None:
    base = cases.derivation()
    told = Relation(
        kind="fine-tuned",
        because="they differ little",
        in_common="training",
        direction="source-to-subject",
        direction_because="something was added",
        share_of_units=Share(low=0.9961, estimate=1.0, high=1.0),
    )
    case = replace(base, relation=told)
    for text in (wording.support_because(case), *wording.limits(case)):
        assert "shared training" not in text and "came first" not in text
        assert "{" not in text
    assert "permission" in wording.support_because(case)
    assert "(95% interval 99.6% to 100%)" in wording.relation_sentence(case)
    assert "came first" not in wording.relation_sentence(base)
    mixed = replace(base, relation=Relation(kind="merged", because="a sum"))
    assert "came first" not in wording.relation_sentence(mixed)


def test_a_note_that_begins_with_a_name_keeps_its_spelling() -> None:
    case = cases.derivation()
    note = wording.note_sentence(f"{case.source.name}, looked at alone: random", case)
    assert note == f"\u201c{case.source.name}\u201d, looked at alone: random."


def test_derivation_says_what_it_cannot_tell() -> None:
    said = wording.support_because(cases.derivation())
    for words in (
        "shared initial or trained weights",
        "cannot tell a shared initialisation from shared training",
        "nor which model came first",
        "permission",
        "1 in 1,000,000",
        "below 1e-9",
    ):
        assert words in said
    assert "shared weights" in wording.headline(cases.derivation())


def test_independence_says_what_it_cannot_see_and_prints_its_power() -> None:
    said = wording.support_because(cases.independence())
    for words in ("as far as this examination can see", "distilled", "as stored", "disguised"):
        assert words in said
    assert "A disguised copy is not excluded" in wording.headline(cases.independence())
    assert "As far as this examination can see" in wording.headline(cases.independence())


def test_both_directions_are_worded_alike() -> None:
    ours, theirs = (wording.support_words(c()) for c in (cases.derivation, cases.independence))
    assert ours.startswith(
        "The findings support proposition 1 (derivation) rather than proposition 2"
    )
    assert theirs.startswith(
        "The findings support proposition 2 (independence) rather than proposition 1"
    )


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (cases.underpowered, "too little could have been found"),
        (cases.powerless, "Not even for a subject that inherited all of the units"),
        (cases.absent_only, "nothing follows from that in either direction"),
        (cases.disguised, "neither proposition is supported"),
    ],
)
def test_neither_gives_its_reason(build: Callable[[], Conclusion], words: str) -> None:
    case = build()
    assert words in wording.support_because(case)
    assert "neither proposition" in wording.support_words(case)
    assert "neither proposition" in wording.headline(case)


def test_a_warning_names_the_innocent_reading_too() -> None:
    said = wording.support_because(cases.disguised())
    assert "A copy put in another order or turned" in said
    assert "a student of the other model would too" in said
    assert "No exact p is offered" in said
    assert "more methods are needed" in said


def test_an_unusual_p_above_the_level_is_pointed_out() -> None:
    assert "uncommon among unrelated models" in wording.level_sentence(cases.unusual())
    assert "uncommon" not in wording.level_sentence(cases.independence())
    assert "This meets" in wording.level_sentence(cases.derivation())


def test_a_p_exactly_at_the_level_meets_it() -> None:
    case = cases.derivation()
    at = cases.remade(case, combined=Combined(log_p=math.log(case.plan.level), because=""))
    assert "This meets" in wording.level_sentence(at)


def test_identical_exhibits_are_called_so() -> None:
    assert "the same tensors, bit for bit" in wording.headline(cases.identical())
    assert "bit for bit" in wording.support_because(cases.identical())


def test_namesakes_are_told_apart_by_digest() -> None:
    case = cases.namesakes()
    for digest in (case.subject.digest, case.source.digest):
        assert digest[:8] in wording.headline(case)


def test_a_finding_carries_its_assumption_and_its_condition() -> None:
    case = cases.derivation()
    for finding in case.findings:
        said = wording.finding_sentence(finding, case)
        assert "If the two models were unrelated in the stated sense" in said
        assert f"Assumption: {finding.null.because}." in said


def test_a_layers_p_says_what_it_was_multiplied_by() -> None:
    case = cases.derivation()
    said = wording.layer_sentence(case.findings[0].layers[1], case)
    assert "already multiplied by the 4 comparisons" in said
    assert "1 dropped" in said


def test_line_up_in_words() -> None:
    assert wording.controls_sentence(cases.without_controls()).startswith("No control")
    some = wording.controls_sentence(cases.derivation())
    assert "5 models given as independent were examined" in some
    assert "1 of them meets the plan's level" in some
    assert "place 1 of 4" in some
    none_left = wording.controls_sentence(cases.relatives_only())
    assert "2 of them meet" in none_left
    assert "No independent control could be compared" in none_left


def test_ties_in_the_line_up_count_against_the_accusation() -> None:
    case = cases.derivation()
    tied = tuple(replace(c, log_p=case.combined.log_p) for c in case.controls)
    assert "place 5 of 5" in wording.controls_sentence(replace(case, controls=tied))


@pytest.mark.parametrize("stem", ["unit-trace", "unit-order"])
@pytest.mark.parametrize("frame", ["native", "token"])
def test_known_methods_are_described(stem: str, frame: str) -> None:
    text = wording.method_text(cases.derivation(), cases.method(stem, frame))
    assert frame in text.title
    assert text.question.endswith("?")
    assert all((text.explanation, text.defeats, text.frame_explanation, text.frame_defeats))


@pytest.mark.parametrize("method", ["new/1;frame=odd;x=1", "", ";;=", "unit-trace/2;frame"])
def test_unknown_methods_are_named_as_they_stand(method: str) -> None:
    text = wording.method_text(cases.derivation(), method)
    assert text.title and text.explanation and text.defeats


def test_absent_is_said_to_speak_for_neither() -> None:
    case = cases.absent_only()
    for absent in case.absent:
        said = wording.absent_sentence(case, absent)
        assert absent.kind in said
        assert "neither proposition" in said


def test_limits_name_what_escapes_each_method_once() -> None:
    said = wording.limits(cases.derivation())
    assert len(set(said)) == len(said)
    assert sum("would escape the unit trace" in limit for limit in said) == 1
    assert sum("would escape the token frame" in limit for limit in said) == 1
    assert any("likelihood ratio" in limit for limit in said)


@KINDS
def test_terminal_fits_80_columns_and_shows_the_parts(build: Callable[[], Conclusion]) -> None:
    case = build()
    text = on_terminal(case)
    assert all(len(row) <= 80 for row in text.splitlines())
    flat = " ".join(text.split())
    for part in ("Proposition 1", "Proposition 2", "Conclusion", "cannot show"):
        assert part in flat
    assert "\x1b" not in text and "\u202e" not in text
    for finding in case.findings:
        assert "computed p" in flat
        assert wording.figure(finding.log_p) in flat


def test_terminal_takes_no_markup_from_a_name() -> None:
    assert "[bold]x[/bold]" in on_terminal(cases.hostile())


def answers_at_fault(reason: str, *of: str) -> Conclusion:
    support = Support(toward="neither", reason=reason, of=of or ("subject",))  # type: ignore[arg-type]
    return replace(output_cases.strange(), support=support)


@pytest.mark.parametrize("of", [("subject",), ("source",), ("source", "subject")])
def test_answers_that_are_missing_or_unread_acquit_nobody_and_say_whose(
    of: tuple[str, ...],
) -> None:
    subject, source = wording.pair_names(answers_at_fault("answers-unread"))
    names = {"subject": subject, "source": source}
    whose = " and of ".join(names[one] for one in of)

    unread = wording.headline(answers_at_fault("answers-unread", *of))
    assert f"could not be read or compared because of the answers of {whose}: " in unread
    assert "nothing follows, in either direction." in unread
    assert "acquits nobody, and accuses nobody" in unread
    missing = wording.headline(answers_at_fault("answers-missing", *of))
    assert missing.startswith(
        f"Answers of {whose} are missing where they would have mattered: nothing follows, in "
        "either direction."
    )
    assert "was not found" not in missing and "No agreement" not in missing


def test_no_reason_is_left_without_words() -> None:
    reasons = (
        *("underpowered", "nothing-applied", "disguise-suspected", "between-levels"),
        *("not-excluded", "quick-look"),
    )
    plain = (cases.conclusion("neither", reason) for reason in reasons)
    told = (part_cases.order_chosen(), part_cases.embedding_only(), part_cases.one_stream())
    lacking = [answers_at_fault(reason) for reason in ("answers-missing", "answers-unread")]
    for case in (*plain, *told, *lacking):
        said = wording.support_because(case)
        assert "conditions for supporting" not in said
    for case in lacking:
        again = wording.support_because(case)
        assert "Nothing can be concluded" in again
        assert not any(one in again for one in wording.headline(case).split(". "))


def test_layers_of_one_name_behind_a_prefix_are_told_once() -> None:
    """Of a language body inside a larger model each layer is another's only by its prefix."""

    def said(*layers: tuple[str, str | None]) -> str:
        mapped = tuple(MappedLayer(subject=mine, source=its) for mine, its in layers)
        found = cases.conclusion()
        return wording.relation_sentence(
            replace(found, relation=replace(found.relation, layer_map=mapped))
        )

    inside = [(f"language_model.layers.{n}", f"layers.{n}") for n in range(3)]
    assert "are the source's of one name, behind “language_model.”." in said(*inside)
    other = said(*inside, ("language_model.layers.9", "layers.1"))
    assert "language_model.layers.9 from layers.1" in other and "of one name" not in other
    assert "10 from 0" in said(("10", "0"))
