"""Every page of a case: there, whole, linked, escaped; and of an export, what it holds."""

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import pytest

from cli.case.conftest import at_home
from filiation.proceedings.site import Site, write_site
from logcases import does
from web.alone import Alone
from web.conftest import SCRIPT, Sides

CONFIDENTIAL = "price is eleven"
PRIVILEGED = "Please use their"  # of a mail that acme claims to be privileged


class Links(HTMLParser):
    """What a page leads to, fetches or runs."""

    def __init__(self) -> None:
        super().__init__()
        self.led: list[str] = []
        self.fetched: list[str] = []
        self.tags: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attributes:
            if name == "href":
                self.led.append(value or "")
            if name in ("src", "srcset", "data", "action"):
                self.fetched.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)


def read(raw: bytes) -> Links:
    links = Links()
    links.feed(raw.decode())
    return links


def whole(case: Path) -> dict[str, bytes]:
    site = Site(case)
    found = {path: site.page(path) for path in site.paths()}
    assert all(found.values())
    return {path: made[0] for path, made in found.items() if made}


@pytest.fixture(scope="module")
def pages(sides: Sides) -> dict[str, bytes]:
    return whole(sides.case)


def test_every_link_leads_to_a_page(pages: dict[str, bytes]) -> None:
    led = 0
    for path, raw in pages.items():
        if not path.endswith(".html") or path.endswith("report.html"):
            continue
        if path.startswith("reports/"):  # as they were issued
            continue
        for href in read(raw).led:
            target, _, _ = href.partition("#")
            if target:
                led += 1
                assert normpath(join(dirname(path), unquote(target))) in pages, (path, href)
    assert led > 100


def test_nothing_runs_and_nothing_is_fetched(pages: dict[str, bytes]) -> None:
    for path, raw in pages.items():
        if path.endswith(".html"):
            found = read(raw)
            assert not {"script", "iframe", "object", "embed", "link", "base"} & set(found.tags)
            assert found.handlers == [] and found.fetched == [], path


def test_words_of_parties_are_words(pages: dict[str, bytes]) -> None:
    """A statement that is a script stands on the page as its letters."""
    assert (
        SCRIPT.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;").encode()
        in (pages["statements.html"])
    )


def test_the_views_say_what_is_on_record(pages: dict[str, bytes]) -> None:
    text = {path: re.sub(r"<[^>]+>", " ", raw.decode()) for path, raw in pages.items()
            if path.endswith(".html")}  # fmt: skip
    assert "Their model came from ours." in text["statements.html"]
    assert "It is a file that is no plain text." in text["statements.html"]  # letter.eml
    assert "This export does not hold it" not in text["statements.html"]  # which is no export
    assert "training record is missing" in text["decisions.html"]
    assert "I derived it again." in text["decisions.html"]
    assert "No one stands out enough." in text["lineups.html"]
    (answers,) = [path for path in text if re.fullmatch(r"examinations/\d+\.html", path)]
    assert "What was asked" in text[answers] and "<svg" in pages[answers].decode()
    assert "mail:0" in text["documents/mail.html"]
    assert PRIVILEGED in text["documents/mail/0.html"]
    assert CONFIDENTIAL in text["statements.html"]


def test_what_was_not_examined_is_a_list(sides: Sides, pages: dict[str, bytes]) -> None:
    assert b"Not examined in any plan" not in pages["exhibits.html"]
    site = Site(sides.case)
    names = {entry for entry in site._compared}
    assert names == {"parent", "suspect", "s1", "s2"}


def test_counts_agree(sides: Sides, pages: dict[str, bytes]) -> None:
    """Events shown are events stored."""
    events = [path for path in pages if re.fullmatch(r"log/\d+\.html", path)]
    shown = re.search(r"([\d,]+) events, all shown", pages["log.html"].decode())
    assert shown and int(shown[1].replace(",", "")) == len(events)


def test_a_party_sees_what_its_export_holds_and_nothing_else(
    sides: Sides, pages: dict[str, bytes]
) -> None:
    """Each of the words that are withheld stands in the lead's pages, and in none of basel's."""
    theirs = whole(sides.basel)
    for words in (CONFIDENTIAL, PRIVILEGED):
        assert any(words.encode() in raw for raw in pages.values()), words
        assert not any(words.encode() in raw for raw in theirs.values()), words
    assert "withheld" in theirs["index.html"].decode()
    assert b"Their model came from ours." in theirs["statements.html"]
    own = whole(sides.acme)
    assert any(CONFIDENTIAL.encode() in raw for raw in own.values())


def test_the_files_are_the_pages(sides: Sides, tmp_path: Path) -> None:
    count = write_site(sides.basel, tmp_path / "site")
    files = {str(p.relative_to(tmp_path / "site")): p.read_bytes()
             for p in (tmp_path / "site").rglob("*") if p.is_file()}  # fmt: skip
    assert files == whole(sides.basel) and len(files) == count
    assert b"<form" not in files["index.html"]


@pytest.mark.parametrize("kind", ["log", "pairs", "history", "session", "served"])
def test_pages_of_every_question_go_along_with_an_export(
    alone: Alone, kind: str, tmp_path: Path
) -> None:
    """What the command writes is what is served of it, every link leads on, nothing runs."""
    folder, out, site = tmp_path / "now", tmp_path / "out", tmp_path / "site"
    shutil.copytree(alone.cases()[kind].parent, folder)  # an export is an event of its log
    with at_home(folder):
        does(folder, "case", "export", folder / "case", "--for", "acme", "-o", out, "--site", site,
             "--despite-found")  # fmt: skip
        made = whole(out)
    files = {str(p.relative_to(site)): p.read_bytes()
             for p in site.rglob("*") if p.is_file()}  # fmt: skip
    assert files.keys() == made.keys()
    (answer,) = [path for path in made if re.fullmatch(r"examinations/\d+\.html", path)]
    assert [path for path in made if files[path] != made[path]] == []
    assert files[answer].count(b"<svg") >= 1 and files[answer].count(b"<table") >= 2
    test_every_link_leads_to_a_page(made)
    test_nothing_runs_and_nothing_is_fetched(made)
    assert not any(b"<form" in raw for raw in files.values())


def test_a_kept_page_says_nothing_of_where_it_was_made(pages: dict[str, bytes]) -> None:
    for path, raw in pages.items():
        assert b"/tmp/" not in raw and b"http://127" not in raw, path
