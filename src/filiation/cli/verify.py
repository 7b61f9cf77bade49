"""The verb `verify`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from filiation.errors import CaseError
    from filiation.model.exhibit import Exhibit
    from filiation.model.recording import Recording
    from filiation.model.sketch import Sketch
    from filiation.model.subject import Subject

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
        if (path / "case.toml").exists() or (path / "export.json").exists():
            raise UsageError(f"{path}: the record of a dispute; `filiation case verify` checks it")
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
    from filiation.casefile.codec import case_bytes
    from filiation.casefile.folder import check_folder, read_case
    from filiation.errors import CaseError
    from filiation.examine.plan import plan_bytes
    from filiation.examine.run import examine
    from filiation.population.reference import from_stored
    from filiation.proceedings.reference import POPULATION
    from filiation.report.render.html import render_html
    from filiation.report.render.json import render_json

    said = [f"1. {check_folder(folder)} files are as the manifest recorded them"]
    case = read_case(folder)
    stored = _Stored(folder)
    source = stored.exhibit(case.source, case.source_outputs)
    subject = stored.exhibit(case.subject, case.subject_outputs)
    controls = [stored.exhibit(control.model, None) for control in case.controls]
    said.append(f"2. {2 + len(controls)} exhibits are those that the case names")
    reference = from_stored(
        case.plan.population,
        folder / POPULATION,
        controls=controls,
        families=dict(case.families),
        parties=(subject, source),
    )
    again = examine(
        case.plan,
        source,
        subject,
        controls,
        families=dict(case.families),
        kept=stored.kept,
        reference=reference,
    )
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


class _Stored:
    """What a case keeps of its exhibits, checked against what it says of them."""

    def __init__(self, folder: Path) -> None:
        import hashlib

        from filiation.proceedings.gathering import RECORDINGS
        from filiation.readers.answers.kept import read_kept

        self._folder, path = folder, folder / RECORDINGS
        self._recordings = read_kept(path) if path.exists() else ()
        self.kept = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""

    def exhibit(self, who: "Subject", outputs: "Subject | None") -> "Exhibit":
        from filiation.model.exhibit import Exhibit

        if who.kind == "recording":
            return Exhibit(name=who.name, recording=self._recording(who))
        heard = None if outputs is None else self._recording(outputs)
        return Exhibit(name=who.name, sketch=self._sketch(who), recording=heard)

    def _sketch(self, who: "Subject") -> "Sketch":
        from dataclasses import replace

        from filiation.sketching.sketch_file import read_sketch

        sketch = read_sketch(self._folder / "sketches" / f"{who.sketch}.sketch")
        if sketch.digest != who.sketch or sketch.subject_digest != who.digest:
            raise _other(who)
        return replace(sketch, name=who.name)

    def _recording(self, who: "Subject") -> "Recording":
        for recording in self._recordings:
            if (recording.name, recording.digest, self.kept) == (who.name, who.digest, who.sketch):
                return recording
        raise _other(who)


def _other(who: "Subject") -> "CaseError":
    from filiation.errors import CaseError

    return CaseError(f"{who.name}: what the case keeps of it is not what the case names")


def _sketch(path: Path, model: Path) -> list[str]:
    import tempfile

    from filiation.readers.weights.checkpoint import open_model
    from filiation.sketching.differences import differences
    from filiation.sketching.sketch import take_sketch
    from filiation.sketching.sketch_file import read_sketch

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
