"""A view as a page: the same bytes on a server and as a file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final
from urllib.parse import quote

from markupsafe import Markup, escape

from filiation.report.blocks import Drawing, Table
from filiation.report.render.blocks.html import html_blocks, html_words
from filiation.report.render.page import page
from filiation.report.render.site_forms import form_html, key_html, refusal_html, signing_html
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
    Refusal,
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
DIGEST: Final = re.compile("[0-9a-f]{64}")  # shown in eights, which break
DEEP: Final = 80  # blanks before a line that are shown
NARROW: Final = 30  # letters of three cells and more that stand beside each other in 375 px
LONG: Final = 80  # letters of a cell from which on it is wide, also where little is


def other_languages(path: str, language: str, here: str = "") -> list[tuple[str, str]]:
    """Code of each other language, and where the same page lies in it; English lies above all."""
    up = "../" * (here or path).count("/") + ("../" if language != "en" else "")
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
    view = in_language(view, language)
    body = Markup("\n").join(_part(part, view.here, say) for part in view.parts)
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
            (between(view.here, path), say(name), path == view.within)
            for path, name in rooms.items()
        ],
        search=between(view.here, SEARCH) if search else "",
        place=view.path,
        again=view.again,
        sought=view.sought,
        script=between(view.here, view.script) if view.script else "",
        onward=[(between(view.here, link.path), link.text) for link in view.onward],
    )


def _part(part: Part, here: str, say: Say) -> Markup:
    if isinstance(part, Menu):
        links = "".join(f"<li>{_cell(link, here)}</li>" for link in part.links)
        return Markup(f'<ul class="menu{" below" if part.below else ""}">{links}</ul>')
    if isinstance(part, Ground):
        return Markup("\n".join(_ground(part)))
    if isinstance(part, Drawing):  # wider than a narrow page: reached and moved by keyboard
        return Markup(str(html_blocks([part])).replace("<figure>", '<figure tabindex="0">', 1))
    if isinstance(part, Form):
        return form_html(part, here)
    if isinstance(part, Refusal):
        return refusal_html(part, say)
    if isinstance(part, KeyMaking):
        return key_html(part, here, say)
    if isinstance(part, Signing):
        return signing_html(part, here, say)
    if isinstance(part, Table):
        return Markup(_block(part))
    if not isinstance(part, Listing):
        return html_blocks([part])
    return Markup("\n".join(_listing(part, here)))


def _ground(ground: Ground) -> Iterator[str]:
    label = html_words(ground.label)
    yield f'<div class="ground {ground.kind}" role="group" aria-label="{label.striptags()}">'
    yield f'<p class="ground-label">{label}</p>'
    if ground.rows:
        rows = "".join(
            f'<div><dt>{html_words(name)}</dt><dd dir="auto">{html_words(said)}</dd></div>'
            for name, said in ground.rows
        )
        yield f"<dl>{rows}</dl>"
    for words in ground.words.split("\n\n"):
        if words.strip():
            lines = "\n".join(map(_indented, words.strip("\n").split("\n")))
            yield f'<p class="words" dir="auto">{lines}</p>'
    yield "</div>"


def _lines(words: str) -> str:
    """Words as they stand, line by line."""
    return "\n".join(map(_indented, words.split("\n"))) if "\n" in words else str(html_words(words))


def _indented(line: str) -> str:
    """A line with the blanks before it: of code they are a part of what it says."""
    blanks = line[: len(line) - len(line.lstrip(" \t"))].expandtabs(4)
    return f"{blanks[:DEEP]}{html_words(line)}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """A table: of each cell the letters, and how it is shown."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[tuple[str, str]]]
    right: Sequence[int]
    ids: Sequence[str] = ()
    mono: Sequence[int] = ()
    widths: Sequence[int] = ()

    @property
    def stacks(self) -> bool:
        """Do its rows not fit where little is wide? Then each stands as a list there."""
        lengths = [[len(letters) for letters, _ in row] for row in self.rows]
        wide = max(map(sum, lengths), default=0) > NARROW and len(self.headings) > 2
        crowded = any(sum(one > NARROW for one in row) > 1 for row in lengths)
        words = (word for row in self.rows for letters, _ in row for word in letters.split())
        unbroken = any(len(word) > NARROW and not DIGEST.fullmatch(word) for word in words)
        return any(self.headings) and (wide or crowded or unbroken)


