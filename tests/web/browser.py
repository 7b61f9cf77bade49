"""People at Debian's Chromium, each in a session of their own; Playwright's core drives it.

No browser is downloaded. Without Chromium or Playwright the tests that use this skip.
"""

import importlib.util
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
SLOW = 120_000  # milliseconds
NEEDED = (
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    pytest.mark.skipif(not importlib.util.find_spec("playwright"), reason="no playwright"),
)


class Desk:
    """One person's browser."""

    def __init__(self, browser: Any, address: str, key: Path) -> None:
        self.page = browser.new_context().new_page()
        self.page.set_default_timeout(SLOW)
        self.address, self.key = address, key
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda m: self.wrong.append(m.text) if m.type == "error" else None)

    def prepares(self, verb: str, fields: Mapping[str, str | list[str]] | None = None) -> None:
        """Find the way from the first page, fill the form in, send it."""
        from filiation.report.wording.desk import DEEDS

        page = self.page
        page.goto(f"{self.address}index.html")
        page.click("text=What you can do")
        page.click(f"main >> text={DEEDS[verb]}")
        for name, value in (fields or {}).items():
            where = f"main form [name={name}]"
            kind = page.eval_on_selector(where, "one => one.type")
            if kind == "checkbox":
                for one in [value] if isinstance(value, str) else value:
                    page.check(f"{where}[value={one}]")
            elif kind == "file":
                page.set_input_files(where, value)
            elif kind == "select-one":
                page.select_option(where, value)
            else:
                page.fill(where, value)
        page.click("text=Prepare it")
        page.wait_for_url("**/deeds/*.html")

    def signs(self) -> str:
        """Once bytes are there, sign them with the key's file, and what follows if anything does.

        What is handed over is shown and signed before the event that says so.
        """
        page, before = self.page, ""
        while True:
            waits = f"#by-browser:not([hidden]):not([data-message='{before}'])"
            page.wait_for_selector(f"main .menu, {waits}")
            if page.query_selector("main .menu"):
                return str(page.inner_text("main"))
            before = page.get_attribute("#by-browser", "data-message")
            page.set_input_files("#key", str(self.key))
            page.click("#by-browser button")

    def makes_key(self, name: str, folder: Path) -> str:
        """Make a key where the page offers it, and keep what the browser downloads; its digest."""
        page = self.page
        page.wait_for_selector("#make-key:not([hidden])")
        page.fill("#key-name", name)
        with page.expect_download() as kept:
            page.click("#make-key button")
        self.key = folder / kept.value.suggested_filename
        kept.value.save_as(self.key)
        page.wait_for_selector("#key-made:not([hidden])")
        page.click("#key-made >> text=the case")
        return str(page.inner_text("main"))

    def does(self, verb: str, fields: Mapping[str, str | list[str]] | None = None) -> str:
        self.prepares(verb, fields)
        return self.signs()
