"""The verb `verify`."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["command"]


def command(
    path: Annotated[Path, typer.Argument(help="A case folder, or a .sketch with --model.")],
    model: Annotated[
        Path | None, typer.Option("--model", help="The model a sketch was taken from.")
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing if all is well.")
    ] = False,
) -> None:
    """Check a record again: a case folder byte for byte, or a sketch against its model.

    A case: every file against the manifest, then every number and report computed again from the
    stored sketches; all bytes must be equal. A sketch: digests of every tensor equal, and unit
    directions within one step of their eight-bit rounding (other machines add up in another
    order).
    """
    from filiation.errors import UsageError

    if path.is_dir():
        if model is not None:
            raise UsageError("--model goes with a sketch; a case is verified from its sketches")
        said = _case(path)
    elif model is not None:
        said = _sketch(path, model)
    else:
        raise UsageError(
            f"{path}: expected a case folder, or a sketch together with --model; "
            "a sketch alone has nothing to be checked against"
        )
    if not quiet:
        typer.echo("\n".join(said))


def _case(folder: Path) -> list[str]:
    from dataclasses import replace

    from filiation.casefile.codec import case_bytes
    from filiation.casefile.folder import check_folder, read_case
    from filiation.errors import CaseError
    from filiation.examine.plan import plan_bytes
    from filiation.examine.run import examine
    from filiation.readers.sketch_file import read_sketch
    from filiation.report.html import render_html
    from filiation.report.json import render_json

    said = [f"1. {check_folder(folder)} files are as the manifest recorded them"]
    case = read_case(folder)
    sketches = []
    for who in (case.source, case.subject, *(control.model for control in case.controls)):
        sketch = read_sketch(folder / "sketches" / f"{who.sketch}.sketch")
        if sketch.digest != who.sketch or sketch.subject_digest != who.digest:
            raise CaseError(f"{who.name}: its sketch is not the one that the case names")
        sketches.append(replace(sketch, name=who.name))
    said.append(f"2. {len(sketches)} sketches are those that the case names")
    again = examine(case.plan, sketches[0], sketches[1], sketches[2:])
    for name, raw in (
        ("plan.json", plan_bytes(again.plan)),
        ("case.json", case_bytes(again)),
        ("report.json", render_json(again)),
        ("report.html", render_html(again)),
    ):
        if raw != (folder / name).read_bytes():
            raise CaseError(
                f"{name}: computing it again gave other bytes; written with "
                f"{', '.join((case.tool, *case.environment))}, computed with "
                f"{', '.join((again.tool, *again.environment))}"
            )
    said.append(
        f"3. {len(again.findings)} findings, plan and reports computed again: the same bytes"
    )
    return said


def _sketch(path: Path, model: Path) -> list[str]:
    import tempfile

    from filiation.examine.sketch import take_sketch
    from filiation.examine.verify import differences
    from filiation.readers.checkpoint import open_model
    from filiation.readers.sketch_file import read_sketch

    recorded = read_sketch(path)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "again.sketch"
        take_sketch(open_model(model), target, method=recorded.method)
        again = read_sketch(target)
        moved = differences(recorded, again)
    if recorded.digest == again.digest:
        return [f"{path.name}: the same bytes again from {model.name}"]
    return [
        f"{path.name}: all {len(recorded.tensors)} tensor digests equal; {moved} of the rounded "
        "directions differ by one step, as another machine's order of summation may cause"
    ]
