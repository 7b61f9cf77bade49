"""Does a built site load anything from outside? `python tools/docs/offline.py FOLDER` names what.

A link that a reader may follow is not loading; a script, a style, a picture, a font or a frame is.
"""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

OUTSIDE: Final = re.compile(r"\s*(https?:)?//", re.IGNORECASE)
STYLED: Final = re.compile(
    r"""(?:url\(|@import)\s*["']?\s*((?:https?:)?//[^"')\s]+)""", re.IGNORECASE
)
LOADING: Final = ("src", "srcset", "data", "poster", "action")


class Loads(HTMLParser):
    """Collects what a page loads from outside."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = (*LOADING, "href") if tag in ("link", "use", "image") else LOADING
        for name, value in attrs:
            if name in names and value and OUTSIDE.match(value) and not _points(tag, attrs):
                self.found.append(value)
            elif name == "style" and value:
                self.found += STYLED.findall(value)


def _points(tag: str, attrs: list[tuple[str, str | None]]) -> bool:
    """A `link` that tells where something is, and loads nothing."""
    return tag == "link" and dict(attrs).get("rel") in ("canonical", "index", "license")


def loads(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every file of the site that loads something from outside, and what."""
    for page in sorted(folder.rglob("*")):
        if page.suffix == ".html":
            parser = Loads()
            parser.feed(page.read_text("utf-8"))
            yield from ((page, found) for found in parser.found)
        elif page.suffix in (".css", ".svg"):
            yield from ((page, found) for found in STYLED.findall(page.read_text("utf-8")))


def main() -> int:
    """Print what is loaded from outside; exit with 1 if there is anything."""
    folder = Path(sys.argv[1])
    found = list(loads(folder))
    for page, what in found:
        print(f"{page.relative_to(folder)}: loads {what}, expected nothing from outside")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
