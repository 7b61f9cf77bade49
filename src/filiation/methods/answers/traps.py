"""Do two models invent the same, where there is nothing to know?

Map-makers draw a street that does not exist. Asked about people, books, laws and places that do
not exist, whatever a model says is invented; independent models invent differently, a copy
invents alike. The conditioned test of shared errors, with every answer counted as wrong: ability
is replaced by how usual a model's inventions are, and habits (a favourite year, a favourite
name) by its shares of answers over all traps.

Defeated by: refusing to answer, and by stock inventions shared by everybody, which weigh little.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, final

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.answers.answers import code_answers
from filiation.methods.answers.answers_lineup import admit
from filiation.methods.answers.shared_errors import CONTROLS, examine_answers, too_few
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable
from filiation.model.recording import Recording
from filiation.model.words import MethodWords
from filiation.numerics.rng import stream

__all__ = ["Traps"]

KIND: Final = "trap"


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
            "traps/1;weight=others-otherwise;scale=root;habit-prior=20;traits=3;freedom=controls-2"
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
        parties = traps_only(source), traps_only(subject)
        if not (parties[0].items and parties[1].items):
            reason = f'no item without a key, or of category "{KIND}", was put to both'
            return Inapplicable(method=self.id, reason=reason)
        admitted = admit(*parties, [traps_only(control) for control in controls], families)
        if len(admitted.controls) < CONTROLS:
            return too_few(self.id, len(admitted.controls))
        everybody = (*parties, *admitted.controls)
        rng = stream(seed, self.id, *(recording.digest for recording in everybody))
        return examine_answers(
            self.id,
            code_answers(everybody),
            parties,
            admitted,
            families=families,
            rng=rng,
        )


def traps_only(recording: Recording) -> Recording:
    """The recording's trap items: those without a key, and those of a category "trap...".

    A key on a trap (the marker of an honest "does not exist") is dropped: knowing better is not
    an invention, but sharing it is not evidence either, and it is common, so it weighs little.
    """
    keep = [
        (replace(item, key=None), output)
        for item, output in zip(recording.items, recording.finished, strict=True)
        if item.key is None or item.category.casefold().startswith(KIND)
    ]
    return Recording(
        name=recording.name,
        items=tuple(item for item, _ in keep),
        outputs=tuple(output for _, output in keep),
        notes=recording.notes,
    )
