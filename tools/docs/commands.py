"""Which commands are there, and what do they take? The site asks them while it is built.

`{commands}` is a directive of Sphinx that writes the reference of the command line from the
commands themselves: a section for each with its usage, its own words, arguments and options. So no
file has to be kept up to date, and a command that is added stands in the reference.
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
    """Lines of MyST Markdown on the program and every verb, in the order of a case."""
    for path, _ in walk(ROOT):
        yield from _section(page_of(list(path[1:])), level=len(path) + 1)


def _section(page: Page, level: int) -> Iterator[str]:
    yield f"({'-'.join(['cli', *page.path[1:]])})="
    yield f"{'#' * level} {' '.join(page.path)}\n"
    yield f"```text\n{' '.join(page.path)} {page.usage}\n```\n"
    for paragraph in page.paragraphs:
        yield f"{_plain(paragraph)}\n"
    if page.examples:
        yield "\n".join(["```sh", *page.examples, "```\n"])
    for table in page.tables:
        yield f"**{table.title}**\n"
        for term, meaning in table.rows:
            yield f"`{term}`\n: {_plain(meaning) or '(no more to say)'}\n"
    for note in page.notes:
        yield f"{_plain(note)}\n"


def _plain(text: str) -> str:
    return MARKS.sub(r"\\\1", " ".join(text.split()))


class Commands(SphinxDirective):
    """The reference of the whole command line, below the heading it stands under."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(reference()), allow_section_headings=True)


def setup(sphinx: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of the directive."""
    sphinx.add_directive("commands", Commands)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
