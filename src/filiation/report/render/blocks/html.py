"""Blocks as HTML. All text is escaped; drawings are our own and stand as they are."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from markupsafe import Markup, escape

from filiation.report.blocks import (
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
from filiation.report.wording.figures import printable

__all__ = ["html_anchor", "html_blocks", "html_words"]

POWER: Final = re.compile(r"\b\d+e-\d+\b|\b\d{1,3}(?: \d{3})+\b")  # or a number in threes
HIGH: Final = re.compile(" (?=[:;?!»](?: |$))")  # as French sets them
DIGEST: Final = re.compile(r"\b[0-9a-f]{64}\b")


def html_blocks(blocks: Iterable[Block]) -> Markup:
    """The blocks one after another, as the body of a page holds them."""
    return Markup("\n".join(line for block in blocks for line in _lines(block)))


def html_words(text: str) -> Markup:
    """Words of anyone, escaped; numbers such as 1e-9 stay on one line, digests in eights."""
    shown = str(escape(printable(text)))
    shown = HIGH.sub("&nbsp;", shown)
    shown = POWER.sub(r'<span class="n1">\g<0></span>', shown)
    return Markup(DIGEST.sub(_eights, shown))


def _eights(found: re.Match[str]) -> str:
    """A digest in eights that are no letters apart: what is copied is what was recorded."""
    parts = "".join(f"<span>{found[0][at : at + 8]}</span>" for at in range(0, 64, 8))
    return f'<span class="digest">{parts}</span>'


def html_anchor(heading: Heading) -> str:
    """The id by which a page can point to a section or annex."""
    return f"{'annex' if heading.annex else 'section'}-{heading.anchor}"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield _heading(block)
        case Paragraph():
            yield _paragraph(block)
        case Note():
            yield f'<p class="soft">{html_words(block.text)}</p>'
        case Table():
            yield from _table(block)
        case Drawing():
            caption = html_words(block.caption)
            yield f"<figure>{block.svg}<figcaption>{caption}</figcaption></figure>"
        case Quotation():
            yield from _quotation(block)
        case Blank():
            yield from _blank(block)
        case Oath():
            yield from _oath(block)


def _heading(block: Heading) -> str:
    tag = f"h{block.level + 1}"
    kind = ' class="annex"' if block.annex else ""
    anchor = f' id="{escape(html_anchor(block))}"' if block.anchor else ""
    return f"<{tag}{kind}{anchor}>{html_words(block.label)}</{tag}>"


def _paragraph(block: Paragraph) -> str:
    words = f"{html_words(block.text)}{_source(block.source)}"
    kinds = [name for name, on in (("numbered", block.number), ("strong", block.strong)) if on]
    kind = f' class="{" ".join(kinds)}"' if kinds else ""
    if not block.number:
        return f"<p{kind}>{words}</p>"
    number = html_words(block.number)
    return f'<p{kind} id="p{number}"><span class="no">{number}</span>{words}</p>'


def _source(source: str) -> str:
    return f' <span class="source">[{html_words(source)}]</span>' if source else ""


def _table(block: Table) -> Iterator[str]:
    yield '<div class="scroll" tabindex="0"><table>'
    if block.caption:
        yield f"<caption>{html_words(block.caption)}</caption>"
    if block.widths:
        parts = (100 * width / sum(block.widths) for width in block.widths)
        columns = "".join(f'<col style="width: {part:.1f}%">' for part in parts)
        yield f"<colgroup>{columns}</colgroup>"
    if any(block.headings):
        heads = "".join(
            f'<th scope="col"{_figures(block, place)}>{html_words(heading)}</th>'
            for place, heading in enumerate(block.headings)
        )
        yield f"<thead><tr>{heads}</tr></thead>"
    yield "<tbody>"
    for row in block.rows:
        yield f"<tr>{_cells(block, row)}</tr>"
    yield "</tbody></table></div>"


def _cells(block: Table, row: Sequence[str]) -> str:
    mono, theirs = ' class="mono"', ' translate="no"'
    return "".join(
        f"<td{_figures(block, place) or (mono if place in block.mono else '')}"
        f"{theirs if place in block.theirs else ''}>"
        f"{html_words(cell)}</td>"
        for place, cell in enumerate(row)
    )


def _figures(block: Table, place: int) -> str:
    return ' class="n"' if place in block.right else ""


def _quotation(block: Quotation) -> Iterator[str]:
    yield f'<blockquote class="said"><p class="by">{html_words(block.by)}</p>'
    for words in block.paragraphs:
        yield f'<p dir="auto">{html_words(words)}</p>'
    if block.more:
        yield f'<p class="by">{html_words(block.more)}</p>'
    yield "</blockquote>"


def _blank(block: Blank) -> Iterator[str]:
    label = f"{html_words(block.label)}{_source(block.rule)}"
    yield f'<div class="blank"><p class="label">{label}</p>'
    for words in block.given:
        yield f"<p>{html_words(words)}</p>"
    if not block.given:
        yield from ['<div class="line"></div>'] * block.lines
    yield "</div>"


def _oath(block: Oath) -> Iterator[str]:
    title = f"{html_words(block.title)}{_source(block.rule)}"
    yield f'<blockquote class="oath"><p class="label">{title}</p>'
    for words in block.paragraphs:
        yield f"<p>{html_words(words)}</p>"
    signed = "".join(f"<span>{html_words(words)}</span>" for words in block.signed)
    yield f'<div class="sign">{signed}</div>'
    yield "</blockquote>"