def _listing(listing: Listing, here: str) -> Iterator[str]:
    found = [[(_letters(cell), str(_cell(cell, here))) for cell in row] for row in listing.rows]
    rows = _Rows(caption=listing.caption, headings=listing.headings, rows=found,
                 right=listing.right, ids=listing.ids)  # fmt: skip
    anchor = f' id="{escape(listing.anchor)}"' if listing.anchor else ""
    yield f'<div class="scroll" tabindex="0"{anchor}>{"".join(_table(rows))}</div>'


def _block(table: Table) -> str:
    found = [[(cell, _lines(cell)) for cell in row] for row in table.rows]
    rows = _Rows(caption=table.caption, headings=table.headings, rows=found, right=table.right,
                 mono=table.mono, widths=table.widths)  # fmt: skip
    return f'<div class="scroll" tabindex="0">{"".join(_table(rows))}</div>'


def _table(given: _Rows) -> Iterator[str]:
    """A table; the roles say that rows which stand as lists are still rows."""
    stacks, right, mono = given.stacks, given.right, given.mono
    stacked = ' class="stack"' if stacks else ""
    yield f"<table{_role('table', stacks)}{stacked}>"
    if given.caption:
        yield f"<caption>{html_words(given.caption)}</caption>"
    if given.widths:
        parts = (100 * width / sum(given.widths) for width in given.widths)
        columns = "".join(f'<col style="width: {part:.1f}%">' for part in parts)
        yield f"<colgroup>{columns}</colgroup>"
    if any(given.headings):
        of_figures = ' class="n"'
        heads = "".join(
            f'<th scope="col"{_role("columnheader", stacks)}{of_figures if at in right else ""}>'
            f"{html_words(text)}</th>"
            for at, text in enumerate(given.headings)
        )
        yield f"<thead{_role('rowgroup', stacks)}><tr{_role('row', stacks)}>{heads}</tr></thead>"
    yield f"<tbody{_role('rowgroup', stacks)}>"
    for place, row in enumerate(given.rows):
        named = f' id="{escape(given.ids[place])}"' if given.ids else ""
        cells = "".join(
            f"<td{_role('cell', stacks)}{_kind(letters, at, right, mono)}"
            f"{_under(given.headings[at]) if stacks else ''}>{_whole(shown, stacks)}</td>"
            for at, (letters, shown) in enumerate(row)
        )
        yield f"<tr{_role('row', stacks)}{named}>{cells}</tr>"
    yield "</tbody></table>"


def _role(name: str, stacks: bool) -> str:
    return f' role="{name}"' if stacks else ""


def _whole(shown: str, stacks: bool) -> str:
    """As one box, whatever is marked within it."""
    return f"<span>{shown}</span>" if stacks and shown else shown


def _under(heading: str) -> str:
    return f' data-of="{escape(html_words(heading).striptags())}"'


def _kind(letters: str, at: int, right: Sequence[int], mono: Sequence[int]) -> str:
    """Times stay on one line, and what is long is not squeezed into a column of single words."""
    if at in right:
        return ' class="n"'
    if at in mono:
        return ' class="mono"'
    if TIME.fullmatch(letters):
        return ' class="n1"'
    if "\n" in letters:
        return ' class="words"'
    return ' class="long"' if len(letters) > LONG else ""


def _letters(cell: Cell) -> str:
    return cell.text if isinstance(cell, Link) else cell


def _cell(cell: Cell, here: str) -> str:
    if isinstance(cell, Link):
        return f'<a href="{escape(between(here, cell.path))}">{html_words(cell.text)}</a>'
    return str(html_words(cell))
