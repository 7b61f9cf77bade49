"""Remarks on what a page shows, and the way to make one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from filiation.report.blocks import Heading, Quotation
from filiation.report.site.view import Link, Menu, Part, View
from filiation.report.wording.site import COMMENTS, REACHES, REMARK, remarked_by

__all__ = ["Remark", "with_remarks"]


class Remark(NamedTuple):
    """A remark: event, whose, on what, who sees it, the words."""

    event: int
    time: str
    by: str
    about: str
    reach: str
    words: str


def with_remarks(view: View, about: str, remarks: Sequence[Remark], *, acts: bool) -> View:
    """The same page, with what was remarked on it, each in its author's words.

    Args:
        view: The page.
        about: What it is about.
        remarks: On it.
        acts: Whether whoever looks can remark.
    """
    parts: list[Part] = []
    if remarks:
        parts.append(Heading(text=COMMENTS, level=1, anchor="remarks"))
    for one in remarks:
        by = remarked_by(one.by, one.event, one.time, one.about, REACHES[one.reach])
        paragraphs = [p for p in one.words.split("\n\n") if p.strip()]
        parts.append(Quotation(by=by, paragraphs=paragraphs))
    if acts:
        parts.append(Menu(links=[Link(text=REMARK, path=f"do/comment.html?about={about}")]))
    return replace(view, parts=[*view.parts, *parts]) if parts else view
