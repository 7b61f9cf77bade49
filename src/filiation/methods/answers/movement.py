"""Between two versions, did the subject move towards the source, beyond every control?

An older version of the subject takes away what the two always had in common: base, first corpus,
habits. What is left is towards whom the answers moved (`numerics.pairs.movement`).

Null: the source is exchangeable with the controls as a place to move to. Not "the model did not
move": every tuning moves a model, and mostly towards what is usual.

It is context and not counted: a sibling of the source, or a teacher of both, that is no control is
taken for the source, and where the truth is known it found little (docs/methods/movement.md).
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
from filiation.methods.answers.answers_lineup import Admitted, admit
from filiation.methods.answers.answers_pairs import family_numbers
from filiation.methods.answers.shared_errors_reach import unreadable
from filiation.methods.reached import reach_of
from filiation.methods.words import words_beside
from filiation.model.finding import (
    Absent,
    Finding,
    Inapplicable,
    Place,
    Underpowered,
)
from filiation.model.null import Calibrated
from filiation.model.reach import Reach
from filiation.model.recording import Recording
from filiation.model.words import MethodWords
from filiation.numerics.pairs.movement import DRAWS, SURE, beyond, families_not_beyond, movement
from filiation.numerics.rng import stream
from filiation.numerics.rounding import significant

__all__ = ["Movement"]

Float64: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

CONTROLS: Final = 5  # below which a rank among them says nothing
CHANGED: Final = 20  # changed answers, of which one at least is somebody's
PARTIES: Final = 3  # rows of the older version, the subject and the source
BECAUSE: Final = (
    "the source is exchangeable with the controls as what a later version of the subject moves to; "
    "a sibling or a teacher of the source that is no control is not told from it"
)
NO_OLDER: Final = "no older version of the subject was exhibited (--before)"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """The rank of the source among the controls, as that towards which the subject moved."""

    @property
    def reads(self) -> str:
        return "answers"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return f"movement/1;weight=rarity;beyond={SURE:g};draws={DRAWS}"

    def compare(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        return Inapplicable(method=self.id, reason=NO_OLDER)

    def compare_versions(
        self,
        source: Recording,
        versions: tuple[Recording, Recording],
        controls: Sequence[Recording],
        *,
        families: Mapping[str, str],
        seed: int,
    ) -> Finding | Absent:
        older, subject = versions
        admitted = admit(source, subject, _others(controls, older, families), families)
        if len(admitted.controls) < CONTROLS:
            return _too_few(self.id, len(admitted.controls))
        everybody = (older, subject, source, *admitted.controls)
        answers = code_answers(everybody)
        telling = _telling(answers.codes)
        if absent := unreadable(self.id, answers) or self._unmoved(answers, telling):
            return absent
        family = of_one_voice(answers, _families(answers, families), parties=PARTIES)
        count = int(np.unique(family[PARTIES:]).size)
        if count < CONTROLS:
            return _too_few(self.id, count)
        moved = movement(answers.codes[0], answers.codes[1], answers.codes[PARTIES - 1 :])
        rng = stream(seed, self.id, *(recording.digest for recording in everybody))
        p = beyond(moved, rng)
        declared = _families(answers, families).tolist()
        return self._finding(
            answers,
            moved,
            telling,
            (1 + families_not_beyond(p, family[PARTIES:].tolist()), count + 1),
            admitted,
            voices(answers.models, declared, family),
        )

    def reach(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording],
        *,
        families: Mapping[str, str],
    ) -> Reach | Absent:
        admitted = admit(source, subject, controls, families)
        names = tuple(control.name for control in admitted.controls)
        independent = int(np.unique(family_numbers(names, families)).size) if names else 0
        if independent < CONTROLS:
            return _too_few(self.id, independent)
        items = len({i.id for i in source.items} & {i.id for i in subject.items})
        floor = self.floor_with(independent)
        return reach_of(self.id, floor, controls=independent, items=items)

    def floor_with(self, controls: int) -> float:
        return -math.log1p(controls)

    def _unmoved(self, answers: Answers, telling: Mask) -> Underpowered | None:
        count = int(np.count_nonzero(telling))
        if count >= CHANGED:
            return None
        return Underpowered(
            method=self.id,
            reason=f"{count:,} answers changed between {answers.models[0]} and {answers.models[1]} "
            f"from or to what some other model says, of {len(answers.items):,} items, expected at "
            f"least {CHANGED}: where next to nothing moved, no direction can be told",
        )

    def _finding(
        self,
        answers: Answers,
        moved: Float64,
        telling: Mask,
        rank: tuple[int, int],
        admitted: Admitted,
        told: tuple[str, ...],
    ) -> Finding:
        (above, candidates), changed = rank, int(np.count_nonzero(telling))
        passed = candidates - above
        return Finding(
            method=self.id,
            observed=significant(100.0 * float(moved[0].sum()) / changed),
            unit=f"weighted answers nearer to the source per hundred of {changed:,} that changed "
            f"between {answers.models[0]} and {answers.models[1]}; beyond {passed:,} of "
            f"{candidates - 1:,} controls",
            null=Calibrated(
                controls=candidates - 1,
                log_floor=self.floor_with(candidates - 1),
                because=BECAUSE,
            ),
            log_p=math.log(above / candidates),
            combination=f"one and the controls that the source is not beyond (paired permutation "
            f"over items, p above {SURE:g}), over all candidates; a family of controls counts once",
            skipped=(*answers.notes, *admitted.skipped, *told),
            counts=False,  # whom it moved to is not from whom it learned
            items=len(answers.items),
            lineup=(*_places(answers, moved), *admitted.aside),
        )


def _telling(codes: NDArray[np.int32]) -> Mask:
    """Items on which the answer changed, from or to what a candidate says: bool [items]."""
    old, new, others = codes[0], codes[1], codes[PARTIES - 1 :]
    somebodys = ((others == old) | (others == new)).any(axis=0)
    return np.asarray((old >= 0) & (new >= 0) & (old != new) & somebodys)


def _families(answers: Answers, families: Mapping[str, str]) -> NDArray[np.int64]:
    """Families as declared; the two versions and the source are each one of its own."""
    family = family_numbers(answers.models, families)
    family[:PARTIES] = family.max() + 1 + np.arange(PARTIES)
    return family


def _others(
    controls: Sequence[Recording], older: Recording, families: Mapping[str, str]
) -> tuple[Recording, ...]:
    """The controls without the older version itself and its declared relatives."""
    own = families.get(older.name)
    return tuple(
        one
        for one in controls
        if one.digest != older.digest
        and one.name != older.name
        and not (own and families.get(one.name) == own)
    )


def _too_few(method: str, controls: int) -> Underpowered:
    return Underpowered(
        method=method,
        reason=f"{controls} independent control{'' if controls == 1 else 's'}, expected at least "
        f"{CONTROLS}: the least p is one in their number and one more",
    )


def _places(answers: Answers, moved: Float64) -> list[Place]:
    """The controls by the movement towards each, the most first; z is of the source beyond it."""
    apart = moved[0] - moved[1:]
    scatter = np.sqrt(np.maximum((apart**2).sum(axis=1), 1e-12))
    rows = zip(
        answers.models[PARTIES:],
        moved[1:].sum(axis=1).tolist(),
        (apart.sum(axis=1) / scatter).tolist(),
        strict=True,
    )
    places = [
        Place(name=name, who="control", observed=significant(total), z=significant(z))
        for name, total, z in rows
    ]
    return sorted(places, key=lambda place: (-place.observed, place.name))
