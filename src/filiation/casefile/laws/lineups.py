"""A line-up is blind: names are committed to when it is drawn, and shown after an opinion."""

import hashlib
from dataclasses import replace

import rfc8785

from filiation.casefile import facts
from filiation.casefile.laws.parties import given, neutral_only, no_side
from filiation.casefile.laws.plans import in_force
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry, State
from filiation.errors import CaseError, UsageError
from filiation.model.descent import without_declared
from filiation.model.examination import Conclusion, Examination
from filiation.model.filtration import Moved, moved

__all__ = ["as_shown", "covered", "drawn", "mask_commitment", "opined", "unmasked"]


def mask_commitment(names: tuple[tuple[str, str], ...], salt: str) -> str:
    """SHA-256 (hex) that commits to who is who without telling: salted canonical JSON."""
    said = {"names": [[code, name] for code, name in names], "salt": salt}
    return hashlib.sha256(rfc8785.dumps(said)).hexdigest()


def drawn(fact: facts.Drawn, event: Event, state: State) -> None:
    """A line-up has a name of its own and two members or more, under distinct codes."""
    neutral_only(event, state, "draw a line-up")
    in_force(fact.plan, event, state)
    if any(entry.fact.lineup == fact.lineup for entry in state.of(facts.Drawn)):
        raise UsageError(f"line-up {fact.lineup}: exists; give the new one another name")
    if len(set(fact.codes)) < max(2, len(fact.codes)):
        raise UsageError(f"line-up: {len(fact.codes)} members, expected at least two, all distinct")


def opined(fact: facts.Opined, event: Event, state: State) -> None:
    """An opinion has words, is no side's, and names none but members of the line-up."""
    no_side(event, state, "give an opinion on a line-up")
    drawn = _lineup(fact.lineup, state)
    given(fact.words, "opinion")
    for code in fact.stand_out:
        if code not in drawn.fact.codes:
            raise UsageError(f"{code}: not in the line-up; it has {', '.join(drawn.fact.codes)}")


def unmasked(fact: facts.Unmasked, event: Event, state: State) -> None:
    """Names are shown once, after an opinion, and are those that were committed to."""
    neutral_only(event, state, "unmask a line-up")
    drawn = _lineup(fact.lineup, state)
    if any(entry.fact.lineup == fact.lineup for entry in state.of(facts.Unmasked)):
        raise UsageError(f"line-up {fact.lineup}: was unmasked already")
    if not any(entry.fact.lineup == fact.lineup for entry in state.of(facts.Opined)):
        raise UsageError(
            f"line-up {fact.lineup}: no opinion was recorded; the examiner's opinion comes before "
            "the names"
        )
    if mask_commitment(fact.names, fact.salt) != drawn.fact.commitment:
        raise CaseError(
            f"line-up {fact.lineup}: the names are not those that were committed to when it was "
            "drawn; they were altered"
        )


def covered(state: State, before: int | None = None) -> bool:
    """Whether names of a line-up are covered: it was drawn, and not unmasked.

    Args:
        state: Of the case.
        before: Number of the event at which that is asked; None for now.
    """
    now = len(state.events) if before is None else before
    shown = {e.fact.lineup for e in state.of(facts.Unmasked) if e.event.sequence < now}
    drawn = (e for e in state.of(facts.Drawn) if e.event.sequence < now)
    return any(entry.fact.lineup not in shown for entry in drawn)


def as_shown(found: Examination, state: State, before: int | None = None) -> Examination:
    """An examination as it may be shown: while names are covered, without what any files say.

    Functions of source code stand in the classes that an examiner gave them, beside the proposed.
    """
    shown = without_declared(found) if covered(state, before) else found
    conclusions = tuple(_as_moved(one, found, state, before) for one in shown.conclusions)
    return replace(shown, conclusions=conclusions)


def _as_moved(one: Conclusion, found: Examination, state: State, before: int | None) -> Conclusion:
    """A conclusion with its functions in the classes that signed deeds gave them, the last last."""
    if one.filtration is None:
        return one
    now = len(state.events) if before is None else before
    known = {matched.id for matched in one.filtration.matched}
    moves = [
        (name, Moved(to=to, why=words, by=f"{entry.event.actor}, event {entry.event.sequence}"))
        for entry in state.of(facts.Reclassed)
        if entry.event.sequence < now
        and state.examination(entry.fact.examination).fact.plan == found.plan_digest
        for name, to, words in entry.fact.moves
        if name in known
    ]
    return replace(one, filtration=moved(one.filtration, moves)) if moves else one


def _lineup(name: str, state: State) -> Entry[facts.Drawn]:
    for entry in state.of(facts.Drawn):
        if entry.fact.lineup == name:
            return entry
    raise UsageError(f"line-up {name!r}: none of that name was drawn")
