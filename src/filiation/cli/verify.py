"""The verb `verify`."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from filiation.errors import UsageError

__all__ = ["command"]

Record: TypeAlias = Annotated[
    Path,
    typer.Argument(
        help="The folder of an examination, a .sketch with --model, or an opening with --seal."
    ),
]
Model: TypeAlias = Annotated[
    str | None, typer.Option("--model", help="The model a sketch was taken from.")
]
Seal: TypeAlias = Annotated[
    Path | None, typer.Option("--seal", help="The seal that an opening is of.")
]
Key: TypeAlias = Annotated[
    Path | None, typer.Option("--key", help="Public key (.pub) that must have signed it.")
]
Coin: TypeAlias = Annotated[
    str, typer.Option("--coin", help="Public value (hex) that drew the blocks to be opened.")
]
Count: TypeAlias = Annotated[int, typer.Option("--count", min=1, help="Blocks that it drew.")]
Out: TypeAlias = Annotated[
    Path | None, typer.Option("--out", "-o", help="New folder for what was opened whole.")
]
Quiet: TypeAlias = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say nothing if all is well.")
]


def command(
    path: Record, model: Model = None, seal: Seal = None, key: Key = None, coin: Coin = "",
    count: Count = 100, out: Out = None, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Check a record again: an examination from its materials, or a sketch against its model.

    An examination: every file against the manifest, then every number and report computed again
    from the stored materials. A sketch: every tensor's digest, and every stored value. An opening:
    every block against the seal, from these two files alone. Where another kind of processor
    adds in another order, the last digits of a few figures may differ; how many is said, and
    anything beyond is refused.
    """
    from filiation.proceedings.naming import present

    present(path, "an examination or a sketch" if seal is None else "an opening")
    if seal is None and (key or coin or out):
        raise UsageError("--key, --coin and --out go with an opening and its --seal")
    if seal is not None and model is not None:
        raise UsageError("--model goes with a sketch, --seal with an opening; found both")
    said = _record(path, model) if seal is None else _opening(path, seal, key, coin, count, out)
    if not quiet:
        typer.echo("\n".join(said))


def _record(path: Path, model: str | None) -> tuple[str, ...]:
    """An examination or a sketch."""
    from filiation.proceedings.checking import check_examination, check_sketch
    from filiation.report.wording.checked import examination_lines, sketch_line

    if path.is_dir():
        if model is not None:
            raise UsageError(
                "--model goes with a sketch; an examination is verified from its sketches"
            )
        return examination_lines(check_examination(path))
    if model is not None:
        return (sketch_line(check_sketch(path, model)),)
    raise UsageError(
        f"{path}: expected the folder of an examination, a sketch together with --model, or an "
        "opening with --seal; a sketch or an opening alone has nothing to be checked against"
    )


def _opening(
    path: Path, seal: Path, key: Path | None, coin: str, count: int, out: Path | None
) -> tuple[str, ...]:
    """What an opening shows."""
    from filiation.proceedings.naming import present
    from filiation.proceedings.sealing import check
    from filiation.report.wording.sealed import opened_lines

    present(seal, "a seal")
    if key is not None:
        present(key, "a public key")
    return tuple(opened_lines(check(path, seal, key=key, coin=coin, count=count, out=out)))
