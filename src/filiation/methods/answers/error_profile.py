"""Do two models fail on the same items, beyond difficulty and ability?

Null: given how many models fail each item and how many items each model fails, every matrix of
failures is equally likely (the Rasch model, conditioned on both its margins). It says nothing of
*what* is answered. Real models violate it: their skills have more than one dimension, so
strangers of one kind fail together too. Of public models, 2 in 12 pairs of strangers drawn at
random have p <= .01 (docs/validation/outputs.md); so it is shown and never counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.answers.answers import Answers, code_answers
from filiation.methods.answers.answers_lineup import admit
from filiation.methods.answers.shared_errors_reach import CONTROLS, too_few
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, Underpowered, Unreadable
from filiation.model.null import Permutation
from filiation.model.recording import Recording
from filiation.model.words import MethodWords
from filiation.numerics.rng import stream
from filiation.numerics.rounding import significant
from filiation.numerics.tails.fixed_margins import Mixing, fixed_margin_draws
from filiation.numerics.tails.tail import monte_carlo_floor, sequential_log_p

__all__ = ["ErrorProfile", "failures"]

Mask: TypeAlias = NDArray[np.bool_]

CONTROLS_USED: Final = 40  # drawn if there are more: the chain would take longer and say the same
ITEMS_USED: Final = 10_000

BECAUSE: Final = (
    "given how hard each item is and how able each model is, failures fall independently (Rasch); "
    "this is false for real models, whose skills have several dimensions, and strangers of one "
    "kind exceed it as well: context, not evidence"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorProfile:
    """Items that both fail, among matrices with the same margins."""

    draws: int = 199

    @property
    def reads(self) -> str:
        return "answers"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return f"error-profile/2;chain=curveball;hub=parallel;draws={self.draws};context-only"

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
        parties = (source, subject, *admitted.controls)
        answers = code_answers(parties)
        if reason := answers.foreign:
            return Unreadable(method=self.id, reason=reason)
        matrix = failures(answers)
        if matrix.shape[1] == 0:
            return _nothing_varies(self.id, answers)
        rng = stream(seed, self.id, *(recording.digest for recording in parties))
        matrix, drawn = _part(matrix, rng)
        mixing, matrices = fixed_margin_draws(matrix, rng)
        joint = (np.count_nonzero(m[0] & m[1]) for m in islice(matrices, self.draws))
        nulls = np.fromiter(joint, np.float64)
        observed = float(np.count_nonzero(matrix[0] & matrix[1]))
        z = (observed - float(nulls.mean())) / max(float(nulls.std()), 1e-9)
        return Finding(
            method=self.id,
            observed=observed,
            unit=f"items failed by both, {significant(float(nulls.mean())):g} expected; z {z:.2f}",
            null=Permutation(
                draws=self.draws, log_floor=monte_carlo_floor(self.draws), because=BECAUSE
            ),
            log_p=sequential_log_p(observed, [nulls], draws=self.draws),
            combination=_chain(matrix, mixing),
            skipped=(*answers.notes, *admitted.skipped, *drawn),
            counts=False,  # measured: its null does not hold on real models
            items=len(answers.items),
            lineup=admitted.aside,
        )


def _chain(matrix: Mask, mixing: Mixing) -> str:
    """The matrix and how far the chain went from it, in words."""
    return (
        f"one matrix of {matrix.shape[0]} models and {matrix.shape[1]:,} items; "
        f"{mixing.trades} trades to the hub and to each draw, which move "
        f"{100 * mixing.distance:.0f}% of the failures (last doubling: "
        f"{100 * mixing.gain:+.1f}%)"
    )


def _nothing_varies(method: str, answers: Answers) -> Absent:
    if not (answers.key >= 0).any():
        reason = "no common item has a key; without one nobody fails"
        return Inapplicable(method=method, reason=reason)
    reason = "every common item was failed by all models or by none; items between would do"
    return Underpowered(method=method, reason=reason)


def _part(matrix: Mask, rng: np.random.Generator) -> tuple[Mask, tuple[str, ...]]:
    """Both parties, at most so many controls and items, drawn at random, and what was drawn.

    Given the margins of the part, the null holds in the part as it does in the whole.
    """
    controls, items = matrix.shape[0] - 2, matrix.shape[1]
    rows = np.sort(2 + rng.permutation(controls)[:CONTROLS_USED])
    columns = np.sort(rng.permutation(items)[:ITEMS_USED])
    if rows.size == controls and columns.size == items:
        return matrix, ()
    part = matrix[np.ix_(np.concatenate([[0, 1], rows]), columns)]
    varied = part.any(axis=0) & ~part.all(axis=0)
    note = (
        f"{rows.size} of {controls} controls and {columns.size:,} of {items:,} items were drawn "
        "for this test; the chain over all would take longer and say the same"
    )
    return part[:, varied], (note,)


def failures(answers: Answers) -> Mask:
    """Keyed items that some models fail and some do not: bool [models, items].

    No answer is a failure.
    """
    failed = (answers.codes != answers.key)[:, answers.key >= 0]
    share = failed.mean(axis=0)
    return np.asarray(failed[:, (share > 0.0) & (share < 1.0)])
