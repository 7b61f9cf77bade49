"""From a folder that is not there to a decision that was handed over, in browsers alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.case.conftest import at_home
from cli.case.walk import make_models
from docs.pictures import opened
from filiation.proceedings.verifying import verify_case
from web.browser import NEEDED, Desk
from web.running import running

ROLES = {"acme": "claimant", "basel": "respondent", "first": "examiner", "second": "reviewer"}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Models, and nothing else: no case, no key."""
    make_models(tmp_path)
    with at_home(tmp_path):
        yield tmp_path


def invited(lead: Desk) -> str:
    """The address that the lead makes for somebody who is to join."""
    lead.page.goto(f"{lead.address}people.html")
    lead.page.click("text=Make an address")
    lead.page.wait_for_url("**/people.html")
    (address,) = lead.page.locator("td", has_text="/key.html").all_inner_texts()
    return str(address)


def admitted(lead: Desk, name: str, role: str, key: str) -> None:
    lead.prepares("party", {"short": name, "role": role, "invited": key})
    assert f"{name} is {role} and signs for itself" in lead.signs()


@NEEDED[0]
@NEEDED[1]
def test_from_opening_to_decision_in_the_browser_alone(folder: Path) -> None:
    keys = folder / "downloads"
    keys.mkdir()
    with running(folder / "case", [], []) as addresses, opened() as browser:
        lead = Desk(browser, addresses[""], keys)
        lead.page.goto(f"{lead.address}index.html")
        lead.page.click("main >> text=Open a case")
        assert "no case" not in lead.makes_key("tribunal", keys)
        lead.page.fill("[name=dispute]", "Acme and Basel")
        lead.page.fill("[name=short]", "tribunal")
        lead.page.click("text=Prepare it")
        assert "opened; tribunal leads it" in lead.signs()
        people = {"tribunal": lead}
        for name, role in ROLES.items():
            at = invited(lead)
            one = people[name] = Desk(browser, at.removesuffix("key.html"), keys)
            one.page.goto(f"{one.address}index.html")
            assert "Acme" not in one.page.content()  # of the case nothing is said yet
            told = one.makes_key(name, keys)
            assert "was handed in" in told
            key = told.split(": key ")[1].split()[0]
            admitted(lead, name, role, key)
            one.page.click("text=See the case")
            assert f"You act as {name}" in one.page.inner_text("main")
        walk(folder, people)
        assert [one.wrong for one in people.values()] == [[]] * 5
    found = verify_case(folder / "case")
    assert (found.problems, found.notes) == ((), ())
    assert not (folder / "home" / "keys").exists()  # nobody's key was ever on the server
    assert verify_case(folder / "for-acme").problems == ()


def walk(folder: Path, people: dict[str, Desk]) -> None:
    """What five people do, from the claim to the hand-over."""
    lead, acme, basel, first, second = people.values()
    acme.does("state", {"kind": "claim", "text": "Their model came from ours."})
    basel.does("state", {"kind": "answer", "text": "No.", "alternative": "shared-data"})
    for who, name, of in ((acme, "parent", "parent"), (basel, "suspect", "child"),
                          (acme, "s1", "stranger-1"), (acme, "s2", "stranger-2")):  # fmt: skip
        files = sorted(map(str, (folder / of).iterdir()))
        said = who.does("add", {"files": files, "name": name, "how": "handed over", "copy": "on"})
        assert f"{name} is an exhibit (weights)" in said
    first.does("plan", {"subject": "suspect", "source": "parent", "controls": ["s1", "s2"]})
    assert "cosine" in first.does("power")
    assert "3 members" in lead.does("draw", {"foils": "2"})
    assert "opinion" in second.does("opine", {"words": "No one stands out enough."})
    assert "suspect" in lead.does("unmask")
    first.prepares("examine")
    first.page.wait_for_selector("text=Now:")
    first.page.reload()
    assert "examin" in first.signs()
    said = second.does("review", {"agrees": "agrees", "words": "I derived it again."})
    assert "the same bytes" in said
    lead.does("decide", {"outcome": "need-more", "because": "A record is missing."})
    assert "acme" in lead.does("export", {"party": "acme", "folder": "for-acme"})
    basel.page.goto(f"{basel.address}decisions.html")
    assert "A record is missing." in basel.page.inner_text("main")
