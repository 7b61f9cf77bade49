"""The document as a page, as Markdown and for a terminal; the figures as JSON."""

import rfc8785
from pydantic import TypeAdapter

from filiation.model.validation import Validation
from filiation.report.blocks import Drawing
from filiation.report.render.blocks.html import html_blocks
from filiation.report.render.blocks.markdown import markdown_blocks
from filiation.report.render.blocks.terminal import terminal_blocks
from filiation.report.render.page import page
from filiation.report.validation.document import document, first_sections

__all__ = ["as_html", "as_json", "as_markdown", "summary"]


def as_json(found: Validation) -> bytes:
    """Canonical JSON (RFC 8785) and a newline."""
    return rfc8785.dumps(TypeAdapter(Validation).dump_python(found, mode="json")) + b"\n"


def as_html(found: Validation) -> bytes:
    """One self-contained page."""
    title = f"Filiation: validation on {found.population}"
    return page("validation.html.j2", title=title, body=html_blocks(document(found)))


def as_markdown(found: Validation) -> str:
    """The same words and tables; drawings are named."""
    return markdown_blocks(document(found))


def summary(found: Validation) -> str:
    """What a terminal shows: the verdicts and the regimes."""
    return terminal_blocks(b for b in first_sections(found) if not isinstance(b, Drawing))
