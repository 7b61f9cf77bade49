"""A level that could not be met is never told as something that was looked for and not found."""

import math
from dataclasses import replace

from filiation.model.examination import Combined, Support
from filiation.report import wording
from filiation.report.wording.within_reach import could_not_meet, least_sentence
from report import cases, output_cases


def test_a_floor_above_the_level_is_said_in_headline_summary_and_power() -> None:
    base = output_cases.strange()
    findings = tuple(
        replace(f, null=replace(f.null, log_floor=math.log(0.04)), log_p=math.log(0.04))
        for f in base.findings
        if f.counts
    )
    case = cases.remade(
        base,
        findings=findings,
        ratios=(),
        strengths=(),
        combined=Combined(log_p=math.log(0.08), because="harmonic mean"),
        support=Support(toward="neither", reason="absence-is-no-evidence"),
    )

    assert could_not_meet(case)
    assert "could have met the plan's level" in least_sentence(case)
    assert "however close, could have met" in wording.headline(case)
    assert any("least p" in sentence for sentence in wording.brief_sentences(case))
    assert "least p" in wording.power_sentence(case)
    assert "was not found" not in wording.headline(case)


def test_weights_whose_nulls_reach_far_say_nothing_of_it() -> None:
    case = cases.independence()

    assert not could_not_meet(case)
    assert least_sentence(case) == ""
    assert any("plan's level" in sentence for sentence in wording.brief_sentences(case))
