"""Every kind of block in every form: nothing is lost, and foreign words are never markup."""

import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any, Final

import pytest
from markupsafe import escape

from filiation.errors import CaseError
from filiation.report.blocks import (
    KINDS,
    Blank,
    Block,
    Drawing,
    Heading,
    Note,
    Oath,
    Paragraph,
    Quotation,
    Table,
)
from filiation.report.render.blocks.html import html_blocks
from filiation.report.render.blocks.json import block_of, json_block
from filiation.report.render.blocks.markdown import markdown_blocks
from filiation.report.render.blocks.terminal import terminal_blocks
from filiation.report.render.blocks.typst import typst_compiler

SVG: Final = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0L9 9"/></svg>'
HOSTILE: Final = (
    '<script>alert(1)</script> <b onclick="x">b</b> &lt; {{ x }} *bold* _slant_ `code` '
    "[link](https://x.example) ![i](j) | # no ~~gone~~ $x^2$ #eval(1) \\ \x1b[31m \x00 \u202e "
    "\u200ba \r\n\n# head\n- item"
)


def every_kind(words: Callable[[str], str]) -> tuple[Block, ...]:
    """Each kind with each of its texts, made by `words` from a name; and its plain variants."""
    return (
        Heading(text=words("title"), level=0),
        Heading(text=words("section"), level=1, number="1", anchor="section"),
        Heading(text=words("annex"), level=1, number="A", anchor="annex", annex=True),
        Heading(text=words("heading")),
        Paragraph(text=words("paragraph")),
        Paragraph(text=words("numbered"), source=words("source"), number="1.1"),
        Paragraph(text=words("strong"), strong=True),
        Note(text=words("note")),
        Table(
            headings=(words("left"), words("right")),
            rows=[(words("cell"), "7"), ("ab" * 32, words("last"))],
            widths=(1, 2),
            right=(1,),
            mono=(0,),
            caption=words("caption"),
        ),
        Table(headings=("", ""), rows=[(words("plain"), words("row"))]),
        Drawing(svg=SVG, caption=words("drawing")),
        Quotation(by=words("by"), paragraphs=(words("said"), words("again")), more=words("more")),
        Blank(label=words("blank"), rule=words("rule"), lines=2),
        Blank(label=words("filled"), rule="", lines=2, given=(words("given"),)),
        Oath(title=words("oath"), rule=words("law"), paragraphs=(words("sworn"), words("so"))),
    )


def names() -> list[str]:
    """Every text of the blocks above, in their order."""
    found: list[str] = []
    every_kind(lambda name: found.append(name) or name)  # type: ignore[func-returns-value]
    return found


def pdf_text(blocks: tuple[Block, ...]) -> str:
    """The words of a PDF of the blocks."""
    pypdf = pytest.importorskip("pypdf")
    pytest.importorskip("typst")
    main = (
        b'#import "blocks.typ": setting, shown\n#show: setting\n'
        b"#for block in json(bytes(sys.inputs.document)) { shown(block) }\n"
    )
    raw = typst_compiler(main, [json_block(block) for block in blocks]).compile(format="pdf")
    assert isinstance(raw, bytes) and b"/JavaScript" not in raw and b"/URI" not in raw
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(raw)).pages)


def json_text(blocks: tuple[Block, ...]) -> str:
    return json.dumps([json_block(block) for block in blocks], ensure_ascii=False)


FORMS: Final[dict[str, Callable[[tuple[Block, ...]], str]]] = {
    "html": html_blocks,
    "terminal": terminal_blocks,
    "markdown": markdown_blocks,
    "typst": pdf_text,
    "json": json_text,
}


def test_the_blocks_here_are_of_every_kind() -> None:
    assert {type(block) for block in every_kind(str)} == set(KINDS)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", range(len(every_kind(str))))
def test_each_kind_has_its_words_in_each_form(form: str, place: int) -> None:
    block = every_kind(lambda name: f"the {name} as said")[place]
    alone = [name for name in names() if f"the {name} as said" in str(block)]

    shown = " ".join(FORMS[form]((block,)).split())

    assert alone
    for name in alone:
        assert f"the {name} as said" in shown
    if isinstance(block, Drawing) and form in ("html", "json"):
        assert "M0 0L9 9" in shown


@pytest.mark.parametrize("form", ["html", "terminal", "markdown"])
def test_no_word_controls_whatever_shows_it(form: str) -> None:
    shown = FORMS[form](every_kind(lambda name: HOSTILE + name))

    for control in ("\x1b", "\x00", "\u202e", "\u200b", "\r"):
        assert control not in shown
    assert shown.count("\ufffd[31m") + shown.count("\ufffd\\[31m") == len(names())


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_no_word_is_markup_in_html() -> None:
    page = html_blocks(every_kind(lambda name: HOSTILE + name))
    reader = _Tags()
    reader.feed(page)

    assert not reader.tags & {"script", "b", "a", "img"} and "onclick" not in reader.attributes
    assert page.count(str(escape("<script>alert(1)</script>"))) == len(names())


def test_no_word_is_markup_in_markdown() -> None:
    page = markdown_blocks(every_kind(lambda name: HOSTILE + name))

    assert "<" not in page
    for mark in ("*bold*", "_slant_", "`code`", "[link]", "~~gone~~"):
        assert not re.search(rf"(?<!\\){re.escape(mark)}", page), mark
    assert "#eval(1) \\\\ " in page  # a backslash stands for itself
    assert not re.search(r"^#+ (?:no|head)", page, re.MULTILINE)
    (cell,) = [line for line in page.splitlines() if line.endswith("cell | 7 |")]
    assert len(re.findall(r"(?<!\\)\|", cell)) == 3
    for opening in ("# a", "- a", "+ a", "> a", "1. a", "2) a", "=== a"):
        said = markdown_blocks((Paragraph(text=opening),))
        assert re.fullmatch(r"(?:\d+)?\\\S+ a\n", said), said


def test_no_word_is_markup_in_typst() -> None:
    shown = pdf_text(every_kind(lambda name: f"#eval(1) $x^2$ *bold* {name}"))

    assert shown.count("#eval(1) $x^2$ *bold*") >= len(names()) - 6  # some are broken by a line


def test_json_is_read_back_as_it_was() -> None:
    for block in every_kind(lambda name: HOSTILE + name):
        again = block_of(json.loads(json.dumps(json_block(block))))
        assert type(again) is type(block) and _plain(again) == _plain(block)
    with pytest.raises(CaseError, match="a block of kind 'script'"):
        block_of({"kind": "script"})
    with pytest.raises(CaseError, match="not a note"):
        block_of({"kind": "note", "onclick": "x"})


def _plain(block: Block) -> Any:
    return json.loads(json.dumps(json_block(block)))


def test_a_numbered_figure_names_its_source() -> None:
    with pytest.raises(CaseError, match="names no source"):
        Paragraph(text="The rate is 3 in 100.", number="1.1")
    assert Paragraph(text="The rate is 3 in 100.").number == ""
    assert Paragraph(text="Named \u201cmodel-7b\u201d, no figure.", number="1.1").source == ""
    with pytest.raises(CaseError, match="a table of 2 columns"):
        Table(headings=("a", "b"), rows=[("1",)])
    with pytest.raises(CaseError, match="heading of level 4"):
        Heading(text="deep", level=4)
