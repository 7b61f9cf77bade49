"""Who may ask, and what every answer carries; each route asked as a hostile page would."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp

from filiation.errors import UsageError
from filiation.proceedings.site import Site
from filiation.web.app import application
from filiation.web.sessions import Sessions
from web.asking import HOST, PORT, READER, TOKEN, ask, pages
from web.conftest import Sides

_APPS: dict[Path, ASGIApp] = {}


@pytest.fixture
def app(sides: Sides) -> ASGIApp:
    return _APPS.setdefault(sides.case, pages(sides.case))


def test_the_pages_answer(app: ASGIApp, sides: Sides) -> None:
    for path in Site(sides.case).paths():
        assert ask(app, path).code == 200, path
    assert ask(app, "").code == 307  # to the first page


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ((), 421),
        ((("host", f"evil.example:{PORT}"),), 421),
        ((("host", f"127.0.0.1:{PORT + 1}"),), 421),
        ((HOST, ("host", "evil.example")), 421),
        ((HOST, ("origin", "http://evil.example")), 403),
        ((HOST, ("origin", "null")), 403),
        ((HOST, ("origin", f"https://127.0.0.1:{PORT}")), 403),
        ((HOST, ("sec-fetch-site", "cross-site")), 403),
        ((HOST, ("sec-fetch-site", "same-site")), 403),
        ((HOST, ("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")), 403),
        ((HOST, ("origin", f"http://127.0.0.1:{PORT}"), ("sec-fetch-site", "same-origin")), 200),
        ((("host", f"localhost:{PORT}"), ("sec-fetch-site", "none")), 200),
    ],
)
def test_who_asks(app: ASGIApp, headers: tuple[tuple[str, str], ...], code: int) -> None:
    found = ask(app, "statements.html", headers=headers)
    assert found.code == code
    assert ("came from ours" in found.text) == (code == 200)


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "t", "T" * 43, "%74" * 43])
def test_without_the_token_nothing_is_said(app: ASGIApp, token: str) -> None:
    found = ask(app, "index.html", token=token)
    assert found.code == 404 and found.body == b"no such page"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_can_be_changed(app: ASGIApp, method: str) -> None:
    assert ask(app, "index.html", method=method).code == 405


def test_every_answer_is_closed(app: ASGIApp) -> None:
    for found in (
        ask(app, "index.html"),
        ask(app, "no"),
        ask(app, "index.html", headers=()),
        ask(app, "search.html", query="q=" + "x" * 300),
        ask(app, "examinations.html", method="POST"),
    ):
        assert found.headers["content-security-policy"].startswith("default-src 'none'")
        assert "script-src" not in found.headers["content-security-policy"]
        assert found.headers["x-content-type-options"] == "nosniff"
        assert found.headers["cache-control"] == "no-store"
        assert found.headers["referrer-policy"] == "same-origin"
        assert "set-cookie" not in found.headers and "server" not in found.headers
        assert "access-control-allow-origin" not in found.headers


@pytest.mark.parametrize(
    "path",
    [
        "../case.db", "..%2fcase.db", "case.db", "objects/", "log/../../case.db", "/etc/passwd",
        "documents/mail/../../case.db", "documents/mail/99.html", "documents/mail/-1.html",
        "documents/none/0.html", "log/9999.html", "log-99.html", "log/\x00.html", "log/٣.html",
        "examinations/0/report.html", "index.html/", "INDEX.HTML", "keys/acme.pub",
        "submissions/acme/0005-claim.txt", "documents/mail/00000000000000.html",
    ],
)  # fmt: skip
def test_what_is_no_page_is_none(app: ASGIApp, path: str) -> None:
    assert ask(app, path).code == 404


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.text(max_size=80)
    | st.lists(
        st.sampled_from(["documents", "mail", "..", ".", "log", "0", "1.html", "%2e%2e", "\x00",
                         "examinations", "report.json", "case.db", "search.html", "٤.html"]),
        max_size=6,
    ).map("/".join),
    query=st.text(alphabet=st.characters(max_codepoint=126), max_size=60),
)  # fmt: skip
def test_no_path_breaks_it(app: ASGIApp, sides: Sides, path: str, query: str) -> None:
    found = ask(app, path, query=query)
    assert found.code in (200, 307, 400, 404)
    if found.code == 200 and not path.lstrip("/").startswith("search.html"):
        assert path.lstrip("/") in set(Site(sides.case).paths())


@pytest.mark.parametrize("query", ['q="', "q=NEAR(", "q=*", "q=a%00b", "q=" + "(" * 150])
def test_a_query_that_is_none_is_told(app: ASGIApp, query: str) -> None:
    found = ask(app, "search.html", query=query)
    assert found.code in (200, 400) and "Traceback" not in found.text


def test_a_search_finds_and_escapes(app: ASGIApp, sides: Sides) -> None:
    found = ask(app, "search.html", query="q=outputs")
    assert found.code == 200 and "documents/mail/0.html" in found.text
    found = ask(app, "search.html", query="q=%3Cscript%3E")
    assert b"<script" not in found.body


def test_a_party_finds_nothing_that_is_withheld(sides: Sides) -> None:
    theirs = pages(sides.basel)
    assert "Please use" not in ask(theirs, "search.html", query="q=Please").text


def test_the_case_moves_on_and_the_pages_follow(sides: Sides, tmp_path: Path) -> None:
    import shutil

    from cli.case.conftest import at

    folder = shutil.copytree(sides.case.parent, tmp_path / "moved")
    app = pages(folder / "case")
    assert "A word more." not in ask(app, "statements.html").text
    assert at(folder, "submit", "{}/case", "--by", "basel", "A word more.").code == 0
    assert "A word more." in ask(app, "statements.html").text


def test_what_is_no_case_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        application(tmp_path, sessions=Sessions({TOKEN: READER}), port=PORT)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UsageError):
        application(tmp_path / "file", sessions=Sessions({TOKEN: READER}), port=PORT)
