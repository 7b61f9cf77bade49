"""The verb `case export`."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from filiation.cli.case._options import As, CasePath, Quiet
from filiation.cli.case._overdue import say_overdue

__all__ = ["command"]


Pages: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--pages", help="Also a page of each document, to read and print, with its number."
    ),
]


def command(
    case: CasePath,
    party: Annotated[str, typer.Option("--for", metavar="PARTY", help="Who is to have it.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The directory or file to make.")],
    form: Annotated[
        Literal["sub-case", "case-uco", "cyclonedx"],
        typer.Option("--format", help="A sub-case, CASE/UCO JSON-LD, or a CycloneDX 1.7 ML-BOM."),
    ] = "sub-case",
    pages: Pages = False,
    site: Annotated[
        Path | None,
        typer.Option("--site", help="Also the pages of what it holds, as files in this folder."),
    ] = None,
    despite_found: Annotated[
        bool,
        typer.Option(
            "--despite-found",
            help="Make it although it holds words that were redacted, or a copy of a privileged "
            "document.",
        ),
    ] = False,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Make a sub-case for a party: what it may see, whole, and the rest as hashes.

    Confidential statements of others are left out. What was redacted for the party is looked for in
    every object and document of the export; none is made in which it stands. Every event, seen or
    not, comes with a proof that the signed head commits to it (RFC 6962), so nothing can be slipped
    in or dropped unseen; `filiation case verify` checks an export offline. With documents go a
    privilege log, which tells date, author and recipients of what is withheld, a redaction log and
    a list of all documents. The other formats are
    for other programs: the actions and exhibits (CASE/UCO), or the exhibits and their pedigree
    (CycloneDX). Pages (--site) open in any browser, without a server.
    """
    from filiation.proceedings.exporting import can_have_pages, export, pages_of
    from filiation.report.wording.deeds import exported

    if site is not None:
        can_have_pages(site, form)
    made = export(
        case, party=party, out=out, form=form, pages=pages, despite=despite_found, acting=acting
    )
    if site is not None:
        pages_of(out, site)
    if not quiet:
        typer.echo(exported(made))
    say_overdue(case)
