"""What a report says about outputs: calibration, findings that do not count, answers, limits."""

import json
import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filiation.model.examination import Conclusion, Examination
from filiation.model.finding import Instance
from filiation.report import wording
from filiation.report.render.html import render_html
from filiation.report.render.json import render_json
from report import cases, output_cases
from report.texts import Page, everything, on_terminal, whole


def answered(case: Conclusion) -> Any:
    """The only conclusion, as programs read it."""
    (only,) = json.loads(render_json(whole(case)))["conclusions"]
    return only


STEMS = pytest.mark.parametrize("stem", output_cases.STEMS)


def page(case: Conclusion | Examination) -> str:
    return " ".join(" ".join(text.split()) for text in Page(render_html(whole(case))).texts)


@STEMS
def test_every_method_is_described(stem: str) -> None:
    method = f"{stem}/1;order=3"
    text = wording.method_text(output_cases.conclusion((stem,)), method)
    own = dict(cases.worded([method]))[method]
    assert replace(text, aside=own.aside) == own, "in its own words"
    assert text.question.endswith("?")
    assert len(text.explanation) > 200
    assert text.defeats.endswith(".") and len(text.defeats) > 40
    for said in (text.title, text.question, text.explanation, text.defeats, text.aside):
        assert wording.forbidden(said) == []


def test_a_calibrated_p_names_its_controls_and_the_place() -> None:
    case = output_cases.alike()
    said = wording.finding_sentence(case.findings[0], case)
    assert "calibrated on 28 controls; place 1 of 29 in the line-up" in said
    assert "gives a p of at most 4 in 100" in said  # no rank among 29 can say less
    assert "over 800 items that both answered" in said


def test_controls_of_one_family_are_counted_once_in_one_way() -> None:
    """28 stand in the line-up and count as 24: both numbers, and what each means, everywhere."""
    case = output_cases.alike()
    first, *others = case.findings
    counted_less = replace(first, null=replace(first.null, controls=24))
    case = replace(case, findings=(counted_less, *others))
    said = "28 controls, which count as 24 families"
    assert f"calibrated on {said}; place 1 of 29" in wording.finding_sentence(counted_less, case)
    assert f"as calibrated on {said}" in wording.headline(case)
    brief = wording.brief_sentences(case)
    assert any("controls, which count as 24 families" in line for line in brief)


def test_a_calibrated_p_at_its_floor_reads_at_most() -> None:
    case = output_cases.alike()
    at = replace(case.findings[0], log_p=case.findings[0].null.log_floor)
    assert "probability at most 3 in 1,000" in wording.finding_sentence(at, case)
    assert "smallest value that so many controls can support" in wording.finding_sentence(at, case)
    above = replace(at, log_p=math.log(0.2))
    assert "with probability 20 in 100" in wording.finding_sentence(above, case)


def test_a_place_that_is_not_the_first_is_no_bound() -> None:
    case = output_cases.strange()
    said = wording.finding_sentence(case.findings[0], case)
    assert re.search(r"gives a p of \d+ in 100\)", said)


def test_what_does_not_count_says_so_and_why_everywhere() -> None:
    case = output_cases.alike()
    aside = case.findings[1]
    assert not aside.counts
    why = "unrelated able models pick the same tempting answers"
    assert why in wording.finding_sentence(aside, case)
    assert "does not count" not in wording.finding_sentence(case.findings[0], case)
    text = page(case)
    assert text.count("This finding does not count") == 1
    assert why in text
    before = text[: text.index("2.1 Shared-error test")]
    table = before[before.rindex("Findings") :]
    assert "reported, and not counted" in table
    assert "Reported, and not counted" in on_terminal(case)
    rows = answered(case)["findings"]
    assert [finding["counts"] for finding in rows] == [True, False, True]


def test_an_unknown_method_that_does_not_count_still_says_why() -> None:
    case = output_cases.alike()
    odd = replace(case.findings[0], method="odd/1", counts=False)
    assert "known to fail on real models" in wording.finding_sentence(odd, case)


def test_if_nothing_counts_no_p_is_given() -> None:
    case = output_cases.nothing_counts()
    assert wording.headline(case).endswith("no planned method gave a finding that counts.")
    assert "None of the findings counts" in wording.support_because(case)
    assert not any("would escape" in limit for limit in wording.limits(case))


