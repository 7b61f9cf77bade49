"""What stands above a document on the page on which it is read and printed."""

from collections.abc import Iterable, Iterator

from filiation.casefile.documents.account import Accounted
from filiation.casefile.facts import Produced
from filiation.casefile.laws.privilege import Claim
from filiation.report.wording.document_deeds import claim_words
from filiation.report.wording.document_logs import HANDED, Handed
from filiation.report.wording.documents import attachment_words

__all__ = ["page_lines", "withheld_words"]


def page_lines(
    document: str, entry: Accounted, produced: Produced, handed: Handed, title: str
) -> Iterator[str]:
    """Which document it is, by whom it was put in, and how much of it stands here."""
    yield f"{title}: document {document}, put in by {produced.offered_by}"
    if handed == "withheld":
        yield "Nothing of it stands here."
        return
    yield f"Handed over: {HANDED[handed]}. The words alone stand here, as this program reads them."
    if handed == "whole":
        yield f"SHA-256 of its bytes: {entry.sha256}"
        for number, one in enumerate(entry.fields["attachments"], 1):
            yield f"Attachment {number}: {attachment_words(one)}"


def withheld_words(claims: Iterable[Claim]) -> str:
    """Why a document is withheld."""
    return "Withheld.\n" + "\n".join(
        f"{claim_words(claim)}. Ground: {claim.entry.fact.ground}" for claim in claims
    )
