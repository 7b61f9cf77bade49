"""A sub-case for one party: what it may see whole, the rest as hashes, all under one signed head.

export.json       signed head; of every event its leaf hash, its proof of inclusion and, where the
                  party may see it, its envelope
objects/sha256/   the objects of those events, but for files of exhibits that others put in
documents/NAME/   what is shown of a production in which documents are withheld
README.txt        what this is, and how to check it
logs/, pages/     what goes along with documents: who claims privilege, what is redacted, all of
                  them with their numbers, and pages to read and print
SHA256SUMS        the SHA-256 of every other file, as `sha256sum -c SHA256SUMS` checks it
keys/, reports/, submissions/  copies for people of such objects, by their names

What is withheld: statements that another party marked confidential, others' tags (but those that
call documents exculpatory), others' remarks that are for themselves, kept queries,
the copied files (not the sketches) of exhibits that another party put in, documents that another
party claims to be privileged, and what is redacted in documents that another party put in. A leaf
hash tells nothing of an envelope that holds a signature, so withheld words cannot be guessed from
it; nor from the leaf of a document, which is salted.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

import rfc8785

from filiation.casefile.documents.account import Account
from filiation.casefile.documents.part import (
    objects_of,
    withheld,
    write_part,
)
from filiation.casefile.exchange.sums import SUMS, sums_of
from filiation.casefile.facts import (
    Commented,
    Exhibited,
    Fact,
    Produced,
    Queried,
    Redacted,
    Stated,
    Tagged,
    read_fact,
)
from filiation.casefile.laws import fold
from filiation.casefile.ledger.dsse import SigningKey, seal
from filiation.casefile.ledger.event import Signed, time_text
from filiation.casefile.ledger.merkle import (
    inclusion_proof,
    leaf_hash,
    tree_root,
)
from filiation.casefile.ledger.objects import Objects, pieces_of, write_stream, write_whole
from filiation.casefile.record import Record, now
from filiation.casefile.settings import LISTING
from filiation.casefile.state import State
from filiation.errors import UsageError
from filiation.files import opened, put

__all__ = [
    *("DOCUMENTS_LOG", "EXPORT_KIND", "PRIVILEGE_LOG", "README", "REDACTION_LOG"),
    *("Chosen", "Export", "chosen", "withholding", "plan_export", "visible", "write_export"),
    "write_parts",
]

EXPORT_KIND: Final = "application/vnd.filiation.export+json"
README: Final = "README.txt"
PRIVILEGE_LOG: Final = "logs/privilege-log.csv"
REDACTION_LOG: Final = "logs/redaction-log.csv"
DOCUMENTS_LOG: Final = "logs/documents.csv"
LARGEST: Final = 1 << 30


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What an export holds, before it is written.

    Attributes:
        size: Events of the log.
        root: Root (hex) of the log.
        whole: Events that are given whole.
        objects: How many objects.
        listing: The listing, as bytes.
        kept: Objects, and where a copy of each is shown.
        readme: For people; empty: none.
        files: Logs and pages that go along, by their names; the head names their digests. None: it
            says nothing of such files, and no list of digests is made.
        parts: Productions in part: account, and the numbers of documents that are withheld.
    """

    size: int
    root: str
    whole: int
    objects: int
    listing: bytes
    kept: Mapping[str, str]
    readme: bytes
    files: Mapping[str, bytes] | None
    parts: Mapping[str, tuple[str, frozenset[int]]]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What of a case a party may see.

    Attributes:
        leaves: Hash of every event.
        whole: The events that it may see; None for each that it may not.
        kept: Objects, and where a copy of each is shown.
        parts: Productions in part: account, and the numbers of documents that are withheld.
    """

    leaves: Sequence[bytes]
    whole: Sequence[Signed | None]
    kept: Mapping[str, str]
    parts: Mapping[str, tuple[str, frozenset[int]]]


def chosen(record: Record, party: str) -> Chosen:
    """Choose what a party may see.

    Raises:
        UsageError: No such party.
    """
    signed = record.signed()
    state = fold(one.event for one in signed)
    state.party(party)
    whole = [one if _visible(one, party) else None for one in signed]
    return Chosen(
        leaves=[leaf_hash(one.raw) for one in signed],
        whole=whole,
        kept=_kept(record, state, whole, party),
        parts=_parts(state, party),
    )


def write_parts(record: Record, found: Chosen, folder: Path) -> None:
    """Write what is shown of productions of which a part is withheld."""
    for account, numbers in found.parts.values():
        write_part(folder, Account(record.objects, account), numbers)


def visible(fact: Fact, party: str) -> bool:
    """May the party see this event whole?"""
    if isinstance(fact, Tagged) and fact.stays:
        return True
    if isinstance(fact, Commented):
        return fact.shared or fact.by == party
    if isinstance(fact, Tagged | Queried):
        return fact.by == party
    return not (isinstance(fact, Stated) and fact.confidential and fact.party != party)


def plan_export(
    record: Record,
    party: str,
    key: SigningKey,
    *,
    readme: bytes = b"",
    files: Mapping[str, bytes] | None = None,
) -> Export:
    """Choose what the party may see and sign the head for it.

    Args:
        record: The case.
        party: Who is to have it.
        key: The lead's.
        readme: What tells people what the export is; the head names its digest.
        files: What else goes along for people, by name; likewise.

    Raises:
        UsageError: No such party.
    """
    found = chosen(record, party)
    root = tree_root(found.leaves).hex()
    hidden = {name: len(numbers) for name, (_, numbers) in found.parts.items()}
    held_back = withholding(found.whole, found.kept, hidden)
    tree = (len(found.leaves), root)
    head = seal(EXPORT_KIND, _head(record, party, tree, readme, files, held_back), key)
    return Export(
        size=len(found.leaves),
        root=root,
        whole=sum(one is not None for one in found.whole),
        objects=len(found.kept),
        listing=_listing(party, head, _events(found.leaves, found.whole), found.kept),
        kept=found.kept,
        readme=readme,
        files=files,
        parts=found.parts,
    )


def withholding(
    events: Sequence[object | None], objects: Iterable[str], withheld: Mapping[str, int]
) -> dict[str, Any]:
    """What the lead withholds, as its head names it: so that nobody else takes anything out unseen.

    Args:
        events: Of each event something, or None if its hash alone is given.
        objects: Digests (hex).
        withheld: Production to the number of documents of it that are withheld, where some are.
    """
    return {
        "events": [place for place, one in enumerate(events) if one is None],
        "objects": hashlib.sha256("\n".join(sorted(objects)).encode()).hexdigest(),
        "documents": dict(withheld),
    }


def _listing(
    party: str, head: bytes, events: Sequence[dict[str, object]], kept: Iterable[str]
) -> bytes:
    """The listing, as it is written."""
    listing: dict[str, Any] = {
        "schema_version": 1,
        "for": party,
        "head": head.decode(),
        "events": events,
        "objects": sorted(kept),
    }
    return rfc8785.dumps(listing) + b"\n"


def _visible(one: Signed, party: str) -> bool:
    return visible(read_fact(dict(one.event.facts), f"event {one.event.sequence}"), party)


def _kept(
    record: Record, state: State, whole: Iterable[Signed | None], party: str
) -> dict[str, str]:
    """Digest of every object for a party, and where a copy of it is shown: somewhere, if anywhere.

    The same bytes may come twice, as a statement with a place for people and as a document without.
    """
    found: dict[str, str] = {}
    for one in whole:
        for digest, shown in _objects(record, state, one, party).items() if one else ():
            found[digest] = shown or found.get(digest, "")
    return found


def _events(leaves: Sequence[bytes], whole: Sequence[Signed | None]) -> list[dict[str, object]]:
    """Of each event its leaf, the proof that the head commits to it, and its envelope if shown."""
    return [
        {
            "leaf": leaves[place].hex(),
            "proof": [step.hex() for step in inclusion_proof(leaves, place)],
            "envelope": one.raw.decode() if one is not None else None,
        }
        for place, one in enumerate(whole)
    ]


def _head(
    record: Record,
    party: str,
    tree: tuple[int, str],
    readme: bytes,
    files: Mapping[str, bytes] | None,
    held_back: Mapping[str, Any],
) -> bytes:
    """What the lead signs for: the log, what is withheld of it, what goes along for people."""
    named: dict[str, Any] = {
        "case": record.id, "for": party, "root": tree[1], "size": tree[0],
        "time": time_text(now()), "withheld": dict(held_back),
    }  # fmt: skip
    if readme:
        named["readme"] = hashlib.sha256(readme).hexdigest()
    if files is not None:
        named["files"] = {name: hashlib.sha256(raw).hexdigest() for name, raw in files.items()}
    return rfc8785.dumps(named)


def _parts(state: State, party: str) -> dict[str, tuple[str, frozenset[int]]]:
    """Productions of which documents are withheld from the party: account, and which numbers."""
    hidden = withheld(state, party)
    return {
        e.fact.production: (e.event.written("account"), frozenset(hidden[e.fact.production]))
        for e in state.of(Produced)
        if e.fact.production in hidden
    }


def write_export(record: Record, export: Export, out: Path) -> None:
    """Write an export whole or not at all.

    Raises:
        UsageError: The place is taken or cannot be written.
    """
    if out.exists():
        raise UsageError(f"{out}: exists; an export is never written over something")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=out.parent, prefix=".partial-"))
        try:
            objects, writing = Objects(partial / "objects"), partial / "writing"
            for digest, shown in export.kept.items():
                kept = pieces_of(opened(record.objects.path(digest), follow=True))
                write_stream(kept, objects.path, partial=writing)
                if shown:
                    write_whole(partial / shown, objects.get(digest), partial=writing)
            for account, numbers in export.parts.values():
                write_part(partial, Account(record.objects, account), numbers)
            along = {README: export.readme} if export.readme else {}
            for name, raw in {**along, **(export.files or {}), LISTING: export.listing}.items():
                write_whole(partial / name, raw, partial=writing)
            shutil.rmtree(writing)
            if export.files is not None:
                put(partial / SUMS, sums_of(partial))
            partial.chmod(0o755)
            partial.rename(out)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {os.strerror(error.errno or 0)}") from error


def _objects(record: Record, state: State, one: Signed, party: str) -> dict[str, str]:
    """Digest and place of a copy of every object that an event brings along for a party."""
    fact = read_fact(dict(one.event.facts), f"event {one.event.sequence}")
    if isinstance(fact, Produced | Redacted):
        return dict.fromkeys(objects_of(one.event, state, party, record.objects), "")
    theirs = isinstance(fact, Exhibited) and fact.offered_by != party
    return {
        w.sha256: w.shown for w in one.event.writes if not (theirs and w.what.startswith("file:"))
    }
