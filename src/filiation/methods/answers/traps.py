"""Do two models invent the same, where there is nothing to know?

Map-makers draw a street that does not exist. Asked about people, books, laws and places that do
not exist, whatever a model says is invented; independent models invent differently, a copy
invents alike. The conditioned test of shared errors, with every answer counted as wrong: ability
is replaced by how usual a model's inventions are, and habits (a favourite year, a favourite
name) by its shares of answers over all traps.

Defeated by: refusing to answer, and by stock inventions shared by everybody, which weigh little.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.answers.answers import TRAP, apart
from filiation.methods.answers.shared_errors import examine_among
from filiation.methods.answers.shared_errors_reach import errors_floor, reach_among
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable
from filiation.model.reach import Reach
from filiation.model.recording import Recording
from filiation.model.words import MethodWords

__all__ = ["Traps"]

NONE: Final = f'no item without a key, or of category "{TRAP}", was put to both'


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Traps:
    """Equal inventions beyond prediction, in scatters of pairs of strangers."""

    @property
    def reads(self) -> str:
        return "answers"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return (
            "traps/2;items=keyless;weight=others-otherwise;scale=root;habit-prior=20;traits=3;"
            "freedom=controls-2"
        )

    def compare(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        one, other, *others = apart((source, subject, *controls), traps=True)
        if not (one.items and other.items):
            return Inapplicable(method=self.id, reason=NONE)
        return examine_among(self.id, (one, other), others, families=families, seed=seed)

    def reach(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording],
        *,
        families: Mapping[str, str],
    ) -> Reach | Absent:
        one, other, *others = apart((source, subject, *controls), traps=True)
        if not (one.items and other.items):
            return Inapplicable(method=self.id, reason=NONE)
        return reach_among(self.id, (one, other), others, families)

    def floor_with(self, controls: int) -> float:
        return errors_floor(math.comb(controls + 2, 2) - 1)
