"""No page of any kind stands out of its window, on a desk or on a telephone.

With PICTURES=FOLDER in the environment the pictures are kept, light and dark, to be looked at one
by one: `make screenshots`.
"""

import os
from pathlib import Path

from docs.pictures import taken
from docs.screenshots import ALONE
from web.alone import Alone
from web.browser import NEEDED
from web.conftest import Sides
from web.kinds import every_page

pytestmark = [*NEEDED]
PICTURES = os.environ.get("PICTURES", "")


def test_no_page_is_wider_than_its_window(sides: Sides, alone: Alone, tmp_path: Path) -> None:
    found = every_page(sides, alone)
    laid = []
    for number, (name, raw) in enumerate(found.pages.items()):
        (tmp_path / f"{number}.html").write_text(ALONE.sub("", raw.decode()))
        laid.append((name, tmp_path / f"{number}.html"))
    schemes = ("light", "dark") if PICTURES else ("light",)
    out = Path(PICTURES) if PICTURES else None
    assert found.missing == set()
    assert taken(laid, out, schemes) == {}
