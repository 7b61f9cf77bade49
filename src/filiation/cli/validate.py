"""The verb `validate`."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["command"]


def command(
    suite: Annotated[
        str,
        typer.Option(
            help="A folder of models with a truth.toml beside them; `casebook` for the one in "
            "examples/."
        ),
    ] = "casebook",
    criteria: Annotated[
        Path | None,
        typer.Option(help="Acceptance criteria (TOML) fixed beforehand (default: ours)."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the report.")] = Path("validation"),
    jobs: Annotated[int, typer.Option(min=1, max=512, help="Worker processes.")] = 2,
    executor: Annotated[
        str | None, typer.Option(help="Where pairs are compared: local:N, ray, ray:ADDRESS.")
    ] = None,
    most: Annotated[
        int | None,
        typer.Option(min=0, help="Pairs of independent descendants to draw (default: all pairs)."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of all random streams.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
) -> None:
    """Measure how often every method errs, on models whose ancestry is known.

    Every pair is examined by every method for weights; the report has error rates with their
    bounds by regime, detection by operation, and likelihood ratios. An interrupted study goes on
    where it stopped. The exit code is 0 even if a criterion failed: the report says so.
    """
    from filiation.cli.exhibits import reading
    from filiation.cli.files import put
    from filiation.errors import UsageError
    from filiation.examine.executor import executor_named
    from filiation.examine.journal import Journal
    from filiation.examine.validation.criteria import DEFAULT, read_criteria, validate_study
    from filiation.examine.validation.likelihoods import population_of
    from filiation.examine.validation.run import OUTCOME, run_study
    from filiation.readers.ancestry import read_ancestry
    from filiation.readers.population import write_population
    from filiation.report.validation import as_html, as_markdown, summary
    from filiation.report.validation import as_json as rendered

    folder = Path("examples/casebook") if suite == "casebook" else Path(suite)
    rules, digest = read_criteria(criteria if criteria is not None else DEFAULT)
    ancestry = read_ancestry(folder)
    where = executor_named(executor if executor is not None else f"local:{jobs}")
    try:
        (out / "sketches").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from error
    with reading(quiet) as progress:
        sketches = {
            origin.name: _sketch(folder / origin.name, out / "sketches", progress)
            for origin in ancestry.models
        }
        task = progress.add_task("comparing", total=None)
        study = run_study(
            folder.resolve().name,
            ancestry,
            sketches,
            seed=seed,
            most=most,
            executor=where,
            journal=lambda key: Journal(out / "study.journal", key, OUTCOME),
            step=lambda done, of: progress.update(
                task, completed=done, total=of, description=f"comparison {done} of {of}"
            ),
        )
    found = validate_study(study, rules, digest)
    put(out / "validation.json", rendered(found))
    put(out / "validation.html", as_html(found))
    put(out / "validation.md", as_markdown(found).encode())
    write_population(population_of(study), out / "population.json")
    if as_json:
        typer.echo(rendered(found).decode(), nl=False)
    elif not quiet:
        typer.echo(summary(found))
        typer.echo(f"\nThe report, validation.html, is in {out}")


def _sketch(model: Path, folder: Path, progress: object) -> Path:
    """The model's sketch, taken unless it is there already."""
    import hashlib
    import json

    from rich.progress import Progress

    from filiation.cli.exhibits import sketch_file
    from filiation.model.sketch import SketchMethod

    assert isinstance(progress, Progress)
    files = [
        [str(path.relative_to(model)), path.stat().st_size, path.stat().st_mtime_ns]
        for path in sorted(model.rglob("*"))
        if path.is_file()
    ]
    told = json.dumps([str(model.resolve()), files, SketchMethod().id])
    target = folder / f"{hashlib.sha256(told.encode()).hexdigest()[:32]}.sketch"
    if not target.exists():
        path, _ = sketch_file(model, target, progress)
        return path
    return target
