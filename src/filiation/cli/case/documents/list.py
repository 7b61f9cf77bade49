"""The verb `case documents list`."""

from typing import Annotated

import typer

from filiation.cli.case._options import CasePath
from filiation.cli.case.documents._options import Most, printable

__all__ = ["command"]


def command(
    case: CasePath,
    production: Annotated[
        str | None, typer.Argument(help="Name of a production, to list its documents.")
    ] = None,
    most: Most = 50,
) -> None:
    """List the productions of a case, or the documents of one, with who withholds what."""
    from filiation.casefile import facts
    from filiation.casefile.laws.documents import claims, redactions, tags
    from filiation.casefile.record import Record
    from filiation.errors import UsageError
    from filiation.proceedings.productions import account_of

    record = Record(case)
    state = record.state()
    produced = {entry.fact.production: entry for entry in state.of(facts.Produced)}
    if production is None:
        for name, entry in produced.items():
            fact = entry.fact
            typer.echo(
                f"{name:12}  {fact.documents:,} documents in {fact.files:,} files, from "
                f"{fact.offered_by}: {printable(fact.how)}"
            )
        return
    if production not in produced:
        raise UsageError(f"{production}: no production of this case")
    claimed, redacted, tagged = claims(state), redactions(state), tags(state)
    for one in account_of(record, produced[production]).entries():
        if one.number >= most:
            typer.echo(
                f".. {produced[production].fact.documents - most:,} more; --most prints them"
            )
            break
        name = f"{production}:{one.number}"
        marks = [*(f"privileged, says {by}" for by in sorted(claimed.get(name, ())))]
        marks += ["redacted"] if name in redacted else []
        marks += tagged.get(name, [])
        about = f"{one.fields['format']:8}  {one.fields['moment'] or 'no date':20}"
        said = f"  {one.fields['subject'][:60]}" + (f"  [{'; '.join(marks)}]" if marks else "")
        typer.echo(printable(f"{name:12}  {one.sha256[:12]}..  {about}{said}"))
