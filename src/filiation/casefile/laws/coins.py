"""When may a lot be fixed, and who tosses the coin for it?"""

import re
from typing import Final

from filiation.casefile import facts
from filiation.casefile.laws.inquiries import coin_left, posed_in_force
from filiation.casefile.laws.parties import edition, hands_over, lead_only, speaks
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import State
from filiation.errors import UsageError

__all__ = ["committed", "tossed"]

BYTES: Final = re.compile("[0-9a-f]{64}")


def committed(fact: facts.Committed, event: Event, state: State) -> None:
    """A party commits once to one digest; the lead, who tosses, does not commit."""
    if edition(state, 2):
        speaks(fact.by, event, state)
    else:
        hands_over(fact.by, event.actor, state)
    _digest(fact.commitment)
    if state.party(fact.by).role == "lead":
        raise UsageError(
            f"{fact.by} leads the case and tosses the coin; expected a commitment of another party"
        )
    if any(one.fact.commitment == fact.commitment for one in state.of(facts.Committed)):
        raise UsageError(f"{fact.commitment[:16]}..: on record already, expected one commitment")


def tossed(fact: facts.Tossed, event: Event, state: State) -> None:
    """The lead tosses once for a commitment, or a log's plan, that is on record.

    A second coin could be chosen; and for a plan that was amended before its coin none is tossed.
    """
    lead_only(event, state, "toss the coin")
    _digest(fact.commitment)
    if not BYTES.fullmatch(fact.value):
        raise UsageError("coin: expected 32 bytes as 64 hexadecimal digits")
    plans = [one for one in state.of(facts.Posed) if one.fact.digest == fact.commitment]
    if plans and posed_in_force(plans[0].fact.exhibit, state) is not plans[0]:
        raise UsageError(
            f"{fact.commitment[:16]}..: a plan that was amended since; expected the last one of "
            f"{plans[0].fact.exhibit}"
        )
    if not plans and all(
        one.fact.commitment != fact.commitment for one in state.of(facts.Committed)
    ):
        raise UsageError(
            f"{fact.commitment[:16]}..: no commitment of this case; `filiation case commit` comes "
            "before the coin"
        )
    for one in state.of(facts.Tossed):
        if one.fact.commitment == fact.commitment:
            raise UsageError(
                f"{fact.commitment[:16]}..: event {one.event.sequence} tossed the coin for it; a "
                "second one could be chosen"
            )
    if plans:
        coin_left(plans[0].fact, state)


def _digest(text: str) -> None:
    if not BYTES.fullmatch(text):
        raise UsageError(f"commitment {text[:80]!a}: expected a SHA-256, 64 hexadecimal digits")
