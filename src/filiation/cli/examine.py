"""The verb `examine`: the main job."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.progress import Progress, TaskID

    from filiation.examining.run import Beforehand
    from filiation.proceedings.standalone import Asked, Watch

__all__ = ["command"]

GATE = 1  # exit code of a gate that fails

Gate = Literal["derivation", "not-independence"]


def command(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="The model under examination: a folder, a file of weights (.safetensors, .gguf, "
            ".onnx, .bin, .pt), a .sketch, or recorded answers as FILE#MODEL; NAME=MODEL names it.",
        ),
    ],
    source: Annotated[
        str, typer.Option("--source", metavar="MODEL", help="The model it is said to come from.")
    ],
    control: Annotated[
        list[str] | None,
        typer.Option(
            "--control",
            metavar="MODEL",
            help="A model known to be independent of both; repeatable; FILE#* for all others.",
        ),
    ] = None,
    subject_beside: Annotated[
        list[str] | None,
        typer.Option(
            "--subject-also",
            metavar="MATERIAL",
            help="Further material of the subject, such as its recorded answers; repeatable.",
        ),
    ] = None,
    source_beside: Annotated[
        list[str] | None,
        typer.Option(
            "--source-also", metavar="MATERIAL", help="The same of the source; repeatable."
        ),
    ] = None,
    families: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Which models are known relatives (TOML or JSON)."),
    ] = None,
    population: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Where likelihood ratios come from: a file of known pairs that `filiation "
            "validate` wrote; or, for recordings, `controls`, with --families.",
        ),
    ] = None,
    normaliser: Annotated[
        str | None,
        typer.Option(
            help="How recorded answers are read: letter/1, number/1, literal/1 or text/1. "
            "Default: chosen by looking, and said."
        ),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="FILE", help="A plan (JSON or TOML) fixed beforehand."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Of all random streams (default 0).")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", help="The folder to make (default: by names)."),
    ] = None,
    fail_if: Annotated[
        Gate | None,
        typer.Option(
            "--fail-if",
            help="Exit with 1 if a conclusion supports derivation, or if any does not support "
            "independence. For pipelines.",
        ),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Print the whole report.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
) -> None:
    """Examine whether MODEL derives from the model given as --source.

    Reads each model once, fixes the plan, runs every method that applies, and writes a folder with
    plan, findings and report. Each kind of material has a conclusion of its own. The exit code is
    0 whatever is found, unless --fail-if asks otherwise.
    """
    from filiation.proceedings.naming import model_named

    named = [subject, source, *(control or []), *(subject_beside or []), *(source_beside or [])]
    for spec in named:
        model_named(spec)  # a mistyped path answers before anything heavy is imported
    asked = _asked(
        subject=(subject, subject_beside or []),
        source=(source, source_beside or []),
        controls=control or [],
        families=families,
        population=population,
        normaliser=normaliser,
        plan=plan,
        seed=seed,
    )
    target = out if out is not None else _free(f"filiation-{_stem(subject)}-{_stem(source)}")
    _run(asked, target, full=full, as_json=as_json, quiet=quiet, gate=fail_if)


def _run(
    asked: "Asked", target: Path, *, full: bool, as_json: bool, quiet: bool, gate: Gate | None
) -> None:
    """Examine, print what was asked for, and let the gate decide the exit code."""
    from rich.console import Console

    from filiation.proceedings.gathering import reading
    from filiation.proceedings.standalone import examine_into
    from filiation.report.render.json import render_json
    from filiation.report.render.terminal import brief
    from filiation.report.render.terminal import full as whole
    from filiation.report.wording.examined import folder_lines

    console = Console()
    with reading(quiet) as progress:
        watch = _watch(progress, None if as_json or quiet else console)
        found = examine_into(target, asked, watch)
    if as_json:
        typer.echo(render_json(found).decode(), nl=False)
    elif not quiet:
        console.print(whole(found) if full else brief(found))
        for line in folder_lines(str(target), full=full):
            console.print(line, soft_wrap=True, highlight=False, markup=False)
    toward = {conclusion.support.toward for conclusion in found.conclusions}
    if (gate == "derivation" and "derivation" in toward) or (
        gate == "not-independence" and toward != {"independence"}
    ):
        raise typer.Exit(GATE)


def _asked(
    *,
    subject: tuple[str, list[str]],
    source: tuple[str, list[str]],
    controls: list[str],
    families: Path | None,
    population: str | None,
    normaliser: str | None,
    plan: Path | None,
    seed: int | None,
) -> "Asked":
    from filiation.examining.plan import read_plan_file
    from filiation.proceedings.gathering import Sided
    from filiation.proceedings.naming import model_named
    from filiation.proceedings.standalone import Asked
    from filiation.readers.answers import read_families

    def sided(spec: str, beside: list[str] | None = None) -> Sided:
        named = model_named(spec)
        return Sided(spec=named.spec, beside=tuple(beside or ()), name=named.name)

    return Asked(
        subject=sided(*subject),
        source=sided(*source),
        controls=tuple(sided(spec) for spec in controls),
        families=read_families(families) if families is not None else {},
        population=population,
        options={} if normaliser is None else {"normaliser": normaliser},
        plan=read_plan_file(plan) if plan is not None else None,
        seed=seed,
    )


def _watch(progress: "Progress", console: "Console | None") -> "Watch":
    """Progress bars on stderr, and what could be found at best before it is looked for."""
    from filiation.model.ratio import Strength
    from filiation.proceedings.standalone import Watch
    from filiation.report.render.terminal import beforehand

    comparing = progress.add_task("comparing", total=None)
    tasks: dict[str, TaskID] = {}

    def advance(what: str, done: int, size: int) -> None:
        if what not in tasks:
            tasks[what] = progress.add_task(f"reading {what}", total=size)
        progress.update(tasks[what], completed=done, total=size)

    def before(reckoned: "Sequence[Beforehand]") -> None:
        for one in reckoned:
            if console is not None and any(isinstance(s, Strength) for s in one.strengths):
                console.print(beforehand(one.plan, one, one.strengths, one.measured))

    return Watch(
        advance=advance,
        step=lambda doing: progress.update(comparing, description=doing),
        before=before,
    )


def _stem(spec: str) -> str:
    name = spec.partition("#")[2] or Path(spec).resolve().name
    name = name.removesuffix(".safetensors").removesuffix(".sketch")
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in name)[:80] or "model"


def _free(name: str) -> Path:
    """The first of name, name-2, name-3, ... that does not exist yet."""
    number, path = 1, Path(name)
    while path.exists():
        number += 1
        path = Path(f"{name}-{number}")
    return path
