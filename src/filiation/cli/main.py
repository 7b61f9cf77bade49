"""The command line: verbs, and the one place where errors become exit codes."""

import sys

import typer

from filiation import __version__
from filiation.cli import ask, examine, library, sketch, survey, verify
from filiation.errors import FiliationError

__all__ = ["app", "run"]

app = typer.Typer(
    name="filiation",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Did this model come from that one? Evidence that stands up.",
    epilog="Exit codes: 0 done, whatever the finding; 1 error; 2 usage; 3 the material or a case "
    "cannot be relied on; 4 incomplete, ask again; 130 interrupted.",
)
app.command("examine")(examine.command)
app.command("sketch")(sketch.command)
app.command("ask")(ask.command)
app.command("survey")(survey.command)
app.command("verify")(verify.command)
app.add_typer(library.app, name="library")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"filiation {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    pass


def run() -> None:
    """Run a verb; every error of ours becomes one line on stderr and its exit code."""
    try:
        app()
    except FiliationError as error:
        typer.echo(f"filiation: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("filiation: interrupted; nothing was left half written", err=True)
        sys.exit(130)
