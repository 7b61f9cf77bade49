"""What may a party see of a production, and how can it check that nothing else was changed?

documents/NAME/entries.jsonl   of every document, in order, its salted entry, or its leaf alone
documents/NAME/raw             the bytes of the documents that the party may see, one after another

The leaves lead to the root that the signed event names. What is withheld: what another party claims
to be privileged, unless the lead dismissed the claim, and what was redacted, of which the party
gets the redacted words instead; but nothing from the party that put it in. The files of the
production are withheld as soon as one document in them is.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any, BinaryIO, Final

from filiation.casefile import facts
from filiation.casefile.documents.account import Account, Accounted, read_entry, salt_of
from filiation.casefile.documents.bytes import Bytes
from filiation.casefile.laws.documents import production, redactions
from filiation.casefile.laws.privilege import hidden_from
from filiation.casefile.ledger.event import Event
from filiation.casefile.ledger.merkle import Growing, leaf_hash
from filiation.casefile.ledger.objects import Objects
from filiation.casefile.state import State
from filiation.errors import AlteredError, CaseError

__all__ = ["check_part", "files_of_part", "objects_of", "read_line", "withheld", "write_part"]

LONGEST: Final = 1 << 24


def withheld(state: State, party: str) -> dict[str, set[int]]:
    """Production to the numbers of documents that a party may not see."""
    found: dict[str, set[int]] = {}
    hidden = [*hidden_from(state, party)]
    hidden += [n for n in redactions(state) if production(state, n).fact.offered_by != party]
    for document in hidden:
        name, _, number = document.partition(":")
        found.setdefault(name, set()).add(int(number))
    return found


def objects_of(event: Event, state: State, party: str, objects: Objects) -> Iterator[str]:
    """Digests of what an event on documents brings along for a party."""
    fact = facts.read_fact(dict(event.facts), f"event {event.sequence}")
    if isinstance(fact, facts.Produced):
        yield from (w.sha256 for w in event.writes if w.what != "account")
        if fact.production not in withheld(state, party):
            account = Account(objects, event.written("account"))
            yield account.digest
            yield from (file.sha256 for file in account.kept.files)
    elif isinstance(fact, facts.Redacted):
        owner = production(state, fact.document).fact.offered_by
        last = redactions(state)[fact.document][-1].event.sequence == event.sequence
        privileged = fact.document in hidden_from(state, party)
        for written in event.writes:
            if owner == party or (written.what == "redacted" and last and not privileged):
                yield written.sha256


def files_of_part(name: str) -> tuple[str, str]:
    """Where entries and bytes lie in an export."""
    return f"documents/{name}/entries.jsonl", f"documents/{name}/raw"


def write_part(folder: Path, account: Account, hidden: Set[int]) -> None:
    """Write entries and bytes of the documents that are not hidden."""
    entries, raw = (folder / name for name in files_of_part(account.kept.production))
    entries.parent.mkdir(parents=True, exist_ok=True)
    found = Bytes(account.files())
    with entries.open("xb") as listing, raw.open("xb") as held:
        for number, (line, leaf) in enumerate(zip(account.lines(), account.leaves(), strict=True)):
            if number in hidden:
                shown: dict[str, str] = {"leaf": leaf.hex()}
            else:
                salt = salt_of(account.kept.salt, number).hex()
                shown = {"entry": line.decode("ascii"), "salt": salt}
                held.write(found.of(read_entry(line, f"document {number}")))
            listing.write(json.dumps(shown, sort_keys=True).encode("ascii") + b"\n")


def check_part(folder: Path, fact: facts.Produced) -> tuple[int, int]:
    """Check a part against the root that is on record; how many documents are shown and withheld.

    Raises:
        CaseError: Entries were altered, added, removed or reordered.
        AlteredError: The bytes of a document are others.
    """
    entries, raw = (folder / name for name in files_of_part(fact.production))
    tree, shown = Growing(), 0
    try:
        with entries.open("rb") as listing, raw.open("rb") as held:
            for line in iter(lambda: listing.readline(LONGEST), b""):
                leaf, entry = read_line(line, f"{fact.production}:{tree.size}")
                if entry is not None:
                    if entry.number != tree.size:
                        raise CaseError(
                            f"{fact.production}:{tree.size}: the entry of document {entry.number}; "
                            "altered"
                        )
                    shown += 1
                    _compare(held, entry, f"{fact.production}:{tree.size}")
                tree.append(leaf)
            if held.read(1):
                raise CaseError(f"{files_of_part(fact.production)[1]}: longer than its documents")
    except OSError as error:
        raise CaseError(f"documents/{fact.production}: {error.strerror}; removed") from error
    if (tree.size, tree.root.hex()) != (fact.documents, fact.root):
        raise CaseError(
            f"{files_of_part(fact.production)[0]}: {tree.size} documents that do not lead to the "
            f"root on record of {fact.documents}; altered"
        )
    return shown, tree.size - shown


def read_line(line: bytes, what: str) -> tuple[bytes, Accounted | None]:
    """A line of a part: the leaf of a document, and its entry unless it is withheld.

    Raises:
        CaseError: Neither an entry nor a leaf.
    """
    try:
        found: Mapping[str, Any] = json.loads(line)
        if set(found) == {"leaf"}:
            return bytes.fromhex(found["leaf"]), None
        entry = str(found["entry"]).encode("ascii")
        return leaf_hash(bytes.fromhex(found["salt"]) + entry), read_entry(entry, what)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CaseError(f"{what}: neither an entry nor a leaf: {error}; altered") from error


def _compare(held: BinaryIO, entry: Accounted, what: str) -> None:
    if not 0 <= entry.size <= 1 << 30:
        raise CaseError(f"{what}: {entry.size} bytes; altered")
    found = hashlib.sha256(held.read(entry.size)).hexdigest()
    if found != entry.sha256:
        raise AlteredError(what, recorded=entry.sha256, found=found)
