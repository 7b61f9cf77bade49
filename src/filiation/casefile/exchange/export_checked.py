"""Is an export what the lead signed for, and is everything in it what the events say?"""

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final, final

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from filiation.casefile.documents.account import Account
from filiation.casefile.documents.part import check_part, files_of_part
from filiation.casefile.exchange.export import EXPORT_KIND, README, withholding
from filiation.casefile.exchange.sums import SUMS, sums_of
from filiation.casefile.facts import Joined, Opened, Produced, read_fact
from filiation.casefile.ledger.dsse import Envelope, open_envelope, public_id, signed_by
from filiation.casefile.ledger.event import Signed, read_event
from filiation.casefile.ledger.keys import NAME, public_key
from filiation.casefile.ledger.merkle import EMPTY, is_included, leaf_hash, roots_of, tree_root
from filiation.casefile.ledger.objects import Objects, digest_file
from filiation.casefile.settings import LISTING
from filiation.errors import AlteredError, CaseError
from filiation.files import handed_over, opened

__all__ = ["ExportChecked", "check_export", "events_of_export", "head_of_export", "is_export"]

LARGEST: Final = 1 << 30


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ExportChecked:
    """What holds of an export.

    Attributes:
        case: Id of the case.
        lead: Who leads the case and signed the head.
        keys: Of each party that it names the id of its key, or empty.
        size: Events of the log that the signed head commits to.
        roots: Root (hex) of the log at every size.
        party: For whom it was made.
        signed: The events that are given whole, in order.
        withheld: Numbers of the others, of which it gives the hashes alone.
        held: Digests of the objects that it holds, which are as the events recorded them.
        productions: Of each production its name, and how many documents are shown and withheld.
        compared: Which heads from elsewhere it was held against, in words.
        notes: None: an export is not interrupted.
        problems: None: an export that was altered is refused.
    """

    case: str
    lead: str
    keys: Mapping[str, str]
    size: int
    roots: tuple[str, ...]
    party: str
    signed: tuple[Signed, ...]
    withheld: tuple[int, ...]
    held: frozenset[str]
    productions: tuple[tuple[str, int, int], ...]
    compared: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many of what were checked."""
        return {"events": self.size, "objects": len(self.held)}


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
    told = _told(_listing(folder))
    _check_tree(told)
    objects = Objects(folder / "objects")
    keys, produced, lead = _check_events(told.envelopes, told.leaves, objects)
    parts = [one for one in produced if one[0] not in told.named]
    shown = [name for _, fact in parts for name in files_of_part(fact.production)]
    copies = _copies(told.envelopes, told.named)
    along = {} if told.files is None else told.files
    listed = set() if told.files is None else {SUMS}
    _check_objects(folder, objects, told.named, {*shown, *copies, *along, *listed})
    _check_copies(folder, objects, {**copies, **along}, told.readme)
    if listed:
        _check_sums(folder)
    said = _check_documents(folder, objects, produced, told.named)
    _check_head(told, lead, keys)
    _check_withheld(told, said)
    roots = tuple(roots_of(told.leaves))
    signed = tuple(_whole(told, roots))
    return ExportChecked(
        case=told.case,
        lead=lead.event.actor,
        keys=_parties(told.envelopes),
        size=told.size,
        roots=roots,
        party=told.party,
        signed=signed,
        withheld=tuple(n for n, envelope in enumerate(told.envelopes) if envelope is None),
        held=frozenset(told.named),
        productions=tuple(said),
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What the listing of an export says, before any of it is believed."""

    leaves: list[bytes]
    proofs: list[list[bytes]]
    envelopes: list[Any]
    named: list[str]
    head: Envelope
    case: str
    size: int
    root: bytes
    readme: str
    party: str
    files: dict[str, str] | None
    held_back: Any  # what the lead withheld; None: an earlier version does not say


