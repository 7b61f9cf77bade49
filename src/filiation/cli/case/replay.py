"""The verb `case replay`."""

import typer

from filiation.cli.case._options import CasePath, Quiet

__all__ = ["command"]


def command(case: CasePath, quiet: Quiet = False) -> None:
    """Derive every number again from what the case keeps; all bytes must be equal."""
    from filiation.casefile.record import Record
    from filiation.errors import CaseError
    from filiation.proceedings.replaying import replay

    record = Record(case)
    other = []
    for again in replay(record, record.state()):
        said = {True: "the same", False: "other bytes", None: "not derived"}[again.same]
        if again.same is False:
            other.append(f"event {again.sequence}: {again.words}: other bytes when derived again")
        elif not quiet:
            typer.echo(f"event {again.sequence}: {again.words}: {said}")
    for problem in other[1:]:
        typer.echo(f"filiation: {problem}", err=True)
    if other:
        raise CaseError(other[0])
