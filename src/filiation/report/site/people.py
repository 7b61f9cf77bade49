"""Pages of who acts in a case: the key of who is to join, and everybody's address."""

from collections.abc import Sequence
from typing import NamedTuple

from filiation.report.blocks import Note, Paragraph
from filiation.report.site.view import Form, KeyMaking, Link, Listing, Menu, Part, View
from filiation.report.wording import desk as words
from filiation.report.wording import joining
from filiation.report.wording.site import DESK, GUESTS, shown_of

__all__ = ["Acting", "Guest", "key_page", "people_page"]


class Acting(NamedTuple):
    """A party, and where it reads or acts."""

    party: str
    name: str
    role: str
    key: bool
    address: str


class Guest(NamedTuple):
    """Somebody who was invited; what they handed in, empty if nothing yet."""

    address: str
    name: str
    key: str


def key_page(*, opener: bool, handed: tuple[str, str] | None, secret: str) -> View:
    """Where who opens a case or is to join one makes a key, or hands in the half that is public.

    Args:
        opener: Whether this is who opens the case.
        handed: What was handed in already: its name and digest.
        secret: Of the forms.
    """
    onward = Link(text=joining.OPENS_NEXT, path="do/open.html")
    if not opener:
        onward = Link(text=joining.SEE_CASE, path="index.html")
    parts: list[Part] = []
    if handed:
        parts += [] if opener else [Note(text=joining.HANDED_IN)]
        parts.append(Paragraph(text=joining.handed_key(*handed), strong=True))
        parts.append(Menu(links=[onward]))
    else:
        parts.append(Note(text=joining.FIRST_KEY if opener else joining.GUEST_KEY))
    name = "lead" if opener else "me"
    parts.append(KeyMaking(path="do/key", secret=secret, name=name, onward=onward))
    return View(path="key.html", title=DESK["key.html"], parts=parts, script="key.js")


def people_page(acting: Sequence[Acting], guests: Sequence[Guest], secret: str) -> View:
    """Every party with its address, and who was invited; for the lead alone."""
    rows = [(one.party, one.name, one.role, joining.how_signs(key=one.key), one.address)
            for one in acting]  # fmt: skip
    parts: list[Part] = [
        Note(text=joining.ADDRESSES),
        Listing(
            caption=shown_of(len(rows), len(rows), "party", "parties"),
            headings=("party", "name", "role", "how it signs", "address"),
            rows=rows,
        ),
    ]
    if guests:
        asked = [
            (joining.handed_key(one.name, one.key) if one.key else joining.INVITED, one.address)
            for one in guests
        ]
        parts.append(Listing(caption=GUESTS, headings=("who is to join", "address"),
                             rows=asked))  # fmt: skip
    parts.append(Menu(links=[Link(text=words.DEEDS["party"], path="do/party.html")]))
    parts.append(Form(path="do/invite", secret=secret, fields=(), button=joining.INVITE))
    return View(path="people.html", title=DESK["people.html"], parts=parts)
