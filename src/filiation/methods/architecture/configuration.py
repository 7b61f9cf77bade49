"""How many choices of architecture do two models share? Counted, and never made a probability.

Makers copy one another's configurations openly, frameworks bring defaults, and one width decides
five other numbers: strangers agree on most of what can be chosen. No null survives that, so there
is no finding: what is counted is the reason why nothing follows, and stands beside.

Defeated by: nothing that it could find; it is context.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.words import words_beside
from filiation.model.architecture import Architecture
from filiation.model.finding import Absent, Finding, Inapplicable, Unreadable
from filiation.model.words import MethodWords

__all__ = ["Configuration", "agreement"]


def agreement(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[int, int]:
    """How many choices agree, of how many that both state."""
    both = one.keys() & other.keys()
    return sum(one[name] == other[name] for name in both), len(both)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Choices that agree, of those that both state; never a finding."""

    @property
    def reads(self) -> str:
        return "architecture"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return "configuration/1;context-only"

    def compare(
        self,
        source: Architecture,
        subject: Architecture,
        controls: Sequence[Architecture] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        if unread := [
            f"{o.name}: {'; '.join(o.unread)}" for o in (source, subject) if not o.stated
        ]:
            return Unreadable(method=self.id, reason="; ".join(unread))
        agree, both = agreement(source.choices, subject.choices)
        return Inapplicable(
            method=self.id,
            reason=f"{agree} of {both} choices that both state agree; a configuration can be taken "
            "from any paper, so no probability goes with that, and the notes tell which",
        )
