"""Who may do what, and speak for whom? Rules that many laws share stand here too."""

from collections.abc import Sequence
from typing import Final

from filiation.casefile import facts
from filiation.casefile.ledger.event import Event
from filiation.casefile.ledger.keys import NAME
from filiation.casefile.state import State
from filiation.errors import UsageError

__all__ = [
    *("edition", "given", "hands_over", "lead_only", "neutral_only", "no_side", "speaks"),
    *("joined", "reclassed", "reviewed", "stood_by"),
]

MOST: Final = 10  # people who stood by
LONGEST: Final = 80  # letters of a name


def joined(fact: facts.Joined, event: Event, state: State) -> None:
    """The lead admits; a party has one name, one role and a key of its own, or none."""
    lead_only(event, state, "admit a party")
    if fact.party in state.parties:
        raise UsageError(f"{fact.party}: already a party of this case")
    if not NAME.fullmatch(fact.party):
        raise UsageError(f"party {fact.party!r}: expected up to 40 of a-z, 0-9 and '-'")
    if fact.role == "lead":
        raise UsageError(f"{fact.party}: a case has one lead, {state.opening.lead}")
    for name, entry in state.parties.items():
        if fact.key and fact.key == entry.fact.key:
            raise UsageError(f"{fact.party}: {name} signs with this key; each party needs its own")


def reviewed(fact: facts.Reviewed, event: Event, state: State) -> None:
    """No side reviews, nor whoever examined: it is signed with another key."""
    no_side(event, state, "review")
    examination = state.answered(fact.examination)
    given(fact.words, "review")
    if examination.event.key == event.key:
        raise UsageError(
            f"{event.actor} examined (event {examination.event.sequence}); a review is by another"
        )


def reclassed(fact: facts.Reclassed, event: Event, state: State) -> None:
    """No side moves a function into another class; whoever does gives a reason for each."""
    no_side(event, state, "put functions into other classes")
    state.examination(fact.examination)
    if not fact.moves:
        raise UsageError("no function is moved, expected one at least")
    for _, _, words in fact.moves:
        given(words, "another class")
    names = [name for name, _, _ in fact.moves]
    if len({*names}) < len(names):
        raise UsageError("one function is moved twice in one deed, expected one class for each")


def lead_only(event: Event, state: State, what: str) -> None:
    """Only the lead may do this."""
    if event.actor != state.opening.lead:
        raise UsageError(f"{event.actor} cannot {what}; only {state.opening.lead}, the lead, can")


def neutral_only(event: Event, state: State, what: str) -> None:
    """Only the lead or an examiner may do this."""
    role = state.party(event.actor).role
    if role not in ("lead", "examiner"):
        raise UsageError(
            f"{event.actor} is {role} and cannot {what}; only the lead or an examiner can, since "
            "whoever chooses seeds, methods or exhibits could choose what comes of them"
        )


def no_side(event: Event, state: State, what: str) -> None:
    """Only the lead, an examiner or a reviewer may do this."""
    role = state.party(event.actor).role
    if role not in ("lead", "examiner", "reviewer"):
        raise UsageError(
            f"{event.actor} is {role} and cannot {what}; only the lead, an examiner or a reviewer "
            "can, since no one judges in a matter of their own"
        )


def speaks(name: str, event: Event, state: State) -> facts.Joined:
    """A party with a key speaks for itself; for one without, the lead records what it says.

    Raises:
        UsageError: No such party, or someone else speaks for it.
    """
    party = state.party(name)
    if party.key and event.actor != name:
        raise UsageError(f"{name} signs for itself; {event.actor} cannot speak for it")
    if not party.key:
        lead_only(event, state, f"record what {name} says")
    return party


def hands_over(name: str, actor: str, state: State, present: Sequence[str] = ()) -> None:
    """What a party puts in it signs itself; the lead records what one that is absent hands over.

    Of a party that has a key, and so could have signed, the event then says who stood by.

    Raises:
        UsageError: No such party, someone else puts it in, or nobody stood by.
    """
    party = state.party(name)
    if actor not in (name, state.opening.lead):
        raise UsageError(
            f"{actor} cannot put in what is {name}'s; only {name}, or {state.opening.lead}, "
            "the lead, who records what was handed over"
        )
    stood_by(present, name, actor)
    if party.key and actor != name and not present and edition(state, 2):
        raise UsageError(
            f"{name} signs for itself (--as {name}); if it handed this over and does not sign, the "
            "event says who stood by (--present)"
        )


def stood_by(present: Sequence[str], party: str, actor: str) -> None:
    """Who stood by is named where the lead records for another: neither of these two."""
    if present and actor == party:
        raise UsageError(f"{party} signs for itself; nobody needs to have stood by")
    if len(present) > MOST:
        raise UsageError(f"{len(present)} people stood by; expected at most {MOST}")
    for place, name in enumerate(present):
        if not name.strip() or len(name) > LONGEST or not name.isprintable():
            raise UsageError(f"stood by: {name[:LONGEST]!a}: expected a name in one line")
        if name in (party, actor, *present[:place]):
            raise UsageError(
                f"stood by: {name}: expected another than {party}, {actor} who records, and "
                "those already named"
            )


def edition(state: State, least: int) -> bool:
    """Was the case opened under this edition of the laws, or a later one?"""
    return state.opening.laws >= least


def given(text: str, what: str) -> None:
    """A reason was given."""
    if not text.strip():
        raise UsageError(f"{what}: no words were given; a reason is part of the record")
