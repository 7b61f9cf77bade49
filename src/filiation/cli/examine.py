"""The verb `examine`: the main job."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["command"]


def command(
    subject: Annotated[
        str,
        typer.Argument(
            help="The model under examination: a folder, a file of weights (.safetensors, .gguf, "
            ".onnx, .bin, .pt), a .sketch, or recorded answers as FILE#MODEL."
        ),
    ],
    source: Annotated[str, typer.Option("--source", help="The model it is said to come from.")],
    control: Annotated[
        list[str] | None,
        typer.Option(
            "--control",
            help="A model known to be independent of both; repeatable; FILE#* for all others.",
        ),
    ] = None,
    subject_outputs: Annotated[
        str | None, typer.Option(help="The subject's recorded answers, beside its weights.")
    ] = None,
    source_outputs: Annotated[
        str | None, typer.Option(help="The source's recorded answers, beside its weights.")
    ] = None,
    families: Annotated[
        Path | None, typer.Option(help="Which models are known relatives (TOML or JSON).")
    ] = None,
    population: Annotated[
        str | None,
        typer.Option(
            help="Where likelihood ratios come from: a file of known pairs that `filiation "
            "validate` wrote; or, for recordings, `controls`, with --families."
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
        Path | None, typer.Option("--plan", help="A plan (JSON or TOML) fixed beforehand.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Of all random streams (default 0).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="The case folder to make (default: by names).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
) -> None:
    """Examine whether SUBJECT derives from the model given as --source.

    Reads each model once, fixes the plan, runs every method that applies, and writes a case
    folder with plan, findings and report. The exit code is 0 whatever is found.
    """
    from rich.console import Console

    from filiation.casefile.codec import case_bytes
    from filiation.casefile.folder import staging
    from filiation.examine.plan import fix_plan, plan_bytes, read_plan_file
    from filiation.examine.run import examine
    from filiation.proceedings.gathering import gather, reading
    from filiation.proceedings.reference import POPULATION, refer
    from filiation.readers.answers import read_families
    from filiation.report.render.html import render_html
    from filiation.report.render.json import render_json
    from filiation.report.render.terminal import beforehand, summary

    console = Console()
    given = read_plan_file(plan) if plan is not None else None
    known = read_families(families) if families is not None else {}
    target = out if out is not None else _free(f"filiation-{_stem(subject)}-{_stem(source)}")
    with staging(target) as case, reading(quiet) as progress:
        exhibits = gather(
            case,
            subject=subject,
            source=source,
            controls=control or [],
            subject_outputs=subject_outputs,
            source_outputs=source_outputs,
            normaliser=normaliser,
            progress=progress,
        )
        reference = refer(
            exhibits, population, given=given, families=known, seed=seed or 0, progress=progress
        )
        fixed = fix_plan(
            exhibits.subject,
            exhibits.source,
            exhibits.controls,
            given=given,
            seed=seed,
            population=reference and reference.planned,
        )
        if reference is not None:
            case.write(POPULATION, reference.raw)
        case.write("plan.json", plan_bytes(fixed))
        task = progress.add_task("comparing", total=None)
        found = examine(
            fixed,
            exhibits.source,
            exhibits.subject,
            exhibits.controls,
            families=known,
            kept=exhibits.kept,
            reference=reference,
            before=None
            if as_json or quiet
            else lambda reckoned, power: console.print(beforehand(fixed, reckoned, power)),
            step=lambda doing: progress.update(task, description=doing),
        )
        case.write("case.json", case_bytes(found))
        as_bytes = render_json(found)
        case.write("report.json", as_bytes)
        case.write("report.html", render_html(found))
    if as_json:
        typer.echo(as_bytes.decode(), nl=False)
    elif not quiet:
        console.print(summary(found))
        console.print(
            f"The case, with report.html, is in {target}", soft_wrap=True, highlight=False
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
