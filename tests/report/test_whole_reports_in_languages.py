"""Whole reports in German and French: by construction, no text of ours of six words stays English.

Read are the reports of every examination that the tests of reports have at hand, and what any
report can say: its template, its terms, the scale, and what each kind says of itself. The reports
of real models, logs, histories and sessions are read where pages are (`tests/web/test_no_english`).
"""

import html
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import filiation.report
from filiation import examining
from filiation.errors import UsageError
from filiation.report.blocks import Table
from filiation.report.languages import paged
from filiation.report.languages.catalogue import LANGUAGES, SLOT, read_reports
from filiation.report.languages.paged import page_in
from filiation.report.languages.translated import Translator, sentences_of
from filiation.report.render.blocks.html import html_blocks
from filiation.report.render.html import render_html
from filiation.report.wording import glossary, p_value_box, scale, scale_rows
from report import cases, output_cases, part_cases, ratio_cases
from report.test_languages import figures, slots
from report.texts import Page, whole

TEMPLATE = Path(filiation.report.__file__).parent / "templates" / "report.html.j2"
FEW = 6  # words of a text that is looked at; shorter ones may be names and ids
HOSTILE = ("hostile", "hostile_answers")  # made of foreign words
# What only these made-up examinations say: assumptions, notes and reasons that no method writes,
# propositions that no plan has; and ids with parameters that no method has.
MADE_UP = (
    "child was trained independently of parent", "child derives from parent, by weights",
    "Relations are not typed by this plan.", "The kind of relation has not been typed.",
    "Assumption: models trained from independent random initialisations leave the order",
    "Assumption: an unrelated model agrees with the source no more than the controls do",
    "Assumption: given who is wrong, wrong answers are exchangeable",
    "Layers of the source permute independently", "One statistic over all items; Student's t",
    "Layer 99: the subject has no layer", "Layer 0: 24 units against 36", "Only 3 units are left",
    "The roles of the subject's tensors were guessed", "An order that was chosen says nothing",
    "Unit trace, token frame: unreadable (the question makes sense, but the material could not be "
    "read). tokenizer.json: not JSON.", "unheard-of: inapplicable",
    "No likelihood ratio: the units pair up in another order.", "1 of the matrices holds the same",
    "<script>alert(1)</script>",
)  # fmt: skip


class Heard(Translator):
    """Takes down every text that would be translated, and translates none."""

    def __init__(self) -> None:
        super().__init__(read_reports("de"))
        self.texts: dict[str, None] = {}

    def text(self, text: str) -> str:
        self.texts[text] = None
        return text

    def kept(self, text: str) -> str:
        return text


@cache
def texts() -> tuple[str, ...]:
    """Each text of every such report once; drawings at both widths among them."""
    heard = Heard()
    for build in output_cases.examinations():
        if build.__name__ not in HOSTILE:
            list(paged.pieces(render_html(whole(build())).decode(), heard))
    return tuple(heard.texts)


def left(found: Iterator[str], language: str) -> list[str]:
    translator = Translator(read_reports(language))
    for one in found:
        translator.text(one)
    return [one for one in dict.fromkeys(translator.english) if len(one.split()) >= FEW]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_six_words_stays_english(language: str) -> None:
    assert len(texts()) > 1000
    stayed = [one for one in left(iter(texts()), language) if not one.startswith(MADE_UP)]
    assert stayed == []


