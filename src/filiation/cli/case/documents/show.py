"""The verb `case documents show`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filiation.cli.case._options import CasePath
from filiation.cli.case.documents._options import DocumentName, printable

if TYPE_CHECKING:
    from filiation.casefile.state import State

__all__ = ["command"]


def command(
    case: CasePath,
    document: DocumentName,
    raw: Annotated[
        Path | None, typer.Option("--raw", help="Write its bytes to this file instead.")
    ] = None,
) -> None:
    """Show a document: digests, where it lies, what its signatures show, its path, its words.

    Everything above the words comes from the account, checked against its digest; the bytes are
    checked against theirs.
    """
    from filiation.casefile.documents.bytes import Bytes
    from filiation.casefile.laws.documents import production
    from filiation.casefile.record import Record
    from filiation.errors import UsageError
    from filiation.files import put
    from filiation.proceedings.productions import account_of, indexed
    from filiation.report.wording.documents import described

    record = Record(case)
    state = record.state()
    produced = production(state, document)
    account = account_of(record, produced)
    entry = account.entry(int(document.partition(":")[2]))
    body = Bytes(account.files()).of(entry)
    if raw is not None:
        if raw.exists():
            raise UsageError(f"{raw}: exists; nothing is overwritten")
        put(raw, body)
        typer.echo(f"{raw}: {len(body):,} bytes, sha256 {entry.sha256}")
        return
    with indexed(record, state) as index:
        words = index.rendered(document)
    for line in described(document, entry, produced.fact, _marks(state, document)):
        typer.echo(printable(line))
    typer.echo("")
    typer.echo(printable(words))


def _marks(state: "State", document: str) -> list[str]:
    from filiation.casefile.laws.documents import claims, redactions, tags

    marks = [f"privileged, says {party}" for party in sorted(claims(state).get(document, ()))]
    marks += [
        f"{entry.fact.passages} passages redacted (event {entry.event.sequence}): "
        f"{entry.fact.ground}"
        for entry in redactions(state).get(document, [])[-1:]
    ]
    return marks + [f"tag {tag}" for tag in tags(state).get(document, [])]
