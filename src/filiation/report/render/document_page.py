"""A document as a page to read and print, with what it is cited by on every sheet."""

from collections.abc import Iterable

from markupsafe import Markup, escape

from filiation.files import shown
from filiation.report.render.page import page

__all__ = ["document_page"]


def document_page(stamp: str, lines: Iterable[str], words: str) -> bytes:
    """A self-contained page: nothing in the words is mark-up, fetched, or steers the letters."""
    escaped = "\n".join(str(escape(shown(line))) for line in words.expandtabs(4).split("\n"))
    return page("document.html.j2", stamp=stamp, lines=list(lines), words=Markup(escaped))
