"""Measure how often every method errs, on models whose ancestry is known."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from filiation.errors import UnreadableError, UsageError
from filiation.files import put
from filiation.libraries.executor import Executor, executor_named
from filiation.libraries.journal import Journal
from filiation.model.sketch import SketchMethod
from filiation.model.study import Study, StudyPlan, Workload
from filiation.model.validation import Validation
from filiation.populations.criteria import DEFAULT, read_criteria, read_study_plan, validate_study
from filiation.populations.likelihoods import population_of
from filiation.populations.small import SMALL
from filiation.populations.small.building import build
from filiation.populations.small.recipes import Recipe, recipes
from filiation.populations.small.reckoning import expect
from filiation.populations.study import OUTCOME, run_study
from filiation.proceedings.naming import Named
from filiation.proceedings.progress import Progress, Step, counted, no_progress, no_step
from filiation.proceedings.sketching import sketch_file
from filiation.readers.populations.ancestry import read_ancestry
from filiation.readers.populations.population import write_population
from filiation.report.validation import as_html, as_json, as_markdown

__all__ = ["validate"]

JOURNAL: Final = "study.journal"
RECORDINGS: Final = "recordings"
MODELS: Final = "models"
WHOLE: Final = "small models, built here"
QUICK: Final = "small models, built here (quick)"


def validate(
    suite: Named | None,
    *,
    out: Path,
    quick: bool = False,
    criteria: Path | None = None,
    jobs: int = 2,
    executor: str | None = None,
    most: int | None = None,
    resume: bool = True,
    before: Callable[[Workload], None] = lambda workload: None,
    step: Step = no_step,
    progress: Progress = no_progress,
) -> Validation:
    """Examine every pair of a population of known ancestry and write the report.

    `suite` is a folder of models with a truth.toml; without one, small models are trained and
    changed in `out`, fewer of them if it is to be `quick`, and `before` is told how long it will
    take. `criteria` were fixed beforehand (None: ours); of independent descendants at most `most`
    pairs are drawn; with `resume`, a study that was interrupted goes on from what lies in `out`.

    Raises:
        FiliationError: The criteria, the population or a model cannot be relied on.
    """
    usual = _usual_criteria(suite, quick=quick)
    rules, digest = read_criteria(criteria or usual)
    plan = read_study_plan(criteria or usual)
    workers = executor_named(executor or f"local:{jobs}")
    if suite is None:
        _make(out, resume=resume)
        suite, models = _small(out, quick=quick)
        before(expect(models, planted=plan.planted, workers=jobs))
        build(suite.path, models, workers, counted("model", step, progress))
    study = _studied(
        suite, plan, out, workers, most=most, resume=resume, step=step, progress=progress
    )
    found = validate_study(study, rules, digest)
    _write(study, found, out)
    return found


def _usual_criteria(suite: Named | None, *, quick: bool) -> Path:
    """The criteria for a population, if none are given."""
    if quick and suite is not None:
        raise UsageError(
            "validate: --quick is of the small population that is built here, expected no --suite; "
            "with one, --most draws fewer pairs"
        )
    return DEFAULT if suite is not None else SMALL


def _small(out: Path, *, quick: bool) -> tuple[Named, Sequence[Recipe]]:
    """Where the small population is built, and how each of its models is made."""
    return Named(spec=str(out / MODELS), name=QUICK if quick else WHOLE), recipes(quick=quick)


def _studied(
    suite: Named,
    plan: StudyPlan,
    out: Path,
    workers: Executor,
    *,
    most: int | None,
    resume: bool,
    step: Step,
    progress: Progress,
) -> Study:
    """Every pair of a population, compared."""
    ancestry, there = read_ancestry(suite.path, missing=plan.missing)
    _make(out, resume=resume)
    sketches = _sketches(suite.path, there, out / "sketches", step=step, progress=progress)
    return run_study(
        suite.name or suite.path.resolve().name,
        ancestry,
        sketches,
        recordings=suite.path / RECORDINGS,
        plan=plan,
        most=most,
        executor=workers,
        journal=lambda key: Journal(out / JOURNAL, key, OUTCOME),
        step=counted("comparison", step, progress),
    )


def _write(study: Study, found: Validation, out: Path) -> None:
    put(out / "report.json", as_json(found))
    put(out / "report.html", as_html(found))
    put(out / "report.md", as_markdown(found).encode())
    write_population(population_of(study), out / "population.json")


def _make(out: Path, *, resume: bool) -> None:
    try:
        (out / "sketches").mkdir(parents=True, exist_ok=True)
        if not resume:
            (out / JOURNAL).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from error


def _sketches(
    folder: Path, names: tuple[str, ...], kept: Path, *, step: Step, progress: Progress
) -> dict[str, Path]:
    """The sketch of every model, named by the content of its files; taken unless it is there."""
    found = {}
    for name in names:
        target = kept / f"{_content(folder / name)}.sketch"
        if not target.exists():
            model = Named(spec=str(folder / name))
            target = sketch_file(model, target, step=step, progress=progress)[1]
        found[name] = target
    return found


def _content(model: Path) -> str:
    told = hashlib.sha256(SketchMethod().id.encode())
    try:
        for path in sorted(path for path in model.rglob("*") if path.is_file()):
            told.update(f"\n{path.relative_to(model)}\n".encode(errors="surrogateescape"))
            with path.open("rb") as file:
                told.update(hashlib.file_digest(file, "sha256").digest())
    except OSError as error:
        raise UnreadableError(f"{model}: cannot be read: {error.strerror}") from error
    return told.hexdigest()
