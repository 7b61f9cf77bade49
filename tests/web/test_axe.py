"""axe-core finds nothing on any view, in a narrow window, on light and dark ground.

AXE is the path of `axe.min.js` (`npm pack axe-core`, then `package/axe.min.js`); foreign code, and
not part of this repository. Without it, or without Chromium, these tests skip.
"""

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

from docs.screenshots import ALONE
from web.alone import Alone
from web.conftest import Sides
from web.kinds import every_page

CHROMIUM, AXE = shutil.which("chromium"), os.environ.get("AXE", "")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    pytest.mark.skipif(not importlib.util.find_spec("playwright"), reason="no playwright"),
    pytest.mark.skipif(not AXE, reason="AXE is not set to the path of axe.min.js"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(sides: Sides, alone: Alone, tmp_path: Path, scheme: str) -> None:
    """One browser, every page in turn; a narrow window."""
    from playwright.sync_api import sync_playwright

    wrong, found = {}, every_page(sides, alone)
    with sync_playwright() as made:
        browser = made.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        window = browser.new_context(
            viewport={"width": 375, "height": 800}, color_scheme=scheme, bypass_csp=True
        )
        page = window.new_page()
        for path, raw in found.pages.items():
            (tmp_path / "page.html").write_text(ALONE.sub("", raw.decode()))
            page.goto((tmp_path / "page.html").as_uri())
            page.add_script_tag(path=AXE)
            violated = page.evaluate(
                "axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html.slice(0, 150)]))"
            )
            if violated:
                wrong[path] = violated
        browser.close()
    assert found.missing == set() and wrong == {}
