"""A page of a report in another language: the English page, text by text.

Law: a translation is a function of the English page and of a catalogue. What an element marks as
not to be translated (`translate="no"`, names in `bdi`, whatever stands in the direction of its own
letters, ids in `code`) stays, and so does what is quoted. A sentence that the catalogue has not is
printed in English, and the top of the page says how many are.
"""

import html
import re
from collections.abc import Iterator
from typing import Final

from markupsafe import Markup, escape

from filiation.report.languages.catalogue import Catalogue, read_reports
from filiation.report.languages.translated import METHOD_ID, Translator, meanings_in
from filiation.report.wording.site import UNREVIEWED

__all__ = ["page_in", "pieces"]

PIECE: Final = re.compile(
    r"<style>.*?</style>|<svg.*?</svg>|<[^>]*>|[^<]+", re.DOTALL
)  # a tag holds no ">": whatever is foreign is escaped
MARKED: Final = re.compile(r'<span class="n1">([^<]*)</span>')
EIGHTS: Final = re.compile(r'<span class="digest">((?:<span>[0-9a-f]{8}</span>){8})</span>')
SHOWN_NUMBER: Final = re.compile(r"\b\d+e-\d+\b|\b\d{1,3}(?:[ \u202f]\d{3})+\b")
HIGH: Final = re.compile(" (?=[:;?!\u00bb%](?: |$))")  # as French sets them
PRINTED: Final = re.compile(r'(?<=content: ")(page |Plan )|(?<=counter\(page\) ")( of )')
KEPT: Final = re.compile(r'<(?:bdi|code|pre|script)\b|<[^>]* (?:translate="no"|dir="auto")')
VOID: Final = ("<meta", "<br", "<col", "<!doctype", "<img", "<input")
TITLE: Final = re.compile(r"</h1>\n")


def page_in(raw: bytes, language: str) -> bytes:
    """The page in a language; of English, the page itself.

    Args:
        raw: A page of ours, in English (UTF-8).
        language: Code of a language that has a catalogue, or "en".

    Raises:
        UsageError: It has none.
    """
    if language == "en":
        return raw
    catalogue = read_reports(language)
    translator = Translator(catalogue)
    put = "".join(pieces(raw.decode("utf-8"), translator))
    put = put.replace('<html lang="en">', f'<html lang="{catalogue.language}">', 1)
    return TITLE.sub(lambda end: f"{end[0]}{_notice(translator)}", put, count=1).encode("utf-8")


def pieces(page: str, translator: Translator) -> Iterator[str]:
    """A page piece by piece: tags as they are, texts where nothing says that they stay put."""
    whole = EIGHTS.sub(lambda found: re.sub("<[^>]*>", "", found[1]), page)
    kept = 0  # how many open elements stand between a text and what is to be translated
    for found in PIECE.finditer(MARKED.sub(r"\1", whole)):
        piece = found[0]
        if piece.startswith("<style"):
            yield _printed(piece, translator.catalogue)
        elif piece.startswith("<svg"):
            yield piece if kept else translator.drawing(piece)
        elif not piece.startswith("<"):
            yield piece if kept else _text(piece, translator)
        else:
            kept = _depth(piece, kept)
            yield piece


def _depth(tag: str, kept: int) -> int:
    """How deep the next text lies in an element that stays."""
    if tag.startswith("</"):
        return max(0, kept - 1)
    if tag.startswith(VOID) or not (kept or KEPT.match(tag)):
        return kept
    return kept + 1


def _text(piece: str, translator: Translator) -> str:
    words = html.unescape(piece)
    bare = words.strip()
    if not bare:
        return piece
    before, after = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    by_id = METHOD_ID.match(bare)
    said = meanings_in(bare, translator.kept) if by_id else translator.text(bare)
    return f"{before}{_marked(said)}{after}"


def _marked(words: str) -> str:
    shown = HIGH.sub("&nbsp;", str(escape(words)))
    return SHOWN_NUMBER.sub(r'<span class="n1">\g<0></span>', shown)


def _printed(style: str, catalogue: Catalogue) -> str:
    """What a printer puts at the foot of each sheet."""

    def said(found: re.Match[str]) -> str:
        bare = found[0].strip()
        return found[0].replace(bare, catalogue.say.get(bare, bare))

    return PRINTED.sub(said, style)


def _notice(translator: Translator) -> Markup:
    catalogue = translator.catalogue
    said = [catalogue.say[UNREVIEWED]]
    left = list(dict.fromkeys(translator.english))
    if left:
        said.append(str(catalogue.frame["left_page"]).format(len(left)))
    return Markup('<p class="soft">{}</p>\n').format(" ".join(said))