def said_by_any() -> Iterator[str]:
    """What stands in the template itself, is explained in any report, or said of each kind."""
    bare = re.sub(r"\{%.*?%\}|<style>.*?</style>", "", TEMPLATE.read_text("utf-8"), flags=re.DOTALL)
    for piece in re.findall(r">([^<>]+)<", re.sub(r"\{\{.*?\}\}", "\0", bare)):
        yield from (one for part in piece.split("\0") if re.search("[a-z]{3}", one := part.strip()))
    yield from (*p_value_box(), scale().edition, *(words for row in scale_rows() for words in row))
    for term in glossary():
        yield from (term.term, term.means)
    for path in sorted(Path(examining.__file__).parent.rglob("kind.toml")):
        kind = tomllib.loads(path.read_text("utf-8"))
        yield from (*kind["digest_labels"], kind["label"], kind["absence"], kind.get("unseen", ""))
        for term in kind.get("terms", ()):
            yield from (term["term"], term["means"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_any_report_says_has_its_partner(language: str) -> None:
    """Short words, too: heads of columns, titles, labels."""
    say, said = read_reports(language).said, [html.unescape(one) for one in said_by_any() if one]
    parts = ("Filiation:", "more, by method and in general")  # with what stands beside them
    lost = [one for text in said if text not in parts for one in sentences_of(text)
            if say(one) is None]  # fmt: skip
    assert len(said) > 150 and lost == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_and_its_partner_hold_the_same(language: str) -> None:
    for english, other in read_reports(language).say.items():
        assert other.strip(), english
        assert sorted(slots(english)) == sorted(slots(other)), english
        assert figures(SLOT.sub("", english)) == figures(SLOT.sub("", other)), english


def test_every_language_has_the_same_sentences() -> None:
    de, fr = (read_reports(language).say for language in LANGUAGES)
    assert list(de) == list(fr)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_what_it_is_and_keeps_its_names(language: str) -> None:
    english = render_html(whole(ratio_cases.derivation()))
    put = page_in(english, language)

    assert f'<html lang="{language}">'.encode() in put
    notice = {"de": "es entscheidet die englische Seite", "fr": "la page anglaise fait foi"}
    assert notice[language] in put.decode() and notice[language] not in english.decode()
    before, after = Page(english), Page(put)
    assert len(after.texts) == len(before.texts) + 1  # that notice
    marks = ("p", "span")  # of the notice, and around numbers
    assert [tag for tag, _ in after.tags if tag not in marks] == [
        tag for tag, _ in before.tags if tag not in marks
    ]
    for name in ("child", "parent"):
        assert sum(f"\u201c{name}\u201d" in one for one in after.texts) == sum(
            f"\u201c{name}\u201d" in one for one in before.texts
        )
    assert page_in(english, "en") == english and page_in(english, language) == put
    with pytest.raises(UsageError, match="expected one of de, fr"):
        page_in(english, "it")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_parties_said_stays_though_it_is_a_sentence_of_ours(language: str) -> None:
    """Names, prompts and answers that are words of the catalogue, and words that break out."""
    ours = "There is no finding."
    found = output_cases.alike()
    finding = found.findings[0]
    asked = replace(finding.instances[0], prompt=ours, source=ours, subject="Findings")
    said = replace(finding, instances=(asked, *finding.instances[1:]))
    named = replace(found, findings=(said, *found.findings[1:]),
                    subject=replace(found.subject, name=ours))  # fmt: skip
    english = render_html(whole(named))
    before, after = (sum(ours in one for one in Page(page).texts)
                     for page in (english, page_in(english, language)))  # fmt: skip
    assert before == after > 5
    hostile = page_in(render_html(whole(cases.hostile())), language).decode()
    assert "<script" not in hostile and "&lt;script&gt;" in hostile


def test_columns_of_foreign_words_stay() -> None:
    table = Table(headings=("Findings", "what"), rows=[("Findings", "Findings")], theirs=(0,))
    page = f'<html lang="en"><h1>x</h1>\n{html_blocks([table])}</html>'.encode()
    put = page_in(page, "de").decode()
    assert '<td translate="no">Findings</td><td>Befunde</td>' in put


def test_a_sentence_without_a_partner_is_english_and_counted() -> None:
    page = b'<html lang="en"><h1>Findings</h1>\n<p>Nobody has translated this at all.</p></html>'
    put = page_in(page, "de").decode()
    assert (
        "<p>Nobody has translated this at all.</p>" in put
        and "noch nicht \u00fcbersetzt sind: 1." in put
    )


def test_numbers_are_written_as_the_language_does() -> None:
    cells = '<td>1,234.5%</td><td>below <span class="n1">1e-9</span></td>'
    page = f'<html lang="en"><h1>x</h1>\n{cells}</html>'.encode()
    put = page_in(page, "de").decode()
    assert '<td><span class="n1">1 234</span>,5&nbsp;%</td>' in put
    assert 'unter <span class="n1">1e-9</span>' in put


def test_words_in_several_lines_are_one_sentence() -> None:
    """The foot of a narrow drawing: as many lines as there were, in its room."""
    line = '<text x="1" y="{}" data-lines="2" text-anchor="middle" font-size="11">{}</text>'
    drawn = line.format(1, "distance (z) from what was to be") + line.format(
        2, "expected, in standard deviations"
    )
    translator = Translator(read_reports("de"))
    put = translator.drawing(f"<svg>{drawn}</svg>")
    assert translator.english == [] and put.count("<text") == 2
    assert "Abstand (z)" in put and "expected" not in put


def test_parts_and_ratios_are_among_what_was_read() -> None:
    """Else the test above would read less than it says."""
    names = {build.__name__ for build in output_cases.examinations()}
    assert {part_cases.three_left.__name__, ratio_cases.independence.__name__} <= names


def test_code_of_a_party_is_marked_as_not_ours() -> None:
    """Of functions side by side: lines, files with names, and ids."""
    page = (TEMPLATE.parent / "side_by_side.html.j2").read_text("utf-8")
    for foreign in ("source", "subject", "one.places[0]", "one.places[1]", "one.id"):
        held = re.findall(
            r"<(\w+[^<>]*)>(?:[^<>]*<br>)?\{\{ " + re.escape(foreign) + r" \}\}", page
        )
        assert held, foreign
        assert all('translate="no"' in one or one == "br" for one in held), foreign
