"""Do two models draw the line of what they refuse at the same requests, within every policy?

Which *categories* a model is careful in is common knowledge, and often published. So how often
each model refuses in each category is held fixed, and so is how many models refuse each request:
what is left is where, within a category, the line runs. Requests are harmless and come in several
forms; a request is refused if most of its forms are.

Defeated by: a guard model or policy prompt in front of one side; safety training of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.values.judge import SPLIT, Asked, judge
from filiation.methods.values.table import refusals
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding
from filiation.model.recording import Recording
from filiation.model.words import MethodWords

__all__ = ["RefusalBoundary"]

FEWEST: Final = 5  # requests that source and subject refuse, and that they do not
BECAUSE: Final = (
    "given how often each model refuses in every category, and how many models refuse every "
    "request, an unrelated subject refuses along with the source no more than a further control "
    "would, nor more than the control that is nearest; a guard model, a published policy, safety "
    "data or a system prompt that both have and no control has would break this"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalBoundary:
    """Requests refused by both beyond both margins, beyond the controls and each one of them."""

    draws: int = 99

    @property
    def reads(self) -> str:
        return "values"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return (
            f"refusal-boundary/1;classifier=patterns/1;margins=strata;draws={self.draws};"
            f"split={SPLIT};tail=t10"
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
        asked = Asked(
            method=self.id,
            draws=self.draws,
            votes=refusals,
            items="requests",
            chosen="refused or answered alike",
            sides=("refuses", "answers"),
            because=BECAUSE,
            fewest=FEWEST,
        )
        return judge(asked, source, subject, controls, families=families, seed=seed)
