"""The verb `sketch`."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["command"]


def command(
    model: Annotated[
        Path,
        typer.Argument(help="A model: a folder, a .safetensors, .gguf, .onnx, .bin or .pt file."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The sketch file to write.")],
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Threads (default: one per core).")
    ] = None,
    deep: Annotated[
        int,
        typer.Option(
            min=0,
            max=1024,
            help="Layers of which whole rows are kept, to see through disguises; 0 for none.",
        ),
    ] = 4,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
) -> None:
    """Take the sketch of a model: a small file that can be compared without the model.

    One pass over the weights: digests of every tensor, directions and norms of every hidden
    unit. The same model gives the same bytes, on any number of cores.
    """
    import json

    from filiation.errors import UsageError
    from filiation.model.sketch import SketchMethod
    from filiation.proceedings.gathering import reading
    from filiation.readers.weights.checkpoint import open_model
    from filiation.sketching.sketch import take_sketch
    from filiation.sketching.sketch_file import read_sketch

    if out.exists():
        raise UsageError(f"{out}: exists; a sketch is never overwritten, choose another name")
    view = open_model(model)
    with reading(quiet) as progress:
        task = progress.add_task(
            f"reading {view.name}", total=sum(tensor.nbytes for tensor in view.tensors)
        )
        take_sketch(
            view,
            out,
            method=SketchMethod(deep=deep),
            workers=workers,
            progress=lambda done: progress.advance(task, done),
        )
    taken = read_sketch(out)
    summary = {
        "schema_version": 1,
        "sketch": taken.digest,
        "subject": taken.subject_digest,
        "method": taken.method.id,
        "layout": taken.family,
        "layers": len(taken.layers),
        "units": sum(layer.units for layer in taken.layers),
        "deep_layers": [taken.layers[deep.layer].label for deep in taken.deep],
        "tensors": len(taken.tensors),
        "token_frame": taken.token_absent or f"{len(taken.anchors)} anchors",
        "skipped": [{"tensor": s.tensor, "reason": s.reason} for s in taken.skipped],
    }
    if as_json:
        typer.echo(json.dumps(summary, indent=1))
    elif not quiet:
        typer.echo(f"sketch      {out} (sha256 {taken.digest})")
        typer.echo(f"model       {taken.subject_digest}")
        typer.echo(f"layout      {taken.family}, {len(taken.layers)} layers with units")
        typer.echo(f"token frame {summary['token_frame']}")
        typer.echo(
            f"deep part   {', '.join(taken.layers[d.layer].label for d in taken.deep) or 'none'}"
        )
        for reason, count in sorted(_reasons(taken.skipped).items()):
            typer.echo(f"skipped     {count} tensors: {reason}")


def _reasons(skipped: object) -> dict[str, int]:
    from collections import Counter

    return dict(Counter(entry.reason for entry in skipped))  # type: ignore[attr-defined]
