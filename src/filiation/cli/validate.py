"""The verb `validate`."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from filiation.cli._options import AsJson, Quiet

__all__ = ["command"]

Suite: TypeAlias = Annotated[
    str,
    typer.Option(
        "--suite",
        metavar="[NAME=]FOLDER",
        help="A folder of models with a truth.toml beside them; `casebook` for the one in "
        "examples/.",
    ),
]
Criteria: TypeAlias = Annotated[
    Path | None,
    typer.Option("--criteria", help="Acceptance criteria (TOML) fixed beforehand (default: ours)."),
]
Out: TypeAlias = Annotated[Path, typer.Option("--out", help="Folder of the report.")]
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
    suite: Suite = "casebook", criteria: Criteria = None, out: Out = Path("validation"),
    jobs: Jobs = 2, executor: Executor = None, most: Most = None, resume: Resume = True,
    as_json: AsJson = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Measure how often every method errs, on models whose ancestry is known.

    Every pair is examined by every method for weights, and by every method for recorded answers if
    the folder has recordings/ with files of them, by the models' names. The report has error rates
    with their bounds by regime, detection by operation, and likelihood ratios. An interrupted study
    goes on where it stopped. The seed, and what to do about missing and doubled models, stand with
    the criteria. The exit code is 0 even if a criterion failed: the report says so.
    """
    from filiation.cli._progress import bar
    from filiation.proceedings.naming import model_named, present_at

    folder = "examples/casebook" if suite == "casebook" else suite
    named = model_named(folder, "models with a truth.toml")
    present_at([(criteria, "acceptance criteria (TOML)")])
    from filiation.proceedings.validating import validate
    from filiation.report.validation import as_json as rendered
    from filiation.report.validation import summary
    from filiation.report.wording.verbs import validated_line

    with bar(quiet) as shown:
        found = validate(
            named, out=out, criteria=criteria, executor=executor or f"local:{jobs}", most=most,
            resume=resume, step=shown.step, progress=shown.progress,
        )  # fmt: skip
    if as_json:
        typer.echo(rendered(found).decode(), nl=False)
    elif not quiet:
        typer.echo(f"{summary(found)}\n\n{validated_line(str(out))}")
