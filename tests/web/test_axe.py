"""axe-core finds nothing on any view, in a narrow window, on light and dark ground.

AXE is the path of `axe.min.js` (`npm pack axe-core`, then `package/axe.min.js`); foreign code, and
not part of this repository. Without it, or without Chromium, these tests skip.
"""

import importlib.util
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.screenshots import desk_pages
from filiation.proceedings.site import Site
from web.conftest import Sides

CHROMIUM, AXE = shutil.which("chromium"), os.environ.get("AXE", "")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    pytest.mark.skipif(not importlib.util.find_spec("playwright"), reason="no playwright"),
    pytest.mark.skipif(not AXE, reason="AXE is not set to the path of axe.min.js"),
]
LEFT_OUT = re.compile(
    r'<script src="[^"]+(?:sign|key).js" defer></script>|<meta http-equiv="refresh"[^>]*>'
)


def each_kind(site: Site) -> Iterator[str]:
    """One page of each kind, named by what stands in its path but numbers."""
    seen = set()
    for path in site.paths():
        kind = re.sub(r"[0-9]+", "#", path)
        if path.endswith(".html") and kind not in seen:
            seen.add(kind)
            yield path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(sides: Sides, tmp_path: Path, scheme: str) -> None:
    """One browser, every page in turn; a narrow window."""
    from playwright.sync_api import sync_playwright

    site, wrong, seen = Site(sides.case), {}, 0
    pages = [(path, site.page(path)) for path in each_kind(site)]
    shown = [(path, made[0]) for path, made in pages if made] + [*desk_pages(site)]
    with sync_playwright() as made:
        browser = made.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        window = browser.new_context(
            viewport={"width": 375, "height": 800}, color_scheme=scheme, bypass_csp=True
        )
        page = window.new_page()
        for path, raw in shown:
            (tmp_path / "page.html").write_text(LEFT_OUT.sub("", raw.decode()))
            page.goto((tmp_path / "page.html").as_uri())
            page.add_script_tag(path=AXE)
            found = page.evaluate(
                "axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html.slice(0, 150)]))"
            )
            seen += 1
            if found:
                wrong[path] = found
        browser.close()
    assert seen > 30 and wrong == {}
