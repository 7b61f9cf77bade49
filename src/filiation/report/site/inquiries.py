"""Pages of questions about one exhibit: the answer, its drawings, and the tables behind them."""

from collections.abc import Iterator

from filiation.report.blocks import Heading
from filiation.report.inquiry.compose import inquiry_sections, tables_behind
from filiation.report.inquiry.gather import InquiryMaterial
from filiation.report.site.view import Cell, Link, Listing, Part, View
from filiation.report.wording.inquiry import (
    TABLES,
    inquiry_about,
    inquiry_headline,
    question_words,
)

__all__ = ["inquiry_page", "inquiry_row"]


def inquiry_row(m: InquiryMaterial) -> tuple[Cell, ...]:
    """A line of the list of examinations."""
    number = m.entry.event.sequence
    return (
        Link(text=f"event {number}", path=f"examinations/{number}.html"),
        m.found.asked.exhibit,
        question_words(m.found.question),
        inquiry_headline(m.found),
    )


def inquiry_page(m: InquiryMaterial) -> View:
    """The whole answer on a page."""
    stem = f"examinations/{m.entry.event.sequence}"
    return View(path=f"{stem}.html", title=inquiry_about(m.found), parts=list(_parts(stem, m)))


def _parts(stem: str, m: InquiryMaterial) -> Iterator[Part]:
    asked = m.found.asked
    links = (
        Link(text="for people", path=f"{stem}/report.html"),
        Link(text="JSON", path=f"{stem}/report.json"),
        *(Link(text=f"event {n}", path=f"log/{n}.html")
          for n in (asked.planned, asked.coin, m.entry.event.sequence)),
    )  # fmt: skip
    heads = ("whole report", "for programs", "plan", "coin", "answer on record")
    yield Listing(caption="", headings=heads, rows=(links,))
    for name, title, blocks in inquiry_sections(m):
        yield Heading(text=title, level=1, anchor=name)
        yield from blocks
    if behind := tables_behind(m):
        yield Heading(text=TABLES, level=1, anchor="tables")
        yield from behind
