"""The verb `sketch`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from filiation.cli._options import AsJson, Quiet

if TYPE_CHECKING:
    from filiation.proceedings.naming import Named
    from filiation.proceedings.sketching import Kept

__all__ = ["command"]

WEIGHTS: Final = "a model's weights"
NEVER: Final = "a sketch is never overwritten"

Model: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="[NAME=]MODEL",
        help="A model: a folder, a file of weights (safetensors, GGUF, ONNX, torch, Flax and "
        "others), an archive of one, BASE+ADAPTER, or where one lies: "
        "hf://ORG/NAME[@REVISION], https://.., s3://BUCKET/KEY.",
    ),
]
Deep: TypeAlias = Annotated[
    int,
    typer.Option(
        min=0,
        max=1_000_000,
        help="Whole rows of each role that are kept, over all layers, to see through "
        "disguises; 0 for none.",
    ),
]
Whole: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--whole",
        help="Of a model on another machine: fetch every byte of its weights and hold it "
        "against the SHA-256 that the host declares, before anything is read.",
    ),
]


def command(
    model: Model,
    out: Annotated[Path, typer.Option("--out", "-o", help="The sketch file to write.")],
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Threads (default: one per core).")
    ] = None,
    deep: Deep = 8192,
    whole: Whole = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take the sketch of a model: a small file that can be compared without the model.

    One pass over the weights: digests of every tensor, directions and norms of every hidden
    unit. The same model gives the same bytes on any number of cores of one kind; another kind of
    processor differs in a few last digits, which `filiation verify` tells from a change.
    """
    from filiation.proceedings.naming import free, model_named

    named = model_named(model, WEIGHTS)
    taken = _take(named, free(out, NEVER), workers, deep, whole=whole, quiet=quiet)
    from filiation.report.render.records import sketch_json
    from filiation.report.wording.verbs import sketch_lines

    if as_json:
        typer.echo(sketch_json(taken.sketch, taken.origin), nl=False)
    elif not quiet:
        for line in sketch_lines(taken.sketch, str(out), taken.origin):
            typer.echo(line)


def _take(
    model: "Named", out: Path, workers: int | None, deep: int, *, whole: bool, quiet: bool
) -> "Kept":
    from filiation.cli._progress import bar
    from filiation.proceedings.sketching import sketch

    with bar(quiet) as shown:
        return sketch(
            model,
            out,
            deep=deep,
            workers=workers,
            whole=whole,
            step=shown.step,
            progress=shown.progress,
        )
