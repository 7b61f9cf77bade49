"""The verb `case documents privilege`."""

from typing import Annotated

import typer

from filiation.cli.case._options import CasePath, Quiet
from filiation.cli.case.documents._options import DocumentNames

__all__ = ["command"]


def command(
    case: CasePath,
    documents: DocumentNames,
    by: Annotated[str, typer.Option("--by", metavar="PARTY", help="Who claims privilege.")],
    ground: Annotated[
        str, typer.Option(help="On what ground, or why it is waived. All parties read this.")
    ],
    waive: Annotated[bool, typer.Option("--waive", help="Give the claim up.")] = False,
    quiet: Quiet = False,
) -> None:
    """Claim that documents are privileged: others' exports leave them out, whole.

    The claim and its ground are seen by all. Of each document the others get its leaf, which
    proves that it is the one on record and tells nothing of it. Whether the claim is good is for
    the tribunal. It works for exports to come, not for what was handed out.
    """
    from filiation.casefile.facts import Privileged
    from filiation.casefile.record import Draft, Record
    from filiation.proceedings.given import on_record
    from filiation.proceedings.productions import indexed

    record = Record(case)
    state = record.state()
    who, key = record.signer(by if state.party(by).key else None)
    fact = Privileged(party=by, documents=tuple(documents), ground=ground, waived=waive)
    given = on_record({"documents": documents, "by": by, "waive": waive})
    event = record.append(Draft(verb="documents privilege", fact=fact, arguments=given), who, key)
    if quiet:
        return
    said = f"{by} waives privilege of" if waive else f"privileged, says {by}:"
    typer.echo(f"event {event.sequence}: {said} {', '.join(documents)}")
    with indexed(record, record.state()) as index:
        for name in documents:
            same = [other for other in index.same(name) if other not in documents]
            if same and not waive:
                typer.echo(f"note: the same mail or bytes also lie in {', '.join(same)}", err=True)
