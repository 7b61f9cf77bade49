"""A page in another language, by data files, as expert reports are.

Only words of ours are looked up: titles, headings, captions, remarks, labels, and of tables the
columns that hold nothing else (`OURS`). Names, words of parties and documents, and what is quoted
stay as they are, whatever they say. What the files lack stays in English.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final, TypeAlias, final

from markupsafe import escape

from filiation.report.blocks import Drawing, Heading, Note, Paragraph, Quotation, Table
from filiation.report.languages.catalogue import read_pages
from filiation.report.languages.translated import drawing_in, meanings_in, sentences_in
from filiation.report.site.view import (
    Cell,
    Field,
    Form,
    Ground,
    Link,
    Listing,
    Menu,
    Part,
    Refusal,
    View,
)
from filiation.report.wording.looks import STANDING_PAGES
from filiation.report.wording.site import DESK, TITLES
from filiation.report.wording.site_papers import LOOKS

__all__ = ["Say", "in_language", "saying"]

Say: TypeAlias = Callable[[str], str]
TITLED: Final = {  # pages whose titles are words of ours
    *TITLES, *DESK, *LOOKS, *STANDING_PAGES, "search.html",
}  # fmt: skip
DEED_PAGES: Final = ("do/", "deeds/")  # of one deed each, whose titles are, too
LOG: Final = "log/"  # pages of events, titled by their numbers
ANSWER: Final = (
    "examinations/"  # pages of an answer: whatever is quoted there is in quotation marks
)
CHOSEN: Final = (
    *("kind", "alternative", "agrees", "outcome", "counting", "role", "reach", "ruled", "step"),
    *("profile", "dates", "counted_from", "deadline", "invited"),
)  # fields whose choices are
OF_KIND: Final = (
    "subject",
    "source",
    "controls",
    "components",
)  # NAME (KIND), of which the kind is
ALL: Final = ("*",)
OURS: Final[Mapping[str, tuple[str, ...]]] = {  # kind of a page to its columns of our words
    "examinations.html": ("question", "answer"),
    "deeds.html": ("deed", "how it stands"),
    "do.html": ("deed", "of whom or what"),
    "clock.html": ("what",),
    "gaps.html": ("what", "why"),
    "kinship.html": ("answer", "question"),
    "exhibits.html": ("kind",),
    "exhibits/#.html": ("what", "about"),
    "people.html": ("role", "how it signs", "who is to join"),
    "examinations/#.html": ALL,
    "examinations/#/layers.html": ALL,
    "examinations/#/ledger.html": ("set aside", "class", "proposed class"),
    "examinations/#/answers.html": ("the source's words",),
    "rates.html": ALL,
    "lineups.html": ("is",),
    "documents/*/#.html": ("what", "signatures", "how alike"),
    "documents/*": ("when",),
    "papers/privilege.html": ("Ruling",),
    "papers/alike.html": ("how alike",),
}  # fmt: skip
ROWS: Final[
    Mapping[str, tuple[str, ...]]
] = {  # likewise: rows of tables whose columns have no name
    "index.html": (
        *("parties", "said", "exhibits", "plan", "examined", "alone", "decided", "clock"),
        *("deadlines", "overdue", "next", "line-ups"),
    ),
    "examinations/#.html": ALL,
    "exhibits/#.html": ("kind", "held", "put in"),
    "documents/*/#.html": ("dated", "judged also", "DNS records", "lies in"),
}
LISTS: Final = ("index.html",)  # pages whose rows are lists
METHOD: Final = "Method"  # rows of ids and parameters, of which only the meanings are words of ours
EVENT: Final = re.compile(r"[eE]vent \d+", re.ASCII)
KEPT: Final = 4096  # texts of a language that are remembered


def saying(language: str) -> Say:
    """What looks words of ours up; of English, what leaves them.

    Raises:
        UsageError: There is no such language.
    """
    return _known(language).whole


@final
@dataclass(frozen=True, slots=True)
class _Known:
    """What is said of whole texts, of sentences one by one, and of drawings."""

    whole: Say
    sentences: Say
    drawing: Say


@cache
def _known(language: str) -> _Known:
    if language == "en":
        return _Known(str, str, str)
    catalogue = read_pages(language)
    kept = lru_cache(maxsize=KEPT)
    return _Known(
        kept(lambda text: catalogue.said(text) or text),
        kept(lambda text: sentences_in(catalogue, text)),
        lambda svg: drawing_in(catalogue, svg),
    )


def in_language(view: View, language: str) -> View:
    """The same page, its words of ours in another language."""
    if language == "en":
        return view
    known = _known(language)
    say = known.whole
    titled = view.path in TITLED or view.path.startswith((*DEED_PAGES, ANSWER, LOG))
    return replace(
        view,
        title=say(view.title) if titled else view.title,
        parts=[_part(part, view.path, known) for part in view.parts],
        onward=[_link(link, say) for link in view.onward],
    )


def _link(link: Link, say: Say) -> Link:
    return replace(link, text=say(link.text))


def _part(part: Part, path: str, known: _Known) -> Part:
    say = known.whole
    told = known.sentences if path.startswith(ANSWER) else say
    match part:
        case Paragraph():
            return replace(part, text=told(part.text), source=say(part.source))
        case Note() | Heading():
            return replace(part, text=told(part.text))
        case Drawing():
            caption = told(part.caption)
            if path.startswith(ANSWER):
                svg = known.drawing(part.svg)
            else:  # what it tells whoever cannot see it; the rest may be names
                svg = part.svg.replace(f">{escape(part.caption)}<", f">{escape(caption)}<")
            return replace(part, svg=svg, caption=caption)
        case Listing():
            return _listing(part, path, known)
        case Table():
            return _table(part, path, known)
        case Quotation() if EVENT.search(part.by):  # where it was said; the words stay
            by = say(part.by)
            shown = EVENT.sub(lambda found: say(found[0]), by) if by == part.by else by
            return replace(part, by=shown)
        case Menu():
            return replace(part, links=[_link(link, say) for link in part.links])
        case Ground():
            rows = [(say(name), said) for name, said in part.rows]
            return replace(part, label=say(part.label), rows=rows)
        case Refusal():
            put = [say(one) for one in part.said]
            same = [at for at, one in enumerate(part.said) if put[at] == one]
            return replace(part, said=put, english=same)
        case Form():
            fields = [_field(field, say) for field in part.fields]
            return replace(part, fields=fields, button=say(part.button))
    return part


def _kind(path: str) -> str:
    """A page without its numbers, and without the names of productions."""
    return re.sub(r"\d+", "#", re.sub(r"^documents/[^/]+", "documents/*", path))


def _columns(path: str, headings: tuple[str, ...]) -> set[int]:
    """Which columns hold words of ours and nothing else."""
    kind = "examinations/#/layers.html" if "/layers/" in path else _kind(path)
    ours = OURS.get(kind, ())
    return {place for place, name in enumerate(headings) if name in ours or ours == ALL}


def _cell(cell: Cell, path: str, known: _Known, *, ours: bool) -> Cell:
    """A cell; an event is called one in any column."""
    if isinstance(cell, Link):
        return _link(cell, known.whole) if ours or EVENT.fullmatch(cell.text) else cell
    return _told(cell, path, known) if ours else cell


def _told(text: str, path: str, known: _Known) -> str:
    """Sentences of ours; on a page in `LISTS`, clauses between semicolons."""
    if path in LISTS:
        return "; ".join(known.whole(one) for one in text.split("; "))
    return known.sentences(text)


def _listing(listing: Listing, path: str, known: _Known) -> Listing:
    columns = _columns(path, tuple(listing.headings))
    rows = [
        tuple(_cell(cell, path, known, ours=place in columns) for place, cell in enumerate(row))
        for row in listing.rows
    ]
    headings = [known.whole(one) for one in listing.headings]
    return replace(listing, caption=known.whole(listing.caption), headings=headings, rows=rows)


def _table(table: Table, path: str, known: _Known) -> Table:
    """A table; where its columns have no names, the first holds them, row by row."""
    if any(table.headings):
        columns = _columns(path, tuple(table.headings))
        rows = [
            tuple(_told(cell, path, known) if place in columns else cell
                  for place, cell in enumerate(row))
            for row in table.rows
        ]  # fmt: skip
    else:
        ours = ROWS.get(_kind(path), ())
        rows = [
            (known.whole(name), *(_row_cell(name, cell, path, known)
                                  if name in ours or ours == ALL else cell for cell in rest))
            for name, *rest in table.rows
        ]  # fmt: skip
    headings = tuple(known.whole(one) for one in table.headings)
    return replace(table, caption=known.whole(table.caption), headings=headings, rows=rows)


def _row_cell(name: str, cell: str, path: str, known: _Known) -> str:
    if name == METHOD:
        return meanings_in(cell, known.whole)
    return _told(cell, path, known)


def _field(field: Field, say: Say) -> Field:
    choices = [
        (sent, say(shown) if field.name in CHOSEN or not sent or EVENT.fullmatch(shown) else shown)
        for sent, shown in field.choices
    ]
    if field.name in OF_KIND:
        choices = [(sent, f"{sent} ({say(shown.removeprefix(f'{sent} (')[:-1])})")
                   for sent, shown in choices]  # fmt: skip
    return replace(field, label=say(field.label), note=say(field.note), choices=choices,
                   refused=say(field.refused), chosen=say(field.chosen))  # fmt: skip
