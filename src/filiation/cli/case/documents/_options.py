"""Arguments that the verbs on documents share."""

from collections.abc import Iterable
from typing import Annotated, TypeAlias

import typer

from filiation.files import shown

__all__ = ["DocumentName", "DocumentNames", "Most", "say"]

DocumentName: TypeAlias = Annotated[
    str, typer.Argument(metavar="DOCUMENT", help="As PRODUCTION:NUMBER, e.g. mail:17.")
]
DocumentNames: TypeAlias = Annotated[
    list[str], typer.Argument(metavar="DOCUMENT...", help="As PRODUCTION:NUMBER, e.g. mail:17.")
]
Most: TypeAlias = Annotated[int, typer.Option(min=1, max=1_000_000, help="How many to print.")]


def say(lines: Iterable[str], *, err: bool = False) -> None:
    """Print words of strangers: nothing in them steers the terminal."""
    for text in lines:
        typer.echo("\n".join(map(shown, text.expandtabs(4).split("\n"))), err=err)
