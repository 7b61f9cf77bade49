"""A form that was refused comes back as it was sent, in words of letters, with why it was."""

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from filiation.casefile.record import Record
from filiation.proceedings.desk.given import BACK, Given
from filiation.report.languages.catalogue import LANGUAGES
from filiation.report.render.site import site_page
from filiation.report.site.before import is_too_early
from filiation.report.site.desk import asked_form
from filiation.report.site.desk_forms import FORMS
from filiation.report.site.refused import Refused
from filiation.report.site.translated import saying
from filiation.report.site.view import Form, View
from filiation.report.wording import desk
from filiation.report.wording.joining import NOT_HELD
from web.desk import Bench

HOSTILE = "\r\n</textarea>\"'><script>alert('x')</script>\r\n  \u202e&amp; \ud800 {n}"
TYPED = HOSTILE.replace("\ud800", "?")  # half a character has no bytes
TAGS = re.compile(r"<script|<b>", re.ASCII)


class Filled(HTMLParser):
    """What a browser would send of the first form of a page, but files; and what stands about."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.wrong: list[str] = []  # fields that are marked
        self.about: dict[str, str] = {}  # ids that describe fields
        self._in, self._of = "", ""
        self.feed(page[page.index('<form class="deed"') :].partition("</form>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        name = found.get("name", "")
        if "aria-invalid" in found:
            self.wrong.append(name)
            self.about[name] = found.get("aria-describedby", "")
        if tag == "textarea":
            self._in, self.sent[name] = name, [""]
        elif tag == "select":
            self._of = name
        elif tag == "option" and ("selected" in found or self._of not in self.sent):
            self.sent[self._of] = [found["value"]]
        elif tag == "input" and (found["type"] in ("text", "hidden") or "checked" in found):
            self.sent.setdefault(name, []).append(found["value"])

    def handle_data(self, data: str) -> None:
        if self._in:
            self.sent[self._in][0] += data

    def handle_endtag(self, tag: str) -> None:
        if self._in and tag == "textarea":
            self.sent[self._in] = [re.sub(r"\A\r?\n", "", self.sent[self._in][0])]
            self._in = ""


def filled(page: str) -> dict[str, list[str]]:
    return {name: said for name, said in Filled(page).sent.items() if name != "form"}


@pytest.mark.parametrize("verb", FORMS)
def test_each_form_comes_back_as_it_was_sent(walked_on: Bench, verb: str) -> None:
    """Whatever was typed, and the last of what could be chosen; files are not."""
    state = Record(walked_on.case).state()
    first = asked_form(verb, state, "tribunal", "lead", "f" * 64)
    if is_too_early(verb, state, "tribunal"):
        pytest.skip("this case is not as far")
    (form,) = (one for one in first.parts if isinstance(one, Form))
    sent: dict[str, list[str]] = {}
    for one in form.fields:
        last = [one.choices[-1][0]] if one.choices else []
        typed = {"choice": last, "several": last, "check": ["on"], "files": ["my <b>.pem"]}
        sent[one.name] = typed.get(one.kind, [HOSTILE])
    why = Refused(said=["<b>No.</b>"], field=next(iter(sent), ""), sent=sent)
    view = asked_form(verb, state, "tribunal", "lead", "f" * 64, refused=why)
    page = site_page(view, "A case").decode()
    files = {one.name for one in form.fields if one.kind == "files"}
    wanted = {name: [one.replace(HOSTILE, TYPED) for one in said]
              for name, said in sent.items() if said and name not in files}  # fmt: skip
    assert filled(page) == wanted
    assert not TAGS.search(page) and page.count("f" * 64) == 1
    assert page.count("my &lt;b&gt;.pem") == len(files)
    assert page.index('id="refused"') < page.index('<form class="deed"')


def test_without_what_was_sent_a_form_is_as_it_was(walked_on: Bench) -> None:
    """Nothing can be read of what is no form; of choices only those that there are stay."""
    state = Record(walked_on.case).state()
    first = asked_form("deadline", state, "tribunal", "lead", "")
    again = asked_form("deadline", state, "tribunal", "lead", "", refused=Refused(said=["No."]))
    assert first.parts[-1] == again.parts[-1]
    odd = Refused(said=["No."], sent={"counting": ["<b>"], "more_days": ["x", "y"], "other": ["z"]})
    page = site_page(
        asked_form("deadline", state, "tribunal", "lead", "", refused=odd), ""
    ).decode()
    assert "other" not in filled(page) and filled(page)["more_days"] == ["x"]
    assert filled(page)["counting"] == ["calendar"] and "&lt;b&gt;" not in page


def test_more_than_anybody_types_is_not_kept() -> None:
    given = Given(fields={"text": ("x" * 60_000,)})
    assert given.back() == given.fields
    assert Given(fields={f"f{n}": ("x" * 60_000,) for n in range(BACK // 60_000 + 1)}).back() == {}


CASES: Mapping[str, tuple[str, dict[str, str], str, str]] = {
    "left out": ("acme", {"kind": "claim", "title": HOSTILE}, "state", "text"),
    "no number": ("tribunal", {"foils": "<b>two", "lineup": "third"}, "draw", "foils"),
    "no folder": ("tribunal", {"party": "acme", "folder": "../<b>"}, "export", "folder"),
    "by a law": ("tribunal", {"foils": "2", "lineup": "first"}, "draw", ""),
    "by a reader": ("acme", {"documents": "none:0", "tag": "hot"}, "tag", ""),
}


@pytest.mark.parametrize("what", CASES)
def test_what_was_refused_stands_below_why(walked_on: Bench, what: str) -> None:
    """A deed that is refused while it is prepared, in a page's language, at its field."""
    who, fields, verb, at = CASES[what]
    fields = {name: said.replace("\ud800", "") for name, said in fields.items()}
    deed = walked_on.began(who, verb, fields)
    said = walked_on.stands(who, deed, "refused")["said"][0]
    for language in ("", *LANGUAGES):
        answer = walked_on.ask(who, f"{language}/deeds/{deed}.html".lstrip("/"))
        page = Filled(answer.text)
        assert answer.code == 200 and not TAGS.search(answer.text)
        assert {name: page.sent[name] for name in fields} == {n: [s] for n, s in fields.items()}
        assert page.wrong == ([at] if at else [])
        assert not at or f'id="{page.about[at].split()[-1]}"' in answer.text
        assert ('<a href="#field-' in answer.text) is bool(at)
        if language:
            assert saying(language)(desk.PREPARE_AGAIN) in answer.text
    assert saying("de")(said) != said


