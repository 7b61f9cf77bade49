"""The words of a page (HTML) as its reader sees them, and those that it hides, marked.

nh3, a parser as browsers have it, makes one tree of whatever a stranger wrote; scripts, comments,
links and pictures are left out, nothing is fetched. Then every element is asked whether its style
hides it: not displayed, without size, off the page, or in the colour of the paper.
"""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Final

from filiation.model.document import MOST_TEXT
from filiation.readers.writings.marks import CLOSE, OPEN, harmless
from filiation.readers.writings.plain import need
from filiation.readers.writings.styles import PAPER, Look, Sheet, seen_as

__all__ = ["from_html", "with_marks"]

MOST_TAGS: Final = 8000  # parsed as one tree; its depth costs quadratic time
PIECE: Final = 2000  # tags of each tree of a longer page
CUT: Final = "[the page is too long to tell what of the rest it hides]"
SILENT: Final = frozenset({"script", "style", "head", "title", "svg", "math", "template", "object",
                           "audio", "video", "iframe", "noembed", "noframes"})  # fmt: skip
ENDS_LINE: Final = frozenset({
    "p", "div", "tr", "li", "ul", "ol", "dl", "dt", "dd", "table", "blockquote", "pre",
    "section", "article", "header", "footer", "center", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "br", "body", "html",
})  # fmt: skip
ENDS_CELL: Final = frozenset({"td", "th"})
EMPTY: Final = frozenset({"br", "hr", "img", "wbr", "input", "col", "area", "source", "track"})
DRAWN: Final = re.compile(r"</?(?:svg|math)\b[^>]{0,1000}>", re.IGNORECASE)  # would hide words
TAG: Final = re.compile(r"<([a-z][\w:.-]{0,40})", re.IGNORECASE)
WHOLE_PAGE: Final = re.compile(r"(</?)(?:html|body)\b", re.IGNORECASE)
STYLE: Final = re.compile(r"<style\b[^>]{0,500}>(.{0,200000}?)</style", re.IGNORECASE | re.DOTALL)
OUTLOOK: Final = re.compile(
    r"<!--\[if [^\]>]{0,100}\]>(?!<!)(.{0,20000}?)<!\[endif\]-->", re.IGNORECASE | re.DOTALL
)
KEPT: Final = {"*": {"style", "class", "id", "hidden", "bgcolor", "color"}, "img": {"alt"}}
BLANK: Final = re.compile(r"[ \t]*\n[ \t]*(?:\n[ \t]*)+")
SPACES: Final = re.compile(r"[ \t\r\n\f]+")


def from_html(markup: str) -> str:
    """The words of a page; `[hidden: ...]` around those that its reader does not see.

    Raises:
        UsageError: nh3 is not installed.
    """
    return with_marks(markup).replace(OPEN, "[").replace(CLOSE, "]")


def with_marks(markup: str) -> str:
    """The same, with our marks as `marks` sets them, to stand among other words."""
    markup = harmless(markup[: 4 * MOST_TEXT])
    sheet = Sheet(STYLE.findall(markup[:MOST_TEXT]))
    bare = DRAWN.sub(" ", OUTLOOK.sub(r"<div hidden>\1</div>", markup[:MOST_TEXT]))
    bare += DRAWN.sub(" ", markup[MOST_TEXT:])
    reader = _Reader(sheet)
    for number, piece in enumerate(_trees(WHOLE_PAGE.sub(r"\1div", bare))):
        reader.feed(f"<div>{CUT}</div>{piece}" if number else piece)
        reader.close()
    return BLANK.sub("\n\n", reader.words()).strip()


def _trees(markup: str) -> Iterator[str]:
    """Well-formed trees; what is cut in the middle of a script is shown as words."""
    try:
        import nh3
    except ImportError as error:
        raise need("nh3") from error
    names = {name.lower() for name in TAG.findall(markup)} - SILENT
    start = 0
    places = [found.start() for found in re.finditer("<", markup)]
    cuts = places[PIECE::PIECE] if len(places) > MOST_TAGS else []
    for place in [*cuts, len(markup)]:
        yield nh3.clean(
            markup[start:place], tags=names, attributes=KEPT, clean_content_tags=set(SILENT),
            link_rel=None, generic_attribute_prefixes=set(),
        )  # fmt: skip
        start = place


class _Reader(HTMLParser):
    """Walks a well-formed tree; knows of each element how it looks."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(convert_charrefs=True)
        self._sheet = sheet
        self._open: list[tuple[str, Look]] = []
        self._words: list[str] = []
        self._hiding = False

    def words(self) -> str:
        self._show(hidden=False)
        return "".join(self._words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: Mapping[str, str] = {name: value or "" for name, value in attrs}
        above = self._open[-1][1] if self._open else PAPER
        look = seen_as(above, tag, given, self._sheet)
        if tag == "img" and given.get("alt", "").strip():
            self._say(f"{OPEN}picture: {given['alt'].strip()}{CLOSE}", look)
        if tag in ENDS_LINE:
            self._words.append("\n")
        if tag not in EMPTY:
            self._open.append((tag, look))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                break
        if tag in ENDS_CELL:
            self._words.append(" ")
        if tag in ENDS_LINE:
            self._words.append("\n")

    def handle_data(self, data: str) -> None:
        spaced = data if any(tag == "pre" for tag, _ in self._open) else SPACES.sub(" ", data)
        self._say(spaced, self._open[-1][1] if self._open else PAPER)

    def _say(self, text: str, look: Look) -> None:
        if text.strip():
            self._show(hidden=look.hidden)
            # a bracket in hidden words does not end them
            text = text.replace("]", "\\]") if look.hidden else text
        self._words.append(text)

    def _show(self, *, hidden: bool) -> None:
        if hidden != self._hiding:
            self._words.append(f"{OPEN}hidden: " if hidden else CLOSE)
            self._hiding = hidden
