"""The verb `case documents privilege`."""

from typing import Annotated

import typer

from filiation.cli.case._options import CasePath, Quiet
from filiation.cli.case.documents._options import DocumentNames, say

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
    proves that it is the one on record, and a line of the privilege log, which names its date,
    author, recipients and kind. Whether the claim is good is for the tribunal. It works for exports
    to come, not for what was handed out.
    """
    from filiation.proceedings.naming import present

    present(case, "a case")
    from filiation.proceedings.documents.marking import claim_privilege
    from filiation.report.wording.document_deeds import privileged_line, same_line

    done = claim_privilege(case, documents, by=by, ground=ground, waive=waive)
    if not quiet:
        say([privileged_line(done.event, documents, by=by, waived=waive)])
        say((same_line(others) for others in done.same if not waive), err=True)
