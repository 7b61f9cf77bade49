"""The answer to a question about one exhibit for a terminal, and for programs."""

from collections.abc import Iterator

import rfc8785

from filiation.report.blocks import Block, Heading
from filiation.report.inquiry.compose import inquiry_fields, inquiry_sections
from filiation.report.inquiry.gather import InquiryMaterial
from filiation.report.render.blocks.terminal import terminal_blocks
from filiation.report.wording.inquiry import inquiry_about

__all__ = ["inquiry_json", "inquiry_text"]

SHOWN = ("answer", "came-about")


def inquiry_json(m: InquiryMaterial) -> bytes:
    """Canonical JSON (RFC 8785) and a newline."""
    return rfc8785.dumps(inquiry_fields(m)) + b"\n"


def inquiry_text(m: InquiryMaterial) -> str:
    """The answer and how it came about; the report has the rest."""
    return terminal_blocks(list(_blocks(m)))


def _blocks(m: InquiryMaterial) -> Iterator[Block]:
    yield Heading(level=0, text=inquiry_about(m.found))
    for name, title, blocks in inquiry_sections(m):
        if name in SHOWN:
            yield Heading(level=1, text=title)
            yield from blocks
