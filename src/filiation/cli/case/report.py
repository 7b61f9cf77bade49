"""The verb `case report`."""

from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet, on_record

__all__ = ["command"]


def command(
    case: CasePath,
    examination: Annotated[
        int | None, typer.Option(help="Event of the examination (default: the last).")
    ] = None,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Issue the report on an examination, for people (HTML) and programs (JSON)."""
    from filiation.casefile.codec import case_from_bytes
    from filiation.casefile.facts import Reported
    from filiation.casefile.record import Draft, Record
    from filiation.report.html import render_html
    from filiation.report.json import render_json

    record = Record(case)
    who, key = record.signer(acting)
    entry = record.state().examination(examination)
    digest = entry.event.written("examination")
    found = case_from_bytes(record.objects.get(digest), f"event {entry.event.sequence}")
    event = record.append(
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
    if not quiet:
        shown = " and ".join(written.shown for written in event.writes)
        typer.echo(f"event {event.sequence}: {shown}")
