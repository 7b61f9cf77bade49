"""The verb `help`."""

from typing import Annotated

import typer

__all__ = ["command"]


def command(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="VERB...", help="A verb, and a verb of it (default: all verbs)."),
    ] = None,
) -> None:
    """Show the help of a verb."""
    from filiation.cli.front.serve import page_of, show

    show(page_of(words or []))
