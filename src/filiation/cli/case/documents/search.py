"""The verb `case documents search`."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from filiation.cli.case._options import As, CasePath
from filiation.cli.case.documents._options import Most, printable, row

if TYPE_CHECKING:
    from filiation.casefile.documents.index import Wanted
    from filiation.casefile.state import State

__all__ = ["command"]


def command(
    case: CasePath,
    words: Annotated[
        str, typer.Argument(help='Words, "phrases", AND, OR, NOT, NEAR(a b), word* (FTS5).')
    ] = "",
    person: Annotated[str, typer.Option(help="An address, or part of a name.")] = "",
    since: Annotated[str, typer.Option(help="From this day on, e.g. 2026-03-01.")] = "",
    until: Annotated[str, typer.Option(help="Up to and with this day.")] = "",
    production: Annotated[str, typer.Option(help="Only in this production.")] = "",
    verdict: Annotated[
        str, typer.Option(help="Only mail whose signature is so: verifies, body-changed, unsigned.")
    ] = "",
    save: Annotated[
        str | None, typer.Option(metavar="NAME", help="Put the query on record under a name.")
    ] = None,
    saved: Annotated[
        str | None, typer.Option(metavar="NAME", help="Ask a query again that is on record.")
    ] = None,
    most: Most = 20,
    acting: As = None,
) -> None:
    """Search words, people, days and verdicts in all documents of the case."""
    from filiation.casefile.documents.index import Wanted
    from filiation.casefile.facts import Produced, Queried
    from filiation.casefile.record import Draft, Record
    from filiation.proceedings.given import on_record
    from filiation.proceedings.productions import indexed

    record = Record(case)
    state = record.state()
    given = {"person": person, "since": since, "until": until, "production": production}
    wanted = Wanted(words=words, verdict=verdict, **given)
    if saved is not None:
        wanted = _saved(state, saved, wanted)
    with indexed(record, state) as index:
        count = index.count(wanted)
        found = index.find(wanted, most)
    typer.echo(f"{count:,} found" if count != 1 else "1 found")
    for one in found:
        typer.echo(row(one))
        if one.excerpt:
            typer.echo(printable(f"              {' '.join(one.excerpt.split())}"))
    if save is not None:
        who, key = record.signer(acting)
        names = tuple(entry.fact.production for entry in state.of(Produced))
        fact = Queried(by=who, name=save, query=wanted.text(), productions=names, found=count)
        event = record.append(
            Draft(verb="documents search", fact=fact, arguments=on_record({"save": save})), who, key
        )
        typer.echo(f"event {event.sequence}: the query is on record as {save}")


def _saved(state: "State", name: str, wanted: "Wanted") -> "Wanted":
    from filiation.casefile.documents.index import Wanted
    from filiation.casefile.facts import Queried
    from filiation.errors import UsageError

    kept = {entry.fact.name: entry.fact for entry in state.of(Queried)}
    if name not in kept:
        raise UsageError(f"{name}: no query of that name is on record")
    if wanted != Wanted():
        raise UsageError("--saved asks a query as it was kept; it takes no other conditions")
    return Wanted(**json.loads(kept[name].query))
