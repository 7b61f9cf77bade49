"""Pages as pictures, in Debian's Chromium, and what of them does not fit into their window."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

WIDTHS: Final = (1200, 375)
HEIGHT: Final = 2400  # of a picture at most; what follows looks like it
OVER: Final = """() => {
  const wide = document.documentElement.clientWidth;
  const inside = (one) => { for (let at = one.parentElement; at; at = at.parentElement)
    if (/auto|scroll|hidden|clip/.test(getComputedStyle(at).overflowX) || at.tagName === 'svg')
      return true; return false; };
  return [...document.body.querySelectorAll('*')].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && box.right > wide + 1 && !inside(one);
  }).map((one) => one.outerHTML.slice(0, 120)).slice(0, 3);
}"""  # elements that stand out of the window and in nothing that scrolls


@contextmanager
def opened() -> Iterator[Any]:
    """A browser.

    Raises:
        SystemExit: Chromium is not installed.
    """
    from playwright.sync_api import sync_playwright

    at = shutil.which("chromium")
    if at is None:
        raise SystemExit("chromium is not installed; it takes the pictures")
    with sync_playwright() as made:
        browser = made.chromium.launch(executable_path=at, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def taken(
    pages: Iterable[tuple[str, Path]], out: Path | None, schemes: tuple[str, ...] = ("light",)
) -> dict[str, list[str]]:
    """Take each page at two widths, light or dark.

    Args:
        pages: Name of each, and where its file lies.
        out: Where the pictures go; None: nowhere, the pages are only measured.
        schemes: `light`, `dark`.

    Returns:
        Page and width to what stands out of its window.
    """
    listed, wrong = [*pages], dict[str, list[str]]()
    with opened() as browser:
        for scheme in schemes:
            for width in WIDTHS:
                window = browser.new_context(
                    viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
                )
                page = window.new_page()
                for name, path in listed:
                    page.goto(path.as_uri())
                    if over := page.evaluate(OVER):
                        wrong[f"{name} at {width}"] = over
                    if out is not None:
                        page.screenshot(path=_target(out, name, width, scheme), full_page=True,
                                        clip=_clip(page, width))  # fmt: skip
                window.close()
    return wrong


def _target(out: Path, name: str, width: int, scheme: str) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    dark = "" if scheme == "light" else f"-{scheme}"
    return out / f"{name.removesuffix('.html').replace('/', '-')}-{width}{dark}.png"


def _clip(page: Any, width: int) -> dict[str, int]:
    tall = int(page.evaluate("document.documentElement.scrollHeight"))
    return {"x": 0, "y": 0, "width": width, "height": max(1, min(HEIGHT, tall))}
