"""A page before it is written: blocks, and lists whose cells lead to other pages.

Paths are those of the files: `log/12.html`. Links between pages are written from one to the other,
so that the same bytes work on a server below any address, and as files without one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from posixpath import relpath
from typing import Final, Literal, TypeAlias, final
from urllib.parse import quote

from filiation.report.blocks import Block

__all__ = [
    *("PAGES", "Cell", "Field", "Form", "Ground", "KeyMaking", "Link", "Listing", "Menu", "Part"),
    *("Refusal", "Said", "Signing", "View", "between", "page_path", "paged"),
]

PAGES: Final = 200  # rows of a list on one page


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Words that lead to another page."""

    text: str
    path: str


Cell: TypeAlias = str | Link


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A table whose cells may lead elsewhere.

    Attributes:
        caption: What it holds, and how many of how many are shown.
        headings: One for each column.
        rows: As many cells each.
        right: Columns of figures.
        anchor: Short name by which it can be pointed to; empty: none.
        ids: The same of each row; none where rows have none.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    right: Sequence[int] = ()
    anchor: str = ""
    ids: Sequence[str] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.headings):
                raise ValueError(f"{self.caption}: {len(row)} cells, expected {len(self.headings)}")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Words of a document, on the ground of what vouches for them.

    Attributes:
        kind: Whether a signature vouches for them, a seal, nothing, or the kind knows no signature.
        label: The same in words, for whoever does not see the ground.
        rows: Fields above the words.
        words: As they are shown; may be empty.
    """

    kind: Literal["signed", "sealed", "unsigned", "plain"]
    label: str
    rows: Sequence[tuple[str, str]] = ()
    words: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """Links to other ways to look at the same things, or to what can be done.

    Attributes:
        links: Where they lead.
        below: Whether each stands below the other, as what is long is read.
    """

    links: Sequence[Link]
    below: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something that a form asks for.

    Attributes:
        name: Under which it is sent.
        label: What it is, in words.
        kind: A line, several lines, one of the choices, any of them, yes or no, or files.
        choices: What is sent, and what is shown.
        note: What whoever fills it in should know.
        needed: Whether it may not be left out.
        values: What stands in it, or is chosen, before.
        refused: Why what stands in it was refused.
        chosen: Which files were chosen before, in words.
    """

    name: str
    label: str
    kind: Literal["line", "words", "choice", "several", "check", "files"]
    choices: Sequence[tuple[str, str]] = ()
    note: str = ""
    needed: bool = True
    values: Sequence[str] = ()
    refused: str = ""
    chosen: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What is filled in and sent to a path.

    Attributes:
        path: Where to.
        secret: What shows that the form came from a page of ours.
        fields: Of the form.
        button: What is done.
    """

    path: str
    secret: str
    fields: Sequence[Field]
    button: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why something was not done: what is read first on a page that has it.

    Attributes:
        said: In words.
        field: Place of the field in the page's form for which it was; -1: none in particular.
        english: Places of what the page's language has no words for.
    """

    said: Sequence[str]
    field: int = -1
    english: Sequence[int] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A field of what is signed.

    Attributes:
        label: What it is, in words of ours.
        values: As they stand in the bytes.
        name: What the bytes call it, where they name several of one label.
        ours: Words of ours for the value.
    """

    label: str
    values: Sequence[str]
    name: str = ""
    ours: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Bytes that wait for a signature, and the ways to give it.

    Attributes:
        path: Where signatures are sent.
        secret: As of a form.
        message: The bytes, in base64.
        said: What they say, read from the bytes themselves.
        behind: What else they hold, likewise.
        shown: The bytes as letters.
        digest: Their SHA-256.
        file: Where they can be had as a file.
        command: What signs them in a terminal.
    """

    path: str
    secret: str
    message: str
    said: Sequence[Said]
    behind: Sequence[Said]
    shown: str
    digest: str
    file: str
    command: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMaking:
    """Where a browser makes a key pair, and hands the public half in.

    Attributes:
        path: Where the public half is sent.
        secret: As of a form.
        name: What the files are called, unless somebody calls them otherwise.
        onward: What comes next.
    """

    path: str
    secret: str
    name: str
    onward: Link


Part: TypeAlias = Block | Listing | Ground | Menu | Form | Signing | KeyMaking | Refusal


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One page.

    Attributes:
        path: Where it stands.
        title: What it is about.
        parts: What it shows, in order.
        onward: Earlier and later pages of the same list.
        room: The first page of what it belongs to; empty: as its path says.
        again: Seconds after which it is to be asked for again; 0: it stays.
        script: A script of ours that it runs; empty: none.
        sought: What stands in the field of the search.
        at: Where it is answered, if not at its path: what was sent there was refused.
    """

    path: str
    title: str
    parts: Sequence[Part]
    onward: Sequence[Link] = ()
    room: str = ""
    again: int = 0
    script: str = ""
    sought: str = ""
    at: str = ""

    @property
    def here(self) -> str:
        """From where its links lead."""
        return self.at or self.path

    @property
    def within(self) -> str:
        """The page of the menu that it belongs to."""
        first = self.path.partition("/")[0].removesuffix(".html")
        return self.room or f"{re.sub(r'-[0-9]+$', '', first)}.html"


def between(here: str, there: str) -> str:
    """The link that leads from one page to another, as it stands in the page."""
    path, _, anchor = there.partition("#")
    path, asked, query = path.partition("?")
    found = quote(relpath(path, here.rpartition("/")[0] or ".")) + asked + quote(query, safe="=")
    return f"{found}#{quote(anchor)}" if anchor else found


def page_path(stem: str, number: int) -> str:
    """Where page `number` (from 0) of a list stands."""
    return f"{stem}.html" if number == 0 else f"{stem}-{number + 1}.html"


def paged(stem: str, count: int, number: int) -> tuple[slice, tuple[Link, ...]]:
    """Which rows of a list are on a page, and what leads to the others."""
    last = max(0, (count - 1) // PAGES)
    onward = [
        Link(text=text, path=page_path(stem, at))
        for text, at in (("earlier", number - 1), ("later", number + 1))
        if 0 <= at <= last
    ]
    return slice(number * PAGES, (number + 1) * PAGES), tuple(onward)