@pytest.mark.parametrize("log_p", [0.0, math.log(0.5), math.log(0.011), math.log(1e-4)])
def test_equality_is_never_affirmed(log_p: float) -> None:
    """It may say "not the same" or nothing."""
    case = output_cases.conclusion(("shared-errors", "model-equality"))
    found = replace(case.findings[1], log_p=log_p)
    said = wording.finding_sentence(found, case)
    before = said.partition("This finding does not count")[0]
    assert ("is not the same" in before) == (log_p <= math.log(case.plan.level))
    assert not re.search(r"(?<!not )(?<!not be )\b(?:are|is|be) the same\b", before)
    assert "derives" not in before and "unrelated" not in before


def test_outputs_are_not_called_shared_weights() -> None:
    case = output_cases.alike()
    for said in (wording.headline(case), wording.support_words(case)):
        assert "common origin" in said
    assert "as calibrated on 28 controls" in wording.headline(case)
    because = wording.support_because(case)
    for words in ("shared weights from training on the other's outputs", "teacher", "which model"):
        assert words in because
    assert "shared initial" not in " ".join(everything(case))


def test_weights_are_claimed_only_if_they_meet_the_level_themselves() -> None:
    weights, answers = output_cases.both_kinds().conclusions
    assert "shared weights between" in wording.headline(weights)
    assert "common origin" in wording.headline(answers)
    in_vain, answers = output_cases.both_kinds_by_answers().conclusions
    assert "support the independence of" in wording.headline(in_vain)
    assert "common origin" in wording.headline(answers)
    assert "shared weights between" not in wording.headline(answers)


def test_outputs_alone_do_not_support_independence() -> None:
    said = wording.support_because(output_cases.strange())
    assert "absence of shared error is not evidence of independence" in said
    assert "independence is not supported on answers alone" in said
    assert "neither proposition" in wording.headline(output_cases.strange())


def test_limits_depend_on_what_was_read() -> None:
    of_weights = " ".join(wording.limits(cases.derivation()))
    of_outputs = " ".join(wording.limits(output_cases.alike()))
    of_both = page(output_cases.both_kinds())
    for words in (
        "heavily instruction-tuned children look like strangers",
        "absence of shared error is not evidence of independence",
        "A teacher or training data that both share can raise agreement",
        "may come from outputs taken, and not from weights",
        "A calibrated p is as good as its controls",
    ):
        assert words in of_outputs and words in of_both and words not in of_weights
    for words in ("shared initialisation", "says nothing of a copy that was disguised"):
        assert words in of_weights and words in of_both and words not in of_outputs


def test_a_report_on_outputs_does_not_speak_of_units() -> None:
    for build in (output_cases.alike, output_cases.strange, output_cases.supported):
        text = " ".join(everything(build()))
        for words in ("of the units", "Hidden unit", "tensors, bit for bit"):
            assert words not in text


def test_a_report_on_weights_does_not_speak_of_recordings() -> None:
    text = page(cases.derivation())
    for words in ("calibrated", "instruction-tuned", "copy from which", "does not count"):
        assert words not in text


def test_answers_stand_side_by_side() -> None:
    case = output_cases.alike()
    text = page(case)
    for instance in case.findings[0].instances:
        assert text.count(instance.item) == 2  # two findings list the same items
        assert f"\u201c{instance.source}\u201d" in text
        assert f"{instance.rarity} of {instance.of}" in text
    assert "chosen for display after the event" in text


def test_hostile_answers_are_text() -> None:
    text = render_html(whole(output_cases.hostile_answers())).decode()
    assert "<script" not in text and "<b>" not in text
    assert "&lt;script&gt;" in text
    assert "{{ 7*7 }}" in text
    assert not {"\x1b", "\u202e", "\u202c", "\x00", "\uffff"} & set(text)
    assert "x" * 300 not in text
    assert text.count("</table>") == text.count("<table")
    assert len(text) < 200_000


def test_hostile_answers_survive_in_the_report_for_programs() -> None:
    case = output_cases.hostile_answers()
    rows = answered(case)["findings"][0]["instances"]
    assert len(rows) == len(case.findings[0].instances)
    assert rows[2]["source"] == "x" * 10_000


