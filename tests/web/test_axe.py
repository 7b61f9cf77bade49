"""axe-core finds nothing on any view, in a narrow window, on light and dark ground.

AXE is the path of `axe.min.js` (`npm pack axe-core`, then `package/axe.min.js`); foreign code, and
not part of this repository. Without it, or without Chromium, these tests skip.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.screenshots import desk_pages
from filiation.proceedings.site import Site
from web.conftest import Sides

CHROMIUM, AXE = shutil.which("chromium"), os.environ.get("AXE", "")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    pytest.mark.skipif(not AXE, reason="AXE is not set to the path of axe.min.js"),
]
SCRIPT = re.compile(r'<script src="[^"]+sign.js" defer></script>|<meta http-equiv="refresh"[^>]*>')
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
RUN = (
    "<script>axe.run().then(r=>{document.title='AXE'+JSON.stringify(r.violations.map(v=>"
    "[v.id,v.impact,v.nodes[0].html.slice(0,150)]))+'EXA'})</script></body>"
)


def each_kind(site: Site) -> Iterator[str]:
    """One page of each kind, named by what stands in its path but numbers."""
    seen = set()
    for path in site.paths():
        kind = re.sub(r"[0-9]+", "#", path)
        if path.endswith(".html") and kind not in seen:
            seen.add(kind)
            yield path


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(sides: Sides, tmp_path: Path, dark: bool) -> None:
    script = Path(AXE).read_text(encoding="utf-8").replace("</script", "<\\/script")
    site, wrong, seen = Site(sides.case), {}, 0
    pages = [(path, site.page(path)) for path in each_kind(site)]
    shown = [(path, made[0]) for path, made in pages if made] + [*desk_pages(site)]
    for path, raw in shown:
        whole = SCRIPT.sub("", POLICY.sub("", raw.decode()))
        page = tmp_path / "page.html"
        page.write_text(whole.replace("</body>", f"<script>{script}</script>{RUN}"))
        ground = ["--blink-settings=preferredColorScheme=0"] if dark else []
        done = subprocess.run(
            [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--window-size=500,800",
             "--virtual-time-budget=20000", f"--user-data-dir={tmp_path / 'profile'}", *ground,
             "--dump-dom", page.as_uri()],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        found = re.search(r"<title>AXE(.*?)EXA", done.stdout, re.DOTALL)
        assert found, path
        seen += 1
        if found[1] != "[]":
            wrong[path] = json.loads(found[1].replace("&lt;", "<").replace("&gt;", ">")
                                     .replace("&amp;", "&"))  # fmt: skip
    assert seen > 30 and wrong == {}
