"""A page in another language, by data files, as expert reports are.

Only words of ours are looked up: titles, headings, captions, remarks, labels. Names, words of
parties and documents, and what is quoted stay as they are, whatever they say. What the files lack
stays in English.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from filiation.report.blocks import Heading, Note, Paragraph, Table
from filiation.report.languages.catalogue import read_pages
from filiation.report.site.view import Field, Form, Ground, Link, Listing, Menu, Part, View
from filiation.report.wording.looks import STANDING_PAGES
from filiation.report.wording.site import DESK, TITLES
from filiation.report.wording.site_papers import LOOKS

__all__ = ["Say", "in_language", "saying"]

Say: TypeAlias = Callable[[str], str]
TITLED: Final = {*TITLES, *DESK, *LOOKS, *STANDING_PAGES}  # pages whose titles are words of ours
DEED_PAGES: Final = ("do/", "deeds/")  # of one deed each, whose titles are, too
CHOSEN: Final = (
    *("kind", "alternative", "agrees", "outcome", "counting", "role", "reach", "ruled", "step"),
    *("profile", "dates", "counted_from", "deadline"),
)  # fields whose choices are
ANSWERED: Final = ("question", "answer")  # columns of the list of examinations that are
STANDING: Final = "how it stands"


def saying(language: str) -> Say:
    """What looks words of ours up; of English, what leaves them.

    Raises:
        UsageError: There is no such language.
    """
    if language == "en":
        return str
    catalogue = read_pages(language)
    return lambda text: catalogue.said(text) or text


def in_language(view: View, say: Say) -> View:
    """The same page, its words of ours in another language."""
    titled = view.path in TITLED or view.path.startswith(DEED_PAGES)  # never by what it says
    return replace(
        view,
        title=say(view.title) if titled else view.title,
        parts=[_part(part, view.path, say) for part in view.parts],
        onward=[_link(link, say) for link in view.onward],
    )


def _link(link: Link, say: Say) -> Link:
    return replace(link, text=say(link.text))


def _part(part: Part, path: str, say: Say) -> Part:
    match part:
        case Note() | Paragraph() | Heading():
            return replace(part, text=say(part.text))
        case Listing():
            return _listing(part, path, say)
        case Table():
            return _table(part, say)
        case Menu():
            return replace(part, links=[_link(link, say) for link in part.links])
        case Ground():
            rows = [(say(name), said) for name, said in part.rows]
            return replace(part, label=say(part.label), rows=rows)
        case Form():
            fields = [_field(field, say) for field in part.fields]
            return replace(part, fields=fields, button=say(part.button))
    return part


def _listing(listing: Listing, path: str, say: Say) -> Listing:
    ours: Mapping[str, tuple[str, ...]] = {
        "examinations.html": ANSWERED, "deeds.html": ("deed", STANDING),
        "do.html": ("deed", "of whom or what"),
    }  # fmt: skip
    columns = {n for n, name in enumerate(listing.headings) if name in ours.get(path, ())}
    rows = [
        tuple(
            cell if place not in columns else _link(cell, say)
            if isinstance(cell, Link) else say(cell)
            for place, cell in enumerate(row)
        )
        for row in listing.rows
    ]  # fmt: skip
    headings = [say(one) for one in listing.headings]
    return replace(listing, caption=say(listing.caption), headings=headings, rows=rows)


def _table(table: Table, say: Say) -> Table:
    """A table; where its columns have no names, the first holds them, row by row."""
    rows = table.rows
    if not any(table.headings):
        rows = tuple((say(row[0]), *row[1:]) for row in table.rows)
    headings = tuple(say(one) for one in table.headings)
    return replace(table, caption=say(table.caption), headings=headings, rows=rows)


def _field(field: Field, say: Say) -> Field:
    choices = [
        (sent, say(shown) if field.name in CHOSEN else shown) for sent, shown in field.choices
    ]
    return replace(field, label=say(field.label), note=say(field.note), choices=choices)
