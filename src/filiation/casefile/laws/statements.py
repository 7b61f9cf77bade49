"""Whose words may stand on record, and by whose hand?"""

from filiation.casefile import facts
from filiation.casefile.laws.parties import given, lead_only, speaks, stood_by
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import State
from filiation.casefile.submission import open_submission
from filiation.errors import CaseError, UsageError

__all__ = ["stated"]


def stated(fact: facts.Stated, event: Event, state: State) -> None:
    """A party speaks for itself, here or from afar; for one without a key the lead records it."""
    party = state.party(fact.party)
    if fact.submission:
        _received(fact, event, state)
    else:
        speaks(fact.party, event, state)
    stood_by(fact.stood_by, fact.party, event.actor)
    wanted = {"claim": "claimant", "answer": "respondent"}.get(fact.kind)
    if wanted not in (None, party.role):
        article = "an" if fact.kind == "answer" else "a"
        raise UsageError(
            f"{fact.party} is {party.role}; {article} {fact.kind} comes from a {wanted}"
        )
    if fact.alternative is not None:
        given(fact.proposition, "alternative explanation")


def _received(fact: facts.Stated, event: Event, state: State) -> None:
    """The lead receives a signed submission: this party's, of this case and log, once.

    Raises:
        UsageError: It is another's, was received already, or is of another log.
        CaseError: Its signature does not fit, or the event says something else than it.
    """
    lead_only(event, state, "receive a submission")
    said = open_submission(fact.submission, "submission")
    party = state.party(fact.party)
    if said.case != event.case:
        raise UsageError(f"submission: of case {said.case[:40]!a}, this is another one")
    if not party.key or said.signer != party.key:
        raise UsageError(
            f"submission: signed with another key than {party.party} has in this case; expected "
            "the key that the lead admitted"
        )
    for entry in state.of(facts.Stated):
        if entry.fact.submission and entry.fact.submission == fact.submission:
            raise UsageError(
                f"submission: received already, in event {entry.event.sequence}; nothing was added"
            )
    if said.size > len(state.events) or state.root_at(said.size, event.root) != said.root:
        raise UsageError(
            f"submission: {party.party} signed it after another log of {said.size} events than "
            "this one; two copies of the case went different ways, or this one was cut"
        )
    proposition = facts.ALTERNATIVES.get(said.alternative, "")
    told = (fact.kind, fact.party, fact.title, fact.alternative or "", fact.confidential)
    signed = (said.kind, said.party, said.title, said.alternative, said.confidential)
    if told != signed or fact.proposition != proposition:
        raise CaseError(f"event {event.sequence}: says something else than the submission; altered")
    if event.written("text") != said.words:
        raise CaseError(f"event {event.sequence}: keeps other words than were signed; altered")