def test_the_contract_of_output_findings() -> None:
    """Issue 3, item 5: these names are a contract with every script."""
    case = output_cases.every_method()
    for finding, row in zip(
        case.findings,
        answered(case)["findings"],
        strict=True,
    ):
        assert row["items"] == finding.items
        assert row["counts"] is finding.counts
        assert row["kind"] == finding.null.kind
        assert [set(p) for p in row["lineup"]] == [
            {"name", "who", "observed", "z", "reason"} for _ in finding.lineup
        ]
        assert [p["name"] for p in row["lineup"]] == [p.name for p in finding.lineup]
        for shown in row["instances"]:
            assert set(shown) == {
                "item", "prompt", "key", "source", "subject", "rarity", "of", "weight",
            }  # fmt: skip
        if finding.lineup:
            assert row["rank"] == {"place": 1, "of": 29}
        else:
            assert row["rank"] is None


def test_findings_on_weights_have_no_rank() -> None:
    for row in answered(cases.derivation())["findings"]:
        assert row["counts"] is True
        assert (row["items"], row["rank"], row["lineup"], row["instances"]) == (0, None, [], [])


def test_relatives_and_families_are_named_with_their_reason() -> None:
    text = page(output_cases.alike())
    assert "Set aside: \u201cparent-v2\u201d: of the source's family (parent)." in text
    told = page(output_cases.strange())
    assert (
        "\u201caurora\u201d: \u201caurora-1-instruct\u201d, \u201caurora-2-instruct\u201d" in told
    )


def test_many_controls_have_their_digests_in_the_annex() -> None:
    for controls, place in ((6, "Annex. Controls"), (7, "2. Weights")):
        case = cases.conclusion(controls=controls, relatives=0)
        text = page(case)
        assert ("Annex. Controls" in text) == (controls > 6)
        first = text.index(case.controls[0].model.digest)
        assert (first < text.index("2. Weights")) == (controls <= 6), place


@given(st.text(max_size=3000), st.integers(2, 300))
def test_an_excerpt_stays_inside_its_quotation_marks(text: str, length: int) -> None:
    said = wording.excerpt(text, length)
    assert said == "(empty)" or (said[0], said[-1]) == ("\u201c", "\u201d")
    assert len(said) <= max(length + 2, len("(empty)"))
    assert not set(said[1:-1]) & {"\u201c", "\u201d"}
    kinds = {unicodedata.category(c) for c in said if c not in "\u200c\u200d"}
    assert not kinds & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    said.encode()


def test_an_excerpt_tears_no_letter_from_its_marks() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert wording.excerpt(f"ab{family}cd", 6) == "\u201cab\u2026\u201d"
    assert wording.excerpt("aae\u0301aaa", 4) == "\u201caa\u2026\u201d"
    assert wording.excerpt("a" + "\u0308" * 500) == "\u201ca" + "\u0308" * 4 + "\u201d"
    assert wording.excerpt("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645")[3] == "\u200c"


@st.composite
def any_output_case(draw: st.DrawFn) -> Conclusion:
    stems = draw(st.lists(st.sampled_from(output_cases.STEMS), min_size=1, unique=True))
    base = output_cases.conclusion(
        tuple(stems),
        controls=draw(st.integers(2, 70)),
        z=draw(st.floats(-9, 9)),
        level=draw(st.floats(1e-6, 0.01)),
    )
    text = st.text(max_size=60)
    said = draw(
        st.lists(
            st.builds(
                Instance,
                item=text,
                prompt=text,
                source=text,
                subject=text,
                rarity=st.integers(0, 9),
                of=st.integers(0, 99),
                weight=st.floats(),
            ),
            max_size=3,
        )
    )
    findings = tuple(
        replace(f, instances=tuple(said), items=draw(st.integers(0, 10**6))) for f in base.findings
    )
    return cases.remade(base, findings=findings)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_output_case())
def test_no_report_on_outputs_says_too_much(case: Conclusion) -> None:
    for text in everything(case):
        assert wording.forbidden(text) == [], text
    assert render_html(whole(case)) == render_html(whole(case))


@pytest.mark.parametrize("build", output_cases.KINDS, ids=lambda build: build.__name__)
def test_a_finding_with_no_layers_has_no_strip(build: Callable[[], Conclusion]) -> None:
    case = build()
    assert ("Layer by layer" in page(case)) == any(f.layers for f in case.findings)


def test_a_kept_copy_that_controls_share_is_named_once() -> None:
    base = output_cases.conclusion(controls=5)
    apart = [replace(m, kept=cases.digest(m.name)) for m in (base.subject, base.source)]
    found = whole(replace(base, subject=apart[0], source=apart[1]))
    text = page(found)
    for model in (*apart, base.controls[0].model):
        assert text.count(model.kept) == 1
