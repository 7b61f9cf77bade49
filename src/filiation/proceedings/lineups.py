"""Showing the suspect among foils, under code names, before anyone knows who is who."""

import json
import secrets
import string
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filiation.casefile.deeds import LineupDrawn, OpinionGiven
from filiation.casefile.facts import Drawn, Opined, Unmasked
from filiation.casefile.laws.lineups import mask_commitment
from filiation.casefile.ledger.keys import home
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.errors import UsageError
from filiation.examining.lineup import choose_foils, comparisons_bytes, describe
from filiation.model.exhibit import Exhibit
from filiation.model.kinds import WEIGHTS
from filiation.proceedings.exhibits import OpenedPlan, open_plan
from filiation.proceedings.given import judged, on_record

__all__ = ["draw", "opine", "unmask"]


def draw(case: Path, *, foils: int, name: str = "first", acting: str | None = None) -> LineupDrawn:
    """Draw a line-up: foils by description, code names by lot, each compared with the source.

    Who is who is committed to in the log and kept outside the case, in the folder `masks` of
    FILIATION_HOME of whoever draws. That is not to be the examiner.

    Raises:
        UsageError: No plan was fixed, too few foils, or a law of the case forbids it.
    """
    record = Record(case)
    signer = record.signer(acting)
    planned = open_plan(record, record.state())
    coded = _coded(planned, foils)
    names = tuple((code, member.name) for code, member in coded.items())
    salt = secrets.token_hex(16)
    raw = comparisons_bytes(planned.plan, planned.source, coded)
    sketch = planned.subject.content(WEIGHTS)
    fact = Drawn(
        lineup=name,
        source=planned.source.name,
        codes=tuple(coded),
        commitment=mask_commitment(names, salt),
        description="" if sketch is None else str(describe(sketch)),
        plan=planned.fact.digest,
    )
    draft = Draft(
        verb="lineup draw",
        fact=fact,
        arguments=on_record({"foils": foils, "name": name}),
        reads={"plan": planned.fact.digest},
        blobs=[("comparisons", raw, "")],
    )
    with _kept_mask(record, fact.commitment, {"names": names, "salt": salt}):
        event = record.append(draft, *signer)
    members = tuple((row["code"], row["log10_p"]) for row in json.loads(raw)["members"])
    return LineupDrawn(entry=Entry(event=event, fact=fact), members=members)


def opine(
    case: Path,
    words: str,
    *,
    stands_out: Sequence[str] = (),
    name: str = "first",
    acting: str | None = None,
) -> OpinionGiven:
    """Record the examiner's opinion; the first one before the names are shown.

    Raises:
        UsageError: A law of the case forbids it, or a phrase of the words is refused.
    """
    judged(words, "opinion")
    record = Record(case)
    signer = record.signer(acting)
    fact = Opined(lineup=name, stand_out=tuple(stands_out), words=words)
    draft = Draft(verb="lineup opinion", fact=fact, arguments=on_record({"name": name}))
    event = record.append(draft, *signer)
    shown = any(entry.fact.lineup == name for entry in record.state().of(Unmasked))
    return OpinionGiven(entry=Entry(event=event, fact=fact), names_shown=shown)


def unmask(case: Path, *, name: str = "first", acting: str | None = None) -> Entry[Unmasked]:
    """Show who is who; only after an opinion, by whoever drew the line-up.

    Raises:
        UsageError: A law of the case forbids it, or the names are not here.
        CaseError: The names are not those that were committed to.
    """
    record = Record(case)
    signer = record.signer(acting)
    drawn = [e.fact for e in record.state().of(Drawn) if e.fact.lineup == name]
    if not drawn:
        raise UsageError(f"line-up {name!r}: none of that name was drawn")
    path = _mask(record, drawn[0].commitment)
    try:
        said = json.loads(path.read_text())
        names = tuple((str(code), str(member)) for code, member in said["names"])
        fact = Unmasked(lineup=name, names=names, salt=str(said["salt"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path}: cannot be read ({error}); only who drew the line-up can unmask it"
        ) from error
    draft = Draft(verb="lineup unmask", fact=fact, arguments=on_record({"name": name}))
    return Entry(event=record.append(draft, *signer), fact=fact)


def _coded(planned: OpenedPlan, foils: int) -> Mapping[str, Exhibit]:
    """Code names by lot, for the subject and its foils."""
    controls = [control for control in planned.controls if not control.public]
    members = [planned.subject, *choose_foils(planned.subject, controls, foils)]
    if len(members) > len(string.ascii_uppercase):
        raise UsageError(f"line-up: {len(members)} members, expected at most 26")
    secrets.SystemRandom().shuffle(members)
    return dict(zip(string.ascii_uppercase, members, strict=False))


@contextmanager
def _kept_mask(record: Record, commitment: str, mask: Mapping[str, Any]) -> Iterator[None]:
    """Who is who is kept before the event is on record, and forgotten if it was refused."""
    path = _mask(record, commitment)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(json.dumps(mask))
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        yield
    except BaseException:
        if all(entry.fact.commitment != commitment for entry in record.state().of(Drawn)):
            path.unlink(missing_ok=True)
        raise


def _mask(record: Record, commitment: str) -> Path:
    return home() / "masks" / f"{record.id}-{commitment[:16]}.json"
