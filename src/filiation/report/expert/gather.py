"""From a case on disk to the material of a report, as the record stood at a head."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from filiation.casefile import facts
from filiation.casefile.clock import Reading, read_clock
from filiation.casefile.codec import examination_from_bytes, inquiry_from_bytes
from filiation.casefile.exchange.held import Held, withheld_of
from filiation.casefile.laws import fold
from filiation.casefile.laws.lineups import as_shown
from filiation.casefile.ledger.merkle import leaf_hash, tree_root
from filiation.casefile.state import State
from filiation.errors import CaseError, UsageError, WithheldError
from filiation.model.inquiry import Inquiry
from filiation.model.toml_text import toml_of
from filiation.model.validation import Validation
from filiation.report.expert.gathered import CaseMaterial, Compared
from filiation.report.expert.profile import Profile, read_profile
from filiation.report.wording import refusals

__all__ = ["gather", "read_given", "read_validation"]

VALIDATION: Final = TypeAdapter(Validation)
LONGEST: Final = 1 << 20  # bytes of a file of what the human gives
LARGEST: Final = 1 << 26  # bytes of a validation report
TEXT: Final = 1 << 18  # bytes of a statement that are looked at


def gather(
    record: Held,
    *,
    fact: facts.Reported,
    given: bytes = b"",
    validation: bytes = b"",
) -> CaseMaterial:
    """What a report of that fact is written from.

    Args:
        record: The case.
        fact: Which examination, profile, day, head and typesetter.
        given: The human's words for the blanks (TOML); empty for none.
        validation: A validation report (JSON); empty for none.

    Raises:
        UsageError: No such examination or profile, or words that may not stand.
        WithheldError: It was also written from events that an export does not hold.
        CaseError: The record is damaged.
    """
    state, root = _as_of(record, fact)
    entry = state.examination(fact.examination)
    digest = entry.event.written("examination")
    profile = read_profile(fact.profile)
    found = examination_from_bytes(record.objects.get(digest), f"event {entry.event.sequence}")
    return CaseMaterial(
        found=as_shown(found, state),
        examination=entry,
        state=state,
        root=root,
        texts=_texts(record, state),
        lineups=_lineups(record, state),
        clock=_clock(state, fact.on),
        on=fact.on or state.opening.received,
        profile=profile,
        given=read_given(given, profile),
        validation=read_validation(validation) if validation else None,
        validation_digest=hashlib.sha256(validation).hexdigest() if validation else "",
        typesetter=fact.typesetter,
        alone=tuple(_alone(record, state)),
    )


def _alone(record: Held, state: State) -> Iterator[tuple[int, Inquiry]]:
    """What was found of exhibits that were examined alone."""
    for one in state.of(facts.Inquired):
        sequence, raw = one.event.sequence, record.objects.get(one.event.written("inquiry"))
        yield sequence, inquiry_from_bytes(raw, f"event {sequence}")


def _as_of(record: Held, fact: facts.Reported) -> tuple[State, str]:
    """The record as it stood when the report was made, and the root of its log."""
    if missing := withheld_of(record, fact.size):
        raise WithheldError(
            f"written from all {fact.size} events before it; withheld of them: {len(missing)}"
        )
    signed = record.signed()[: fact.size]
    root = tree_root([leaf_hash(one.raw) for one in signed]).hex()
    if root != fact.root:
        raise CaseError(f"report: the first {fact.size} events are not those it was made from")
    return fold(one.event for one in signed), root


def _texts(record: Held, state: State) -> dict[int, bytes]:
    return {
        e.event.sequence: record.objects.get(e.event.written("text"))[:TEXT]
        for e in state.of(facts.Stated)
        if not e.fact.confidential
    }


def _lineups(record: Held, state: State) -> dict[str, Compared]:
    found: dict[str, Compared] = {}
    for entry in state.of(facts.Drawn):
        raw = json.loads(record.objects.get(entry.event.written("comparisons")))
        found[entry.fact.lineup] = [(str(x["code"]), x["log10_p"]) for x in raw["members"]]
    return found


def _clock(state: State, on: date | None) -> Reading | None:
    if on is None or on < state.opening.received:
        return None
    return read_clock(state, on)


def read_validation(raw: bytes) -> Validation:
    """A validation report.

    Raises:
        UsageError: Too large, or none that this version can read.
    """
    if len(raw) > LARGEST:
        raise UsageError(f"validation report: more than {LARGEST} bytes; refused")
    try:
        return VALIDATION.validate_json(raw, extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"validation report: {where}: {first['msg']}; expected report.json of "
            "`filiation validate`"
        ) from error


def read_given(raw: bytes, profile: Profile) -> Mapping[str, str]:
    """The human's words for what the profile leaves open: TOML, a text for each id.

    Raises:
        UsageError: Not TOML, an id that the profile does not leave open, or words that claim more
            than an examination can show.
    """
    if not raw:
        return {}
    if len(raw) > LONGEST:
        raise UsageError(f"filled in: more than {LONGEST} bytes; refused")
    try:
        found: dict[str, Any] = toml_of(raw.decode())
    except ValueError as error:
        raise UsageError(f"filled in: not TOML: {error}") from error
    known = {blank.id for blank in profile.blanks}
    for name, text in found.items():
        if name not in known or not isinstance(text, str):
            raise UsageError(
                f"filled in: {name!r}: expected a text for one of {', '.join(sorted(known))}"
            )
        for refusal in refusals(text):
            raise UsageError(
                f"filled in: {name}: says {refusal.phrase!r}: {refusal.why}; write "
                f"{refusal.instead}"
            )
    return found
