"""Pages in German and French hold no English sentence of ours.

Looked for are words that no German or French sentence has, on a page of every kind. Left aside are
what is quoted (names, words of parties, documents, arguments of an event, why a deed was refused),
ids of methods with their parameters, and files of reports as they were issued, which stand beside
their translations. Whole reports of examinations and of questions are looked at like any page.
"""

import html
import re

import pytest

from filiation.report.languages.catalogue import LANGUAGES
from web.alone import Alone
from web.conftest import Sides
from web.kinds import every_page

ENGLISH = re.compile(r"\b(the|of|with|by|is|are|and|from|to|that|which|has|this)\b")
QUOTED = re.compile(
    r"<style.*?</style>|<script.*?</script>|<pre.*?</pre>|<blockquote.*?</blockquote>"
    r'|<p class="words".*?</p>|<textarea.*?</textarea>|\u201c[^\u201d]*\u201d',
    re.DOTALL,
)
INLINE = re.compile(r"</?(?:span|a|b|i|em|strong|code)\b[^>]*>")
ISSUED = re.compile(r"(^|/)reports/")
EVENTS = re.compile(r"(^|/)log(-\d+)?(/\d+)?\.html$")  # arguments of events, as they were signed
IDS = re.compile(  # of methods, and the parameters in them
    r"\b[a-z][\w-]*/\d+(;[\w=./-]+)*|(?<=[\u2014;] )[\w-]+ = [\w., =-]+"
)
THEIRS = (  # of parties, and of whoever ran these cases
    "Acme and Basel", "Waiting for the record", "Advice of counsel", "as it was kept",
    "reduced from our records", "their server", "nothing was examined yet",
    "no examination that this version can have written",
)  # fmt: skip
SAID = re.compile(r"/(answers|differ)\.html$")  # their tables hold what models were asked and said


def english(raw: bytes, name: str = "") -> list[str]:
    """Pieces of a page that hold an English word."""
    if SAID.search(name):
        raw = re.sub(rb"<tbody.*?</tbody>", b"", raw, flags=re.DOTALL)
    text = INLINE.sub("", QUOTED.sub(" ", raw.decode()))
    for words in THEIRS:
        text = text.replace(words, "")
    text = IDS.sub("", text)
    found = (html.unescape(one).strip() for one in re.findall(r">([^<>]+)<", text))
    return [one for one in found if ENGLISH.search(one)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_english_sentence_is_left(sides: Sides, alone: Alone, language: str) -> None:
    pages, left = every_page(sides, alone, language).pages, {}
    for name, raw in pages.items():
        if any(one.search(name) for one in (ISSUED, EVENTS)):
            continue
        if found := english(raw, name):
            left[name] = found[:5]
    assert len(pages) > 100 and left == {}


def test_an_english_sentence_would_be_found() -> None:
    assert english(b"<td>a decision is due on Monday</td>") == ["a decision is due on Monday"]
    assert english(b"<td>axis-order/3;of=mlp \xe2\x80\x94 of = mlp (which part)</td>") != []
    assert english(b"<td>axis-order/3;of=mlp \xe2\x80\x94 of = mlp (Teil)</td>") == []
    assert english("<p>Ein Satz \u201cof theirs\u201d.</p>".encode()) == []
