"""The verb `case report`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from filiation.cli.case._options import As, CasePath, Quiet, on_record

if TYPE_CHECKING:
    from filiation.casefile.ledger.event import Event
    from filiation.casefile.record import Record

__all__ = ["command"]

LIMIT = 20  # pages of a report without its annexes


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
    from filiation.casefile.record import Record
    from filiation.errors import UsageError

    if profile is None:
        if validation is not None or filled is not None or blanks or no_pdf:
            raise UsageError(
                "--validation, --filled, --blanks and --no-pdf go with --profile: the report of "
                "every examination has neither error rates nor blanks"
            )
        event = _plain(Record(case), examination, acting)
    elif blanks:
        typer.echo(_open(profile), nl=False)
        return
    else:
        record = Record(case)
        event = _expert(record, examination, profile, validation, filled, not no_pdf, acting, quiet)
    if not quiet:
        shown = [written.shown for written in event.writes if written.shown]
        typer.echo(f"event {event.sequence}: {', '.join(shown[:-1])} and {shown[-1]}")


def _plain(record: "Record", examination: int | None, acting: str | None) -> "Event":
    from filiation.casefile.codec import examination_from_bytes
    from filiation.casefile.facts import Reported
    from filiation.casefile.record import Draft
    from filiation.report.render.html import render_html
    from filiation.report.render.json import render_json

    who, key = record.signer(acting)
    entry = record.state().examination(examination)
    digest = entry.event.written("examination")
    found = examination_from_bytes(record.objects.get(digest), f"event {entry.event.sequence}")
    return record.append(
        Draft(
            verb="report",
            fact=Reported(examination=entry.event.sequence),
            arguments=on_record({"examination": examination}),
            reads={"examination": digest},
            blobs=[
                ("html", render_html(found), "reports/{sequence}-report.html"),
                ("json", render_json(found), "reports/{sequence}-report.json"),
            ],
        ),
        who,
        key,
    )


def _expert(
    record: "Record",
    examination: int | None,
    profile: str,
    validation: Path | None,
    filled: Path | None,
    with_pdf: bool,
    acting: str | None,
    quiet: bool,
) -> "Event":
    from filiation.casefile.facts import Reported
    from filiation.casefile.record import Draft, now
    from filiation.report.expert.compose import document_bytes
    from filiation.report.expert.gather import gather
    from filiation.report.render.page import expert_html
    from filiation.report.render.typst import expert_pdf, typesetter

    who, key = record.signer(acting)
    entry = record.state().examination(examination)
    size, root = record.head()
    setter = typesetter() if with_pdf else ""
    fact = Reported(examination=entry.event.sequence, profile=profile, on=now().date(), size=size,
                    root=root, typesetter=setter)  # fmt: skip
    rates, words = _read(validation), _read(filled)
    document = document_bytes(gather(record, fact=fact, given=words, validation=rates))
    blobs = [
        ("html", expert_html(document), "reports/{sequence}-expert.html"),
        ("json", document, "reports/{sequence}-expert.json"),
    ]
    if setter:
        pdf = expert_pdf(document)
        blobs.append(("pdf", pdf.raw, "reports/{sequence}-expert.pdf"))
        if not quiet or pdf.core > LIMIT:
            over = f"; rules may allow {LIMIT} only" if pdf.core > LIMIT else ""
            typer.echo(f"{pdf.core} pages and {pdf.pages - pdf.core} of annexes{over}", err=True)
    elif with_pdf:
        typer.echo("no PDF: it needs typst, pip install 'filiation[pdf]'", err=True)
    kept = [("validation", rates, ""), ("filled", words, "")]
    given = {"examination": examination, "profile": profile, "validation": validation,
             "filled": filled, "no-pdf": not with_pdf}  # fmt: skip
    return record.append(
        Draft(
            verb="report",
            fact=fact,
            arguments=on_record(given),
            reads={"examination": entry.event.written("examination")},
            blobs=[*blobs, *(blob for blob in kept if blob[1])],
        ),
        who,
        key,
    )


def _read(path: Path | None) -> bytes:
    from filiation.errors import UsageError

    if path is None:
        return b""
    try:
        if path.stat().st_size > 1 << 26:
            raise UsageError(f"{path}: more than {1 << 26} bytes; refused")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error


def _open(profile: str) -> str:
    """What a profile leaves open, as TOML to fill in."""
    from filiation.report.expert.profile import read_profile

    found = read_profile(profile)
    lines = [
        f"# {found.title}, {found.rules}.",
        "# Fill in and give it with --filled. Leave out what is to stay open; signature, name and",
        "# date of the declarations always stay open.",
    ]
    for blank in found.blanks:
        rule = f" [{blank.rule}]" if blank.rule else ""
        lines += ["", f"# {blank.label}{rule}", f'{blank.id} = """', '"""']
    return "\n".join(lines) + "\n"
