"""Nothing was found: does that follow from the answers, or from what was done to them?

Whoever answers in a form that cannot be read, in an order of options of his own, or not at all
where it would tell, is not acquitted by it. Then the reason names the party, and nothing follows.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias

from filiation.examining.answers.missing import missing
from filiation.examining.answers.same_questions import Matched, match
from filiation.examining.question import Pair
from filiation.methods.answers.answers import code_answers
from filiation.methods.answers.answers_lineup import admit
from filiation.methods.answers.reading.readability import unread
from filiation.methods.answers.traps_apart import apart
from filiation.model.examination import Support
from filiation.model.recording import Recording

__all__ = ["because_of_answers", "missing_told"]

Role: TypeAlias = Literal["source", "subject"]

ROLES: Final[tuple[Role, Role]] = ("source", "subject")
FOUND_NOTHING: Final = frozenset({"nothing-applied", "absence-is-no-evidence"})


def because_of_answers(pair: Pair, found: Support) -> Support:
    """The same support, or, where nothing was found, whose answers are the reason."""
    if found.reason not in FOUND_NOTHING:
        return found
    same = match(pair.source, pair.subject, pair.controls)
    if same.unreadable:
        return _unread((same.odd,)) if same.odd else found
    controls = admit(same.source, same.subject, same.controls, pair.families).controls
    if roles := _unread_roles((same.source, same.subject, *controls)):
        return _unread(roles)
    lacks = zip(ROLES, missing(same.source, same.subject, controls), strict=True)
    if roles := tuple(role for role, what in lacks if what.mattered):
        return Support(toward="neither", reason="answers-missing", of=roles)
    return found


def missing_told(same: Matched, families: Mapping[str, str]) -> tuple[str, ...]:
    """How many answers of each party are missing, how they ended, and where they are missing."""
    if same.unreadable:
        return ()
    controls = admit(same.source, same.subject, same.controls, families).controls
    return tuple(s for what in missing(same.source, same.subject, controls) for s in what.told)


def _unread(roles: tuple[Role, ...]) -> Support:
    return Support(toward="neither", reason="answers-unread", of=roles)


def _unread_roles(recordings: Sequence[Recording]) -> tuple[Role, ...]:
    """Whose form is foreign, on the items with a key, or where there are none on the others."""
    keyed = apart(recordings, traps=False)
    asked = keyed if keyed[0].items and keyed[1].items else recordings
    return tuple(ROLES[place] for place in unread(code_answers(asked).readings))
