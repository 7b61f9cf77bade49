"""What pictures of the pages showed to be wrong, as tests: each was seen, and then mended."""

import re

from filiation.report.blocks import Paragraph, Table
from filiation.report.render.site import site_page
from filiation.report.site.papers import searched
from filiation.report.site.people import Guest, key_page, people_page
from filiation.report.site.view import Part, View
from filiation.report.wording.joining import HANDED_IN
from web.asking import ask, pages
from web.conftest import Sides

ADDRESS = f"http://127.0.0.1:4711/{'x' * 43}/index.html"
DIGEST = "5a" * 32


def shown(*parts: Part) -> str:
    return site_page(View(path="index.html", title="a page", parts=parts), "a case").decode()


def test_what_does_not_break_stands_in_a_list_on_a_telephone() -> None:
    guests = people_page([], [Guest(ADDRESS, "", "")], "0" * 64)
    assert 'class="stack"' in shown(guests.parts[2])
    of_digests = Table(headings=("what", "SHA-256"), rows=[("case.toml", DIGEST)])
    assert 'class="stack"' not in shown(of_digests), "digests stand in eights, which break"


def test_words_of_several_lines_keep_them_in_a_table() -> None:
    prompt = "What does it print?\n    x = 1\nprint(x)"
    page = shown(Table(headings=("item", "asked"), rows=[("1", prompt)]))
    assert f'<td class="words">{prompt}</td>' in page
    assert ".words { white-space: pre-wrap" in page


def test_a_search_without_a_find_shows_no_empty_table() -> None:
    page = site_page(searched("model", [], "0 found"), "a case").decode()
    assert "0 found" in page and "<table" not in page


def test_the_digest_stands_below_the_words_that_say_so() -> None:
    view = key_page(opener=False, handed=("acme", DIGEST), secret="0" * 64)
    first, second = view.parts[:2]
    assert "the digest below" in HANDED_IN
    assert getattr(first, "text", "") == HANDED_IN
    assert isinstance(second, Paragraph) and DIGEST in second.text
    assert sum("Make one here" in getattr(part, "text", "") for part in view.parts) == 0


def test_a_sentence_ends_in_its_paragraph(sides: Sides) -> None:
    """Of a withheld document: lines of a terminal are no paragraphs."""
    page = ask(pages(sides.basel), "documents/mail/0.html").text
    said = re.findall(r'<p class="soft">([^<]*)</p>', page)
    whole = [one for one in said if not one.startswith("put in by")]
    assert len(whole) >= 3
    assert [one for one in whole if not re.match(r"[A-Zl].*\.$", one, re.S)] == []
