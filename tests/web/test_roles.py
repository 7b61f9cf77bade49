"""Every route as every role, in one table; and a party sees what its export holds."""

import re
from collections.abc import Iterator

import pytest

from cli.case.conftest import at_home
from filiation.proceedings.desk.person import MAY
from filiation.proceedings.site import Site
from filiation.report.wording.desk import DEEDS
from filiation.web.desk import DeskPages
from filiation.web.sessions import Sessions
from web.asking import HOST
from web.conftest import MORE, Sides, joined
from web.desk import ORIGIN, Bench, bench, token
from web.test_pages import CONFIDENTIAL, PRIVILEGED

ROLES = {"tribunal": "lead", "first": "examiner", "second": "reviewer", "acme": "claimant",
         "basel": "", **MORE}  # fmt: skip
ACTING = [name for name, role in ROLES.items() if role]


@pytest.fixture(scope="module")
def served(sides: Sides, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = joined(sides, tmp_path_factory.mktemp("roles") / "now")
    with at_home(folder):
        made = bench(folder / "case", folder / "theirs", acting=ACTING)
        yield made
        made.desk.close()


def test_every_route_as_every_role(served: Bench) -> None:
    """Whoever may not do a deed gets neither its form nor its doing, nor another's deeds."""
    deed = served.began("acme", "state", {"kind": "submission", "text": "Mine."})
    served.stands("acme", deed, "sign")
    seen = 0
    for who, role in ROLES.items():
        may = MAY.get(role, frozenset())
        for verb in DEEDS:
            seen += 1
            got = served.ask(who, f"do/{verb}.html").code
            sent = served.send(who, f"do/{verb}", {}, secret="0" * 64).code
            assert got == (200 if verb in may else 404), (who, verb)
            assert sent == (400 if role else 405), (who, verb)
            if role and verb not in may:
                answer = served.send(who, f"do/{verb}", {})
                assert answer.code == 400 and "not for your role" in answer.text
        for path in (f"deeds/{deed}.html", f"deeds/{deed}.json"):
            assert served.ask(who, path).code == (200 if who == "acme" else 404)
        for path in (f"deeds/{deed}/signature", f"deeds/{deed}/drop"):
            code = served.send(who, path, {}, secret="0" * 64).code
            assert code == (400 if who == "acme" else 404 if role else 405), (who, path)
        lead = who == "tribunal"
        assert served.ask(who, "people.html").code == (200 if lead else 404), who
        assert served.ask(who, "key.html").code == 404  # who has a part in the case has a key
        for path in ("do/invite", "do/key"):
            code = served.send(who, path, {}, secret="0" * 64).code
            mine = lead and path == "do/invite"
            assert code == (400 if mine else 404 if role else 405), (who, path)
        for path in ("do.html", "deeds.html", "index.html", "log.html", "sign.js"):
            assert served.ask(who, path).code == 200, (who, path)
    assert seen == len(ROLES) * len(DEEDS)
    assert served.stands("acme", deed)["where"] == "sign"


def test_each_route_is_in_the_table(served: Bench) -> None:
    """A route that is added is tried as every role, or this fails."""
    known = {"/sign.js", "/do.html", "/do/{verb}.html", "/do/{verb}", "/deeds.html",
             "/deeds/{name}.html", "/deeds/{name}.json", "/deeds/{name}/signature",
             "/deeds/{name}/drop", "/key.js", "/key.html", "/do/key", "/people.html",
             "/do/invite"}  # fmt: skip
    site = Site(served.case)
    pages = DeskPages(served.desk, Sessions({}), lambda _: site, lambda: site.state)
    assert {route.path for route in pages.routes()} == known


@pytest.mark.parametrize("who", ["acme", "basel", "first", "second", "watcher", "dover"])
def test_a_party_sees_what_its_export_holds(served: Bench, sides: Sides, who: str) -> None:
    words = (CONFIDENTIAL, PRIVILEGED)
    site = Site(served.case)
    shown = {w: False for w in words}
    for path in site.paths():
        answer = served.ask(who, path)
        assert answer.code in (200, 404), path
        for word in words:
            shown[word] |= word in answer.text
    assert all(shown.values()) == (who == "acme"), shown
    assert any(shown.values()) == (who == "acme"), shown
    assert "withheld" in served.ask(who, "index.html").text


def test_the_live_pages_are_those_of_the_export(served: Bench, sides: Sides) -> None:
    """Byte for byte, but for what the export itself added to the log."""
    theirs = Site(sides.basel)
    pages = [p for p in theirs.paths() if re.match(r"(documents|papers|statements|lineups)", p)]
    assert len(pages) > 8
    for path in pages:
        found = theirs.page(path, served=True)
        assert found is not None
        live, made = served.ask("basel", path).text, found[0].decode()
        assert live.splitlines() == made.splitlines(), path


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ((HOST,), 403),  # no origin
        ((HOST, ("origin", "null")), 403),
        ((HOST, ("origin", "http://evil.example")), 403),
        ((HOST, ORIGIN, ("sec-fetch-site", "cross-site")), 403),
        ((HOST, ORIGIN, ("content-length", "99999999999999999999")), 413),
        ((HOST, ORIGIN, ("content-length", "-1")), 413),
        ((HOST, ORIGIN), 400),  # no secret
    ],
)
def test_what_changes_something_comes_from_a_page_of_ours(
    served: Bench, headers: tuple[tuple[str, str], ...], code: int
) -> None:
    found = served.ask("acme", "do/state", method="POST", headers=headers[1:])
    assert found.code == code


def test_the_secret_of_another_is_none(served: Bench) -> None:
    theirs = served.secret("first")
    answer = served.send("acme", "do/state", {"kind": "claim", "text": "x"}, secret=theirs)
    assert answer.code == 400 and theirs != served.secret("acme")


def test_a_wrong_token_does_nothing(served: Bench) -> None:
    served_token = token("acme")
    for wrong in ("acme", served_token[:-1], served_token + "-", "x" * 43):
        import asyncio

        from web.desk import _ask

        found = asyncio.run(_ask(served.app, f"/{wrong}/do/state", "POST", b"", (ORIGIN,), ""))
        assert found.code == 405
