"""Who claims privilege, who rules on it, and what is withheld meanwhile?

A claim withholds until it is ruled on, an upheld one after that; one that was dismissed or given up
withholds nothing. Nothing is withheld from the party that put the document in: it knows it.
"""

from dataclasses import dataclass
from typing import final

from filiation.casefile import facts
from filiation.casefile.laws.decisions import superseded
from filiation.casefile.laws.documents import known_documents, production
from filiation.casefile.laws.parties import given, lead_only, speaks
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry, State
from filiation.errors import UsageError

__all__ = ["Claim", "claims", "hidden_from", "privileged", "ruled"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A party's claim for one document, not given up; `ruling` is the last one, if there is any."""

    entry: Entry[facts.Privileged]
    ruling: Entry[facts.Ruled] | None = None

    @property
    def withholds(self) -> bool:
        """Does it keep the document from others as things stand?"""
        return self.ruling is None or self.ruling.fact.upheld


def privileged(fact: facts.Privileged, event: Event, state: State) -> None:
    """A party claims for itself; only what stands is given up; what was dismissed stays so."""
    speaks(fact.party, event, state)
    known_documents(fact.documents, state)
    given(fact.ground, "privilege")
    standing, ruled_on = claims(state), rulings(state)
    for name in fact.documents:
        ruling = ruled_on.get((name, fact.party))
        if fact.waived and fact.party not in standing.get(name, {}):
            raise UsageError(f"{name}: {fact.party} claims no privilege there; nothing to waive")
        if not fact.waived and ruling is not None:
            raise UsageError(
                f"{name}: event {ruling.event.sequence} ruled on the claim of {fact.party}; only a "
                "further ruling of the lead changes that"
            )


def ruled(fact: facts.Ruled, event: Event, state: State) -> None:
    """The lead rules, with reasons, on a claim that stands; a further ruling names the last."""
    lead_only(event, state, "rule on privilege")
    known_documents(fact.documents, state)
    given(fact.because, "ruling")
    state.party(fact.party)
    standing, ruled_on = claims(state), rulings(state)
    for name in fact.documents:
        if fact.party not in standing.get(name, {}):
            raise UsageError(f"{name}: {fact.party} claims no privilege there; nothing to rule on")
        last = ruled_on.get((name, fact.party))
        before = [last.event.sequence] if last is not None else []
        superseded(fact.supersedes, before, f"ruling on {name}")


def claims(state: State) -> dict[str, dict[str, Claim]]:
    """Document to the claims that were made for it and not given up, by party."""
    found: dict[str, dict[str, Claim]] = {}
    ruled_on = rulings(state)
    for entry in state.of(facts.Privileged):
        for name in entry.fact.documents:
            held = found.setdefault(name, {})
            if entry.fact.waived:
                held.pop(entry.fact.party, None)
            else:
                ruling = ruled_on.get((name, entry.fact.party))
                held[entry.fact.party] = Claim(entry=entry, ruling=ruling)
    return {name: held for name, held in found.items() if held}


def hidden_from(state: State, party: str) -> set[str]:
    """Documents that are privileged towards a party; never one that it put in itself."""
    return {
        name
        for name, held in claims(state).items()
        if any(claim.withholds for by, claim in held.items() if by != party)
        and production(state, name).fact.offered_by != party
    }


def rulings(state: State) -> dict[tuple[str, str], Entry[facts.Ruled]]:
    """Document and party to the last ruling on its claim."""
    return {
        (name, entry.fact.party): entry
        for entry in state.of(facts.Ruled)
        for name in entry.fact.documents
    }
