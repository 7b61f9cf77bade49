"""The expert report as one self-contained page, from its JSON alone."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from filiation.report.render.html import unbroken

__all__ = ["expert_html"]

TEMPLATES: Final = Path(__file__).parent.parent / "templates"


def expert_html(document: bytes) -> bytes:
    """A UTF-8 page; same document, same bytes. All text is escaped, drawings are our own."""
    found: dict[str, Any] = json.loads(document)
    return _template().render(document=found, drawing=Markup).encode("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=unbroken,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("expert.html.j2")
