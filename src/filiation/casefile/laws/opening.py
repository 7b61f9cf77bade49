"""Who leads a case, how long may it take, and whose holidays count?"""

import re
from difflib import get_close_matches
from typing import Final

from filiation.casefile import facts
from filiation.casefile.laws.clock import known_time
from filiation.casefile.ledger.event import Event
from filiation.casefile.ledger.keys import NAME
from filiation.casefile.state import State
from filiation.errors import CaseError, UsageError

__all__ = ["EDITIONS", "known_terms", "opened"]

EDITIONS: Final = (1, 2)
LAST_YEAR: Final = 9000  # days are counted on from there
COUNTRY: Final = re.compile(r"[A-Z]{2}")


def opened(fact: facts.Opened, event: Event, state: State) -> None:
    """The first event, once, by the lead who is named in it, on terms that hold for any case."""
    if state.events:
        raise CaseError(f"event {event.sequence}: opens the case again; it was altered")
    if event.actor != fact.lead:
        raise UsageError(f"lead {fact.lead!r}: expected a name of a-z, 0-9 and '-'")
    known_terms(fact)


def known_terms(fact: facts.Opened) -> None:
    """A lead with a name, a number of days, and a country by its code in ISO 3166 or none.

    Raises:
        UsageError: Something else.
    """
    if not NAME.fullmatch(fact.lead):
        raise UsageError(f"lead {fact.lead!r}: expected a name of a-z, 0-9 and '-'")
    if not 1 <= fact.days <= 10_000:
        raise UsageError(f"{fact.days} days; expected 1 to 10000")
    if fact.laws not in EDITIONS:
        raise UsageError(
            f"laws of edition {fact.laws}; this version knows {' and '.join(map(str, EDITIONS))}, "
            "the case was opened by another version of filiation"
        )
    if fact.received.year > LAST_YEAR:
        raise UsageError(f"received on {fact.received}; expected a day up to the year {LAST_YEAR}")
    known_time(fact.terms)
    if fact.jurisdiction and not COUNTRY.fullmatch(fact.jurisdiction):
        raise UsageError(
            f"jurisdiction {fact.jurisdiction!r}: expected a country as ISO 3166 code of two "
            f"capital letters, such as DE{_meant(fact.jurisdiction)}"
        )


def _meant(name: str) -> str:
    """The code of the country whose name or code is closest, for who typed something else."""
    from holidays.registry import COUNTRIES

    codes = {word.lower(): codes[1] for module, codes in COUNTRIES.items()
             for word in (module.replace("_", ""), *codes[1:3])}  # fmt: skip
    close = get_close_matches(re.sub(r"[^a-z]", "", name.lower()), codes, n=1, cutoff=0.75)
    return f"; {name!r} looks like {codes[close[0]]}" if close else ""
