"""The validation report: one document, rendered as a page, as Markdown and as JSON."""

from filiation.report.render.markdown import as_html, as_json, as_markdown, summary
from filiation.report.validation.document import document

__all__ = ["as_html", "as_json", "as_markdown", "document", "summary"]
