"""Admitting a party to a case."""

from pathlib import Path
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature

from filiation.casefile.facts import Joined
from filiation.casefile.ledger import keys
from filiation.casefile.ledger.dsse import pae, public_id
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.errors import UsageError
from filiation.proceedings.given import on_record, read_file

__all__ = ["admit", "held_by", "public_half"]

LONGEST: Final = 4096  # bytes of a public key


def public_half(path: Path) -> tuple[bytes, str]:
    """A public key from its file, and its id.

    Raises:
        UsageError: It cannot be read, or is the private half.
        CaseError: Not a public key.
    """
    raw = read_file(path, LONGEST)
    if b"PRIVATE KEY-" in raw:
        raise UsageError(
            f"{path}: found the private half of a key, expected the public one beside it, "
            f"{path.with_suffix('.pub').name}; a private key is never handed over"
        )
    return raw, public_id(keys.public_key(raw, path.name))


def held_by(raw: bytes, what: str, kind: str, payload: bytes, signature: bytes) -> bool:
    """Whether something was signed, as something of that kind, with the other half of a key.

    Raises:
        CaseError: Not a public key.
    """
    try:
        keys.public_key(raw, what).verify(signature, pae(kind, payload))
    except InvalidSignature:
        return False
    return True


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
        raw, theirs = public_half(public_key)
        blobs = [("key", raw, f"keys/{party}.pub")]
    given = {"party": party, "role": role, "name": name, "public-key": public_key}
    fact = Joined(party=party, name=name or party, role=role, key=theirs)
    draft = Draft(verb="party", fact=fact, arguments=on_record(given), blobs=blobs)
    return Entry(event=record.append(draft, *signer), fact=fact)
