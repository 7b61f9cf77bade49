"""Pages of the documents: productions, their lists, and one document with its words."""

from collections.abc import Sequence

from filiation.report.blocks import Note, Paragraph, Table
from filiation.report.site.refused import Refused
from filiation.report.site.view import (
    Cell,
    Ground,
    Link,
    Listing,
    Menu,
    Part,
    View,
    page_path,
    paged,
)
from filiation.report.wording.site import EMPTY, TITLES, shown_of
from filiation.report.wording.site_papers import LOOKS
from filiation.report.wording.withheld import LEFT_OF_IT, NONE_GIVEN

__all__ = ["ROOM", "Row", "document", "document_path", "hidden", "not_searched", "production",
           "productions", "searched"]  # fmt: skip

ROOM = "documents.html"

Row = tuple[str, str, str, str, str, str]  # document, its number, format, moment, subject, marks

HEADINGS = ("document", "number", "format", "when", "subject", "marks")


def document_path(name: str) -> str:
    """Where the page of PRODUCTION:NUMBER stands."""
    production, _, number = name.partition(":")
    return f"documents/{production}/{number}.html"


def productions(found: Sequence[tuple[str, int, str, str]]) -> View:
    """The productions: name, documents, from whom, how they came; and ways to look at them all."""
    rows = [
        (Link(text=name, path=f"documents/{name}.html"), f"{count:,}", by, how)
        for name, count, by, how in found
    ]
    listing = Listing(
        caption=shown_of(len(rows), len(rows), "production"),
        headings=("production", "documents", "from", "how they came"),
        rows=rows,
        right=(1,),
    )
    looks = Menu(links=[Link(text=text, path=path) for path, text in LOOKS.items()])
    parts: list[Part] = [looks, listing] if rows else [Note(text=EMPTY)]
    return View(path="documents.html", title=TITLES["documents.html"], parts=parts)


def production(name: str, rows: Sequence[Row], count: int, number: int) -> View:
    """A page of a production's documents.

    Args:
        name: Of the production.
        rows: Those on this page.
        count: How many the production has.
        number: Of the page, from 0.
    """
    _, onward = paged(f"documents/{name}", count, number)
    return View(
        path=page_path(f"documents/{name}", number),
        title=name,
        parts=[_listing(rows, shown_of(len(rows), count, "document"))],
        onward=onward,
    )


def _listing(rows: Sequence[Row], caption: str) -> Listing:
    cells: list[tuple[Cell, ...]] = [
        (Link(text=row[0], path=document_path(row[0])), *row[1:]) for row in rows
    ]
    return Listing(caption=caption, headings=HEADINGS, rows=cells)


def hidden(
    name: str, title: str, why: str, about: Sequence[str], left: str | None
) -> View:  # fmt: skip
    """A document that is withheld: why, in the largest words, and what is left of it."""
    parts: list[Part] = [
        Paragraph(text=why, strong=True),
        *(Note(text=line.strip()) for line in about if line.strip()),
        Note(text=NONE_GIVEN)
        if left is None
        else Ground(kind="plain", label=LEFT_OF_IT, words=left),
    ]
    return View(path=document_path(name), title=title, parts=parts, room=ROOM)


def document(
    name: str,
    title: str,
    *,
    verdicts: Sequence[str],
    grounds: Sequence[Ground],
    limits: Sequence[str],
    facts: Sequence[tuple[str, str]],
    lists: Sequence[Listing],
    onward: Sequence[Link],
) -> View:
    """One document: verdicts and remarks, its words on their grounds, record, neighbours."""
    parts: list[Part] = [
        *(Paragraph(text=one, strong=True) for one in verdicts),
        *grounds,
        *(Note(text=one) for one in limits),
        *(one for one in lists if one.rows),
        Table(headings=("", ""), rows=facts),
    ]
    return View(path=document_path(name), title=title, parts=parts, onward=onward, room=ROOM)


def searched(words: str, lines: Sequence[tuple[str, str, str]], count: str) -> View:
    """What a search found: document, what it is, where the words stand in it."""
    rows: list[tuple[Cell, ...]] = [
        (Link(text=name, path=document_path(name.partition("/")[0])), about, excerpt)
        for name, about, excerpt in lines
    ]
    listing = Listing(caption=count, headings=("document", "about", "words"), rows=rows)
    parts: list[Part] = [listing] if rows else [Note(text=count)]
    return _search(words, parts)


def not_searched(words: str, why: str) -> View:
    """Why nothing was looked for, with what was asked."""
    return _search(words, [Refused(said=[why]).refusal(())])


def _search(words: str, parts: Sequence[Part]) -> View:
    title = f"Search: {words}"
    return View(path="search.html", title=title, parts=parts, room=ROOM, sought=words)
