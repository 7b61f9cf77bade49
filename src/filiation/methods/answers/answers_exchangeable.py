"""Would two models share so many wrong answers if wrong answers were exchangeable?

Given who is wrong at an item, two of N models, n_v of which gave answer v, agree with probability
sum n_v (n_v - 1) / (N (N - 1)); the number of agreements is Poisson-binomial and its tail exact.
The arithmetic is exact, the null is false for real models: able strangers choose the same good
wrong answer. Shown beside the conditioned test, so that a reader sees what naive counting would
have said; never counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.answers.answers import Answers, code_answers
from filiation.methods.answers.answers_lineup import admit
from filiation.methods.answers.shared_errors_reach import CONTROLS, too_few
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Underpowered, Unreadable
from filiation.model.null import Exact
from filiation.model.recording import Recording
from filiation.model.words import MethodWords
from filiation.numerics.pairs.agreement import tally
from filiation.numerics.tails.poisson_binomial import poisson_binomial_log_p

__all__ = ["ExchangeableErrors", "exchangeable_chances"]

Float64: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

BECAUSE: Final = (
    "given who is wrong at an item, wrong answers are exchangeable among the models; this is "
    "false for real models, among which a third of unrelated pairs exceeds it, so it is context "
    "and not evidence"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeableErrors:
    """Equal wrong answers under exchangeability, an exact baseline."""

    @property
    def reads(self) -> str:
        return "answers"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return "shared-errors-exchangeable/2;context-only"

    def compare(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        admitted = admit(source, subject, controls, families)
        if len(admitted.controls) < CONTROLS:
            return too_few(self.id, len(admitted.controls))
        answers = code_answers((source, subject, *admitted.controls))
        if reason := answers.foreign:
            return Unreadable(method=self.id, reason=reason)
        joint, chances = exchangeable_chances(answers)
        if not joint.size:
            reason = "no item was got wrong by both models and a third; more items would do"
            return Underpowered(method=self.id, reason=reason)
        alike = int(np.count_nonzero(answers.codes[0, joint] == answers.codes[1, joint]))
        log_p = poisson_binomial_log_p(alike, chances)
        floor = poisson_binomial_log_p(joint.size - int((chances == 0.0).sum()), chances)
        return Finding(
            method=self.id,
            observed=float(alike),
            unit=f"equal answers on {joint.size:,} joint errors, {chances.sum():.1f} expected",
            null=Exact(
                distribution="Poisson-binomial, each item with its own chance",
                log_floor=floor,
                because=BECAUSE,
            ),
            log_p=log_p,
            combination="items are independent given who is wrong and which answers were given",
            skipped=(*answers.notes, *admitted.skipped),
            counts=False,  # measured: its null does not hold on real models
            items=len(answers.items),
            lineup=admitted.aside,
        )


def exchangeable_chances(answers: Answers) -> tuple[NDArray[np.int64], Float64]:
    """Items that the first two models and a third got wrong, and their chances of agreement."""
    wrong = answers.wrong
    joint = np.flatnonzero(wrong[0] & wrong[1] & (wrong.sum(axis=0) >= 3))
    values = tally(answers.codes[:, joint], wrong[:, joint])
    pairs = np.bincount(values.item, values.count * (values.count - 1.0), joint.size)
    return joint, np.asarray(pairs / np.maximum(values.wrong * (values.wrong - 1.0), 1.0))
