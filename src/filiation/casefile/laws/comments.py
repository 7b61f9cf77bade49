"""On what may a remark be made, and by whom?"""

import re
from typing import Final

from filiation.casefile import facts
from filiation.casefile.laws.documents import known_documents
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import State
from filiation.errors import UsageError

__all__ = ["commented", "event_of"]

PLACE: Final = re.compile(r"(0|[1-9][0-9]{0,8})(#(?:finding|aside)-[0-9]{1,4}-[0-9]{1,4})?")


def commented(fact: facts.Commented, event: Event, state: State) -> None:
    """Everybody who signs may remark on what is on record, in their own name."""
    if fact.by != event.actor:
        raise UsageError(f"{fact.by}: remarks are one's own; {event.actor} cannot make them")
    if event_of(fact.about) is None:
        known_documents((fact.about,), state)
        return
    number, _, finding = fact.about.partition("#")
    if int(number) >= len(state.events):
        raise UsageError(f"event {number}: the log has {len(state.events)} events")
    if finding:
        state.examination(int(number))


def event_of(about: str) -> int | None:
    """The event that a remark is about; None of a document."""
    found = PLACE.fullmatch(about)
    return int(found[1]) if found else None
