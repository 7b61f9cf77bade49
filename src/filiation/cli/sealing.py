"""The verbs `seal` and `unseal`: binding oneself to a material, and opening parts of it."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from filiation.cli._options import Quiet

__all__ = ["seal", "unseal"]

Material: TypeAlias = Annotated[
    Path,
    typer.Argument(
        help="A file or a folder: weights, recorded answers, a tokenizer, source code, logs."
    ),
]
Follow: TypeAlias = Annotated[bool, typer.Option("--follow", help="The path may be a link.")]
Tensors: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--tensor", help="Open this tensor (or FILE:NAME); repeatable."),
]
Files: TypeAlias = Annotated[
    list[str] | None, typer.Option("--file", help="Open this file of the folder; repeatable.")
]
Rows: TypeAlias = Annotated[
    str, typer.Option("--rows", metavar="FIRST:END", help="Only these rows of the tensors.")
]
Coin: TypeAlias = Annotated[
    str, typer.Option("--coin", help="Open what this public value (hex) draws.")
]
Count: TypeAlias = Annotated[int, typer.Option("--count", min=1, help="Blocks that it draws.")]


def seal(
    material: Material,
    out: Annotated[Path, typer.Option("--out", "-o", help="The seal to write and hand out.")],
    label: Annotated[str, typer.Option("--label", help="What the seal calls itself.")] = "",
    sign: Annotated[
        str, typer.Option("--sign", metavar="NAME", help="Sign with this key (`case key`).")
    ] = "",
    request: Annotated[
        Path | None, typer.Option("--request", help="Write a request for a time stamp (.tsq), too.")
    ] = None,
    follow: Follow = False,
    quiet: Quiet = False,
) -> None:
    """Bind yourself to a material without showing it.

    The seal is a root over salted blocks. It is handed out; what opens it is written beside it as
    OUT.secret and kept. Tensors of safetensors can be opened one by one, other files by name.
    """
    from filiation.cli._progress import bar
    from filiation.proceedings.sealing import seal
    from filiation.report.wording.sealed import seal_lines

    with bar(quiet) as watched:
        watched.step(f"sealing {material.name}")
        made = seal(
            material,
            out,
            label=label,
            signer=sign,
            request=request,
            follow=follow,
            progress=watched.progress,
        )
    if not quiet:
        for line in seal_lines(
            made.commitment,
            made.digest,
            made.table,
            out=out,
            secret=made.secret,
            signer=made.signer,
        ):
            typer.echo(line)


def unseal(
    material: Material,
    secret: Annotated[Path, typer.Option("--secret", help="What `seal` kept.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The opening to write.")],
    tensor: Tensors = None,
    rows: Rows = "",
    file: Files = None,
    coin: Coin = "",
    count: Count = 100,
    everything: Annotated[bool, typer.Option("--all", help="Open all of it.")] = False,
    follow: Follow = False,
    quiet: Quiet = False,
) -> None:
    """Open chosen tensors, rows, files, or what a coin draws, of a material that was sealed.

    Every opening shows names, types and sizes of all parts as well: without them a seal could
    hold a tensor twice. `filiation verify OPENING --seal SEAL` checks it without the material.
    """
    from filiation.proceedings.sealing import Wanted, rows_of, unseal
    from filiation.report.wording.sealed import opening_line

    wanted = Wanted(
        tensors=tuple(tensor or ()),
        rows=rows_of(rows) if rows else None,
        files=tuple(file or ()),
        coin=coin,
        count=count,
        everything=everything,
    )
    blocks = unseal(material, secret, wanted, out, follow=follow)
    if not quiet:
        typer.echo(opening_line(out, blocks))
