"""The verbs `case stamp request` and `case stamp import`."""

from pathlib import Path
from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet, on_record

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Let a time-stamp authority (RFC 3161) attest that the log existed as it stands.",
)


@app.command("request")
def request(
    case: CasePath,
    out: Annotated[Path, typer.Option("-o", "--out", help="The request to write (.tsq).")],
    quiet: Quiet = False,
) -> None:
    """Write a request for the log as it stands; send it to an authority by any means."""
    from filiation.casefile.record import Record
    from filiation.casefile.stamp import head_message, request_stamp
    from filiation.errors import UsageError

    record = Record(case)
    size, root = record.head()
    try:
        with out.open("xb") as file:
            file.write(request_stamp(head_message(record.id, size, root)))
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from error
    if not quiet:
        typer.echo(f"{out}: asks for a stamp of the first {size} events")


@app.command("import")
def take(
    case: CasePath,
    response: Annotated[Path, typer.Argument(help="The authority's response (.tsr).")],
    roots: Annotated[Path, typer.Option(help="Root certificates that are trusted (PEM).")],
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Check a response against the log and keep it; `case verify` checks it again."""
    from filiation.casefile.facts import Stamped
    from filiation.casefile.record import Draft, Record
    from filiation.casefile.stamp import find_stamped
    from filiation.errors import UsageError

    record = Record(case)
    who, key = record.signer(acting)
    try:
        token, trusted = (path.read_bytes()[: 1 << 20] for path in (response, roots))
    except OSError as error:
        raise UsageError(f"{error.filename}: cannot be read: {error.strerror}") from error
    size, root, stamp = find_stamped(record.id, record.roots(), token, trusted)
    fact = Stamped(size=size, root=root, time=stamp.time.isoformat(), authority=stamp.authority)
    event = record.append(
        Draft(
            verb="stamp import",
            fact=fact,
            arguments=on_record({"response": response, "roots": roots}),
            blobs=[("token", token, ""), ("roots", trusted, "")],
        ),
        who,
        key,
    )
    if not quiet:
        typer.echo(
            f"event {event.sequence}: {stamp.authority} attests the first {size} events at "
            f"{stamp.time.isoformat()}"
        )
