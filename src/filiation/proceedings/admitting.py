"""Admitting a party to a case."""

from pathlib import Path
from typing import Final, Literal

from filiation.casefile.facts import Joined
from filiation.casefile.ledger import keys
from filiation.casefile.ledger.dsse import public_id
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.errors import UsageError
from filiation.proceedings.given import on_record, read_file

__all__ = ["admit"]

LONGEST: Final = 4096  # bytes of a public key


def admit(
    case: Path,
    party: str,
    *,
    role: Literal["examiner", "reviewer", "claimant", "respondent", "observer"],
    name: str | None = None,
    public_key: Path | None = None,
    acting: str | None = None,
) -> Entry[Joined]:
    """Admit a party. Without a key of its own, the lead records what it says.

    Raises:
        UsageError: A law of the case forbids it, or the key cannot be read.
        CaseError: Not a public key.
    """
    record = Record(case)
    signer = record.signer(acting)
    theirs, blobs = "", []
    if public_key is not None:
        raw = read_file(public_key, LONGEST)
        if b"PRIVATE KEY-" in raw:
            raise UsageError(
                f"{public_key}: found the private half of a key, expected the public one beside "
                f"it, {public_key.with_suffix('.pub').name}; a private key is never handed over"
            )
        theirs = public_id(keys.public_key(raw, public_key.name))
        blobs = [("key", raw, f"keys/{party}.pub")]
    given = {"party": party, "role": role, "name": name, "public-key": public_key}
    fact = Joined(party=party, name=name or party, role=role, key=theirs)
    draft = Draft(verb="party", fact=fact, arguments=on_record(given), blobs=blobs)
    return Entry(event=record.append(draft, *signer), fact=fact)
