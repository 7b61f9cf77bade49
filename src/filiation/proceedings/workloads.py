"""What a machine signed in a case: opened from what the case keeps, with who vouches for it.

The attestation is checked again each time by every folder of makers' certificates that the case
held by then, so that nobody chooses the roots, and whoever put some in is named beside them. Lists
of revoked certificates count for all folders, whoever put them in: their maker signed them.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from filiation.casefile import facts
from filiation.casefile.exchange.held import Held
from filiation.casefile.laws.inquiries import alone
from filiation.casefile.state import Entry, State
from filiation.errors import CaseError, UnreadableError, UsageError, WithheldError
from filiation.model.attested import RootsHeld, Vouched, WorkloadTold
from filiation.model.inquiry import InCase
from filiation.model.kinds import ROOTS, WORKLOAD
from filiation.proceedings.alone import PART
from filiation.proceedings.exhibits import MATERIAL
from filiation.proceedings.unplanned import unplanned
from filiation.proceedings.workload import ATTESTATION, SIDES
from filiation.sealed.attestation.chains import Roots, revoked_by_all, roots_in
from filiation.sealed.attestation.documents import check, held_against
from filiation.sealed.workload import Signed, read_signed

__all__ = ["asked_of_workload", "workload_told"]

LONGEST: Final = 300  # characters of why it fails
UNREAD: Final = "roots that cannot be read: "


def workload_told(record: Held, state: State, fact: facts.Inquired) -> WorkloadTold:
    """What a machine signed, and what vouches for it by the roots that the answer names.

    Raises:
        AlteredError: What is kept changed.
        CaseError: It is not what `filiation workload` signs.
        WithheldError: An export does not hold it, or not the roots.
    """
    entry = alone(fact.exhibit, WORKLOAD, state)
    signed = read_signed(_kept(record, entry.event.written(MATERIAL)), fact.exhibit)
    held = [_roots(record, state, name) for name in fact.roots]
    told = WorkloadTold(
        statement=signed.statement, found=signed.examination, bound=signed.bound.hex(),
        checked="no-attestation", expected=fact.expected, roots=tuple(one for one, _ in held),
    )  # fmt: skip
    digest = _parts(entry).get(ATTESTATION, "")
    if not digest:
        return told
    if not held:
        return replace(told, checked="no-roots", attestation=digest)
    raw = _kept(record, digest).read_bytes()
    revoked = revoked_by_all(roots for _, roots in held if isinstance(roots, Roots))
    outcomes = [
        _vouched(raw, replace(roots, revoked=revoked), signed, dict(fact.expected))
        if isinstance(roots, Roots) else roots
        for _, roots in held
    ]  # fmt: skip
    return _outcome(replace(told, checked="no-roots", attestation=digest, roots=()), told.roots,
                    outcomes)  # fmt: skip


def _outcome(
    told: WorkloadTold, roots: Sequence[RootsHeld], outcomes: Sequence[Vouched | str]
) -> WorkloadTold:
    """By a maker's root that the program knows, if one vouches; else by another, or by none."""
    held = tuple(
        replace(one, vouches=isinstance(outcome, Vouched))
        for one, outcome in zip(roots, outcomes, strict=True)
    )
    found = [one for one in outcomes if isinstance(one, Vouched)]
    if found:
        best = next((one for one in found if one.vendor), found[0])
        return replace(told, checked="holds", roots=held, vouched=best)
    reasons = [one for one in outcomes if isinstance(one, str)]
    return replace(told, checked="fails", roots=held, why=max(reasons, key=_told_most)[:LONGEST])


def _vouched(raw: bytes, roots: Roots, signed: Signed, expected: dict[str, str]) -> Vouched | str:
    """What an attestation vouches for by these roots, or why it does not."""
    try:
        document = check(raw, roots, ATTESTATION)
        return held_against(document, signed.bound, expected, ATTESTATION)
    except (CaseError, UnreadableError) as error:
        return str(error)


def _told_most(why: str) -> bool:
    """Does it say more than that these roots are of another maker, or are none?"""
    return "none of the roots" not in why and not why.startswith(UNREAD)


def _kept(record: Held, digest: str) -> Path:
    record.objects.check(digest)
    path: Path = record.objects.path(digest)
    return path


def _parts(entry: Entry[facts.Exhibited]) -> dict[str, str]:
    """Digest of each part that is kept, by its name in the folder that was put in."""
    return {
        one.what.removeprefix(PART): one.sha256
        for one in entry.event.writes
        if one.what.startswith(PART)
    }


def _roots(record: Held, state: State, name: str) -> tuple[RootsHeld, Roots | str]:
    """A folder of certificates; or why it is none, which makes nothing of all the others fail."""
    if name not in state.exhibits:
        raise WithheldError(f"{name}: makers' certificates that this export does not hold")
    entry = alone(name, ROOTS, state)
    files = {part: _kept(record, digest) for part, digest in _parts(entry).items()}
    said = RootsHeld(
        exhibit=name, digest=entry.fact.digest, offered_by=entry.fact.offered_by,
        entered=entry.event.sequence,
    )  # fmt: skip
    try:
        return said, roots_in(files, name)
    except (UnreadableError, UsageError) as error:
        return said, f"{UNREAD}{error}"


def asked_of_workload(
    state: State, fact: facts.Inquired, told: WorkloadTold, before: int | None
) -> InCase:
    """How the case came to ask, as its record stands before the answer."""
    now = len(state.events) if before is None else before
    committed = {
        one.fact.commitment: one.fact.by
        for one in reversed(state.of(facts.Committed))
        if one.event.sequence < now
    }
    seals = (told.statement.subject, told.statement.source)
    others = tuple(
        name
        for name, one in state.exhibits.items()
        if one.fact.kind == WORKLOAD and one.event.sequence < now and name != fact.exhibit
    )
    sides = [(side, committed.get(seal, "")) for side, seal in zip(SIDES, seals, strict=True)]
    return unplanned(state, fact.exhibit, others, sides)
