"""Who may do what, and speak for whom? Rules that many laws share stand here too."""

from filiation.casefile import facts
from filiation.casefile.ledger.event import Event
from filiation.casefile.ledger.keys import NAME
from filiation.casefile.state import State
from filiation.errors import UsageError

__all__ = [
    *("given", "hands_over", "lead_only", "neutral_only", "no_side"),
    *("joined", "reviewed", "stated"),
]


def joined(fact: facts.Joined, event: Event, state: State) -> None:
    """The lead admits; a party has one name, one role and a key of its own, or none."""
    lead_only(event, state, "admit a party")
    if fact.party in state.parties:
        raise UsageError(f"{fact.party}: already a party of this case")
    if not NAME.fullmatch(fact.party):
        raise UsageError(f"party {fact.party!r}: expected up to 40 of a-z, 0-9 and '-'")
    if fact.role == "lead":
        raise UsageError(f"{fact.party}: a case has one lead, {state.opening.lead}")
    if fact.key and fact.key in {entry.fact.key for entry in state.parties.values()}:
        raise UsageError(f"{fact.party}: another party signs with this key; each needs its own")


def stated(fact: facts.Stated, event: Event, state: State) -> None:
    """A party with a key speaks for itself; for one without, the lead records what it says."""
    party = state.party(fact.party)
    if party.key and event.actor != fact.party:
        raise UsageError(f"{fact.party} signs for itself; {event.actor} cannot speak for it")
    if not party.key:
        lead_only(event, state, f"record what {fact.party} says")
    wanted = {"claim": "claimant", "answer": "respondent"}.get(fact.kind)
    if wanted not in (None, party.role):
        article = "an" if fact.kind == "answer" else "a"
        raise UsageError(
            f"{fact.party} is {party.role}; {article} {fact.kind} comes from a {wanted}"
        )
    if fact.alternative is not None:
        given(fact.proposition, "alternative explanation")


def reviewed(fact: facts.Reviewed, event: Event, state: State) -> None:
    """No side reviews, nor whoever examined: it is signed with another key."""
    no_side(event, state, "review")
    examination = state.examination(fact.examination)
    given(fact.words, "review")
    if examination.event.key == event.key:
        raise UsageError(
            f"{event.actor} examined (event {examination.event.sequence}); a review is by another"
        )


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


def hands_over(party: str, actor: str, state: State) -> None:
    """What a party puts in it signs itself, or the lead records that it was handed over.

    Raises:
        UsageError: No such party, or someone else puts it in.
    """
    state.party(party)
    if actor not in (party, state.opening.lead):
        raise UsageError(
            f"{actor} cannot put in what is {party}'s; only {party}, or {state.opening.lead}, the "
            "lead, who records what was handed over"
        )


def given(text: str, what: str) -> None:
    """A reason was given."""
    if not text.strip():
        raise UsageError(f"{what}: no words were given; a reason is part of the record")
