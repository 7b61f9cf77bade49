"""An expert report: what its rules ask for, a source for each figure, and no word too far."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest

from filiation.errors import CaseError, UsageError
from filiation.model.examination import Conclusion, Examination
from filiation.report.blocks import own_words
from filiation.report.expert.compose import compose, document_bytes
from filiation.report.expert.gather import read_given
from filiation.report.expert.profile import PROFILES, read_profile
from filiation.report.render.blocks.json import json_block
from filiation.report.render.page import expert_html
from filiation.report.wording import refusals, scale
from filiation.report.wording.edited import judge_edited
from filiation.report.wording.expert_terms import ANNEXES, SECTIONS
from report import cases, output_cases, ratio_cases
from report.materials import material

HOSTILE = (
    '</script><script>alert(1)</script> #eval("1") #strong[x] $x^2$ `raw` \\ @label <label>'
    "\n= head\n- item // comment /* c */ https://x.example ]] }} {{ x }} {% raw %} "
    "\u202egnirts \u4e2d\u6587 "
    "\U0001f600 \x00\x1b[31m "
)


@cache
def document(
    make: Callable[[], Conclusion | Examination], profile: str = "uk-civil", **more: Any
) -> bytes:
    return document_bytes(material(make(), profile, **more))


def with_a_method_unrated() -> Conclusion:
    """A conclusion of which the study has examined all methods but one."""
    base = cases.derivation()
    other = replace(base.findings[0], method="unit-sign/1;frame=signature;surest=0.75")
    return cases.remade(base, findings=(*base.findings, other))


def blocks(raw: bytes) -> list[dict[str, Any]]:
    found = json.loads(raw)
    return [*found["core"], *found["annexes"]]


def texts(raw: bytes) -> str:
    return "\n".join(str(b.get("text", b.get("rows", ""))) for b in blocks(raw))


@pytest.mark.parametrize(
    "make",
    (*output_cases.ALL, *output_cases.TOGETHER),
    ids=lambda make: f"{make.__module__}.{make.__name__}",
)
def test_every_kind_of_case_gives_a_report_whose_own_words_are_fit(
    make: Callable[[], Conclusion | Examination],
) -> None:
    raw = document(make)
    composed = compose(material(make()))
    shown = [json_block(block) for block in composed.core]

    assert json.loads(json.dumps(shown)) == json.loads(raw)["core"]
    for block in (*composed.core, *composed.annexes):
        for words in own_words(block):
            assert refusals(words) == ()
    assert judge_edited(expert_html(raw)) == ()
    numbers = [b["number"] for b in blocks(raw) if b["kind"] == "paragraph"]
    assert len(numbers) == len(set(numbers)) and all(re.fullmatch(r"\w+\.\d+", n) for n in numbers)


@pytest.mark.parametrize("profile", PROFILES)
def test_each_requirement_is_met_where_the_report_says(profile: str) -> None:
    raw = document(cases.derivation, profile)
    rules = read_profile(profile)
    heads = {
        b["anchor"]: b["number"] for b in blocks(raw) if b["kind"] == "heading" and b["anchor"]
    }
    asked = next(b for b in blocks(raw) if b["kind"] == "table" and "asks" in b["headings"])

    assert list(heads) == [*SECTIONS, *ANNEXES]
    assert [row[0] for row in asked["rows"]] == [r.rule for r in rules.requirements]
    for requirement, row in zip(rules.requirements, asked["rows"], strict=True):
        for where in requirement.where:
            if where in SECTIONS:
                assert f"section {heads[where]}" in row[2]
            elif where in ANNEXES:
                assert f"annex {heads[where]}" in row[2]
    labels = [b["label"] for b in blocks(raw) if b["kind"] == "blank"]
    assert sorted(labels) == sorted(blank.label for blank in rules.blanks)
    oaths = [b for b in blocks(raw) if b["kind"] == "oath"]
    assert [o["title"] for o in oaths] == [d.title for d in rules.declarations]
    assert rules.edition in asked["caption"]


def test_no_section_is_empty() -> None:
    for make in (cases.derivation, cases.absent_only, cases.without_controls):
        for bare in (True, False):
            before = ""
            for block in blocks(document(make, bare=bare, rates=not bare)):
                first = block["kind"] == "heading" and block["level"] == 1
                assert not (first and before == "heading"), block
                before = block["kind"]


def test_the_statement_of_truth_has_the_prescribed_words_and_no_name() -> None:
    page = expert_html(document(cases.derivation)).decode()

    assert (
        "I understand that proceedings for contempt of court may be brought against anyone" in page
    )
    assert page.count("<span>Signature</span><span>Name</span><span>Date</span>") == 2
    assert "Unsigned draft" in page


def test_the_lowest_ratio_is_reported_with_scale_and_edition() -> None:
    raw = document(ratio_cases.derivation)
    text = texts(raw)

    assert "the lowest is reported" in text
    assert scale().edition in raw.decode()
    for band in scale().bands:
        assert band.words in raw.decode()


def test_without_a_population_there_is_no_ratio_and_it_is_said() -> None:
    assert "No likelihood ratio is given." in texts(document(cases.derivation))


def test_rates_carry_population_and_date_and_their_absence_is_said() -> None:
    with_rates, without = (document(cases.derivation, rates=r) for r in (True, False))

    tables = [b for b in blocks(with_rates) if "False alarms" in str(b.get("caption"))]
    assert len(tables) >= 2
    assert all("\u201cpopulation\u201d, 2026-11-29" in b["caption"] for b in tables)
    assert "it states no error rate" in texts(without)
    assert not any("False alarms" in str(b.get("caption")) for b in blocks(without))
    outputs, both, one_more = (
        texts(document(c))
        for c in (output_cases.alike, output_cases.both_kinds, with_a_method_unrated)
    )
    assert "examined none of the methods planned here" in outputs
    assert "without an error rate: Shared-error test" in both
    assert "without an error rate: Unit sign, signature frame" in one_more


def test_each_alternative_is_a_proposition_of_its_own() -> None:
    weights, outputs = (texts(document(c)) for c in (cases.derivation, output_cases.alike))

    for n in range(1, 6):
        assert f"Alternative {n} (" in weights
    assert "It does not explain the findings: two models trained separately" in weights
    assert "These findings do not tell it from proposition 1." in outputs
    assert "It does not explain the findings" not in outputs


def test_parties_may_say_what_they_like_and_stand_in_quotations() -> None:
    words = "It is a match; there is a 99 % probability that it was copied. They stole it."
    raw = document_bytes(material(cases.derivation(), words=words))
    said = [b for b in blocks(raw) if b["kind"] == "quotation"]

    assert any(words in b["paragraphs"] for b in said)
    assert judge_edited(expert_html(raw)) == ()


def test_confidential_words_stay_out() -> None:
    raw = document(cases.derivation)

    assert b"between us" not in raw and b"1234" not in raw
    assert b"Confidential; not printed." in raw


def test_long_and_binary_statements_are_bounded() -> None:
    long = document_bytes(material(cases.derivation(), words="All is said. " * 9000, bare=False))
    binary = document_bytes(material(cases.derivation(), words="\x00\x01" * 300))

    core = json.loads(long)["core"]
    assert all(len("".join(b["paragraphs"])) < 700 for b in core if b["kind"] == "quotation")
    assert b"Shortened; whole in annex C" in long
    assert b"that is no plain text; not printed" in binary


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_hostile_words_are_no_markup_in_the_page() -> None:
    reader = _Tags()
    reader.feed(expert_html(document_bytes(material(cases.hostile(), words=HOSTILE))).decode())

    assert not reader.tags & {"script", "iframe", "object", "embed", "form", "link", "img", "base"}
    assert not {a for a in reader.attributes if a.startswith("on") or a in ("src", "action")}


def test_what_the_human_fills_in_is_printed_and_judged() -> None:
    profile = read_profile("uk-civil")
    given = read_given(b'qualifications = "PhD, 1999.\\n\\nTwenty reports."', profile)
    raw = document_bytes(material(cases.derivation(), given=dict(given)))
    blank = next(b for b in blocks(raw) if b["kind"] == "blank" and b["given"])

    assert blank["given"] == ["PhD, 1999.", "Twenty reports."]
    assert "section 2, given for the expert" in texts(raw)
    with pytest.raises(UsageError, match="qualifications: says 'prove'"):
        read_given(b'qualifications = "I prove it."', profile)
    for wrong in (b'signature = "x"', b"qualifications = 3", b"= 1", b"x" * (1 << 21)):
        with pytest.raises(UsageError, match="filled in"):
            read_given(wrong, profile)


def test_a_report_that_claims_too_much_is_not_issued(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "filiation.report.wording.expert_verdict.support_words",
        lambda case: "The subject is a match.",
    )
    with pytest.raises(CaseError, match=r"report, 9\.1: says 'match'"):
        compose(material(cases.derivation()))


@pytest.mark.parametrize("name", ["", "../uk-civil", "uk"])
def test_an_unknown_profile_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="expected one of uk-civil"):
        read_profile(name)
