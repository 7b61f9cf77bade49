"""What a deed needs first is said, with the way to it; no form asks to choose from nothing."""

import re
import shutil
from collections.abc import Iterator

import pytest

from cli.case.conftest import at_home
from filiation.proceedings.desk.person import MAY
from filiation.report.site.before import COMES_FIRST
from filiation.report.wording.desk import BEFORE
from logcases import opened_case
from web.desk import Bench, bench

CHOICE = re.compile(r"<select [^>]*required[^>]*>\s*</select>")
SEVERAL = re.compile(r"<fieldset[^>]*><legend>([^<]*)</legend>(?:<span[^>]*>[^<]*</span>)?</fields")
SPARED = {"Public components", "Known to be independent"}  # of a plan, which may name none


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A case that was opened, with its people, and nothing in it."""
    folder = tmp_path_factory.mktemp("bare")
    opened_case(folder)
    shutil.move(folder / "home" / "keys", folder / "theirs" / "keys")
    with at_home(folder):
        made = bench(folder / "case", folder / "theirs", reading=())
        yield made
        made.desk.close()


def empty(page: str) -> list[str]:
    """What a form asks to choose though it offers nothing."""
    lists = [name for name in SEVERAL.findall(page) if name not in SPARED]
    return lists + CHOICE.findall(page)


def forms(made: Bench, who: str, role: str) -> dict[str, str]:
    pages = {verb: made.ask(who, f"do/{verb}.html") for verb in MAY[role]}
    assert {answer.code for answer in pages.values()} == {200}
    return {verb: answer.text for verb, answer in pages.items()}


def test_nothing_is_asked_that_the_case_does_not_hold(bare: Bench) -> None:
    early = set()
    for who, role in (("tribunal", "lead"), ("first", "examiner"), ("second", "reviewer")):
        for verb, page in forms(bare, who, role).items():
            assert empty(page) == [], verb
            if BEFORE.get(verb, "\0") in page:
                early.add(verb)
                assert f'action="{verb}"' not in page
                ways = [one for one in COMES_FIRST[verb] if f'href="{one}.html"' in page]
                assert ways or not set(COMES_FIRST[verb]) & MAY[role], verb
                assert 'href="../do.html"' in page
    assert early == set(BEFORE) - {"export", "stop"}  # there are parties, and the clock runs


def test_a_clock_that_stands_is_not_stopped_again(at_plan: Bench) -> None:
    assert BEFORE["resume"] in at_plan.ask("tribunal", "do/resume.html").text
    assert BEFORE["stop"] not in at_plan.ask("tribunal", "do/stop.html").text
    at_plan.does("tribunal", "stop", {"because": "A record is missing."})
    assert BEFORE["stop"] in at_plan.ask("tribunal", "do/stop.html").text
    assert BEFORE["resume"] not in at_plan.ask("tribunal", "do/resume.html").text


def test_once_it_is_there_it_is_asked_for(walked_on: Bench) -> None:
    """The walked case lacks an exhibit that is examined alone, and what hangs on one."""
    pages = forms(walked_on, "tribunal", "lead")
    early = {verb for verb, page in pages.items() if BEFORE.get(verb, "\0") in page}
    assert early == {"pose", "trained", "inquire", "coin", "resume"}
    assert [empty(page) for verb, page in pages.items() if verb not in early] == (
        [[]] * (len(pages) - len(early))
    )


def test_an_empty_choice_would_be_found() -> None:
    asks = '<select id="a" name="x" required></select>'
    none = "<fieldset><legend>Which</legend></fieldset>"
    assert empty(asks + none) == ["Which", asks]
    assert empty('<select id="a" name="x" required><option value="1">1</option></select>') == []


def test_both_tables_are_of_the_same_deeds() -> None:
    assert BEFORE.keys() == COMES_FIRST.keys()
    assert all(one in MAY["lead"] | MAY["examiner"] for way in COMES_FIRST.values() for one in way)


def test_the_first_page_names_no_verb_of_a_terminal(bare: Bench) -> None:
    """What is due next is said in words; the way to it is among what can be done."""
    for page in ("index.html", "de/index.html", "fr/index.html", "clock.html", "de/clock.html"):
        assert "(case " not in bare.ask("tribunal", page).text
    assert "the exhibits of both sides" in bare.ask("tribunal", "index.html").text
    assert "die Beweisstücke beider Seiten" in bare.ask("tribunal", "de/index.html").text
