"""The verb `verify`."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["command"]


def command(
    path: Annotated[
        Path, typer.Argument(help="The folder of an examination, or a .sketch with --model.")
    ],
    model: Annotated[
        str | None, typer.Option("--model", help="The model a sketch was taken from.")
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing if all is well.")
    ] = False,
) -> None:
    """Check a record again: an examination from its materials, or a sketch against its model.

    An examination: every file against the manifest, then every number and report computed again
    from the stored materials. A sketch: every tensor's digest, and every stored value. Where
    another kind of processor adds in another order, the last digits of a few figures may differ;
    how many is said, and anything beyond is refused.
    """
    from filiation.errors import UsageError
    from filiation.proceedings.naming import present

    present(path, "an examination or a sketch")
    from filiation.proceedings.checking import check_examination, check_sketch
    from filiation.report.wording.checked import examination_lines, sketch_line

    said: tuple[str, ...]
    if path.is_dir():
        if model is not None:
            raise UsageError(
                "--model goes with a sketch; an examination is verified from its sketches"
            )
        said = examination_lines(check_examination(path))
    elif model is not None:
        said = (sketch_line(check_sketch(path, model)),)
    else:
        raise UsageError(
            f"{path}: expected the folder of an examination, or a sketch together with --model; "
            "a sketch alone has nothing to be checked against"
        )
    if not quiet:
        typer.echo("\n".join(said))
