"""The validation report: one document of blocks, as a page, as Markdown, in short; and as JSON."""

from filiation.report.validation.document import document
from filiation.report.validation.forms import as_html, as_json, as_markdown, summary

__all__ = ["as_html", "as_json", "as_markdown", "document", "summary"]
