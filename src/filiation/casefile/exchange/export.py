"""A sub-case for one party: what it may see whole, the rest as hashes, all under one signed head.

export.json       signed head; of every event its leaf hash, its proof of inclusion and, where the
                  party may see it, its envelope
objects/sha256/   the objects of those events, but for files of exhibits that others put in
documents/NAME/   what is shown of a production in which documents are withheld
keys/             public keys

What is withheld: statements that another party marked confidential, others' tags and kept queries,
the copied files (not the sketches) of exhibits that another party put in, documents that another
party claims to be privileged, and what is redacted in documents that another party put in. A leaf
hash tells nothing of an envelope that holds a signature, so withheld words cannot be guessed from
it; nor from the leaf of a document, which is salted.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from filiation.casefile.documents.account import Account
from filiation.casefile.documents.part import (
    check_part,
    files_of_part,
    objects_of,
    withheld,
    write_part,
)
from filiation.casefile.facts import (
    Exhibited,
    Fact,
    Joined,
    Opened,
    Produced,
    Queried,
    Redacted,
    Stated,
    Tagged,
    read_fact,
)
from filiation.casefile.laws import fold
from filiation.casefile.ledger.dsse import open_envelope, public_id, seal, signed_by
from filiation.casefile.ledger.event import Signed, read_event, time_text
from filiation.casefile.ledger.keys import public_key
from filiation.casefile.ledger.merkle import inclusion_proof, is_included, leaf_hash, tree_root
from filiation.casefile.ledger.objects import Objects, pieces_of, write_stream, write_whole
from filiation.casefile.record import Record, now
from filiation.casefile.state import State
from filiation.errors import AlteredError, CaseError, UsageError
from filiation.files import handed_over, opened

__all__ = [
    *("Export", "ExportChecked", "check_export", "is_export"),
    *("plan_export", "visible", "write_export"),
]

KIND: Final = "application/vnd.filiation.export+json"
LISTING: Final = "export.json"
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
        parts: Productions in part: account, and the numbers of documents that are withheld.
    """

    size: int
    root: str
    whole: int
    objects: int
    listing: bytes
    kept: Mapping[str, str]
    parts: Mapping[str, tuple[str, frozenset[int]]]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ExportChecked:
    """What holds of an export.

    Attributes:
        size: Events of the log that the signed head commits to.
        whole: Events that are given whole.
        objects: Objects that are as the events recorded them.
        productions: Of each production its name, and how many documents are shown and withheld.
        notes: None: an export is not interrupted.
        problems: None: an export that was altered is refused.
    """

    size: int
    whole: int
    objects: int
    productions: tuple[tuple[str, int, int], ...]
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many of what were checked."""
        return {"events": self.size, "objects": self.objects}


def visible(fact: Fact, party: str) -> bool:
    """May the party see this event whole?"""
    if isinstance(fact, Tagged | Queried):
        return fact.by == party
    return not (isinstance(fact, Stated) and fact.confidential and fact.party != party)


def plan_export(record: Record, party: str, key: Ed25519PrivateKey) -> Export:
    """Choose what the party may see and sign the head for it.

    Raises:
        UsageError: No such party.
    """
    signed = record.signed()
    state = fold(one.event for one in signed)
    state.party(party)
    leaves = [leaf_hash(one.raw) for one in signed]
    root = tree_root(leaves).hex()
    entries: list[dict[str, Any]] = []
    kept: dict[str, str] = {}
    for place, one in enumerate(signed):
        fact = read_fact(dict(one.event.facts), f"event {place}")
        seen = visible(fact, party)
        proof = [step.hex() for step in inclusion_proof(leaves, place)]
        envelope = one.raw.decode() if seen else None
        entries.append({"leaf": leaves[place].hex(), "proof": proof, "envelope": envelope})
        if seen:
            kept |= _objects(record, state, one, fact, party)
    named = {"case": record.id, "for": party, "root": root, "time": time_text(now())}
    listing = {
        "schema_version": 1,
        "for": party,
        "head": seal(KIND, rfc8785.dumps({**named, "size": len(leaves)}), key).decode(),
        "events": entries,
        "objects": sorted(kept),
    }
    return Export(
        size=len(leaves),
        root=root,
        whole=sum(entry["envelope"] is not None for entry in entries),
        objects=len(kept),
        listing=rfc8785.dumps(listing) + b"\n",  # type: ignore[arg-type]
        kept=kept,
        parts=_parts(state, party),
    )


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
                if shown.startswith("keys/"):
                    write_whole(partial / shown, objects.get(digest), partial=writing)
            for account, numbers in export.parts.values():
                write_part(partial, Account(record.objects, account), numbers)
            write_whole(partial / LISTING, export.listing, partial=writing)
            shutil.rmtree(writing)
            partial.chmod(0o755)
            partial.rename(out)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {os.strerror(error.errno or 0)}") from error


def is_export(folder: Path) -> bool:
    """Is this the folder of an export?"""
    return (folder / LISTING).is_file() and not (folder / "case.toml").exists()


def check_export(folder: Path) -> ExportChecked:
    """Check an export offline.

    Raises:
        CaseError: Something in it was altered, added or removed.
        UnreadableError: Something in it is a link that leads out, or no file.
    """
    handed_over(folder, follow=True)
    listing = _listing(folder)
    try:
        leaves = [bytes.fromhex(entry["leaf"]) for entry in listing["events"]]
        proofs = [[bytes.fromhex(s) for s in entry["proof"]] for entry in listing["events"]]
        envelopes = [entry["envelope"] for entry in listing["events"]]
        head = open_envelope(listing["head"].encode(), "head")
        claimed = json.loads(head.payload)
        size, root = int(claimed["size"]), bytes.fromhex(claimed["root"])
        named = [str(digest) for digest in listing["objects"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CaseError(f"{LISTING}: {type(error).__name__}: {error}; it was altered") from error
    if size != len(leaves) or tree_root(leaves) != root:
        raise CaseError(
            f"{LISTING}: {len(leaves)} leaves, the signed head names {size} others; altered"
        )
    for place, (leaf, proof) in enumerate(zip(leaves, proofs, strict=True)):
        if not is_included(leaf, place, size, proof, root):
            raise CaseError(f"{LISTING}: event {place}: its proof does not lead to the head")
    objects = Objects(folder / "objects")
    keys, produced = _check_events(envelopes, leaves, objects)
    parts = [one for one in produced if one[0] not in named]
    shown = [name for _, fact in parts for name in files_of_part(fact.production)]
    _check_objects(folder, objects, named, shown)
    said = _check_documents(folder, objects, produced, named)
    if head.kind != KIND or head.key not in keys or not signed_by(head, keys[head.key]):
        raise CaseError(f"{LISTING}: the head is not signed by a party of the case; altered")
    whole = sum(envelope is not None for envelope in envelopes)
    return ExportChecked(size=size, whole=whole, objects=len(named), productions=tuple(said))


def _check_documents(
    folder: Path, objects: Objects, produced: list[tuple[str, Produced]], named: list[str]
) -> list[tuple[str, int, int]]:
    """Productions whole by their account, others by the part that is shown."""
    found = []
    for digest, fact in produced:
        if digest in named:
            if Account(objects, digest).root() != (fact.documents, fact.root):
                raise CaseError(f"{fact.production}: the account does not lead to its root")
            found.append((fact.production, fact.documents, 0))
        else:
            found.append((fact.production, *check_part(folder, fact)))
    return found


def _check_events(
    envelopes: list[Any], leaves: list[bytes], objects: Objects
) -> tuple[dict[str, Ed25519PublicKey], list[tuple[str, Produced]]]:
    """Keys by id; accounts of productions with their facts."""
    keys: dict[str, Ed25519PublicKey] = {}
    produced = []
    for place, envelope in enumerate(envelopes):
        if envelope is None:
            continue
        raw, what = str(envelope).encode(), f"event {place}"
        if leaf_hash(raw) != leaves[place]:
            raise CaseError(f"{LISTING}: {what}: is not the event that the head commits to")
        one = read_event(raw, what)
        fact = read_fact(dict(one.event.facts), what)
        if isinstance(fact, Opened) or (isinstance(fact, Joined) and fact.key):
            key = public_key(objects.get(one.event.written("key")), what)
            keys[public_id(key)] = key
        if one.envelope.key not in keys or not signed_by(one.envelope, keys[one.envelope.key]):
            raise CaseError(f"{LISTING}: {what}: its signature does not fit; it was altered")
        if isinstance(fact, Produced):
            produced.append((one.event.written("account"), fact))
    return keys, produced


def _check_objects(folder: Path, objects: Objects, named: list[str], parts: list[str]) -> None:
    for digest in named:
        objects.check(digest)
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder).as_posix()
        if path.is_dir() or relative in (LISTING, *parts) or relative.startswith("keys/"):
            continue
        if path.name not in named or path != objects.path(path.name):
            raise CaseError(f"{relative}: the export does not name it; it was added")
    for path in sorted(folder.glob("keys/*")):
        raw = path.read_bytes()[:4096]
        if not any(raw == objects.get(d) for d in named if objects.path(d).stat().st_size < 4096):
            raise AlteredError(
                f"keys/{path.name}", recorded="the key in objects", found="another key"
            )


def _listing(folder: Path) -> dict[str, Any]:
    path = folder / LISTING
    if path.stat().st_size > LARGEST:
        raise CaseError(f"{LISTING}: more than {LARGEST} bytes; refused")
    try:
        raw = path.read_bytes()
        found = json.loads(raw)
        again = rfc8785.dumps(found) + b"\n"
    except (OSError, ValueError, RecursionError, rfc8785.CanonicalizationError) as error:
        raise CaseError(f"{LISTING}: not such JSON: {error}; it was altered") from error
    if not isinstance(found, dict) or again != raw:
        raise CaseError(f"{LISTING}: written in another way than it was made; it was altered")
    if found.get("schema_version") != 1:
        raise CaseError(
            f"{LISTING}: schema {found.get('schema_version')}, this version reads 1; made by "
            "another version of filiation"
        )
    return found


def _objects(record: Record, state: State, one: Signed, fact: Fact, party: str) -> dict[str, str]:
    """Digest and place of a copy of every object that an event brings along for a party."""
    if isinstance(fact, Produced | Redacted):
        return dict.fromkeys(objects_of(one.event, state, party, record.objects), "")
    theirs = isinstance(fact, Exhibited) and fact.offered_by != party
    return {
        w.sha256: w.shown for w in one.event.writes if not (theirs and w.what.startswith("file:"))
    }
