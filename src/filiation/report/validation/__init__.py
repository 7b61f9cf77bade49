"""The validation report: one document, rendered as a page, as Markdown and as JSON."""

from filiation.report.validation.document import document
from filiation.report.validation.render import as_html, as_json, as_markdown, summary

__all__ = ["as_html", "as_json", "as_markdown", "document", "summary"]
