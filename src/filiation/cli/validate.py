"""The verb `validate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["command"]

JOURNAL: Final = "study.journal"
RECORDINGS: Final = "recordings"


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
    resume: Annotated[
        bool,
        typer.Option("--resume/--anew", help="Go on where an interrupted study stopped, or not."),
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
) -> None:
    """Measure how often every method errs, on models whose ancestry is known.

    Every pair is examined by every method for weights, and by every method for recorded answers if
    the folder has recordings/ with files of them, by the models' names. The report has error rates
    with their bounds by regime, detection by operation, and likelihood ratios. An interrupted study
    goes on where it stopped. The seed, and what to do about missing and doubled models, stand with
    the criteria. The exit code is 0 even if a criterion failed: the report says so.
    """
    from filiation.errors import UsageError
    from filiation.files import put
    from filiation.library.executor import executor_named
    from filiation.library.journal import Journal
    from filiation.population.criteria import (
        DEFAULT,
        read_criteria,
        read_study_plan,
        validate_study,
    )
    from filiation.population.likelihoods import population_of
    from filiation.population.study import OUTCOME, run_study
    from filiation.proceedings.gathering import reading
    from filiation.readers.populations.ancestry import read_ancestry
    from filiation.readers.populations.population import write_population
    from filiation.report.validation import as_html, as_markdown, summary
    from filiation.report.validation import as_json as rendered

    folder = Path("examples/casebook") if suite == "casebook" else Path(suite)
    rules, digest = read_criteria(criteria if criteria is not None else DEFAULT)
    plan = read_study_plan(criteria if criteria is not None else DEFAULT)
    ancestry, there = read_ancestry(folder, missing=plan.missing)
    where = executor_named(executor if executor is not None else f"local:{jobs}")
    try:
        (out / "sketches").mkdir(parents=True, exist_ok=True)
        if not resume:
            (out / JOURNAL).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from error
    with reading(quiet) as progress:
        sketches = {name: _sketch(folder / name, out / "sketches", progress) for name in there}
        task = progress.add_task("comparing", total=None)
        study = run_study(
            folder.resolve().name,
            ancestry,
            sketches,
            recordings=folder / RECORDINGS,
            plan=plan,
            most=most,
            executor=where,
            journal=lambda key: Journal(out / JOURNAL, key, OUTCOME),
            step=lambda done, of: progress.update(
                task, completed=done, total=of, description=f"comparison {done} of {of}"
            ),
        )
    found = validate_study(study, rules, digest)
    put(out / "report.json", rendered(found))
    put(out / "report.html", as_html(found))
    put(out / "report.md", as_markdown(found).encode())
    write_population(population_of(study), out / "population.json")
    if as_json:
        typer.echo(rendered(found).decode(), nl=False)
    elif not quiet:
        typer.echo(summary(found))
        typer.echo(f"\nThe report, report.html, and the known pairs, population.json, are in {out}")


def _sketch(model: Path, folder: Path, progress: "Progress") -> Path:
    """The model's sketch, named by the content of its files; taken unless it is there already."""
    import hashlib

    from filiation.errors import UnreadableError
    from filiation.model.sketch import SketchMethod
    from filiation.proceedings.gathering import sketch_file

    told = hashlib.sha256(SketchMethod().id.encode())
    try:
        for path in sorted(path for path in model.rglob("*") if path.is_file()):
            told.update(f"\n{path.relative_to(model)}\n".encode(errors="surrogateescape"))
            with path.open("rb") as file:
                told.update(hashlib.file_digest(file, "sha256").digest())
    except OSError as error:
        raise UnreadableError(f"{model}: cannot be read: {error.strerror}") from error
    target = folder / f"{told.hexdigest()}.sketch"
    return target if target.exists() else sketch_file(model, target, progress)[0]
