"""Is a text that a person has written or edited fit for a report? Text, Markdown or HTML.

Law: quotations are let through and nothing else is: what stands in quotation marks, in a line that
begins with `>`, in a `blockquote` or `q`. A file is read, never run.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final, final

from filiation.report.wording.forbidden import Refusal, refusals

__all__ = ["FoundPhrase", "judge_edited"]

BLOCKS: Final = frozenset(
    {
        *("address", "article", "aside", "body", "br", "caption", "dd", "div", "dl", "dt"),
        *("figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
        *("li", "main", "nav", "ol", "p", "section", "table", "tbody", "td", "tfoot", "th"),
        *("thead", "title", "tr", "ul"),
    }
)
SILENT: Final = frozenset({"script", "style", "template", "head"})
QUOTING: Final = frozenset({"blockquote", "q"})
QUOTED_LINES: Final = re.compile(r"^[ \t]{0,3}>[^\n]*", re.MULTILINE)
MARKUP: Final = re.compile(rb"<(?:!doctype|html|body|p|div|h[1-6]|table)\b", re.IGNORECASE)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPhrase:
    """A phrase that may not stand, and the line (from 1) where it begins."""

    line: int
    refusal: Refusal


def judge_edited(raw: bytes) -> tuple[FoundPhrase, ...]:
    """Every phrase of an edited text that may not stand, in order."""
    text = raw.decode("utf-8", "replace")
    if MARKUP.search(raw[:4096]):
        return _page(text)
    blanked = QUOTED_LINES.sub(lambda m: " " * len(m[0]), text)
    starts = [0, *(m.end() for m in re.finditer("\n", text))]
    return tuple(FoundPhrase(line=bisect_right(starts, r.at), refusal=r) for r in refusals(blanked))


def _page(text: str) -> tuple[FoundPhrase, ...]:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    places = [place for place, _ in reader.pieces]
    whole = "".join(words for _, words in reader.pieces)
    starts, at = list[int](), 0
    for _, words in reader.pieces:
        starts.append(at)
        at += len(words)
    return tuple(
        FoundPhrase(line=_line(places, starts, r, whole), refusal=r) for r in refusals(whole)
    )


def _line(places: Sequence[int], starts: Sequence[int], refusal: Refusal, whole: str) -> int:
    piece = bisect_right(starts, refusal.at) - 1
    return places[piece] + whole.count("\n", starts[piece], refusal.at)


@final
class _Reader(HTMLParser):
    """The text of a page without its quotations; blocks are kept apart by an empty line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[tuple[int, str]] = []
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in SILENT or tag in QUOTING:
            self._within.append(tag)
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._within:
            while self._within.pop() != tag:
                pass
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.pieces.append((self.getpos()[0], data))

    def _break(self, tag: str) -> None:
        if tag in BLOCKS or tag == "blockquote":
            self.pieces.append((self.getpos()[0], "\n\n"))
