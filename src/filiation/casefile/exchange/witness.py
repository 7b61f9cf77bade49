"""Heads that a party keeps for itself: years later they show whether the log only grew.

A witness file is text, one JSON object a line:

first line   schema_version, id of the case, its lead, and the lead's public key (PEM)
each other   a head as the lead signed it, and the proof (RFC 6962, 2.1.2) that it continues the
             head of the line before

The file shows by itself that its heads are the lead's and one history. A log that does not lead to
each of them is another one; two heads of the lead of one size with two roots are a fork, and the
lead's own signatures show it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from filiation.casefile.exchange.export import EXPORT_KIND
from filiation.casefile.heads import HEAD_KIND
from filiation.casefile.ledger.dsse import Envelope, open_envelope, public_id, signed_by
from filiation.casefile.ledger.keys import public_key, public_pem
from filiation.casefile.ledger.merkle import consistency_proof, is_consistent
from filiation.errors import CaseError, UnreadableError
from filiation.files import opened

__all__ = ["Witness", "Witnessed", "first_line", "meeting", "next_line", "read_witness", "unlike"]

LARGEST: Final = 1 << 26


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """A head that the lead signed: events, their root (hex), and the lead's time of signing."""

    size: int
    root: str
    time: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A witness file, checked: heads of one lead, each a continuation of the one before."""

    name: str
    case: str
    lead: str
    key: str
    heads: tuple[Witnessed, ...]


def read_witness(path: Path) -> Witness:
    """Read and check a witness file.

    Raises:
        CaseError: It was altered: a head that is not the lead's, or not a continuation.
    """
    what = path.name
    try:
        with opened(path) as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise CaseError(f"{what}: more than {LARGEST} bytes; refused")
        lines = [_line(line) for line in raw.splitlines(keepends=True)]
        opening = lines[0]
        if opening["schema_version"] != 1:
            raise CaseError(f"{what}: schema {opening['schema_version']!r}, this version reads 1")
        case, lead = str(opening["case"]), str(opening["lead"])
        key = public_key(str(opening["key"]).encode(), what)
        if public_pem(key).decode() != opening["key"]:
            raise ValueError("a key in another spelling than it was written in")
        signed = [
            (str(line["head"]), [bytes.fromhex(step) for step in line["proof"]])
            for line in lines[1:]
        ]
    except (UnreadableError, OSError) as error:
        raise CaseError(str(error)) from error
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise CaseError(f"{what}: not a witness file: {error!r}; it was altered") from error
    heads: list[Witnessed] = []
    for number, (text, proof) in enumerate(signed, 2):
        where = f"{what}, line {number}"
        found = _head(open_envelope(text.encode(), where), case, key, where)
        if heads and not _continues(heads[-1], found, proof):
            raise CaseError(
                f"{where}: a head of {found.size} events that does not continue the one of "
                f"{heads[-1].size} before it; the file was altered, or the log was rewritten"
            )
        heads.append(found)
    if not heads:
        raise CaseError(f"{what}: holds no head; nothing is witnessed")
    return Witness(name=what, case=case, lead=lead, key=public_id(key), heads=tuple(heads))


def first_line(case: str, lead: str, key: bytes) -> bytes:
    """How a witness file begins; `key` is the lead's public one (PEM)."""
    said: dict[str, Any] = {
        "schema_version": 1,
        "case": case,
        "lead": lead,
        "key": key.decode("ascii"),
    }
    return rfc8785.dumps(said) + b"\n"


def next_line(head: bytes, leaves: Sequence[bytes], before: Witnessed | None) -> bytes:
    """The line of a head of these leaves, with the proof that it continues the one before."""
    proof = [] if before is None else consistency_proof(leaves, before.size)
    said: dict[str, Any] = {"head": head.decode("ascii"), "proof": [step.hex() for step in proof]}
    return rfc8785.dumps(said) + b"\n"


def unlike(witness: Witness, case: str, roots: Sequence[str]) -> Iterator[str]:
    """Where a log, of which `roots` are the roots at every size, is not the one that was witnessed.

    Raises:
        CaseError: The witness file is of another case.
    """
    if witness.case != case:
        raise CaseError(
            f"{witness.name}: of case {witness.case[:40]!a}, this is case {case[:40]!a}; it says "
            "nothing of it"
        )
    for head in witness.heads:
        if head.size > len(roots):
            yield (
                f"{witness.name}: {witness.lead} signed for {head.size} events at {head.time}, the "
                f"log has {len(roots)}; it was truncated, or is an earlier copy"
            )
        elif roots[head.size - 1] != head.root:
            yield (
                f"{witness.name}: {witness.lead} signed for other first {head.size} events at "
                f"{head.time}; the log was rewritten"
            )


def meeting(one: Witness, other: Witness) -> list[tuple[Witnessed, Witnessed]]:
    """Heads of one size in two files; if their roots differ, the lead signed two histories.

    Raises:
        CaseError: They are not of one case and one lead.
    """
    if (one.case, one.key) != (other.case, other.key):
        raise CaseError(f"{one.name} and {other.name}: not of one case and one lead")
    theirs = {head.size: head for head in other.heads}
    return [(head, theirs[head.size]) for head in one.heads if head.size in theirs]


def _line(raw: bytes) -> Any:
    """A line as this program writes it: nothing in the file has two spellings."""
    found = json.loads(raw)
    if rfc8785.dumps(found) + b"\n" != raw or found.get("proof", []) != [
        bytes.fromhex(step).hex() for step in found.get("proof", [])
    ]:
        raise ValueError("a line in another spelling than it was written in")
    return found


def _head(envelope: Envelope, case: str, key: Ed25519PublicKey, where: str) -> Witnessed:
    leads = envelope.key == public_id(key) and signed_by(envelope, key)
    if envelope.kind not in (HEAD_KIND, EXPORT_KIND) or not leads:
        raise CaseError(f"{where}: not a head that the lead signed; it was altered")
    try:
        found: dict[str, Any] = json.loads(envelope.payload)
        head = Witnessed(size=int(found["size"]), root=str(found["root"]), time=str(found["time"]))
        whose = str(found["case"])
        bytes.fromhex(head.root)
    except (ValueError, KeyError, TypeError) as error:
        raise CaseError(f"{where}: not a head of a log: {error}; altered") from error
    if whose != case:
        raise CaseError(f"{where}: the head of another case; it was put in")
    return head


def _continues(before: Witnessed, after: Witnessed, proof: Sequence[bytes]) -> bool:
    roots = bytes.fromhex(before.root), bytes.fromhex(after.root)
    return is_consistent(before.size, roots[0], after.size, roots[1], proof)
