"""A case from its exhibits to its decision in Debian's Chromium alone, as four people at once.

Playwright's core drives it; no browser is downloaded. Without Chromium or Playwright this skips.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.case.conftest import Walked, at_home, before
from docs.pictures import opened
from filiation.proceedings.desk.signing import sign_at
from filiation.proceedings.verifying import verify_case
from web.browser import NEEDED, Desk
from web.running import running

ACTING = ["tribunal", "first", "second", "acme"]


@pytest.fixture
def folder(walked: Walked, tmp_path: Path) -> Iterator[Path]:
    """The case before its plan; everybody's key lies with its holder, not with the server."""
    found = before(walked, tmp_path, "plan")
    shutil.move(found / "home" / "keys", found / "theirs" / "keys")
    with at_home(found):
        yield found


@pytest.fixture
def four(folder: Path) -> Iterator[dict[str, Desk]]:
    with running(folder / "case", ACTING, []) as addresses, opened() as browser:
        keys = folder / "theirs" / "keys"
        yield {who: Desk(browser, at, keys / f"{who}.pem") for who, at in addresses.items()}


@NEEDED[0]
@NEEDED[1]
def test_four_people_take_a_case_to_its_decision(folder: Path, four: dict[str, Desk]) -> None:
    tribunal, first, second, acme = (four[who] for who in ACTING)
    files = sorted(map(str, (folder / "stranger-1").iterdir()))
    said = acme.does("add", {"files": files, "name": "other", "how": "public download"})
    assert "other is an exhibit (weights)" in said
    first.prepares("plan", {"subject": "suspect", "source": "parent", "seed": "7",
                            "controls": ["s1", "s2"]})  # fmt: skip
    first.page.wait_for_selector("#by-browser")
    first.page.reload()  # what waits survives it
    assert "is fixed" in first.signs()
    assert "2 members" in tribunal.does("draw", {"foils": "1"})
    assert "opinion" in second.does("opine", {"words": "No one stands out enough."})
    assert "suspect" in tribunal.does("unmask")
    first.prepares("examine")
    assert first.page.query_selector("text=Now:") or first.page.query_selector("#by-browser")
    assert "examin" in first.signs()
    said = second.does("review", {"agrees": "agrees", "words": "I derived it again."})
    assert "the same bytes" in said
    reasons = {"outcome": "need-more", "because": "A record is missing."}
    assert "need-more" in tribunal.does("decide", reasons)
    assert "acme" in tribunal.does("export", {"party": "acme", "folder": "for-acme"})
    acme.page.goto(f"{acme.address}decisions.html")
    assert "A record is missing." in acme.page.inner_text("main")
    assert [one.wrong for one in four.values()] == [[], [], [], []]
    found = verify_case(folder / "case")
    assert (found.problems, found.notes) == ((), ())
    assert verify_case(folder / "for-acme").problems == ()


@NEEDED[0]
@NEEDED[1]
def test_the_wrong_key_is_told_and_nothing_leaves(folder: Path, four: dict[str, Desk]) -> None:
    """The browser's request never holds the key; a file that is none, or another's, is told."""
    acme = four["acme"]
    sent = list[str]()
    acme.page.on("request", lambda request: sent.append(request.post_data or ""))
    acme.prepares("state", {"kind": "claim", "text": "Once more."})
    acme.page.wait_for_selector("#by-browser")
    for path, words in ((folder / "letter.eml", "no private key"),
                        (four["first"].key, "not that of acme")):  # fmt: skip
        acme.page.set_input_files("#key", str(path))
        acme.page.click("#by-browser button")
        acme.page.wait_for_selector(f"#by-browser-said:has-text('{words}')")
    assert "claim" in acme.signs()
    for key in (acme.key, four["first"].key):
        secret = key.read_text().splitlines()[1]
        assert not any(secret in one for one in sent)
    stored = acme.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    assert stored == [0, 0, ""]


def test_a_terminal_signs_at_the_address(folder: Path) -> None:
    """Without a browser: the form by a request, the signature by `case sign`."""
    import re
    import urllib.parse
    import urllib.request

    with running(folder / "case", ["acme"], []) as addresses:
        at = addresses["acme"]
        with urllib.request.urlopen(f"{at}do/state.html") as page:
            secret = re.search(r'name="form" value="(\w+)"', page.read().decode())
        assert secret
        sent = {"form": secret[1], "kind": "claim", "text": "From a terminal."}
        origin = {"Origin": at[: at.index("/", 8)]}
        asked = urllib.request.Request(
            f"{at}do/state", data=urllib.parse.urlencode(sent).encode(), headers=origin
        )
        with urllib.request.urlopen(asked) as page:
            address = page.url.removesuffix(".html")
        shutil.copytree(folder / "theirs" / "keys", folder / "home" / "keys")
        shown = list[str]()
        said = list(sign_at(address, lambda lines: bool(shown.extend(lines)) or True))
        assert said[0].startswith("event ") and "acme signs 'claim'" in shown[0]
        assert len([line for line in shown if line.startswith("Event")]) == 1
    assert verify_case(folder / "case").notes == ()
