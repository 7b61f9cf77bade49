"""Everything a report says, as plain text."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from io import StringIO

from rich.console import Console

from filiation.model.examination import Case
from filiation.report.render.html import render_html
from filiation.report.render.json import report_json
from filiation.report.render.terminal import summary


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


def on_terminal(case: Case, width: int = 80) -> str:
    out = StringIO()
    Console(file=out, width=width, color_system=None, force_terminal=False).print(summary(case))
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


def everything(case: Case) -> Iterator[str]:
    yield from Page(render_html(case)).texts
    yield from strings(json.loads(json.dumps(own(report_json(case)))))
    yield from on_terminal(case, width=4000).splitlines()
