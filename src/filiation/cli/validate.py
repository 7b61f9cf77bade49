"""The verb `validate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from filiation.cli._options import AsJson, Quiet

if TYPE_CHECKING:
    from filiation.model.study import Workload
    from filiation.proceedings.naming import Named

__all__ = ["command"]

CASEBOOK = "examples/casebook"

Suite: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--suite",
        metavar="[NAME=]FOLDER",
        help="A folder of models with a truth.toml beside them; `casebook` for the one in "
        "examples/ of the repository. Default: small models, trained here in a few minutes.",
    ),
]
Quick: TypeAlias = Annotated[
    bool, typer.Option("--quick", help="Fewer small models: some three minutes on two cores.")
]
Criteria: TypeAlias = Annotated[
    Path | None,
    typer.Option("--criteria", help="Acceptance criteria (TOML) fixed beforehand (default: ours)."),
]
Out: TypeAlias = Annotated[Path, typer.Option("--out", "-o", help="Folder of the report.")]
Jobs: TypeAlias = Annotated[int, typer.Option("--jobs", min=1, max=512, help="Worker processes.")]
Executor: TypeAlias = Annotated[
    str | None,
    typer.Option("--executor", help="Where pairs are compared: local:N, ray, ray:ADDRESS."),
]
Most: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--most", min=0, help="Pairs of independent descendants to draw (default: all pairs)."
    ),
]
Resume: TypeAlias = Annotated[
    bool,
    typer.Option("--resume/--anew", help="Go on where an interrupted study stopped, or not."),
]


def command(
    suite: Suite = None, quick: Quick = False, criteria: Criteria = None,
    out: Out = Path("validation"),
    jobs: Jobs = 2, executor: Executor = None, most: Most = None, resume: Resume = True,
    as_json: AsJson = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Measure how often every method errs, on models whose ancestry is known.

    Without --suite small models are trained and changed here first; how long all of it will take is
    said before. Every pair is examined by every method for weights, and by every method for
    recorded answers if the suite's folder has recordings/ with files of them, by the models' names.
    The report has error rates with their bounds by regime, detection by operation, and likelihood
    ratios. An interrupted study goes on where it stopped. The seed, and what to do about missing
    and doubled models, stand with the criteria. The exit code is 0 even if a criterion failed: the
    report says so.
    """
    from filiation.cli._progress import bar

    named = _named(suite, criteria)
    from filiation.proceedings.validating import validate
    from filiation.report.validation import as_json as rendered
    from filiation.report.validation import summary
    from filiation.report.wording.validation import short_sentences
    from filiation.report.wording.verbs import validated_lines, workload_sentence

    def before(workload: "Workload") -> None:
        if not quiet:
            typer.echo(workload_sentence(workload), err=True)

    with bar(quiet) as shown:
        found = validate(
            named, out=out, quick=quick, criteria=criteria, jobs=jobs, executor=executor, most=most,
            resume=resume, before=before, step=shown.step, progress=shown.progress,
        )  # fmt: skip
    if as_json:
        typer.echo(rendered(found).decode(), nl=False)
    elif not quiet:
        typer.echo(summary(found))
        lines = (*short_sentences(found), *validated_lines(str(out), built=named is None))
        typer.echo("\n" + "\n".join(lines))


def _named(suite: str | None, criteria: Path | None) -> "Named | None":
    """The folder of models, if one is given; it and the criteria must be there."""
    from filiation.proceedings.naming import model_named, present_at
    from filiation.report.wording.verbs import suite_words

    folder = CASEBOOK if suite == "casebook" else suite
    present_at([(Path(CASEBOOK) if suite == "casebook" else None, suite_words())])
    named = None if folder is None else model_named(folder, suite_words(), here=True)
    present_at([(criteria, "acceptance criteria (TOML)")])
    return named
