"""The verb `verify`."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["command"]


def command(
    path: Annotated[
        Path,
        typer.Argument(
            help="The folder of an examination, a .sketch with --model, or an opening with --seal."
        ),
    ],
    model: Annotated[
        str | None, typer.Option("--model", help="The model a sketch was taken from.")
    ] = None,
    seal: Annotated[
        Path | None, typer.Option("--seal", help="The seal that an opening is of.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="Public key (.pub) that must have signed it.")
    ] = None,
    coin: Annotated[
        str, typer.Option("--coin", help="Public value (hex) that drew the blocks to be opened.")
    ] = "",
    count: Annotated[int, typer.Option("--count", min=1, help="Blocks that it drew.")] = 100,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="New folder for what was opened whole.")
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing if all is well.")
    ] = False,
) -> None:
    """Check a record again: an examination from its materials, or a sketch against its model.

    An examination: every file against the manifest, then every number and report computed again
    from the stored materials. A sketch: every tensor's digest, and every stored value. An opening:
    every block against the seal, from these two files alone. Where another kind of processor
    adds in another order, the last digits of a few figures may differ; how many is said, and
    anything beyond is refused.
    """
    from filiation.errors import UsageError
    from filiation.proceedings.naming import present

    present(path, "an examination or a sketch" if seal is None else "an opening")
    if seal is None and (key or coin or out):
        raise UsageError("--key, --coin and --out go with an opening and its --seal")
    if seal is not None:
        _opening(path, seal, key, coin, count, out, quiet=quiet)
        return
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


def _opening(
    path: Path,
    seal: Path,
    key: Path | None,
    coin: str,
    count: int,
    out: Path | None,
    *,
    quiet: bool,
) -> None:
    from filiation.proceedings.naming import present
    from filiation.proceedings.sealing import check
    from filiation.report.wording.sealed import opened_lines

    present(seal, "a seal")
    if key is not None:
        present(key, "a public key")
    found = check(path, seal, key=key, coin=coin, count=count, out=out)
    if not quiet:
        typer.echo("\n".join(opened_lines(found)))
