"""The verb `case documents tag`."""

from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet
from filiation.cli.case.documents._options import DocumentNames

__all__ = ["command"]


def command(
    case: CasePath,
    tag: Annotated[str, typer.Argument(help="a-z, 0-9 and '-'.")],
    documents: DocumentNames,
    off: Annotated[bool, typer.Option("--off", help="Take the tag off.")] = False,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Tag documents for your own use. Tags are left out of the other parties' exports."""
    from filiation.casefile.facts import Tagged
    from filiation.casefile.record import Draft, Record
    from filiation.proceedings.given import on_record

    record = Record(case)
    who, key = record.signer(acting)
    fact = Tagged(by=who, tag=tag, documents=tuple(documents), off=off)
    given = on_record({"tag": tag, "documents": documents, "off": off})
    event = record.append(Draft(verb="documents tag", fact=fact, arguments=given), who, key)
    if not quiet:
        said = "taken off" if off else "on"
        typer.echo(f"event {event.sequence}: {tag} {said} {', '.join(documents)}, by {who}")
