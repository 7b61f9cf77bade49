"""The verb `case open`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from filiation.cli.case._options import Quiet, day, on_record

__all__ = ["command"]


def command(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="The directory to make.")],
    title: Annotated[str, typer.Option(help="What the dispute is about.")],
    lead: Annotated[str, typer.Option(help="Short name of who leads the case.")] = "lead",
    name: Annotated[str | None, typer.Option(help="Full name of who leads the case.")] = None,
    received: Annotated[
        str | None, typer.Option(help="Day the complaint was received (default: today, UTC).")
    ] = None,
    days: Annotated[int, typer.Option(help="Days until a decision is due.")] = 60,
    counting: Annotated[
        Literal["calendar", "working"], typer.Option(help="Which days count.")
    ] = "calendar",
    jurisdiction: Annotated[
        str, typer.Option(help="Whose holidays: ISO 3166 country, e.g. GB.")
    ] = "",
    subdivision: Annotated[str, typer.Option(help="Part of the country, e.g. ENG.")] = "",
    quiet: Quiet = False,
) -> None:
    """Open a case: an append-only record that both sides can check.

    The lead signs with the key of that name (`filiation case key`); it is made if there is none.
    """
    from filiation.casefile.clock import check_jurisdiction
    from filiation.casefile.facts import Opened
    from filiation.casefile.ledger.dsse import public_id
    from filiation.casefile.ledger.keys import NAME, home, make_key, private_key, public_key
    from filiation.casefile.record import Record
    from filiation.errors import UsageError

    if not NAME.fullmatch(lead):
        raise UsageError(f"--lead {lead!r}: expected up to 40 of a-z, 0-9 and '-'")
    fact = Opened(
        title=title,
        lead=lead,
        name=name or lead,
        received=day(received, "--received"),
        days=days,
        counting=counting,
        jurisdiction=jurisdiction,
        subdivision=subdivision,
    )
    check_jurisdiction(fact)
    public = home() / "keys" / f"{lead}.pub"
    if not public.exists():
        make_key(lead)
    key = private_key(public_id(public_key(public.read_bytes(), public.name)), lead)
    given = {"title": title, "lead": lead, "name": name, "received": received, "days": days}
    rest = {"counting": counting, "jurisdiction": jurisdiction, "subdivision": subdivision}
    Record.create(case, fact, key, on_record({"case": case, **given, **rest}))
    if not quiet:
        typer.echo(
            f"{case}: opened; {lead} leads it and signs with {public.with_suffix('.pem').name}"
        )
