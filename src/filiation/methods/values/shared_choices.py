"""Do two models decide the same trade-offs alike, beyond caution, leaning and what others decide?

Every trade-off is put in several forms; a model's choice is what most of them got. Most models
decide most trade-offs alike, cautious ones lean one way, and whoever follows a published
specification leans as it says, category by category. So both margins are fixed: how often each
model takes the first side in each category, and how many models take it on each item. What is left
is likeness in single choices, the more telling, the rarer the choice is. It is set beside the
controls in both places, and against the nearest control by itself.

Defeated by: tuning on another specification; a system prompt for one side only; answers that
change with the wording. It cannot tell weights from outputs taken, nor either from one teacher, one
specification or one system prompt that both have and no control has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.values.judge import SPLIT, Asked, judge
from filiation.methods.values.table import choices
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding
from filiation.model.recording import Recording
from filiation.model.words import MethodWords

__all__ = ["SharedChoices"]

BECAUSE: Final = (
    "given how often each model takes which side in every category, and how many models take it "
    "on every item, an unrelated subject decides like the source no more than a further control "
    "would, nor more than the control that is nearest; a public specification, a teacher, a base "
    "model or a system prompt that source and subject have and no control has would break this"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SharedChoices:
    """Agreement on trade-offs beyond both margins, beyond the controls and each one of them."""

    draws: int = 99

    @property
    def reads(self) -> str:
        return "values"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return f"shared-choices/1;margins=strata;draws={self.draws};split={SPLIT};tail=t10"

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
            votes=choices,
            items="trade-offs",
            chosen="decided alike",
            sides=("takes the first side", "takes the second side"),
            because=BECAUSE,
        )
        return judge(asked, source, subject, controls, families=families, seed=seed)
