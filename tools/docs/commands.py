"""Which commands are there, and what do they take? The site asks them while it is built.

`{commands}` is a directive of Sphinx that writes the reference of the command line from the pages
of its help: a section for each with its usage, its own words, examples, arguments and options. So
no file has to be kept up to date, and a command that is added stands in the reference.
"""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from filiation.cli.front.page import Page
from filiation.cli.front.serve import page_of
from filiation.cli.front.verb import walk
from filiation.cli.front.verbs import ROOT

__all__ = ["Commands", "reference", "setup"]

MARKS: Final = re.compile(r"([\\*_\[\]<>#{}|$~])")


def reference() -> Iterator[str]:
    """Lines of MyST Markdown on the program and all its verbs."""
    for path, _ in walk(ROOT):
        yield from _section(page_of(list(path[1:])))


def _section(page: Page) -> Iterator[str]:
    name = " ".join(page.path)
    yield f"(cli-{'-'.join(page.path)})="
    yield f"{'#' * min(len(page.path) + 1, 4)} {name}\n"
    yield f"```text\n{name} {page.usage}\n```\n"
    yield from (f"{_said(paragraph)}\n" for paragraph in page.paragraphs)
    if page.examples:
        yield "\n".join(["```sh", *page.examples, "```\n"])
    for table in page.tables:
        yield f"**{table.title}**\n"
        yield from (f"`{term}`\n: {_said(meaning)}\n" for term, meaning in table.rows)
    yield from (f"{_said(note)}\n" for note in page.notes)


def _said(text: str) -> str:
    """Plain words, of which nothing is a mark of Markdown but the quoting of code."""
    parts = text.split("`")
    return "`".join(MARKS.sub(r"\\\1", p) if n % 2 == 0 else p for n, p in enumerate(parts))


class Commands(SphinxDirective):
    """The reference of the whole command line, below the heading it stands under."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(reference()), allow_section_headings=True)


def setup(sphinx: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of the directive."""
    sphinx.add_directive("commands", Commands)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
