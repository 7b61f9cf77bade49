"""What can shared errors show here at best: which controls and items are admitted, and what p?

Each model is set against the key alone: who erred where is looked at, and no two answers are
compared.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.answers import Answers, code_answers
from filiation.methods.answers.answers_lineup import Admitted, admit
from filiation.methods.answers.answers_pairs import family_numbers
from filiation.methods.reached import reach_of
from filiation.model.finding import Absent, Inapplicable, Underpowered, Unreadable
from filiation.model.reach import Reach
from filiation.model.recording import Recording

__all__ = [
    "CONTROLS",
    "JOINT",
    "comparable",
    "errors_floor",
    "few_errors",
    "reach_among",
    "too_few",
    "unreadable",
    "with_errors",
]

Mask: TypeAlias = NDArray[np.bool_]

CONTROLS: Final = 5
JOINT: Final = 20
ONE_IN: Final = 100  # the p that is asked of answers
ERRORLESS: Final = "errs on no item that two others err on; no measure of shared errors, left out"


def errors_floor(strangers: int) -> float:
    """The smallest log p of a rank among so many pairs of strangers."""
    return -math.log1p(strangers)


def reach_among(
    method: str,
    parties: tuple[Recording, Recording],
    controls: Sequence[Recording],
    families: Mapping[str, str],
) -> Reach | Absent:
    """The least p if no control is found to be a relative; models are admitted as in the test."""
    admitted = admit(*parties, controls, families)
    if len(admitted.controls) < CONTROLS:
        return too_few(method, len(admitted.controls))
    answers = code_answers((*parties, *admitted.controls))
    absent = unreadable(method, answers) or few_errors(method, answers)
    if absent:
        return absent
    answers, admitted = with_errors(answers, admitted)
    family = family_numbers(answers.models, families)
    independent = int(np.unique(family[2:]).size)
    if independent < CONTROLS:
        return too_few(method, independent)
    known = comparable(answers) & (family[:, None] != family)
    known[0, 1] = False
    floor = errors_floor(int(np.count_nonzero(np.triu(known, 1))))
    reach = reach_of(method, floor, controls=independent, items=len(answers.items))
    return replace(reach, left_out=admitted.skipped)


def too_few(method: str, controls: int) -> Underpowered:
    """Say how many independent controls are needed for any p, and how many for a small one."""
    few = math.comb(CONTROLS + 2, 2)
    enough = next(k for k in count(CONTROLS) if math.comb(k + 2, 2) >= ONE_IN)
    return Underpowered(
        method=method,
        reason=f"{controls} independent control{'' if controls == 1 else 's'}, expected at least "
        f"{CONTROLS}, from other makers, to be put at all; the shared-error test's p is then "
        f"1 in {few} at best, and 1 in {ONE_IN} by itself takes {enough} of them",
    )


def unreadable(method: str, answers: Answers) -> Absent | None:
    """Why no answer of a party says anything, if so; neither is set against the other."""
    if not answers.items:
        return Inapplicable(method=method, reason="no item was put to all of these models")
    if reason := answers.foreign:
        return Unreadable(method=method, reason=reason)
    for row in (0, 1):
        if not (answers.codes[row] >= 0).any():
            reason = f"{answers.models[row]}: no answer could be read from any output"
            return Inapplicable(method=method, reason=reason)
    return None


def few_errors(method: str, answers: Answers) -> Underpowered | None:
    """Whether one party alone errs so seldom that both cannot have erred often enough."""
    wrong = answers.wrong
    for row in (0, 1):
        errors = int(np.count_nonzero(wrong[row] & wrong[2:].any(axis=0)))
        if errors < JOINT:
            return Underpowered(
                method=method,
                reason=f"{answers.models[row]} was wrong on {errors} of {len(answers.items):,} "
                f"common items (counting items that a control got wrong too), expected at least "
                f"{JOINT}; more items, or harder ones, would suffice",
            )
    return None


def comparable(answers: Answers) -> Mask:
    """Which two models have an error in common that a third made too: bool [models, models].

    Of others no likeness is known (`numerics.pairs.agreement`), and they are no pair of strangers.
    """
    telling = answers.wrong & (answers.wrong.sum(axis=0) >= 3)
    errors = telling.astype(np.float64)
    return np.asarray((errors @ errors.T > 0.0) & ~np.eye(len(errors), dtype=bool))


def with_errors(answers: Answers, admitted: Admitted) -> tuple[Answers, Admitted]:
    """Leave out controls that err where nobody else does, or not at all.

    They share no error with anyone, so that they are no measure of how many strangers share.
    """
    some = np.atleast_1d(comparable(answers).any(axis=1))
    some[:2] = True
    if some.all():
        return answers, admitted
    told = tuple(f"{answers.models[row]}: {ERRORLESS}" for row in np.flatnonzero(~some).tolist())
    kept = answers.rows(np.flatnonzero(some).tolist())
    return kept, replace(admitted, skipped=(*admitted.skipped, *told))