def _told(listing: dict[str, Any]) -> _Told:
    """The parts of a listing.

    Raises:
        CaseError: It lacks one, or one is of another kind.
    """
    try:
        head = open_envelope(listing["head"].encode(), "head")
        claimed = json.loads(head.payload)
        if listing["for"] != claimed["for"]:
            raise ValueError(f"for {listing['for']}, its signed head says {claimed['for']}")
        return _Told(
            leaves=[bytes.fromhex(entry["leaf"]) for entry in listing["events"]],
            proofs=[[bytes.fromhex(s) for s in entry["proof"]] for entry in listing["events"]],
            envelopes=[entry["envelope"] for entry in listing["events"]],
            named=[str(digest) for digest in listing["objects"]],
            head=head,
            case=str(claimed["case"]),
            size=int(claimed["size"]),
            root=bytes.fromhex(claimed["root"]),
            readme=str(claimed.get("readme", "")),
            party=str(claimed["for"]),
            files=_files(claimed["files"]) if "files" in claimed else None,
            held_back=claimed.get("withheld"),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CaseError(f"{LISTING}: {type(error).__name__}: {error}; it was altered") from error


def _files(named: dict[str, str]) -> dict[str, str]:
    """What goes along for people, and its digests; every name leads to a place in the folder.

    Raises:
        ValueError: One does not.
    """
    found = {str(name): str(digest) for name, digest in named.items()}
    for name in found:
        path = PurePosixPath(name)
        if ".." in path.parts or path.parts[:1] not in (("logs",), ("pages",)):
            raise ValueError(f"{name!r} goes along, and leads out of logs and pages")
    return found


def _check_tree(told: _Told) -> None:
    """The leaves lead to the root that the head names, each by its proof."""
    if told.size != len(told.leaves) or tree_root(told.leaves) != told.root:
        raise CaseError(
            f"{LISTING}: {len(told.leaves)} leaves, the signed head names {told.size} others; "
            "altered"
        )
    for place, (leaf, proof) in enumerate(zip(told.leaves, told.proofs, strict=True)):
        if not is_included(leaf, place, told.size, proof, told.root):
            raise CaseError(f"{LISTING}: event {place}: its proof does not lead to the head")


def _check_head(told: _Told, lead: Signed, keys: Mapping[str, Ed25519PublicKey]) -> None:
    """The head is the lead's, and of this case."""
    head = told.head
    if (
        head.kind != EXPORT_KIND
        or head.key != lead.event.key
        or not signed_by(head, keys[head.key])
    ):
        raise CaseError(
            f"{LISTING}: the head is not signed by {lead.event.actor}, the lead, to whom it "
            "belongs; altered, or made by another party"
        )
    if lead.event.case != told.case:
        raise CaseError(f"{LISTING}: the head of another case; altered")


def _check_withheld(told: _Told, documents: Sequence[tuple[str, int, int]]) -> None:
    """What is withheld is what the lead withheld; nobody took anything out afterwards."""
    parts = {name: withheld for name, _, withheld in documents if withheld}
    if told.held_back is not None and told.held_back != withholding(
        told.envelopes, told.named, parts
    ):
        raise CaseError(
            f"{LISTING}: other events, objects or documents are withheld than the lead's head "
            "says; they were taken out after it was made"
        )


def _parties(envelopes: list[Any]) -> dict[str, str]:
    """Of each party the id of its key, from events that were checked."""
    found = {}
    for envelope in envelopes:
        if envelope is not None:
            event = read_event(str(envelope).encode(), "event").event
            fact = read_fact(dict(event.facts), "event")
            if isinstance(fact, Opened):
                found[fact.lead] = event.key
            elif isinstance(fact, Joined):
                found[fact.party] = fact.key
    return found


def events_of_export(folder: Path) -> list[Signed]:
    """The events that an export gives whole, in order; the export is checked first.

    Raises:
        CaseError: It was altered.
    """
    return list(check_export(folder).signed)


def _whole(told: _Told, roots: Sequence[str]) -> Iterator[Signed]:
    """The events that are given whole.

    Raises:
        CaseError: One was not signed for its place in this log.
    """
    for place, envelope in enumerate(told.envelopes):
        if envelope is None:
            continue
        one = read_event(str(envelope).encode(), f"event {place}")
        before = roots[place - 1] if place else EMPTY.hex()
        if (one.event.sequence, one.event.case, one.event.root) != (place, told.case, before):
            raise CaseError(
                f"{LISTING}: event {place}: was not signed as event {place} of this case, after "
                "those before it; it was put in its place"
            )
        yield one


def head_of_export(folder: Path) -> tuple[bytes, bytes, list[bytes]]:
    """The signed head of an export that was checked, the lead's public key, and all leaf hashes."""
    listing = _listing(folder)
    opening = read_event(str(listing["events"][0]["envelope"]).encode(), "event 0").event
    leaves = [bytes.fromhex(entry["leaf"]) for entry in listing["events"]]
    key = Objects(folder / "objects").get(opening.written("key"))
    return str(listing["head"]).encode(), key, leaves


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
) -> tuple[dict[str, Ed25519PublicKey], list[tuple[str, Produced]], Signed]:
    """Keys by id; accounts of productions with their facts; the opening of the case."""
    keys: dict[str, Ed25519PublicKey] = {}
    produced = []
    opening: Signed | None = None
    holders: dict[str, str] = {}
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
        if isinstance(fact, Opened):
            holders[fact.lead] = one.event.key
        elif isinstance(fact, Joined):
            holders[fact.party] = fact.key
        whose = one.envelope.key
        theirs = holders.get(one.event.actor) == one.event.key == whose and whose in keys
        if not theirs or not signed_by(one.envelope, keys[whose]):
            raise CaseError(f"{LISTING}: {what}: its signature does not fit; it was altered")
        if isinstance(fact, Produced):
            if not NAME.fullmatch(fact.production):  # it becomes a path
                raise CaseError(f"{LISTING}: {what}: {fact.production!r} is no name of documents")
            produced.append((one.event.written("account"), fact))
        opening = one if place == 0 and isinstance(fact, Opened) else opening
    if opening is None:
        raise CaseError(f"{LISTING}: does not begin with the opening of a case; it was altered")
    return keys, produced, opening


