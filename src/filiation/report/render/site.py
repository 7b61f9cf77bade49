"""A view as a page: the same bytes on a server and as a file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import quote

from markupsafe import Markup, escape

from filiation.report.blocks import Drawing
from filiation.report.render.blocks.html import html_blocks, html_words
from filiation.report.render.page import page
from filiation.report.render.site_forms import form_html, key_html, signing_html
from filiation.report.site.translated import Say, in_language, saying
from filiation.report.site.view import (
    Cell,
    Form,
    Ground,
    KeyMaking,
    Link,
    Listing,
    Menu,
    Part,
    Signing,
    View,
    between,
)
from filiation.report.wording.site import (
    ABOUT,
    DESK,
    LANGUAGES_NAMED,
    SEARCH_BUTTON,
    SEARCHING,
    TITLES,
    UNREVIEWED,
)

__all__ = ["other_languages", "site_page"]

TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z", re.ASCII)
SEARCH: Final = "search.html"
LONG: Final = 80  # letters of a cell from which on it is wide, also where little is


def other_languages(path: str, language: str) -> list[tuple[str, str]]:
    """Code of each other language, and where the same page lies in it; English lies above all."""
    up = "../" * path.count("/") + ("../" if language != "en" else "")
    return [
        (code, f"{up}{'' if code == 'en' else f'{code}/'}{quote(path)}")
        for code in LANGUAGES_NAMED
        if code != language
    ]


def site_page(
    view: View, case: str, *, language: str = "en", search: bool = False,
    rooms: Mapping[str, str] = TITLES, others: Sequence[tuple[str, str]] = (),
) -> bytes:  # fmt: skip
    """The page of a view, in UTF-8.

    Args:
        view: What it shows.
        case: The case's title.
        language: Of the page.
        search: Whether there is somebody to search (a server).
        rooms: Pages that every page leads to, and what they are called.
        others: Code of each other language that there is a page in, and where that lies.
    """
    say = saying(language)
    view = in_language(view, say)
    body = Markup("\n").join(_part(part, view.path, say) for part in view.parts)
    return page(
        "site.html.j2",
        language=language,
        case=case,
        title=view.title,
        about="" if view.within in DESK else say(ABOUT),
        unreviewed=say(UNREVIEWED) if language != "en" else "",
        searching=(say(SEARCHING), say(SEARCH_BUTTON)),
        others=[(href, code, LANGUAGES_NAMED[code]) for code, href in others],
        body=body,
        nav=[
            (between(view.path, path), say(name), path == view.within)
            for path, name in rooms.items()
        ],
        search=between(view.path, SEARCH) if search else "",
        place=view.path,
        again=view.again,
        script=between(view.path, view.script) if view.script else "",
        onward=[(between(view.path, link.path), link.text) for link in view.onward],
    )


def _part(part: Part, here: str, say: Say) -> Markup:
    if isinstance(part, Menu):
        links = "".join(f"<li>{_cell(link, here)}</li>" for link in part.links)
        return Markup(f'<ul class="menu">{links}</ul>')
    if isinstance(part, Ground):
        return Markup("\n".join(_ground(part)))
    if isinstance(part, Drawing):  # wider than a narrow page: reached and moved by keyboard
        return Markup(str(html_blocks([part])).replace("<figure>", '<figure tabindex="0">', 1))
    if isinstance(part, Form):
        return form_html(part, here)
    if isinstance(part, KeyMaking):
        return key_html(part, here, say)
    if isinstance(part, Signing):
        return signing_html(part, here, say)
    if not isinstance(part, Listing):
        return html_blocks([part])
    return Markup("\n".join(_listing(part, here)))


def _ground(ground: Ground) -> Iterator[str]:
    label = html_words(ground.label)
    yield f'<section class="ground {ground.kind}" aria-label="{label.striptags()}">'
    yield f'<p class="ground-label">{label}</p>'
    if ground.rows:
        rows = "".join(
            f'<div><dt>{html_words(name)}</dt><dd dir="auto">{html_words(said)}</dd></div>'
            for name, said in ground.rows
        )
        yield f"<dl>{rows}</dl>"
    for words in ground.words.split("\n\n"):
        if words.strip():
            lines = "\n".join(map(html_words, words.strip("\n").split("\n")))
            yield f'<p class="words" dir="auto">{lines}</p>'
    yield "</section>"


def _listing(listing: Listing, here: str) -> Iterator[str]:
    anchor = f' id="{escape(listing.anchor)}"' if listing.anchor else ""
    yield f'<div class="scroll" tabindex="0"{anchor}><table>'
    if listing.caption:
        yield f"<caption>{html_words(listing.caption)}</caption>"
    heads = "".join(f'<th scope="col">{html_words(text)}</th>' for text in listing.headings)
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    for place, row in enumerate(listing.rows):
        named = f' id="{escape(listing.ids[place])}"' if listing.ids else ""
        yield f"<tr{named}>{_cells(row, listing.right, here)}</tr>"
    yield "</tbody></table></div>"


def _cells(row: Sequence[Cell], right: Sequence[int], here: str) -> str:
    kinds = (' class="n"' if place in right else _kind(cell) for place, cell in enumerate(row))
    return "".join(
        f"<td{kind}>{_cell(cell, here)}</td>" for kind, cell in zip(kinds, row, strict=True)
    )


def _kind(cell: Cell) -> str:
    """Times stay on one line, and what is long is not squeezed into a column of single words."""
    if isinstance(cell, str) and TIME.fullmatch(cell):
        return ' class="n1"'
    return ' class="long"' if isinstance(cell, str) and len(cell) > LONG else ""


def _cell(cell: Cell, here: str) -> str:
    if isinstance(cell, Link):
        return f'<a href="{escape(between(here, cell.path))}">{html_words(cell.text)}</a>'
    return str(html_words(cell))
