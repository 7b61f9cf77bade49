"""The verb `case report`."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from filiation.cli.case._options import As, CasePath, Quiet
from filiation.cli.case._overdue import say_overdue

__all__ = ["command"]


Examination: TypeAlias = Annotated[
    int | None, typer.Option(help="Event of the examination (default: the last).")
]
Profile: TypeAlias = Annotated[
    Literal["uk-civil", "us-federal", "authority"] | None,
    typer.Option(help="An expert's report under the rules of that forum, with a PDF."),
]
Rates: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Error rates: report.json of `filiation validate`."),
]
Filled: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="What the expert fills in (TOML; see --blanks)."),
]
Blanks: TypeAlias = Annotated[
    bool, typer.Option("--blanks", help="Print what the profile leaves open, and stop.")
]
Languages: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--language", metavar="de|fr", help="Beside the English, which decides; repeat it."
    ),
]
NoPdf: TypeAlias = Annotated[bool, typer.Option("--no-pdf", help="No PDF.")]


def command(
    case: CasePath,
    examination: Examination = None,
    profile: Profile = None,
    validation: Rates = None,
    filled: Filled = None,
    blanks: Blanks = False,
    no_pdf: NoPdf = False,
    language: Languages = None,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Issue the report on an examination, for people (HTML) and programs (JSON).

    On a question about one exhibit (a log, served answers, a training history, a sealed session)
    with a PDF, too.
    With --profile an expert's report: numbered paragraphs, the statements that the rules ask for,
    and declarations left for a human to sign; HTML, JSON and, with the extra `pdf`, PDF. With
    --language de or fr the pages in that language too, an unreviewed translation; the JSON is in
    English.
    """
    from filiation.errors import UsageError
    from filiation.proceedings import reporting
    from filiation.report.wording import deeds

    if profile is not None and blanks:
        typer.echo(deeds.blanks_text(reporting.profile_of(profile)), nl=False)
        return
    if profile is not None:
        given = reporting.Given(validation=validation, filled=filled, pdf=not no_pdf,
                                languages=tuple(language or ()))  # fmt: skip
        made = reporting.issue_expert_report(case, profile, given, on=examination, acting=acting)
    elif not (validation or filled or blanks) and reporting.is_inquiry(case, examination):
        given = reporting.Given(pdf=not no_pdf, languages=tuple(language or ()))
        made = reporting.issue_inquiry_report(case, given, on=examination, acting=acting)
    elif validation is not None or filled is not None or blanks or no_pdf:
        raise UsageError(
            "--validation, --filled, --blanks and --no-pdf go with --profile: add --profile "
            "uk-civil, us-federal or authority; without, a report has none of them"
        )
    else:
        made = reporting.issue_report(
            case, on=examination, acting=acting, languages=tuple(language or ())
        )
    said, heed = deeds.set_pages(made)
    if said and (heed or not quiet):
        typer.echo(said, err=True)
    if not quiet:
        typer.echo(deeds.reported(made.entry))
    say_overdue(case)