def _check_objects(folder: Path, objects: Objects, named: list[str], shown: Set[str]) -> None:
    """Every object is as it is named, and there is nothing that nothing names."""
    for digest in named:
        objects.check(digest)
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise CaseError(f"{relative}: a link, expected a file; it was put in its place")
        if path.is_dir() or relative in (LISTING, README, *shown):
            continue
        if path.name not in named or path != objects.path(path.name):
            raise CaseError(f"{relative}: the export does not name it; it was added")


def _copies(envelopes: list[Any], named: list[str]) -> dict[str, str]:
    """Names under which copies of objects lie for people, and the digest of each."""
    whole = [read_event(str(e).encode(), "event").event for e in envelopes if e is not None]
    writes = [written for event in whole for written in event.writes if written.shown]
    last = {written.sha256: written.shown for written in writes}  # of equal ones, one is copied
    return {shown: digest for digest, shown in last.items() if digest in named}


def _check_copies(folder: Path, objects: Objects, copies: Mapping[str, str], readme: str) -> None:
    """Copies are what they are copies of; all are there, if the export is of this version.

    Raises:
        CaseError: One was removed or added.
        AlteredError: One is something else.
    """
    wanted = {**copies, README: readme} if readme else copies
    for name, digest in wanted.items():
        path = folder / name
        if not path.is_file():
            if readme:
                raise CaseError(f"{name}: not there; it was removed")
            continue
        found = digest_file(path)[0]
        if found != digest:
            raise AlteredError(name, recorded=digest, found=found)
    if not readme and (folder / README).exists():
        raise CaseError(f"{README}: the export does not name it; it was added")


def _check_sums(folder: Path) -> None:
    """The list of digests is that of the files that lie there.

    Raises:
        CaseError: It is another, or was removed.
    """
    path = folder / SUMS
    if not path.is_file():
        raise CaseError(f"{SUMS}: not there; it was removed")
    with opened(path) as file:
        if file.read(LARGEST) != sums_of(folder):
            raise CaseError(f"{SUMS}: not the digests of the files that lie here; it was altered")


def _listing(folder: Path) -> dict[str, Any]:
    with opened(folder / LISTING) as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise CaseError(f"{LISTING}: more than {LARGEST} bytes; refused")
    try:
        found = json.loads(raw)
        again = rfc8785.dumps(found) + b"\n"
    except (ValueError, RecursionError, rfc8785.CanonicalizationError) as error:
        raise CaseError(f"{LISTING}: not such JSON: {error}; it was altered") from error
    if not isinstance(found, dict) or again != raw:
        raise CaseError(f"{LISTING}: written in another way than it was made; it was altered")
    if found.get("schema_version") != 1:
        raise CaseError(
            f"{LISTING}: schema {found.get('schema_version')}, this version reads 1; made by "
            "another version of filiation"
        )
    return found
