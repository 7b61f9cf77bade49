"""Do two models make the same mistakes, more than their abilities, habits and times explain?

Right answers are shared by all who know; an idiosyncratic mistake is shared by descent. But able
strangers choose the same good wrong answer, keys are wrong, and models have favourite answers.
So every pair's agreement on errors is predicted from both models' agreement with everybody else,
the product of their abilities and up to three traits common to many models, never from a pair of
the two families under examination. What is left over is set in scatters of pairs of strangers.

Defeated by: heavy instruction tuning, distillation from others, training on the key. Absence of
shared error is no evidence of independence.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.answers.answers import Answers, code_answers
from filiation.methods.answers.answers_alike import of_one_voice, voices
from filiation.methods.answers.answers_instances import heaviest
from filiation.methods.answers.answers_lineup import Admitted, admit, likeness
from filiation.methods.answers.answers_pairs import (
    PairTable,
    families_seen,
    family_numbers,
    pair_table,
    suspect_keys,
    tail_log_p,
    traits_allowed,
)
from filiation.methods.answers.shared_errors_reach import (
    CONTROLS,
    JOINT,
    errors_floor,
    reach_among,
    too_few,
    unreadable,
    with_errors,
)
from filiation.methods.answers.traps_apart import apart
from filiation.methods.words import words_beside
from filiation.model.finding import (
    Absent,
    Finding,
    Inapplicable,
    Likeness,
    Place,
    Underpowered,
)
from filiation.model.null import Calibrated
from filiation.model.reach import Reach
from filiation.model.recording import Recording
from filiation.model.words import MethodWords
from filiation.numerics.pairs.pair_model import HeldOut
from filiation.numerics.rng import stream
from filiation.numerics.rounding import significant
from filiation.numerics.tails.student import t_log_p

__all__ = [
    "NO_SCATTER",
    "SharedErrors",
    "examine_among",
    "examine_answers",
    "suspected",
]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

RELATIVE: Final = math.log(1e-6)  # controls so close to a party, or to each other, are relatives
NAME: Final = (
    "shared-errors/2;items=keyed;weight=others-otherwise;scale=root;habit-prior=20;traits=3;"
    "freedom=controls-2"
)

KEYLESS: Final = (
    "no item with a key was put to both; without keys it is not known what is wrong, and what the "
    "answers have in common is the trap-item test's"
)
NO_SCATTER: Final = (
    "the agreement of strangers on errors does not vary; there is nothing to measure by"
)
BECAUSE: Final = (
    "an unrelated subject's agreement with the source departs from what ability, habits, the two "
    "models' agreement with the others and traits of many models predict by no more than that of "
    "pairs of independent models does; a cause shared by these two alone (a teacher, training "
    "data) is not ruled out by it"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SharedErrors:
    """Agreement on errors beyond prediction, in scatters of pairs of strangers."""

    @property
    def reads(self) -> str:
        return "answers"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return NAME

    def compare(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        source, subject, *others = apart((source, subject, *controls), traps=False)
        if not (source.items and subject.items):
            return Inapplicable(method=self.id, reason=KEYLESS)
        return examine_among(self.id, (source, subject), others, families=families, seed=seed)

    def reach(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording],
        *,
        families: Mapping[str, str],
    ) -> Reach | Absent:
        source, subject, *others = apart((source, subject, *controls), traps=False)
        if not (source.items and subject.items):
            return Inapplicable(method=self.id, reason=KEYLESS)
        return reach_among(self.id, (source, subject), others, families)

    def floor_with(self, controls: int) -> float:
        return errors_floor(math.comb(controls + 2, 2) - 1)


def examine_among(
    method: str,
    parties: tuple[Recording, Recording],
    controls: Sequence[Recording],
    *,
    families: Mapping[str, str],
    seed: int,
) -> Finding | Absent:
    """Admit who may stand beside source and subject, and put the question."""
    admitted = admit(*parties, controls, families)
    if len(admitted.controls) < CONTROLS:
        return too_few(method, len(admitted.controls))
    everybody = (*parties, *admitted.controls)
    rng = stream(seed, method, *(recording.digest for recording in everybody))
    return examine_answers(
        method, code_answers(everybody), parties, admitted, families=families, rng=rng
    )


def examine_answers(
    method: str,
    answers: Answers,
    parties: tuple[Recording, Recording],
    admitted: Admitted,
    *,
    families: Mapping[str, str],
    rng: np.random.Generator,
) -> Finding | Absent:
    """Put the question to a table whose first two rows are the source and the subject."""
    if absent := _unanswerable(method, answers):
        return absent
    answers, admitted = with_errors(answers, admitted)
    if len(answers.models) - 2 < CONTROLS:
        return too_few(method, len(answers.models) - 2)
    family, told = _voices(answers, families)
    traits = traits_allowed(answers.models[2:], families)
    table, fit, seen = _fit(answers, family, rng, traits)
    aside = _relatives(answers, fit, seen)
    if aside:
        keep = _without(aside, answers.models)
        if len(keep) - 2 < CONTROLS:
            return too_few(method, len(keep) - 2)
        answers, family = answers.rows(keep), family[keep]
        table, fit, seen = _fit(answers, family, rng, traits)
    independent = int(np.unique(seen[2:]).size)
    if independent < CONTROLS:
        return too_few(method, independent)
    if fit.scatter <= 0.0:
        return Inapplicable(method=method, reason=NO_SCATTER)
    measured = _Measured(
        answers=answers,
        table=table,
        fit=fit,
        family=family,
        independent=independent,
        parties=parties,
    )
    notes = (*told, _without_suspect_keys(measured, family, rng, traits))
    return measured.finding(method, admitted, aside, notes)


def _voices(answers: Answers, families: Mapping[str, str]) -> tuple[Int64, tuple[str, ...]]:
    """The families by number, each of one voice, and what is told of it."""
    declared = family_numbers(answers.models, families)
    declared[:2] = declared.max() + 1 + np.arange(2)  # whatever was declared, they are the question
    family = of_one_voice(answers, declared, parties=2)
    return family, voices(answers.models, declared.tolist(), family)


def _without(aside: Sequence[Place], models: Sequence[str]) -> list[int]:
    """Rows of the parties, and of the controls that were not set aside."""
    names = {place.name for place in aside}
    return [row for row, name in enumerate(models) if row < 2 or name not in names]


def _unanswerable(method: str, answers: Answers) -> Absent | None:
    if absent := unreadable(method, answers):
        return absent
    wrong = answers.wrong
    joint = int(np.count_nonzero(wrong[0] & wrong[1] & (wrong.sum(axis=0) >= 3)))
    if joint < JOINT:
        return Underpowered(
            method=method,
            reason=f"both were wrong on {joint} of {len(answers.items):,} common items (counting "
            f"items that another model got wrong too), expected at least {JOINT}; more items, or "
            "harder ones, would suffice",
        )
    return None


def _fit(
    answers: Answers, family: Int64, rng: np.random.Generator, traits: int
) -> tuple[PairTable, HeldOut, Int64]:
    """Predict every pair, recognise families, predict again; no fit may use the pair in question.

    Returns:
        The pairs, what is left of them, and int64 [models] families as far as recognised.
    """
    table = pair_table(answers)
    aside = np.zeros(table.y.shape, dtype=bool)
    aside[0, 1] = aside[1, 0] = True
    seen = families_seen(table, family, rng, parties=2, aside=aside)
    return table, table.against_strangers(seen, rng, aside=aside, traits=traits), seen


def _relatives(answers: Answers, fit: HeldOut, family: Int64) -> list[Place]:
    """Controls so close to the source or the subject that they cannot stand for an innocent."""
    freedom = max(1, int(np.unique(family[2:]).size) - 2)
    found = []
    for row in range(2, len(answers.models)):
        for party in (0, 1):
            z = float(fit.z[party, row])
            if math.isfinite(z) and float(t_log_p(np.asarray(z), freedom)) < RELATIVE:
                reason = f"shares errors with {answers.models[party]} as relatives do (z {z:.1f})"
                found.append(
                    Place(
                        name=answers.models[row],
                        who="relative",
                        observed=significant(float(fit.rest[party, row])),
                        z=significant(z),
                        reason=reason,
                    )
                )
                break
    return found


def _without_suspect_keys(
    measured: "_Measured", family: Int64, rng: np.random.Generator, traits: int
) -> str:
    """Run again without the items whose key most able controls contradict; say what changes."""
    answers = measured.answers
    _, first = np.unique(family[2:], return_index=True)  # a family has one vote
    drop = suspect_keys(answers, 2 + np.sort(first))
    if not drop.any():
        return ""
    kept, what = answers.without(drop), suspected(drop, answers)[0]
    if _unanswerable("", kept):
        return f"{what}; without them too few joint errors remain"
    z = float(_fit(kept, family, rng, traits)[1].z[0, 1])
    return f"{what}; without them z is {z:.2f} instead of {float(measured.fit.z[0, 1]):.2f}"


def suspected(drop: Mask, answers: Answers) -> tuple[str, ...]:
    """Say which keys are suspect, if any are."""
    some = [item.id for item, suspect in zip(answers.items, drop, strict=True) if suspect]
    if not some:
        return ()
    shown = ", ".join(some[:3]) + (", .." if len(some) > 3 else "")
    return (f"{len(some):,} items have a key that most able controls contradict ({shown})",)


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Measured:
    """All that a finding is written from."""

    answers: Answers
    table: PairTable
    fit: HeldOut
    family: Int64
    independent: int
    parties: tuple[Recording, Recording]

    def finding(
        self, method: str, admitted: Admitted, aside: list[Place], notes: Sequence[str]
    ) -> Finding:
        z = self.fit.z[0, 1]
        log_ps, floor = tail_log_p(self.fit, self.independent)
        alike, joint = self._alike()
        others = self.fit.z[0, 2:]
        above = int(np.count_nonzero(others >= z))
        places = sorted(self._places(), key=lambda place: (-place.z, place.name))
        return Finding(
            method=method,
            observed=significant(100.0 * float(self.table.excess[0, 1])),
            unit=f"weighted agreements beyond chance and habit per hundred of {joint:,} joint "
            f"errors, {alike:,} of them answered alike; z {float(z):.2f}",
            null=Calibrated(controls=self.independent, log_floor=floor, because=BECAUSE),
            log_p=float(log_ps[0, 1]),
            combination=f"kinds of question added by size over squared scatter; rest against "
            f"{self.fit.strangers:,} pairs of strangers, the larger "
            f"p of Student's t with {max(1, self.independent - 2)} degrees of freedom and the rank "
            f"among them; rank {above + 1} of "
            f"{others.size + 1} in the line-up",
            skipped=tuple(x for x in (*self.answers.notes, *admitted.skipped, *notes) if x),
            items=len(self.answers.items),
            lineup=(*places, *aside, *admitted.aside),
            instances=heaviest(self.answers, self.table, *self.parties),
            likeness=self._likeness(),
        )

    def _likeness(self) -> Likeness:
        """Every two models that are of different families, declared or plain to see."""
        z = np.where(self.family[:, None] != self.family, self.fit.z, np.nan)
        return likeness(self.answers.models, z, range(len(self.answers.models)))

    def _alike(self) -> tuple[int, int]:
        wrong, codes = self.answers.wrong, self.answers.codes
        joint = wrong[0] & wrong[1]
        return int(np.count_nonzero(joint & (codes[0] == codes[1]))), int(np.count_nonzero(joint))

    def _places(self) -> list[Place]:
        return [
            Place(
                name=self.answers.models[row],
                who="subject" if row == 1 else "control",
                observed=significant(100.0 * float(self.table.excess[0, row])),
                z=significant(float(self.fit.z[0, row])),
            )
            for row in range(1, len(self.answers.models))
            if math.isfinite(float(self.fit.z[0, row]))
        ]
