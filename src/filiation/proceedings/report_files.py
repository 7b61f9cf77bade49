"""Reports of an examination as files: data in English alone, pages in every language asked for."""

from collections.abc import Sequence
from typing import Final

from filiation.model.examination import Examination
from filiation.report.languages.catalogue import CALLED, Language
from filiation.report.languages.paged import page_in
from filiation.report.render.html import render_html
from filiation.report.render.json import render_json

__all__ = ["REPORT", "page_called", "pages_of", "reports"]

REPORT: Final = "report.html"


def reports(
    examination: Examination, languages: Sequence[Language] = (), vouched: Sequence[str] = ()
) -> dict[str, bytes]:
    """The reports of an examination, by the names of their files.

    Args:
        examination: What was found.
        languages: In which others the page is put beside the English, which decides.
        vouched: Who signed it and who vouches for that, where it came out of a workload.
    """
    pages = pages_of(REPORT, render_html(examination, vouched), languages)
    return {"report.json": render_json(examination), **pages}


def pages_of(name: str, page: bytes, languages: Sequence[Language]) -> dict[str, bytes]:
    """A page and its translations, by the names of their files."""
    return {name: page, **{page_called(name, one): page_in(page, one) for one in languages}}


def page_called(name: str, language: Language) -> str:
    """What the file of a page in another language is called, such as report-deutsch.html."""
    return f"{name.removesuffix('.html')}-{CALLED[language]}.html"
