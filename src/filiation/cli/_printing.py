"""What a verb prints through rich: the same lines on a terminal, in a pipe and in a document."""

import os
import re
from typing import TYPE_CHECKING, Final

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = ["console", "show"]

BLANKS: Final = re.compile(r" +((?:\x1b\[[0-9;]*m)*)$", re.MULTILINE)


def console(*, stderr: bool = False) -> "Console":
    """A console; where NO_COLOR is set it writes no escapes, neither of colour nor of weight."""
    from rich.console import Console

    return Console(
        stderr=stderr, highlight=False, color_system=None if os.environ.get("NO_COLOR") else "auto"
    )


def show(*shown: "RenderableType", whole: bool = False) -> None:
    """Print one after another on stdout. rich fills lines up with blanks: none ends in one here.

    Args:
        shown: What is printed; text is foreign to rich's markup.
        whole: Whether a line is left whole, however long: a command or a path that is copied.
    """
    on = console()
    with on.capture() as captured:
        on.print(*shown, sep="\n", markup=False, soft_wrap=whole)
    typer.echo(BLANKS.sub(r"\1", captured.get()), nl=False, color=True)
