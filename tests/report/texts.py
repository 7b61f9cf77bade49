"""Everything a report says, as plain text."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from io import StringIO

from rich.console import Console

from filiation.model.examination import Conclusion, Examination
from filiation.report.render.html import render_html
from filiation.report.render.json import report_json
from filiation.report.render.terminal import brief, full
from report.cases import examination


class Page(HTMLParser):
    """Visible text block by block (what a page shows and what a drawing tells), and all tags."""

    BLOCKS = frozenset(
        "caption code dd dt figcaption h1 h2 h3 li p td text th title".split()  # noqa: SIM905
    )

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._style = False
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._style = tag == "style"
        if tag in self.BLOCKS:
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style and data.strip():
            if not self.texts:
                self.texts.append("")
            self.texts[-1] += data


def whole(found: Conclusion | Examination) -> Examination:
    """A conclusion as the examination that holds it alone."""
    return found if isinstance(found, Examination) else examination(found)


def on_terminal(found: Conclusion | Examination, width: int = 80, *, short: bool = False) -> str:
    out = StringIO()
    shown = (brief if short else full)(whole(found))
    Console(file=out, width=width, color_system=None, force_terminal=False).print(shown)
    return out.getvalue()


FOREIGN = frozenset({"name", "family", "item", "prompt"})  # what models are called and were asked


def own(report: dict[str, object]) -> dict[str, object]:
    """The JSON without what models are called, were asked and said; the page quotes these."""

    def words(value: object) -> object:
        if isinstance(value, dict):
            said = {"source", "subject"} if "rarity" in value else set()
            return {k: words(v) for k, v in value.items() if k not in FOREIGN | said}
        return [words(v) for v in value] if isinstance(value, list) else value

    return {key: words(value) for key, value in report.items()}


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def everything(found: Conclusion | Examination) -> Iterator[str]:
    yield from Page(render_html(whole(found))).texts
    yield from strings(json.loads(json.dumps(own(report_json(whole(found))))))
    for short in (False, True):
        yield from on_terminal(found, width=4000, short=short).splitlines()
