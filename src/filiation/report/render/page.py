"""Self-contained pages: a template of ours around blocks. All text in them is escaped."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from filiation.report.blocks import Block, Heading
from filiation.report.languages.translated import translated
from filiation.report.render.blocks.html import html_anchor, html_blocks, html_words
from filiation.report.render.blocks.json import block_of

__all__ = ["expert_html", "page"]

TEMPLATES: Final = Path(__file__).parent.parent / "templates"


def page(template: str, **parts: object) -> bytes:
    """A page in UTF-8: blocks as `html_blocks` renders them, and plain words, which are escaped."""
    return _template(template).render(**parts).encode("utf-8")


def expert_html(document: bytes, language: str = "en") -> bytes:
    """The expert report as a page, from its JSON alone; same document, same bytes.

    Args:
        document: The report, in English.
        language: Of the page; the English document decides, and its digest stands on the page.

    Raises:
        UsageError: There is no catalogue of that language.
    """
    found: dict[str, Any] = json.loads(document)
    found = found if language == "en" else translated(found, language)
    core, annexes = (tuple(map(block_of, found[part])) for part in ("core", "annexes"))
    return page(
        "expert.html.j2",
        language=language,
        front={"notice": "", **found["front"]},
        sections=_sections((*core, *annexes)),
        drawings=html_blocks(map(block_of, found["front"]["drawings"])),
        core=html_blocks(core),
        annexes=html_blocks(annexes),
        digest=hashlib.sha256(document).hexdigest(),
    )


def _sections(blocks: tuple[Block, ...]) -> list[tuple[str, str]]:
    heads = (b for b in blocks if isinstance(b, Heading) and b.level == 1)
    return [(html_anchor(head), head.label) for head in heads]


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)


def _shown(value: object) -> object:
    """Whatever a template prints and no renderer has escaped."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else html_words(value)
