"""The verb `case examine`."""

from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["command"]


def command(
    case: CasePath,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Carry the plan in force out, from what the case keeps of its exhibits."""
    from rich.console import Console

    from filiation.casefile.codec import examination_from_bytes
    from filiation.casefile.facts import Examined
    from filiation.casefile.record import Draft, Record
    from filiation.proceedings.computing import examined_bytes
    from filiation.proceedings.exhibits import open_plan
    from filiation.proceedings.gathering import reading
    from filiation.report.render.json import render_json
    from filiation.report.render.terminal import brief

    record = Record(case)
    who, key = record.signer(acting)
    planned = open_plan(record, record.state())
    with reading(quiet) as progress:
        task = progress.add_task("comparing", total=None)
        raw = examined_bytes(planned, lambda doing: progress.update(task, description=doing))
    event = record.append(
        Draft(
            verb="examine",
            fact=Examined(plan=planned.fact.digest),
            reads={"plan": planned.fact.digest},
            blobs=[("examination", raw, "")],
        ),
        who,
        key,
    )
    found = examination_from_bytes(raw, "examination")
    if as_json:
        typer.echo(render_json(found).decode(), nl=False)
    elif not quiet:
        Console().print(brief(found))
        typer.echo(f"event {event.sequence}: examined by {who}")
