"""The verb `case report`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["command"]


def command(
    case: CasePath,
    examination: Annotated[
        int | None, typer.Option(help="Event of the examination (default: the last).")
    ] = None,
    profile: Annotated[
        Literal["uk-civil", "uk-criminal", "us-federal", "authority"] | None,
        typer.Option(help="An expert's report under the rules of that forum, with a PDF."),
    ] = None,
    validation: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Error rates: report.json of `filiation validate`."),
    ] = None,
    filled: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What the expert fills in (TOML; see --blanks)."),
    ] = None,
    blanks: Annotated[
        bool, typer.Option("--blanks", help="Print what the profile leaves open, and stop.")
    ] = False,
    no_pdf: Annotated[bool, typer.Option("--no-pdf", help="No PDF.")] = False,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Issue the report on an examination, for people (HTML) and programs (JSON).

    With --profile an expert's report: numbered paragraphs, the statements that the rules ask for,
    and declarations left for a human to sign; HTML, JSON and, with the extra `pdf`, PDF.
    """
    from filiation.errors import UsageError
    from filiation.proceedings import reporting
    from filiation.report.wording.deeds import blanks_text, reported, set_pages

    if profile is None:
        if validation is not None or filled is not None or blanks or no_pdf:
            raise UsageError(
                "--validation, --filled, --blanks and --no-pdf go with --profile: the report of "
                "every examination has neither error rates nor blanks"
            )
        made = reporting.issue_report(case, examination=examination, acting=acting)
    elif blanks:
        typer.echo(blanks_text(reporting.profile_of(profile)), nl=False)
        return
    else:
        made = reporting.issue_expert_report(
            case,
            profile,
            examination=examination,
            validation=validation,
            filled=filled,
            pdf=not no_pdf,
            acting=acting,
        )
    said, heed = set_pages(made)
    if said and (heed or not quiet):
        typer.echo(said, err=True)
    if not quiet:
        typer.echo(reported(made.entry))
