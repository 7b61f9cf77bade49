"""What weakens an accusation stands beside its p; nothing is compared that was not."""

import math
from dataclasses import replace

import pytest

from filiation.model.examination import Combined, Conclusion, Support
from filiation.model.recording import CHOOSABLE, DATA_IN_COMMON, HELD_BACK
from filiation.report import wording
from filiation.report.render.answer import answer
from filiation.report.wording.examined import gate_line
from report import cases, output_cases

NOTES = (
    f"{CHOOSABLE} (no battery), so whoever chose them could have favoured one side",
    f"{HELD_BACK} 4 of them for a p of 0.003",
    f"{DATA_IN_COMMON[0]} 0.03: of 300 measured pairs 9 agree as much",
    "answers read by literal on 800 items",
)


def accused() -> Conclusion:
    return replace(
        output_cases.alike(),
        combined=Combined(log_p=math.log(0.003), because="one finding"),
        support=Support(toward="derivation", reason="level-met"),
        notes=NOTES,
    )


@pytest.mark.parametrize(
    "support",
    [
        Support(toward="derivation", reason="level-met"),
        Support(toward="derivation", reason="same-data"),
    ],
    ids=lambda support: support.reason,
)
def test_what_weakens_stands_after_the_p_and_once(support: Support) -> None:
    laid = answer(replace(accused(), support=support), 2)

    for said in ("before the answers.", "must have held back at least 4", "same texts p is 0.03"):
        assert laid.because.count(said) == 1
        assert laid.because.index("This meets the level") < laid.because.index(said)
    assert [note[:9] for note in laid.notes] == ["The items", "Answers r"]
    brief = " ".join(wording.brief_sentences(accused()))
    assert brief.count("held back") == brief.count("before the answers") == 1


def test_where_the_level_was_not_met_nothing_weakens_an_accusation() -> None:
    calm = replace(
        accused(),
        combined=Combined(log_p=math.log(0.2), because="one finding"),
        support=Support(toward="neither", reason="absence-is-no-evidence"),
    )
    laid = answer(calm, 2)

    assert "before the answers" not in laid.because
    assert len(laid.notes) == len(NOTES)


def test_power_does_not_speak_of_nothing_found_where_something_was() -> None:
    found, nothing = (
        wording.power_sentence(accused()),
        wording.power_sentence(output_cases.strange()),
    )

    assert "nothing was found" not in found and "is not known." in found
    assert "nothing was found is not evidence" in nothing
    assert "25%" not in found + nothing


def test_no_share_and_no_cosine_is_asked_of_answers() -> None:
    asked = dict(wording.question_lines(accused()))["Power asked for independence"]

    assert asked == "none is enough: recorded answers alone never support it"
    weights = dict(wording.question_lines(cases.independence()))["Power asked for independence"]
    assert "cosine" in weights


def test_a_gate_and_the_report_use_one_word() -> None:
    line = gate_line("derivation", [accused()], 1)

    assert "recorded answers support a common origin (derivation); exit 1" in line
    assert "support a common origin" in wording.headline(accused())


def test_controls_with_which_nothing_was_compared_are_exhibited_only() -> None:
    few = replace(output_cases.nothing_counts(), controls=accused().controls[:1])
    said = " ".join(wording.brief_sentences(few))

    assert "1 control was exhibited; nothing that counts was compared with it." in said
    assert "Compared with" not in said


def test_controls_that_do_not_count_are_not_counted() -> None:
    base = accused()
    fewer = tuple(
        replace(f, null=replace(f.null, controls=7)) if f.counts else f  # type: ignore[arg-type]
        for f in base.findings
    )
    said = " ".join(wording.brief_sentences(cases.remade(base, findings=fewer)))

    assert "Compared with 28 controls, which count as 7 families." in said


def test_the_right_answer_stands_beside_the_equal_wrong_ones() -> None:
    base = accused().findings[0]
    keyed = replace(base, instances=(replace(base.instances[0], key="41"),))
    (row,) = wording.instance_cells(keyed)

    assert row[0].startswith("item “program-output/") and row[2] == "“41”"
    assert wording.instance_cells(base)[0][2] == ""


def test_texts_in_common_are_told_in_the_first_sentence() -> None:
    plain = wording.headline(accused())
    same = wording.headline(
        replace(accused(), support=Support(toward="derivation", reason="same-data"))
    )

    assert "no more than training texts" in same and "no more than training texts" not in plain
    assert same.startswith(plain[:40])
