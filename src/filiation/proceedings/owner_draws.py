"""Fixing a test before its lot, drawing the lot from a later public value, and drawing it again."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, final

from filiation.casefile.check import check_record
from filiation.casefile.facts import Committed, Tossed
from filiation.casefile.record import Record
from filiation.casefile.stamp import check_stamp, material_message, request_stamp
from filiation.casefile.state import State
from filiation.errors import AlteredError, CaseError, UnreadableError, UsageError
from filiation.files import put
from filiation.methods.owner.keyed_trials import nested
from filiation.methods.owner.lots import lot_seed, with_lot
from filiation.model.drawn import CaseCoin, Drand, Drawn, Missing, OwnerTest, Rule, Sealed
from filiation.proceedings.given import read_file
from filiation.proceedings.naming import free
from filiation.readers.owner import (
    QUICKNET,
    DrawRecord,
    Entry,
    check_round,
    commitment_of,
    file_digest,
    list_entries,
    pool_digest,
    pool_entries,
    read_chain,
    read_plan,
    read_pool,
    read_record,
    read_round,
    read_sealed,
    record_bytes,
    round_at,
    sealed_bytes,
)

__all__ = [
    "Fixed",
    "Proof",
    "Trusted",
    "check_draw",
    "check_replies",
    "draw",
    "drawn_by_coin",
    "record_beside",
    "seal",
]

LONGEST: Final = 1 << 20  # bytes of a stamp, or of root certificates
APART: Final = timedelta(minutes=1)  # of stamp and round, whose clocks are two


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What an owner fixes, as given.

    Attributes:
        test: Which test.
        level: Of all lots together.
        references: SHA-256 (hex) of what was measured of references or controls.
        missing: What becomes of items that are not measured.
        rule: What counts as giving a reply (keys only).
        lots: How many lots are kept.
        moment: When the beacon's round is due at the earliest; None for the coin of a case.
        chain: A description of the beacon's chain; None for the League of Entropy's quicknet.
        case: The case whose lead tosses the coin; None for a beacon.
        plan: Snapshot, sampling, twins and prompts (served twins only).
    """

    test: OwnerTest
    level: float
    references: tuple[str, ...] = ()
    missing: Missing = "worst"
    rule: Rule = "contains"
    lots: int = 1
    moment: datetime | None = None
    chain: Path | None = None
    case: Path | None = None
    plan: Path | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What shows that a lot was drawn after the commitment.

    Attributes:
        stamp: An authority's response over the commitment.
        roots: Root certificates it is checked against.
        beacon: A round of the beacon, as its relays serve it.
        case: The case that holds commitment and coin.
    """

    stamp: Path | None = None
    roots: Path | None = None
    beacon: Path | None = None
    case: Path | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """What whoever reads a draw trusts, rather than what came with it.

    Attributes:
        case: The case that holds commitment and coin, where they are events.
        roots: Root certificates of time-stamp authorities.
        chain: A beacon's chain, as drand describes it.
    """

    case: Path | None = None
    roots: Path | None = None
    chain: Path | None = None


def seal(pool: Path, fixed: Fixed, out: Path, *, request: Path | None = None) -> tuple[Sealed, str]:
    """Fix a test before its lot: write what stays secret, and give the commitment to publish.

    Args:
        pool: Texts, prompts or examples without any lot.
        fixed: All else that could be chosen.
        out: The file to write.
        request: Where to write a request for a time stamp (RFC 3161), if one is wanted.

    Raises:
        UsageError: Neither or both of a moment and a case, or a place is taken.
        UnreadableError: The pool is damaged, has a lot, or a key could lie inside a decoy.
    """
    free(out)
    entries = read_pool(pool, fixed.test)
    check_replies(entries, str(pool))
    sealed = Sealed(
        test=fixed.test,
        pool=pool_digest(entries),
        nonce=secrets.token_hex(32),
        level=fixed.level,
        references=tuple(sorted(fixed.references)),
        missing=fixed.missing,
        rule=fixed.rule,
        lots=fixed.lots,
        value=_value(fixed),
        plan=None if fixed.plan is None else read_plan(fixed.plan),
    )
    if sealed.plan is not None:  # refused now, rather than when the lot is out
        with_lot(sealed.test, entries, bytes(32), sealed.plan)
    commitment = commitment_of(sealed)
    if request is not None:
        put(free(request), request_stamp(material_message(commitment)))
    put(free(out), sealed_bytes(sealed))
    return sealed, commitment


def draw(pool: Path, sealed_file: Path, proof: Proof, out: Path, *, lot: int = 1) -> Drawn:
    """Draw a lot and write the list, and beside it the record that lets others draw it again.

    Raises:
        UsageError: What the draw rests on is not given, or a place is taken.
        AlteredError: The pool is not the one that was fixed.
        CaseError: A stamp or an event that does not hold, or a value that is not later.
    """
    free(out), free(record_beside(out))
    sealed = read_sealed(sealed_file)
    entries = read_pool(pool, sealed.test)
    if pool_digest(entries) != sealed.pool:
        raise AlteredError(
            str(pool), recorded=sealed.pool, found=pool_digest(entries), another=True
        )
    record = _record(sealed, proof, lot)
    drawn, seed = _checked(record, Trusted(case=proof.case))
    rows = with_lot(sealed.test, entries, seed, sealed.plan)
    raw = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()
    listed = replace(record, list_sha256=hashlib.sha256(raw).hexdigest())
    put(free(out), raw)
    put(free(record_beside(out)), record_bytes(listed))
    return drawn


def record_beside(out: Path) -> Path:
    """Where the record of a draw lies: beside the list."""
    return out.with_name(f"{out.name.removesuffix('.jsonl')}.draw.json")


def check_draw(
    secret: Path, record_file: Path, test: OwnerTest, trusted: Trusted
) -> tuple[Sealed, Drawn]:
    """Draw a list's lot again, from what was fixed and the public value.

    Args:
        secret: The list.
        record_file: The record of its draw.
        test: Which test it is to be used for.
        trusted: What the reader trusts.

    Raises:
        AlteredError: The list is not the one that was drawn, or not of the pool that was fixed.
        CaseError: A stamp or an event that does not hold, or a value that is not later.
        UsageError: It was drawn for another test, or the case is not given.
    """
    record = read_record(record_file)
    sealed = record.sealed
    if sealed.test != test:
        raise UsageError(
            f"{record_file}: fixed for the test {sealed.test}, expected {test}; the commitment "
            "leaves no choice of test"
        )
    if file_digest(secret) != record.list_sha256:
        raise AlteredError(
            str(secret), recorded=record.list_sha256, found=file_digest(secret), another=True
        )
    pool = pool_entries(secret)
    if pool_digest(pool) != sealed.pool:
        raise AlteredError(str(secret), recorded=sealed.pool, found=pool_digest(pool), another=True)
    drawn, seed = _checked(record, trusted)
    if with_lot(test, pool, seed, sealed.plan) != list_entries(secret):
        raise CaseError(
            f"{secret}: not what lot {record.lot} gives when it is drawn again; the list was made, "
            "or altered, by hand"
        )
    return sealed, drawn


def check_replies(entries: Sequence[Entry], what: str) -> None:
    """Refuse a key inside a decoy: an answer could not tell them apart.

    Raises:
        UnreadableError: Which prompt, without its replies.
    """
    for entry in entries:
        replies = entry.get("replies")
        if isinstance(replies, list) and nested(replies) is not None:
            raise UnreadableError(
                f"{what}: {entry.get('id')!a:.60}: one reply lies inside another or equals it but "
                "for case or spaces; expected replies that an answer can tell apart"
            )


def _value(fixed: Fixed) -> Drand | CaseCoin:
    if (fixed.moment is None) == (fixed.case is None):
        raise UsageError(
            "a lot comes from a later public value: give either --draw-at (a round of drand) or "
            "--case (the coin of its lead)"
        )
    if fixed.case is not None:
        return CaseCoin(case=Record(fixed.case).id)
    chain = read_chain(fixed.chain) if fixed.chain else QUICKNET
    moment = fixed.moment or datetime.now(UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return replace(chain, round=round_at(chain, int(moment.timestamp())))


def _record(sealed: Sealed, proof: Proof, lot: int) -> DrawRecord:
    if isinstance(sealed.value, CaseCoin):
        return DrawRecord(sealed=sealed, lot=lot, list_sha256="")
    if proof.stamp is None or proof.roots is None or proof.beacon is None:
        raise UsageError(
            f"the lot comes from drand round {sealed.value.round}: give --stamp and --roots (the "
            "commitment, attested before it) and --beacon (the round)"
        )
    return DrawRecord(
        sealed=sealed,
        lot=lot,
        list_sha256="",
        stamp=read_file(proof.stamp, LONGEST),
        roots=read_file(proof.roots, LONGEST),
        signature=read_round(proof.beacon, sealed.value),
    )


def _checked(record: DrawRecord, trusted: Trusted) -> tuple[Drawn, bytes]:
    """How the lot was drawn, and its seed, if commitment and value hold and stand in order."""
    sealed = record.sealed
    commitment = commitment_of(sealed)
    if isinstance(sealed.value, CaseCoin):
        drawn, value = _in_case(record, sealed.value, trusted.case, commitment)
    else:
        drawn, value = _by_beacon(record, sealed.value, trusted, commitment)
    seed = lot_seed(commitment=commitment, nonce=sealed.nonce, value=value, lot=record.lot)
    return drawn, seed


def _by_beacon(
    record: DrawRecord, round_: Drand, trusted: Trusted, commitment: str
) -> tuple[Drawn, str]:
    roots = read_file(trusted.roots, LONGEST) if trusted.roots else b""
    held = check_stamp(record.stamp, material_message(commitment), roots or record.roots)
    due = datetime.fromtimestamp(round_.time, UTC)
    if held.time + APART > due:
        raise CaseError(
            f"the commitment was stamped at {held.time.isoformat()}, the round was out at "
            f"{due.isoformat()}; expected a stamp a minute or more before it: the lot was "
            "known, or could be by the clocks of both"
        )
    value = check_round(record.signature, round_)
    chain = replace(round_, round=1)
    known = chain in (QUICKNET, read_chain(trusted.chain) if trusted.chain else QUICKNET)
    name = (
        "drand's quicknet"
        if chain == QUICKNET
        else f"drand under the key {round_.public_key[:16]}.."
    )
    return _drawn(
        record,
        commitment=commitment,
        fixed=held.time.isoformat(),
        attested=held.authority,
        trusted=bool(roots),
        valued=due.isoformat(),
        source=f"round {round_.round} of {name}",
        known=known,
    ), value


def _in_case(
    record: DrawRecord, coin: CaseCoin, case: Path | None, commitment: str
) -> tuple[Drawn, str]:
    if case is None:
        raise UsageError(f"the lot comes from the coin of case {coin.case}: give it with --case")
    held = Record(case)
    if held.id != coin.case:
        raise UsageError(f"{case}: case {held.id}, expected {coin.case}, which was fixed")
    checked = check_record(held)
    if checked.problems:
        raise CaseError(f"{case}: {checked.problems[0]}; a coin of such a case proves nothing")
    return drawn_by_coin(record, coin, checked.state, commitment, str(case))


def drawn_by_coin(
    record: DrawRecord, coin: CaseCoin, state: State, commitment: str, what: str, *,
    before: int | None = None,
) -> tuple[Drawn, str]:  # fmt: skip
    """How a lot was drawn by the coin of a case that was checked, and the coin's value.

    Args:
        record: What was drawn.
        coin: Of which case.
        state: Where the case stands.
        commitment: To what was fixed.
        what: What messages call the case.
        before: An event: commitments from there on are not counted; None counts all.

    Raises:
        CaseError: The case holds no such commitment, or no coin for it.
    """
    fixed = [one for one in state.of(Committed) if one.fact.commitment == commitment]
    tossed = [one for one in state.of(Tossed) if one.fact.commitment == commitment]
    if not fixed or not tossed:
        raise CaseError(
            f"{what}: {'no coin was tossed for' if fixed else 'no event commits to'} "
            f"{commitment[:16]}.., expected both"
        )
    by = fixed[0].fact.by
    counted = [one for one in state.of(Committed) if before is None or one.event.sequence < before]
    places = [one.fact.commitment for one in counted if one.fact.by == by]
    return _drawn(
        record,
        commitment=commitment,
        fixed=fixed[0].event.time,
        attested=f"case {coin.case}, event {fixed[0].event.sequence}; {by}: commitment "
        f"{places.index(commitment) + 1} of {len(places)}",
        trusted=True,
        valued=tossed[0].event.time,
        source=f"coin (event {tossed[0].event.sequence}), tossed by {tossed[0].event.actor}",
        known=True,
    ), tossed[0].fact.value


def _drawn(
    record: DrawRecord,
    *,
    commitment: str,
    fixed: str,
    attested: str,
    trusted: bool,
    valued: str,
    source: str,
    known: bool,
) -> Drawn:
    return Drawn(
        commitment=commitment,
        fixed=fixed,
        attested=attested,
        trusted=trusted,
        valued=valued,
        source=source,
        known=known,
        lot=record.lot,
        lots=record.sealed.lots,
        level=record.sealed.level,
        missing=record.sealed.missing,
    )
