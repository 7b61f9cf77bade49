"""Pages that look at all documents at once: threads, timeline, people, copies, tags, logs."""

from collections.abc import Sequence
from typing import Final, Protocol

from filiation.casefile.documents.wanted import Alike, FoundDocument
from filiation.report.blocks import Drawing, Note
from filiation.report.drawings.timeline import timeline as drawn
from filiation.report.site.papers import ROOM, document_path
from filiation.report.site.view import Cell, Link, Listing, Menu, Part, View
from filiation.report.wording import site_papers as words
from filiation.report.wording.document_logs import PRIVILEGE, REDACTIONS
from filiation.report.wording.looks import REVIEW_HEADS, REVIEW_NOTE
from filiation.report.wording.moments import day, moment_words, without_zone_note
from filiation.report.wording.site import EMPTY, shown_of

__all__ = [
    *("alike", "alike_listing", "people", "privilege", "redactions", "review", "tags"),
    *("thread_listing", "threads", "timeline"),
]

HEADS: Final = words.HEADS


class Person(Protocol):
    """Whom documents name."""

    @property
    def address(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def sent(self) -> int: ...
    @property
    def received(self) -> int: ...
    @property
    def first(self) -> str: ...
    @property
    def last(self) -> str: ...


ThreadRow = tuple[str, str, int, str, str, str]  # head, subject, size, first, last, verdicts


def _view(name: str, parts: Sequence[Part]) -> View:
    path = f"papers/{name}.html"
    looks = Menu(links=[Link(text=text, path=to) for to, text in words.LOOKS.items()])
    shown = parts or [Note(text=EMPTY)]
    return View(path=path, title=words.LOOKS[path], parts=[looks, *shown], room=ROOM)


def _to(document: str, said: str = "") -> Link:
    return Link(text=said or document, path=document_path(document))


def threads(rows: Sequence[ThreadRow], count: int) -> View:
    """Threads, the longest first; each leads to its first document, which lists them all."""
    cells = [
        (
            Link(text=head, path=f"{document_path(head)}#thread"),
            subject[:200],
            f"{size:,}",
            day(first),
            day(last),
            verdicts,
        )
        for head, subject, size, first, last, verdicts in rows
    ]
    caption = shown_of(len(rows), count, "thread")
    return _view("threads", [Listing(caption=caption, headings=HEADS["threads"], rows=cells,
                                     right=(2,))] if rows else [])  # fmt: skip


def timeline(
    rows: Sequence[tuple[str, int, str]], bars: Sequence[tuple[str, int]], step: str, zoneless: int
) -> View:
    """Documents over time, and the table behind the drawing.

    Args:
        rows: Of each step with a document its name (empty: no date), how many, and the earliest.
        bars: Every step of the drawing.
        step: What one is: year, month or day.
        zoneless: How many times have no known zone.
    """
    undated = sum(count for when, count, _ in rows if not when)
    dated = sum(count for when, count, _ in rows if when)
    title = words.timeline_title(dated, undated)
    caption = words.timeline_caption(step, max((count for _, count in bars), default=0))
    cells = [(when or "no date", f"{count:,}", _to(first)) for when, count, first in rows]
    parts: list[Part] = [Drawing(svg=drawn(bars, title), caption=caption)] if bars else []
    if zoneless:
        parts.append(Note(text=without_zone_note(zoneless)))
    if cells:
        parts.append(Listing(caption=title, headings=HEADS["timeline"], rows=cells, right=(1,)))
    return _view("timeline", parts)


def people(found: Sequence[Person], count: int) -> View:
    """Whom documents name; the names are claims of the documents."""
    cells = [
        (one.name, one.address, f"{one.sent:,}", f"{one.received:,}", day(one.first), day(one.last))
        for one in found
    ]
    listing = Listing(caption=shown_of(len(found), count, "address"), headings=HEADS["people"],
                      rows=cells, right=(2, 3))  # fmt: skip
    return _view("people", [Note(text=words.TOP), listing] if cells else [])


def alike(pairs: Sequence[Alike], count: int) -> View:
    """Documents that say nearly the same as an earlier one."""
    cells = [(_to(one.document), _to(one.other), _near(one)) for one in pairs]
    listing = Listing(caption=shown_of(len(pairs), count, "near copy", "near copies"),
                      headings=HEADS["alike"], rows=cells)  # fmt: skip
    return _view("alike", [listing] if cells else [])


def _near(one: Alike) -> str:
    return words.near_words(one.here, one.there, same=one.same)


def tags(found: Sequence[tuple[str, str, Sequence[str]]]) -> View:
    """Each tag of a party, and the documents that bear it."""
    parts: list[Part] = [
        Listing(
            caption=f"{tag} ({by}): {shown_of(len(documents), len(documents), 'document')}",
            headings=("document",),
            rows=[(_to(one),) for one in documents],
        )
        for tag, by, documents in found
    ]
    return _view("tags", parts)


def review(rows: Sequence[tuple[str, ...]]) -> View:
    """Every document that bears a mark or a remark, and all that stands on it."""
    cells: list[tuple[Cell, ...]] = [(_to(row[0]), *row[1:]) for row in rows]
    listing = Listing(caption=shown_of(len(rows), len(rows), "document"), rows=cells,
                      headings=REVIEW_HEADS, right=(5,))  # fmt: skip
    return _view("review", [Note(text=REVIEW_NOTE), listing] if rows else [])


def privilege(rows: Sequence[tuple[str, ...]]) -> View:
    """Every claim of privilege that stands, with the ruling on it."""
    return _log("privilege", PRIVILEGE, rows, "claim")


def redactions(rows: Sequence[tuple[str, ...]]) -> View:
    """Every redaction that holds."""
    return _log("redactions", REDACTIONS, rows, "redaction")


def _log(name: str, headings: Sequence[str], rows: Sequence[tuple[str, ...]], what: str) -> View:
    cells: list[tuple[Cell, ...]] = [(row[0], _to(row[1]), *row[2:]) for row in rows]
    listing = Listing(caption=shown_of(len(rows), len(rows), what), headings=headings, rows=cells)
    return _view(name, [listing] if rows else [])


def thread_listing(found: Sequence[FoundDocument], count: int) -> Listing:
    """All documents of a thread, by time."""
    rows = [
        (_to(one.document), moment_words(one.moment), one.sender, one.subject[:200],
         ", ".join(filter(None, one.verdict.split(","))))
        for one in found
    ]  # fmt: skip
    caption = f"Thread: {shown_of(len(found), count, 'document')}"
    return Listing(caption=caption, headings=HEADS["thread"], rows=rows, anchor="thread")


def alike_listing(pairs: Sequence[Alike]) -> Listing:
    """What says nearly the same as one document."""
    rows = [(_to(one.other), _near(one)) for one in pairs]
    return Listing(caption="Near copies", headings=("document", "how alike"), rows=rows)
