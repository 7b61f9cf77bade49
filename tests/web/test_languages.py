"""Pages in German and French: by data files, links and names as they are, and nothing left out."""

import re
from pathlib import Path

import pytest

from filiation.proceedings.site import Site
from filiation.report.languages.catalogue import LANGUAGES, SLOT, read_catalogue, read_pages
from filiation.report.site.desk import todo
from filiation.report.site.translated import saying
from filiation.report.wording import desk, desk_fields, joining, looks, signed, site, site_papers
from web.asking import ask, pages
from web.conftest import Sides


def said_by(module: object) -> set[str]:
    """Every constant of a module that is words."""
    found = set[str]()
    for name, value in vars(module).items():
        own = name in vars(module)["__all__"] and name.isupper()
        if not own or name in ("LANGUAGES_NAMED", "NO_KEY"):
            continue
        values = value.values() if isinstance(value, dict) else [value]  # by what each is of
        for one in values:
            found |= set(one) if isinstance(one, tuple) else {one}
    return {one for one in found if isinstance(one, str) and re.search("[a-z]{2}", one)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_pages_say_has_its_partner(language: str) -> None:
    say = saying(language)
    catalogue = read_pages(language)
    wanted = (
        said_by(desk)
        | said_by(desk_fields)
        | said_by(site)
        | said_by(site_papers)
        | said_by(looks)
        | said_by(joining)
        | said_by(signed)
    )
    wanted -= {*signed.DID, *signed.DID.values()}  # ids
    wanted -= {"how these words are to be read is not signed"}
    assert len(wanted) > 120
    assert [one for one in sorted(wanted) if catalogue.said(one) is None] == []
    view = todo("x", "lead", ["plan"])
    assert say(view.title) != view.title


def test_both_have_the_same_sentences_with_the_same_slots() -> None:
    de, fr = (read_pages(language).say for language in LANGUAGES)
    own = [key for key in de if key not in read_catalogue("de").say]
    assert list(de) == list(fr) and len(own) > 200
    for key in own:
        slots = sorted(SLOT.findall(key))
        assert sorted(SLOT.findall(de[key])) == slots == sorted(SLOT.findall(fr[key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_in_another_language(sides: Sides, language: str) -> None:
    """Each page is there, leads to pages of its language, and names nothing anew."""
    app = pages(sides.case)
    paths = [path for path in Site(sides.case).paths() if path.endswith(".html")]
    for path in paths:
        found = ask(app, f"{language}/{path}")
        assert found.code == 200, path
        if not path.endswith("report.html"):
            assert f'<html lang="{language}">' in found.text, path
    front = ask(app, f"{language}/index.html").text
    assert "Where the case stands" not in front and "acme" in front
    others = re.findall(r'href="([^"]+)" lang="(\w\w)"', ask(app, f"{language}/log/3.html").text)
    assert ("../../log/3.html", "en") in others and len(others) == 2
    assert "Their model came from ours." in ask(app, f"{language}/statements.html").text
    listed = ask(app, f"{language}/exhibits.html").text
    assert ">suspect<" in listed and ">parent<" in listed


def test_files_of_a_site_are_in_english(sides: Sides, tmp_path: Path) -> None:
    made = Site(sides.case).page("index.html")
    assert made is not None and b'hreflang="de"' not in made[0]
    assert b'hreflang="de"' in ask(pages(sides.case), "index.html").body
