"""The body of an expert report is for a judge: no program, no digits of programs, no jargon."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from filiation.model.examination import Conclusion, Examination
from filiation.report.blocks import own_words
from filiation.report.expert.compose import compose, document_bytes
from filiation.report.render.page import expert_html
from filiation.report.wording.expert_plain import chance, comparisons, level_words
from report import cases, output_cases, ratio_cases
from report.materials import material

BANNED = {
    "a number as a program prints it": r"\d[eE][-+]?\d",
    "an option of the program": r"(?:^|\s)--?[a-z]{2,}|\bcase (?:verify|replay|report)\b",
    "the id of a method": r"\b[a-z]+(?:-[a-z]+)*/\d+(?:;|\b)|;[a-z-]+=",
    "a placeholder of the typesetter": r"\[\d+ characters?: see",
    "jargon": r"\b(?:null|cosine|sketch(?:es)?|log10|permutation|z-score|regimes?|one-sided|"
    r"seed \(|assumption floor|computed: |Cllr|likelihood ratio:)",
    "a name in the source": r"\b[a-z]+_[a-z_]+\b|\breport\.json of\b",
}
# Two pages are for those who compute: they name commands, and no judge needs them.
APART = ("check", "tools")
# What a plan, a party or a study says in its own words, quoted or as it was fixed.
QUOTED = re.compile("\u201c[^\u201d]*\u201d")
EVERY = (*output_cases.ALL, *output_cases.TOGETHER)


def body(found: Conclusion | Examination) -> Iterator[str]:
    """The report's own words before the annexes, without the pages that tell commands."""
    apart = False
    for block in compose(material(found)).core:
        if getattr(block, "level", 0) == 1:
            apart = getattr(block, "anchor", "") in APART
        if not apart:
            yield from (QUOTED.sub("", words) for words in own_words(block))


@pytest.mark.parametrize("make", EVERY, ids=lambda make: f"{make.__module__}.{make.__name__}")
def test_the_body_has_no_word_that_a_judge_cannot_read(
    make: Callable[[], Conclusion | Examination],
) -> None:
    for words in body(make()):
        for what, pattern in BANNED.items():
            found = re.search(pattern, words)
            assert found is None, f"{what}: {found[0]!r} in {words!r}"


def test_the_scan_sees_what_it_is_for() -> None:
    seen = (
        "below 1e-9", "p <= 1e-734", "give it with --filled", "run case replay",
        "shared-errors/1;weight=others", "the null covers it", "at a cosine of 0.5",
        "a sketch of the weights", "the least favourable regime", "(one-sided 95%)",
    )  # fmt: skip
    for words in seen:
        assert any(re.search(pattern, words) for pattern in BANNED.values()), words


@cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(document_bytes(material(ratio_cases.derivation())))
    return found


def section(name: str, of: str = "core") -> list[dict[str, Any]]:
    inside, kept = False, []
    for block in document()[of]:
        if block["kind"] == "heading" and block["level"] == 1:
            inside = block["anchor"] == name
        elif inside:
            kept.append(block)
    return kept


def test_the_answer_stands_in_two_lines_before_anything_else() -> None:
    (lines,) = document()["front"]["verdict"]

    told = "shared weights between “child” and “parent”, whichever came first"
    assert lines[0] == f"The findings support {told}."
    assert "less than one in a billion comparisons" in lines[1]
    assert "permission or a licence" in lines[2]


def test_the_deciding_drawing_stands_on_the_first_page() -> None:
    (first,) = document()["front"]["drawings"]

    assert first["kind"] == "drawing" and "1e-" not in first["svg"] + first["caption"]
    assert "less than one in a billion" in first["caption"]


def test_no_ratio_stands_beside_the_answer() -> None:
    words = json.dumps([section("summary"), document()["front"]])
    beside = next(b["text"] for b in section("weight") if "times better" in b.get("text", ""))

    assert "ratio" not in words and "times more probable" not in words
    assert "bounded by how many models are known" in beside
    assert "no second and weaker answer" in beside
    assert not [b for b in section("weight") if b["kind"] == "table"]
    (told,) = [
        b for b in section("scale", "annexes") if "the lowest is reported" in b.get("text", "")
    ]
    assert "about as probable" in told["text"]  # the lowest of the toy's ratios is 1


def test_ratios_against_derivation_are_counted_in_the_body() -> None:
    said = "\n".join(body(ratio_cases.independence()))

    assert "for derivation speak 1, for independence 2, for neither 1" in said


def test_the_first_page_holds_what_the_record_can_be_held_against() -> None:
    rows = dict(document()["front"]["rows"])
    raw = document_bytes(material(ratio_cases.derivation()))
    page = expert_html(raw).decode()
    plain = re.sub("<[^>]*>", "", page)

    assert "26 events, root " + "cd" * 32 in rows["Log"]
    assert rows["Examination"] == cases.digest("examination")
    assert hashlib.sha256(raw).hexdigest() in plain  # copied from the page as it was recorded


def test_a_page_tells_how_to_check_in_five_minutes() -> None:
    table = next(b for b in section("check") if b["kind"] == "table")

    assert [row[0].split()[2] for row in table["rows"]] == ["verify", "verify", "verify", "replay"]
    assert "section 15" in document()["front"]["check"]


@pytest.mark.parametrize(
    ("log10_p", "said"),
    [
        (-734.0, "less than one in a billion"), (-9.0, "at most 1 in a billion"),
        (-8.3, "at most 6 in a billion"), (-7.0, "at most 1 in 10 million"),
        (-6.0, "at most 1 in 1,000,000"), (-1.0, "at most 1 in 10"),
        (-0.001, "more than 99 in 100"), (0.0, "1"),
    ],
)  # fmt: skip
def test_chances_are_rounded_against_the_accusation(log10_p: float, said: str) -> None:
    assert chance(log10_p * 2.302585092994046, 1e-9) == said


def test_a_chance_that_is_none_is_every_comparison() -> None:
    assert comparisons(0.0, 1e-9) == "every comparison"
    assert comparisons(-3000.0, 1e-12) == "less than one in a million million comparisons"
    assert [level_words(x) for x in (1e-6, 0.01, 1e-9, 3e-4)] == [
        "one in a million", "one in 100", "one in a billion", "3 in 10,000",
    ]  # fmt: skip
