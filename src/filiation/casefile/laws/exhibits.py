"""What may be put in as an exhibit?"""

from filiation.casefile import facts
from filiation.casefile.laws.parties import hands_over
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import State
from filiation.errors import UsageError

__all__ = ["exhibited"]


def exhibited(fact: facts.Exhibited, event: Event, state: State) -> None:
    """A party puts it in, or the lead for it, under a name that no exhibit has."""
    hands_over(fact.offered_by, event.actor, state, fact.stood_by)
    if fact.exhibit in state.exhibits:
        raise UsageError(
            f"{fact.exhibit}: an exhibit of that name exists; an exhibit never changes"
        )
