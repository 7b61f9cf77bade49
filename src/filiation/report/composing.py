"""Paragraphs numbered and words judged, of every report that is put together of blocks."""

from collections.abc import Iterable
from dataclasses import replace

from filiation.errors import CaseError
from filiation.report.blocks import Block, Paragraph, own_words
from filiation.report.wording import refusals

__all__ = ["judged", "numbered"]


def numbered(blocks: Iterable[Block], section: str) -> list[Block]:
    """The same, paragraphs of a section numbered on: 3.1, 3.2."""
    found, n = list[Block](), 0
    for block in blocks:
        if isinstance(block, Paragraph):
            n += 1
            found.append(replace(block, number=f"{section}.{n}"))
        else:
            found.append(block)
    return found


def judged(blocks: Iterable[Block]) -> None:
    """Refuse a report whose own words claim more than an examination can show.

    Raises:
        CaseError: They do; the paragraph is named.
    """
    for block in blocks:
        where = getattr(block, "number", "") or type(block).__name__.lower()
        for text in own_words(block):
            for refusal in refusals(text):
                raise CaseError(
                    f"report, {where}: says {refusal.phrase!r}: {refusal.why}; write "
                    f"{refusal.instead}"
                )
