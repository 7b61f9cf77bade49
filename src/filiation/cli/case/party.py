"""The verb `case party`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from filiation.cli.case._options import As, CasePath, Quiet, on_record

__all__ = ["command"]


def command(
    case: CasePath,
    party: Annotated[str, typer.Argument(help="Short name: a-z, 0-9 and '-'.")],
    role: Annotated[
        Literal["examiner", "reviewer", "claimant", "respondent", "observer"],
        typer.Option(help="What they are in this case."),
    ],
    name: Annotated[str | None, typer.Option(help="Full name.")] = None,
    public_key: Annotated[
        Path | None,
        typer.Option(help="Their public key (`filiation case key`). Without one, the lead records "
                     "what they say."),
    ] = None,
    acting: As = None,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Admit a party to the case."""
    from filiation.casefile.facts import Joined
    from filiation.casefile.ledger import keys
    from filiation.casefile.ledger.dsse import public_id
    from filiation.casefile.record import Draft, Record
    from filiation.errors import UsageError

    record = Record(case)
    who, key = record.signer(acting)
    theirs, blobs = "", []
    if public_key is not None:
        try:
            raw = public_key.read_bytes()[:4096]
        except OSError as error:
            raise UsageError(f"{public_key}: cannot be read: {error.strerror}") from error
        theirs = public_id(keys.public_key(raw, public_key.name))
        blobs = [("key", raw, f"keys/{party}.pub")]
    given = {"party": party, "role": role, "name": name, "public-key": public_key}
    draft = Draft(
        verb="party",
        fact=Joined(party=party, name=name or party, role=role, key=theirs),
        arguments=on_record(given),
        blobs=blobs,
    )
    event = record.append(draft, who, key)
    if not quiet:
        signs = "signs for itself" if theirs else f"has no key; {who} records what it says"
        typer.echo(f"event {event.sequence}: {party} is {role} and {signs}")
