"""The verb `case export`."""

from pathlib import Path
from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet, on_record

__all__ = ["command"]


def command(
    case: CasePath,
    party: Annotated[str, typer.Option("--for", metavar="PARTY", help="Who is to have it.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The directory to make.")],
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Make a sub-case for a party: what it may see, whole, and the rest as hashes.

    Confidential statements of others are left out. Every event, seen or not, comes with a proof
    that the signed head commits to it (RFC 6962), so nothing can be slipped in or dropped
    unseen; `filiation case verify` checks an export offline.
    """
    from filiation.casefile.export import plan_export, write_export
    from filiation.casefile.facts import Exported
    from filiation.casefile.record import Draft, Record
    from filiation.errors import UsageError

    record = Record(case)
    who, key = record.signer(acting)
    if out.exists():
        raise UsageError(f"{out}: exists; an export is never written over something")
    made = plan_export(record, party, key)
    fact = Exported(party=party, size=made.size, root=made.root, whole=made.whole)
    event = record.append(
        Draft(verb="export", fact=fact, arguments=on_record({"for": party, "out": out})), who, key
    )
    write_export(record, made, out)
    if not quiet:
        typer.echo(
            f"event {event.sequence}: {out} holds {made.whole} of {made.size} events whole, "
            f"{made.size - made.whole} as hashes, {made.objects} objects"
        )
