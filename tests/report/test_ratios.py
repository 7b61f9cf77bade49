"""Likelihood ratios in words: of the findings, in both directions, and never turned round."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.casefile.codec import examination_bytes, examination_from_bytes
from filiation.errors import CaseError
from filiation.model.examination import Conclusion
from filiation.model.plan import PlannedPopulation
from filiation.model.ratio import NoRatio, Ratio
from filiation.report import wording
from filiation.report.render.html import render_html
from filiation.report.render.json import conclusion_json, render_json
from report import cases, ratio_cases
from report.ratio_cases import ratio, strength
from report.texts import Page, on_terminal, whole


def answered(conclusion: Conclusion) -> Any:
    """The conclusion as programs read it."""
    return json.loads(json.dumps(conclusion_json(conclusion)))


def said(value: float, bounded: str = "no", *, low: float = -4.0, high: float = 7.0) -> str:
    return wording.ratio_sentence(
        ratio(strength("unit-trace/1", low=low, high=high), value, bounded=bounded)  # type: ignore[arg-type]
    )


def test_a_ratio_is_of_the_finding_given_each_proposition() -> None:
    for toward, value in (("1 (derivation)", 1.5), ("2 (independence)", -1.5)):
        other = "2 (independence)" if value > 0 else "1 (derivation)"
        words = said(value)
        assert (
            f"the finding is 30 times more probable if proposition {toward} holds than if "
            f"proposition {other} does" in words
        )
        assert f"moderate support for proposition {toward} rather than proposition {other}" in words
        assert "at least" not in words.lower()


def test_at_least_stands_exactly_where_the_bound_bites() -> None:
    above = said(0.823909, "above", high=0.823909)

    assert "is at least 6.6 times more probable if proposition 1" in above
    assert "at least weak support for proposition 1" in above
    assert "whatever was found; what bounds it is the number of independent sources" in above


def test_a_ratio_for_independence_is_never_at_least() -> None:
    """A copy in a form that no known pair has would be missed, and is not among the related."""
    below = said(-1.0, "below", low=-1.0)

    assert "is 10 times more probable if proposition 2" in below
    assert "at least" not in below.lower()
    assert "a disguise that none of them has, may have been missed" in below


@pytest.mark.parametrize(
    ("log10_lr", "number", "words"),
    [
        (0.0, "about as probable", "no support for one proposition over the other"),
        (0.04, "about as probable", "no support"),
        (math.log10(1.99), "1.9 times", "no support"),
        (math.log10(2.0), "2 times", "weak support"),
        (math.log10(9.99), "9.9 times", "weak support"),
        (1.0, "10 times", "moderate support"),
        (math.log10(99.0), "90 times", "moderate support"),
        (2.0, "100 times", "moderately strong support"),
        (3.0, "1,000 times", "strong support"),
        (4.0, "10,000 times", "very strong support"),
        (5.9999, "900,000 times", "very strong support"),
        (6.0, "1,000,000 times", "extremely strong support"),
    ],
)
def test_numbers_round_toward_one_and_words_follow_the_printed_number(
    log10_lr: float, number: str, words: str
) -> None:
    assert number in said(log10_lr)
    assert f"In the words of the scale: {words}" in said(log10_lr)
    assert wording.verbal(-log10_lr) == wording.verbal(log10_lr), "both directions alike"


def test_six_digits_in_the_record_do_not_lower_the_printed_number() -> None:
    assert "5 times" in said(0.69897), "log10 of 5, to six digits, is a little less"


def test_the_scale_is_the_one_that_is_printed() -> None:
    rows = wording.scale_rows()

    assert [row[0] for row in rows] == [
        "1 to 2", "2 to 10", "10 to 100", "100 to 1,000", "1,000 to 10,000",
        "10,000 to 1,000,000", "1,000,000 or more",
    ]  # fmt: skip
    assert "ENFSI" in wording.scale().edition and "2015" in wording.scale().edition
    page = " ".join(Page(render_html(whole(ratio_cases.derivation()))).texts)
    assert wording.scale().edition in page
    assert all(words in page for _, words in rows)


def test_strength_is_told_before_the_findings() -> None:
    page = render_html(whole(ratio_cases.derivation())).decode()

    assert page.index("how far a likelihood ratio could go") < page.index("<h3>Findings</h3>")
    assert "780 (40)" in page and "60 (30)" in page and "0.31" in page and "3, 1" in page
    assert "Bounded by the number of independent sources" in page
    assert "Related: fine-tuned (40), permuted and rescaled (20)." in page


def test_report_json_holds_the_contract() -> None:
    findings = answered(ratio_cases.derivation())["findings"]
    first, second, third, fourth = (finding["log10_lr"] for finding in findings)

    assert first["value"] == 0.823909 and first["bounded"] is True
    assert set(first) == {"value", "low", "high", "bounded", "population", "verbal", "words"}
    assert (second["bounded"], second["population"]) == (False, ratio_cases.DIGEST)
    assert third is None and "not examined" in findings[2]["log10_lr_absent"]
    assert fourth["verbal"].startswith("no support")
    plan = json.loads(render_json(whole(ratio_cases.derivation())))["plan"]
    assert plan["population"] == {
        "name": "P", "date": "2026-11-25", "digest": ratio_cases.DIGEST, "origin": "released",
    }  # fmt: skip


def test_without_a_population_the_reason_stands_where_the_ratio_would() -> None:
    case = ratio_cases.unpopulated()
    findings = answered(case)["findings"]

    assert json.loads(render_json(whole(case)))["plan"]["population"] is None
    assert all(finding["log10_lr"] is None for finding in findings)
    assert "no population of known pairs was given" in findings[0]["log10_lr_absent"]
    page = " ".join(Page(render_html(whole(case))).texts)
    assert "There is no likelihood ratio: no population of known pairs was given" in page
    assert "no likelihood ratio: that would need" in on_terminal(case, 4000)


def test_with_ratios_the_limits_say_what_they_are_not() -> None:
    limit = wording.limits(ratio_cases.derivation())[0]

    assert "It gives no probability for either proposition" in limit
    assert "are not multiplied with each other, nor with a p-value" in limit


def test_an_examination_with_ratios_is_read_again_as_it_was() -> None:
    for build in ratio_cases.KINDS[:4]:
        found = whole(build())
        assert examination_from_bytes(examination_bytes(found), "examination.json") == found


def test_a_conclusion_whose_ratios_do_not_follow_its_plan_cannot_be_built() -> None:
    case = ratio_cases.derivation()
    planned = PlannedPopulation(name="Q", date="", digest="c" * 64, origin="named")
    other = strength(case.plan.methods[0], high=0.9)
    moved = (ratio(other, 0.9, bounded="above"), *case.ratios[1:])
    with pytest.raises(CaseError, match="the plan had fixed c"):
        replace(case, population=planned)
    with pytest.raises(CaseError, match="the plan had fixed none"):
        replace(case, population=None)
    with pytest.raises(CaseError, match="and what it supports"):
        replace(case, ratios=moved)
    with pytest.raises(CaseError, match="one for each finding"):
        replace(case, ratios=case.ratios[1:])
    with pytest.raises(CaseError, match="one for each planned method"):
        replace(case, strengths=case.strengths[::-1])


def test_a_withheld_ratio_says_why() -> None:
    none = wording.ratio_of(ratio_cases.withheld(), cases.METHODS[0])

    assert isinstance(none, NoRatio)
    assert "pair up in another order" in on_terminal(ratio_cases.withheld(), 4000)
    assert wording.ratio_brief(none) == "none"
    bounded = wording.ratio_of(ratio_cases.derivation(), cases.METHODS[0])
    assert isinstance(bounded, Ratio)
    assert wording.ratio_brief(bounded) == "at least 6.6 for derivation"


@given(st.floats(-7.0, 7.0))
def test_the_printed_number_never_overstates(log10_lr: float) -> None:
    shown = wording.ratio_brief(ratio(strength("m", low=-7.0, high=7.0), log10_lr))
    number = float(shown.split()[0].replace(",", "")) if "for" in shown else 1.0
    true = 10.0 ** abs(log10_lr)

    assert 0.5 * true < number <= true * 1.0002
