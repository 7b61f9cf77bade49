"""The expert report in other languages: by the same sentences, with the same numbers and names."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from filiation.casefile.facts import Produced
from filiation.errors import UsageError
from filiation.model.examination import Conclusion, Examination
from filiation.report import wording
from filiation.report.expert.compose import document_bytes
from filiation.report.expert.profile import PROFILES
from filiation.report.languages.catalogue import LANGUAGES, SLOT, read_catalogue
from filiation.report.languages.translated import sentences_of, translated
from filiation.report.render.page import expert_html
from filiation.report.wording.expert_custody import production_held
from filiation.report.wording.expert_plain import chance, comparisons, level_words
from filiation.report.wording.expert_verdict import plainly
from report import cases, output_cases, part_cases, ratio_cases
from report.materials import material

FIGURE = re.compile(r"\d+(?:[ ,]\d{3})*")
QUOTED = re.compile("\u201c[^\u201d]*\u201d")
SOURCE = Path(wording.__file__).parent
ENGLISH = re.compile(
    r"\b(?:the|of|and|that|which|were|with|from|would|not|what|this|by|how|is|are|has|have|been)\b"
)
# Names of rules, as their own forum calls them, and the words of a command.
NAMES = re.compile(
    r"Federal Rules? of (?:Civil Procedure|Evidence)|Civil Procedure Rules|Practice Direction|"
    r"filiation [a-z].*|SIZE:ROOT|\bGB-ENG\b"
)
# Sentences that are printed in annexes only, or in what is no report for a court.
ELSEWHERE = ("expert_annexes",)
LENT = ("answers_lacking", "components", "descent", "headline", "not_excluded", "part_names",
        "relation")  # fmt: skip
ANNEXED = frozenset(
    {"exhibit_kind", "production_kind", "put_in_words", "DIGESTS", "ATTACHED", "PROFILE",
     "EVERY_FINDING", "statements_place", "blank_place", "combined_words", "no_ratio_sentence",
     "strength_words", "scale_note", "unmeasured_sentence", "failed_sentence", "measured_names",
     "in_digits", "RATIOS", "IN_WORDS", "RATIOS_CAPTION", "NO_ASSUMPTION", "PLAINER",
     "study_source",
     # what a terminal says of the files' own words; the report has the table
     "descent_brief",
     # of the evidence for a relation, which annexes print; or put together before a reader sees it
     "DISGUISES", "told_apart", "_disguised", "_share", "_moved", "_mixture", "MADE_UP",
     "_derivation", "_below"}
)  # fmt: skip
OURS = ("\u201cyes\u201d", "\u201cLog\u201d", "\u201cReport as data\u201d")  # our own words
PLANS = ("im Wortlaut des Plans", "dans les termes du plan")  # who plans may write what they like
DEMO_LIKE: tuple[Callable[[], Conclusion | Examination], ...] = (
    ratio_cases.derivation, ratio_cases.independence, cases.independence, cases.identical,
    cases.crowded, cases.relatives_only, cases.without_controls, output_cases.both_kinds,
    output_cases.every_method, output_cases.few, output_cases.the_same_recording,
    part_cases.nothing_excluded, part_cases.three_left, part_cases.embedding_only,
    part_cases.order_chosen, part_cases.silent_in_source, part_cases.one_stream,
    part_cases.equal_table,
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_and_its_partner_hold_the_same(language: str) -> None:
    for english, other in read_catalogue(language).say.items():
        assert other.strip(), english
        assert sorted(slots(english)) == sorted(slots(other)), english
        assert figures(SLOT.sub("", english)) == figures(SLOT.sub("", other)), english
        assert len(set(slots(english))) == len(slots(english)), english


def slots(text: str) -> list[str]:
    return [slot[0] for slot in SLOT.finditer(text)]


def figures(text: str) -> list[str]:
    return sorted(re.sub("[ ,]", "", found) for found in FIGURE.findall(text))


def test_every_language_has_the_same_sentences() -> None:
    de, fr = (read_catalogue(language).say for language in LANGUAGES)

    assert list(de) == list(fr) and len(de) > 700


def test_every_sentence_of_the_source_has_its_partner() -> None:
    """Whatever the wording of an expert report can say stands in a key, piece by piece."""
    catalogue = read_catalogue("de")
    keys = [SLOT.sub("\x00", key) for key in catalogue.say]
    lost = [
        (name, piece)
        for name, piece in pieces()
        if not any(piece in key for key in keys) and catalogue.said(piece) is None
    ]

    assert lost == []


def pieces() -> Iterator[tuple[str, str]]:
    """Literal words of the modules that the body is worded by; three words and more."""
    for path in (*sorted(SOURCE.glob("expert_*.py")), *(SOURCE / f"{one}.py" for one in LENT)):
        if path.stem in ELSEWHERE:
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if named(node) in ANNEXED:
                continue
            for text in literals(node):
                words = plainly(text.strip(" .,;:()\u201c\u201d"))
                if len(words.split()) > 2 and not words.startswith("filiation case"):
                    yield f"{path.stem}.{named(node)}", words


def named(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef):
        return node.name
    return node.target.id if isinstance(node, ast.AnnAssign) else ""  # type: ignore[union-attr]


def literals(node: ast.stmt) -> Iterator[str]:
    """Sentences in constants and between the holes of f-strings; no docstring."""
    docs = {id(n.value) for n in ast.walk(node) if isinstance(n, ast.Expr)}
    for found in ast.walk(node):
        if (
            isinstance(found, ast.Constant)
            and isinstance(found.value, str)
            and id(found) not in docs
        ):
            yield from sentences_of(found.value)


@cache
def document(make: Callable[[], Conclusion | Examination], profile: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(document_bytes(material(make(), profile)))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", DEMO_LIKE, ids=lambda make: make.__name__)
def test_no_english_is_left_in_the_body(
    make: Callable[[], Conclusion | Examination], language: str
) -> None:
    put = translated(document(make, "uk-civil"), language)

    assert put["english"] == [] and "auch {}" not in put["front"]["notice"]
    for words in own_words(put):
        own = NAMES.sub("", QUOTED.sub("", words))
        found = ENGLISH.search(own)
        assert not re.search(r"\d,\d{3}\b|\d\.\d+ ?%|\d{4}-\d{2}-\d{2}", own), words
        assert found is None or any(plan in words for plan in PLANS), words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("profile", PROFILES)
def test_numbers_and_names_are_those_of_the_english(profile: str, language: str) -> None:
    english = document(ratio_cases.derivation, profile)
    put = translated(english, language)

    assert put["english"] == []
    for before, after in zip(own_words(english), own_words(put), strict=True):
        if not any(own in before for own in OURS):
            assert sorted(QUOTED.findall(before)) == sorted(QUOTED.findall(after))
        dates = re.findall(r"\d{4}-(\d{2})-(\d{2})", before)
        months = read_catalogue(language).frame["months"]
        for month, day in dates:
            assert months[int(month) - 1] in after and str(int(day)) in after
        if not dates:
            assert figures(before) == figures(after), (before, after)


def own_words(found: dict[str, Any]) -> Iterator[str]:
    """All that the first page and the body say themselves, in order."""
    front = found["front"]
    yield from (front[name] for name in ("title", "addressed", "about", "check", "data",
                                         "unsigned", "footer"))  # fmt: skip
    yield from chain.from_iterable(front["verdict"])
    yield from chain.from_iterable(front["rows"])
    for block in (*front["drawings"], *found["core"]):
        for name in ("text", "source", "caption", "label", "by", "more", "title"):
            yield str(block.get(name, ""))
        yield from block.get("headings", ())
        for row in block.get("rows", ()):
            yield from row
        yield from re.findall(r">([^<>]+)</text>", block.get("svg", ""))


def test_a_sentence_without_a_partner_is_english_and_said_so() -> None:
    found = json.loads(json.dumps(document(ratio_cases.derivation, "authority")))
    found["core"][1]["text"] = "Nobody has translated this. There is no finding."
    put = translated(found, "de")

    assert put["core"][1]["text"] == "Nobody has translated this. Es gibt keinen Befund."
    assert put["english"] == ["Nobody has translated this."]
    assert "Auch 1 Sätze" in put["front"]["notice"]


def test_words_of_a_party_stay_though_a_sentence_is_known() -> None:
    said = read_catalogue("de").said

    assert said("“There is no finding.”") == "“There is no finding.”"
    assert translated(document(cases.hostile, "authority"), "de")["core"]


def test_hostile_words_cost_no_time() -> None:
    """Words that could be taken apart in many ways are given up, and stay as they are."""
    said = read_catalogue("de").said

    assert said("Proposition 1 (derivation): " + "a: b and c to d, " * 200) is not None
    assert said(" and ".join(["less than one in a: b to c"] * 100)) is None
    assert said("x" * 10_000) is None


@pytest.mark.parametrize(
    ("power", "in_german", "in_french"),
    [
        (-2.0, "einmal in 100", "une fois sur 100"),
        (-4.0, "einmal in 10 000", "une fois sur 10 000"),
        (-6.0, "einmal in einer Million", "une fois sur un million"),
        (-7.0, "einmal in 10 Millionen", "une fois sur 10 millions"),
        (-9.0, "einmal in einer Milliarde", "une fois sur un milliard"),
        (-10.0, "einmal in 10 Milliarden", "une fois sur 10 milliards"),
        (-12.0, "einmal in einer Billion", "une fois sur un billion (mille milliards)"),
    ],
)  # fmt: skip
def test_great_numbers_are_those_of_the_language(
    power: float, in_german: str, in_french: str
) -> None:
    """A billion is a Milliarde; a Billion is a million million."""
    words = level_words(10.0**power)

    assert [read_catalogue(one).said(words) for one in LANGUAGES] == [in_german, in_french]


def test_every_chance_has_its_words() -> None:
    for log10 in (-0.001, -0.2, -1.0, -2.5, -5.2, -7.3, -8.1, -9.9, -11.5, -14.0, -700.0, 0.0):
        for floor in (1e-9, 1e-12):
            for words in (chance(log10 * 2.302585, floor), comparisons(log10 * 2.302585, floor)):
                for language in LANGUAGES:
                    put = read_catalogue(language).said(words)
                    assert put is not None and figures(put) == figures(words), words


def test_what_stands_in_a_slot_stands_in_the_same_slot() -> None:
    said = read_catalogue("de").said(
        "The plan names 3 of the 1,007 methods that there were; what the others would have found "
        "is not known."
    )

    assert said is not None and said.startswith("Der Plan nennt 3 der 1 007 Methoden")


def test_the_numbers_of_documents_are_said_in_the_language() -> None:
    production = Produced(
        production="mail", offered_by="acme", how="x", root="0" * 64, documents=4, files=1,
        size=2370, verdicts=(("unsigned", 4),),
    )  # fmt: skip
    held = production_held(production, ("NL-000001", "NL-000004"))
    assert read_catalogue("de").said(held) == (
        "4 Dokumente, 1 Datei, nummeriert NL-000001 bis NL-000004; von der Post: 4 nicht "
        "unterzeichnet"
    )
    assert "numérotés NL-000001 à NL-000004" in str(read_catalogue("fr").said(held))


def test_days_and_numbers_are_written_as_the_language_does() -> None:
    de, fr = (read_catalogue(language) for language in LANGUAGES)

    assert de.number("1,234,567.5%") == "1 234 567,5 %" and fr.number("-0.27") == "-0,27"
    assert de.day("2026-03-01") == "1. März 2026" and fr.day("2026-08-01") == "1er août 2026"
    assert de.moment("2026-03-02 09:16 UTC") == "2. März 2026, 09.16 Uhr UTC"


def test_the_page_says_what_it_is_and_which_text_decides() -> None:
    raw = json.dumps(document(ratio_cases.derivation, "uk-civil")).encode()
    pages = [expert_html(raw, language).decode() for language in LANGUAGES]

    assert "Ungeprüfte Übersetzung; es entscheidet der englische Text" in pages[0]
    assert "Traduction non relue ; le texte anglais fait foi".replace(" ;", "&nbsp;;") in pages[1]
    assert '<html lang="de">' in pages[0] and '<div lang="en">' not in pages[0]
    assert "I understand my duty to the court" in pages[0]  # prescribed words are not translated
    with pytest.raises(UsageError, match="expected one of de, fr"):
        expert_html(raw, "it")
