"""Exhibits and documents in sentences: how they came, what is kept of them, what digests mean."""

from collections.abc import Sequence
from typing import Final

from filiation.casefile import facts
from filiation.casefile.state import Entry
from filiation.model.kinds import FILES, HISTORY, LOG, ROOTS, SERVED, SESSION, WORKLOAD, Kind
from filiation.report.wording.counting import how_many
from filiation.report.wording.expert_terms import carried_out, place
from filiation.report.wording.figures import clean, quoted
from filiation.report.wording.received import stood_by_words

__all__ = [
    "ACQUIRED",
    "ACQUIRED_DOCUMENTS",
    "DIGESTS",
    "READ_ONLY",
    "digest_of",
    "exhibit_kind",
    "listed_sentence",
    "production_held",
    "production_kind",
    "productions_sentence",
    "put_in_words",
]

READ_ONLY: Final = (
    "Every exhibit was read without being written to. The record keeps the digest of each of its "
    "files, and of what was examined a small fingerprint of each model or the answers themselves. "
    "Every number here can be computed again from them. Whether an exhibit is what a party "
    "released, served or trained is a matter for other evidence."
)
ACQUIRED: Final = "how it was acquired, as recorded"
ACQUIRED_DOCUMENTS: Final = "how they were acquired, as recorded"
DIGESTS: Final = (
    "Model: digest of names, shapes and values of all tensors, or of items and answers. Files: "
    "SHA-256 over the digests of all files. Manifest: SHA-256 of the list of files with theirs. "
    "Kept copy: SHA-256 of the sketch or recording from which every number was computed. Root: of "
    "the tree (RFC 6962) over all documents. Keys: SHA-256 of the kept DNS records by which "
    "signatures were checked."
)

SIGNED: Final = {
    "verifies": "signed, as it was signed",
    "verifies-in-part": "signed in part",
    "sealed": "sealed by who handled it",
    "weak-key": "signed with a weak key",
    "body-changed": "changed since it was signed",
    "signature-fails": "with a signature that fails",
    "key-unknown": "signed with a key that is not at hand",
    "key-withdrawn": "signed with a key that was withdrawn",
    "malformed": "malformed",
    "not-kept": "signed, without the bytes that were signed",
}


def listed_sentence(left: int) -> str:
    """Where the digests stand, and the exhibits that are not listed here."""
    if left > 0:
        return f"{how_many(left, 'more exhibit')}, and all digests, stand in {place('custody')}."
    return f"All digests stand in {place('custody')}."


def productions_sentence(number: int) -> str:
    """How many productions of documents there are, and that no finding rests on them."""
    return (
        f"{how_many(number, 'production')} of documents (mail, chats, files of words) "
        f"{'is' if number == 1 else 'are'} on record. No finding of this report rests on "
        "them; whose signatures they bear, and what such a signature does not show, the record "
        "says."
    )


def exhibit_kind(fact: facts.Exhibited, kinds: Sequence[Kind]) -> str:
    """What an exhibit is, how it is held, how large it is."""
    known = {FILES: "files, unexamined", LOG: "reduced log of requests, examined alone",
             SERVED: "record of served answers, examined alone",
             HISTORY: "training history as sketches, examined alone",
             SESSION: "messages of a comparison of sealed materials",
             WORKLOAD: "examination that a machine signed",
             ROOTS: "makers' certificates, by which attestations are checked"}  # fmt: skip
    known |= {kind.id: clean(kind.label) for kind in kinds}
    files = how_many(fact.files, "file")
    return f"{known.get(fact.kind, fact.kind)}, {fact.held}, {files}, {fact.size:,} bytes"


def production_held(fact: facts.Produced, numbers: tuple[str, str] | None = None) -> str:
    """How many documents in how many files, their numbers, and what signatures of its mail show."""
    held = f"{how_many(fact.documents, 'document')}, {how_many(fact.files, 'file')}"
    held += f", numbered {numbers[0]} to {numbers[1]}" if numbers else ""
    said = ", ".join(
        f"{count:,} {SIGNED.get(verdict, verdict)}" for verdict, count in fact.verdicts
    )
    return f"{held}; of its mail: {said}" if said else held


def production_kind(fact: facts.Produced, numbers: tuple[str, str] | None = None) -> str:
    """The same, and how large they are."""
    return f"{production_held(fact, numbers)}, {fact.size:,} bytes"


def digest_of(kind: str) -> str:
    """What the digest of an exhibit is of."""
    called = {
        FILES: "files", LOG: "log", SERVED: "record", HISTORY: "history", SESSION: "session",
        WORKLOAD: "examination", ROOTS: "certificates",
    }  # fmt: skip
    return called.get(kind, "model")


def put_in_words(entry: Entry[facts.Exhibited] | Entry[facts.Produced]) -> str:
    """By whom, and who put it on record when."""
    said = f"by {quoted(entry.fact.offered_by)}, recorded by {carried_out(entry.event)}"
    before = stood_by_words(entry.fact.stood_by)
    return f"{said}, which {before}" if before else said