def test_what_is_refused_at_once_comes_back_with_4xx(walked_on: Bench) -> None:
    """A key that nobody handed in; a file without a plain name; more than may wait."""
    sent = {"short": "carol", "full_name": HOSTILE.replace("\ud800", ""), "role": "observer",
            "invited": "5a" * 32}  # fmt: skip
    answer = walked_on.send("tribunal", "de/do/party", sent)
    assert answer.code == 400 and not TAGS.search(answer.text)
    del sent["invited"]  # the page has no such choice
    assert filled(answer.text) == {name: [said] for name, said in sent.items()}
    assert 'href="../../do/party.html"' in answer.text  # the form in English
    given = {"name": "n", "how": "by <b>hand</b>", "copy": "on"}
    answer = walked_on.upload("acme", "do/add", given, [(".hidden", b"the words of a file")])
    page = Filled(answer.text)
    assert answer.code == 400 and page.wrong == ["files"] and page.sent["copy"] == ["on"]
    assert page.sent["how"] == [given["how"]] and "along" not in page.sent
    assert "Chosen before: \u201c.hidden\u201d" in answer.text
    assert "the words of a file" not in answer.text


def test_who_did_not_come_from_a_page_of_ours_fills_nothing_in(walked_on: Bench) -> None:
    answer = walked_on.send(
        "acme", "do/state", {"kind": "claim", "text": "Theirs"}, secret="0" * 64
    )
    assert answer.code == 400 and "Theirs" not in answer.text
    assert filled(answer.text)["text"] == [""]


def test_a_signature_that_is_none_leaves_what_is_to_be_signed(walked_on: Bench) -> None:
    deed = walked_on.began("acme", "state", {"kind": "claim", "text": "Once."})
    walked_on.stands("acme", deed, "sign")
    raw = b'{"message": "secret of a file"}'
    answer = walked_on.upload("acme", f"fr/deeds/{deed}/signature", {}, [("x", raw)], "signed")
    assert answer.code == 400 and 'id="refused"' in answer.text
    assert 'id="by-browser"' in answer.text and 'src="../../../sign.js"' not in answer.text
    assert 'src="../../sign.js"' in answer.text and 'action="../' in answer.text
    assert "secret of a file" not in answer.text
    assert f'href="../../../deeds/{deed}.html"' in answer.text  # the same in English
    assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_what_is_no_form_is_answered_by_its_page(walked_on: Bench) -> None:
    """An invitation; and a deed that is nobody's."""
    answer = walked_on.send("tribunal", "do/invite", {}, secret="0" * 64)
    assert answer.code == 400 and 'action="invite"' in answer.text and 'id="refused"' in answer.text
    answer = walked_on.send("acme", "do/decide", {"because": "<b>Mine"})
    assert answer.code == 400 and desk.CANNOT in answer.text and "<b>" not in answer.text


def test_a_reason_that_is_english_says_so() -> None:
    """In the language of the page; an ear that is read to is told, too."""
    view = View(path="do/x.html", title="x", parts=[Refused(said=["The sun stands."]).refusal(())])
    shown = site_page(view, "").decode()
    assert desk.ONLY_ENGLISH not in shown and "<p>The sun stands.</p>" in shown
    for language in LANGUAGES:
        shown = site_page(view, "", language=language).decode()
        shown = shown.replace("&#39;", "'").replace("&nbsp;", " ")
        assert f'{saying(language)(desk.ONLY_ENGLISH)}</p><p lang="en">The sun stands.' in shown
    known = Refused(said=[desk.CANNOT]).refusal(())
    assert 'lang="en"' not in site_page(replace(view, parts=[known]), "", language="de").decode()


def test_words_of_keys_are_refused_in_words() -> None:
    assert saying("de")(NOT_HELD) != NOT_HELD


def test_a_search_that_is_none_comes_back(walked_on: Bench) -> None:
    """Half a phrase, and more than may be; what was found keeps what was asked, too."""
    for words, code in (('"half </title><b>', 400), ("x" * 300, 400), ("outputs", 200)):
        query = urlencode({"q": words})
        for language in ("en", *LANGUAGES):
            path = f"{language}/search.html".removeprefix("en/")
            found = walked_on.ask("acme", path, query=query)
            assert found.code == code and not TAGS.search(found.text)
            stands = re.search(r'<input type="search"[^>]* value="([^"]*)"', found.text)
            assert stands and html.unescape(stands[1]) == words
            assert ('id="refused"' in found.text) is (code == 400)
            assert 'lang="en">' not in found.text.partition("<main")[2].partition("</main")[0]
