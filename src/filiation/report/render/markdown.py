"""The document as a page, as Markdown; the figures as JSON."""

from collections.abc import Sequence
from html import escape

import rfc8785
from pydantic import TypeAdapter

from filiation.model.validation import Validation
from filiation.report.validation.blocks import Block, Drawing, Heading, Paragraph, Table
from filiation.report.validation.document import document
from filiation.report.wording.figures import clean

__all__ = ["as_html", "as_json", "as_markdown", "summary"]

STYLE = """
:root { color-scheme: light; --ink: #1d1d1d; --soft: #555; --line: #c9c9c9; }
body { margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 62rem; color: var(--ink);
  font: 1rem/1.5 Charter, Georgia, "DejaVu Serif", serif; }
h1, h2, h3, table, figcaption { font-family: ui-sans-serif, system-ui, Arial, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.15rem; margin: 2.4rem 0 .7rem; padding-top: .5rem; border-top: 2px solid var(--ink); }
p { max-width: 48rem; margin: .55rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .8rem; line-height: 1.35; margin: .7rem 0; }
th, td { text-align: left; vertical-align: top; padding: .28rem 1.1rem .28rem 0; border-bottom: 1px solid var(--line); }
thead th { border-bottom: 1.5px solid var(--ink); vertical-align: bottom; }
.n { font-variant-numeric: tabular-nums; }
figure { margin: 1rem 0; } figure svg { max-width: 100%; height: auto; }
figcaption { font-size: .82rem; color: var(--soft); }
@page { size: A4; margin: 18mm; } @media print { body { padding: 0; font-size: .85rem; } figure, tr { break-inside: avoid; } }
"""  # noqa: E501
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def as_json(found: Validation) -> bytes:
    """Canonical JSON (RFC 8785) and a newline."""
    return rfc8785.dumps(TypeAdapter(Validation).dump_python(found, mode="json")) + b"\n"


def as_html(found: Validation) -> bytes:
    """One self-contained page."""
    title = f"Filiation: validation on {found.population}"
    body = "\n".join(_html(block) for block in document(found))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_escaped(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n"
        "</body>\n</html>\n"
    ).encode()


def as_markdown(found: Validation) -> str:
    """The same words and tables; drawings are named."""
    return "\n\n".join(_markdown(block) for block in document(found)) + "\n"


def summary(found: Validation) -> str:
    """What a terminal shows: the verdicts and the regimes."""
    blocks: list[Block] = []
    for block in document(found):
        if isinstance(block, Heading) and block.text.startswith("Are the p-values"):
            break
        blocks.append(block)
    return "\n\n".join(_plain(block) for block in blocks if not isinstance(block, Drawing))


def _escaped(foreign: str) -> str:
    """Names of operations come from a file of others."""
    return escape(clean(foreign))


def _quoted(foreign: str) -> str:
    """The same for Markdown, which may hold HTML."""
    return clean(foreign).replace("<", "&lt;")


def _html(block: Block) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{_escaped(block.text)}</h{block.level}>"
        case Paragraph():
            return f"<p>{_escaped(block.text)}</p>"
        case Drawing():
            return f"<figure>{block.svg}<figcaption>{_escaped(block.caption)}</figcaption></figure>"
        case Table():
            head = "".join(f"<th>{_escaped(heading)}</th>" for heading in block.headings)
            rows = "\n".join(f"<tr>{_cells(row, block.words)}</tr>" for row in block.rows)
            return (
                f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>\n{rows}\n'
                "</tbody></table></div>"
            )


def _cells(row: Sequence[str], words: int) -> str:
    return "".join(
        f"<td>{_escaped(cell)}</td>" if place < words else f'<td class="n">{_escaped(cell)}</td>'
        for place, cell in enumerate(row)
    )


def _markdown(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {_quoted(block.text)}"
        case Paragraph():
            return _quoted(block.text)
        case Drawing():
            return f"*Drawn in the page: {block.caption}*"
        case Table():
            lines = [_row(block.headings), _row(["---"] * len(block.headings))]
            return "\n".join([*lines, *(_row(row) for row in block.rows)])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_quoted(cell).replace("|", "\\|") for cell in cells) + " |"


def _plain(block: Block) -> str:
    if isinstance(block, Heading | Paragraph):
        return clean(block.text)
    if isinstance(block, Drawing):
        return clean(block.caption)
    lines = [[clean(cell) for cell in row] for row in (block.headings, *block.rows)]
    widths = [max(len(row[place]) for row in lines) for place in range(len(block.headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in lines
    )
