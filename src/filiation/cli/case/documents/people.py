"""The verb `case documents people`."""

import typer

from filiation.cli.case._options import CasePath
from filiation.cli.case.documents._options import Most, printable

__all__ = ["command"]


def command(case: CasePath, most: Most = 50) -> None:
    """List whom the documents name as senders and receivers. A name is a claim of its document."""
    from filiation.casefile.record import Record
    from filiation.proceedings.productions import indexed

    record = Record(case)
    with indexed(record, record.state()) as index:
        for address, name, sent, received, first, last in index.people(most):
            who = f"{name} <{address}>" if name and name.lower() != address else address or name
            span = f"{first[:10]} to {last[:10]}" if first else "no date"
            typer.echo(printable(f"{who}  {sent:,} sent, {received:,} received, {span}"))
