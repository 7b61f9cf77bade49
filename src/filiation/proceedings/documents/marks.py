"""What the parties have put on a document: claims of privilege, redactions, tags."""

from dataclasses import dataclass
from typing import Final, final

from filiation.casefile import facts
from filiation.casefile.laws.documents import judgements, redactions, tags
from filiation.casefile.laws.privilege import Claim, claims
from filiation.casefile.state import Entry, State

__all__ = ["BARE", "Marks", "marks_of"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The marks of one document.

    Attributes:
        privileged: Claims that it is, by party, with the lead's ruling on each.
        redacted: The last redaction; None: none.
        tags: Of anybody.
        judged: What was found by other DNS records, in order.
    """

    privileged: tuple[Claim, ...]
    redacted: Entry[facts.Redacted] | None
    tags: tuple[str, ...]
    judged: tuple[Entry[facts.Judged], ...] = ()


BARE: Final = Marks(privileged=(), redacted=None, tags=())


def marks_of(state: State) -> dict[str, Marks]:
    """The marks of every document that has some, by its name."""
    claimed, redacted, tagged = claims(state), redactions(state), tags(state)
    judged = judgements(state)
    return {
        name: Marks(
            privileged=tuple(claim for _, claim in sorted(claimed.get(name, {}).items())),
            redacted=redacted[name][-1] if redacted.get(name) else None,
            tags=tuple(tagged.get(name, ())),
            judged=tuple(judged.get(name, ())),
        )
        for name in {*claimed, *redacted, *tagged, *judged}
    }
