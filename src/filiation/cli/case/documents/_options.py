"""Arguments that the verbs on documents share."""

from typing import Annotated, TypeAlias

import typer

from filiation.casefile.documents.index import Found

__all__ = ["DocumentName", "DocumentNames", "Most", "printable", "row"]

DocumentName: TypeAlias = Annotated[
    str, typer.Argument(metavar="DOCUMENT", help="As PRODUCTION:NUMBER, e.g. mail:17.")
]
DocumentNames: TypeAlias = Annotated[
    list[str], typer.Argument(metavar="DOCUMENT...", help="As PRODUCTION:NUMBER, e.g. mail:17.")
]
Most: TypeAlias = Annotated[int, typer.Option(min=1, max=1_000_000, help="How many to print.")]


def printable(text: str) -> str:
    """Words of strangers for a terminal: nothing in them steers it."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text.expandtabs(4))


def row(found: Found, *, subject: int = 60) -> str:
    """A document in one line."""
    about = found.subject if len(found.subject) <= subject else f"{found.subject[:subject]}.."
    verdict = f"  [{found.verdict}]" if found.verdict else ""
    moment = found.moment or "no date"
    line = f"{found.document:12}  {moment:20}  {found.sender or 'nobody'}  {about}{verdict}"
    return printable(line.replace("\n", " "))
