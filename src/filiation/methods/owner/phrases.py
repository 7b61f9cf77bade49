"""Does the subject use phrases that were never published, more than decoys that were never used?

A claimant has a list of phrases from what it keeps to itself (system prompts, wording of rubrics,
later versions of a constitution). Published ones say nothing: everybody reads the web. Each phrase
was drawn by lot from several that one rule made; the others are its decoys and were used nowhere.
To a model that met none of them each of the group is equally likely to be the one, so that its
place, by the number of answers that use it, is drawn by lot as well: p = place / phrases. Ties
count against the accusation. Given what the subject says, the lot alone is random: groups add up to
the sum of -log p, and its exact distribution over all lots is used, in which a group that is never
used has no part. An answer to a prompt that itself holds a phrase of the group is an
echo, and is left out for that group.

Exact only if the lot was one. A claimant may write natural phrases and odd decoys; therefore every
control is put to the same test, and a list that sets a control apart is refused as a list.

Source: exposure among canaries (Carlini et al., The Secret Sharer, 2019), read off in words.
Defeated by: tuning of style; prompts on which the phrases have no place; a list that became known.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.words import words_beside
from filiation.model.finding import (
    Absent,
    Finding,
    Inapplicable,
    Instance,
    Place,
    Underpowered,
    Unreadable,
)
from filiation.model.null import Exact
from filiation.model.owner import Phrase
from filiation.model.recording import Recording
from filiation.model.words import MethodWords
from filiation.numerics.rounding import significant
from filiation.numerics.tails.independent_sum import independent_sum_log_p

__all__ = ["PhraseRank"]

LISTED: Final = 10
READ: Final = 20_000  # characters of an answer that are looked at
REFUTED: Final = 0.01  # p of a control, times their number, at which the list is refused

_WORDS: Final = re.compile(r"\w+")

BECAUSE: Final = (
    "in every group the phrase was picked by lot among phrases that one rule made, the others were "
    "used nowhere, and the subject met nothing else that tells them apart; that the lot was drawn "
    "is vouched for by whoever made the list, and by its commitment"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseRank:
    """Places of unpublished phrases among their decoys, by the number of answers that use them."""

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return "phrases/1;score=minus-log-rank;ties=against;combined=exact-sum"

    def compare(
        self, phrases: Sequence[Phrase], subject: Recording, controls: Sequence[Recording] = ()
    ) -> Finding | Absent:
        """Put the question of the subject, and of every control to see whether the list is fair."""
        told = _said(subject)
        if not told:
            reason = f"{subject.name} answered nothing; no phrase can be looked for"
            return Inapplicable(method=self.id, reason=reason)
        places = {phrase.id: _place(phrase, told) for phrase in phrases}
        used = [place for place in places.values() if place.used]
        if not used:
            return Underpowered(
                method=self.id,
                reason=f"{subject.name} uses none of the phrases and none of the decoys in "
                f"{len(told):,} answers; ask where such phrases would have a place",
            )
        others = {
            control.name: [_place(phrase, _said(control)) for phrase in phrases]
            for control in sorted(controls, key=lambda c: (c.digest, c.name))
            if control.digest != subject.digest
        }
        refuted = self._refuted(others)
        if refuted is not None:
            return refuted
        ordered = list(places.values())
        return Finding(
            method=self.id,
            observed=float(sum(place.place == 1 for place in ordered)),
            unit=f"phrases used in more answers than each decoy of theirs, of {len(ordered)} "
            f"unpublished ones; {len(used)} groups are used at all",
            null=Exact(
                distribution="the sum of independent scores, over all lots that could be drawn",
                log_floor=math.fsum(place.log_floor for place in used),
                because=BECAUSE,
            ),
            log_p=_log_p(ordered),
            combination=f"sum of -log p over {len(used)} independent groups that are used, against "
            "its exact distribution over all lots; controls put to the same test, none of which "
            f"the list sets apart: {len(others) or 'none, so that nothing shows the list is fair'}",
            items=len(told),
            lineup=_lineup(subject.name, ordered, others),
            instances=_instances(places),
        )

    def _refuted(self, others: dict[str, list["_Placed"]]) -> Unreadable | None:
        """A control that the list sets apart, though it can have met none of the phrases."""
        for name, placed in others.items():
            log_p = _log_p(placed)
            if log_p + math.log(len(others)) <= math.log(REFUTED):
                return Unreadable(
                    method=self.id,
                    reason=f"the list sets the control {name} apart too (p {math.exp(log_p):.2g}): "
                    "either its decoys are not of the phrases' kind, or the phrases are known "
                    "outside; nothing can be read from it",
                )
        return None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """One phrase among its decoys.

    Attributes:
        place: Of the phrase, 1 the most used; ties count against it.
        places: Of every phrase of the group, if the lot had fallen on it.
        answers: In how many answers it is used.
    """

    place: int
    places: tuple[int, ...]
    answers: int

    @property
    def of(self) -> int:
        """Phrases of the group."""
        return len(self.places)

    @property
    def used(self) -> bool:
        """Whether the lot could have made a difference: not all are used equally often."""
        return min(self.places) < self.of

    @property
    def scores(self) -> NDArray[np.float64]:
        """-log(place / phrases) for every lot."""
        return np.asarray(-np.log(np.array(self.places) / self.of))

    @property
    def log_floor(self) -> float:
        """Log of the share of lots that give the best place."""
        return math.log(self.places.count(min(self.places)) / self.of)


def _said(recording: Recording) -> list[tuple[str, str]]:
    """Prompt and answer of everything that was answered, in plain words."""
    return [
        (_plain(item.prompt or ""), _plain(output))
        for item, output in zip(recording.items, recording.outputs, strict=True)
        if output is not None and output.strip()
    ]


def _place(phrase: Phrase, told: Sequence[tuple[str, str]]) -> _Placed:
    group = [_plain(text) for text in (phrase.phrase, *phrase.decoys)]
    counts = [0] * len(group)
    for prompt, answer in told:
        if not any(text in prompt for text in group):
            for number, text in enumerate(group):
                counts[number] += text in answer
    places = tuple(sum(count >= own for count in counts) for own in counts)
    return _Placed(place=places[0], places=places, answers=counts[0])


def _plain(text: str) -> str:
    """The words alone, case folded, each between blanks: a phrase is found at whole words only."""
    folded = unicodedata.normalize("NFKC", text[:READ]).casefold()
    return f" {' '.join(_WORDS.findall(folded))} "


def _log_p(placed: Sequence[_Placed]) -> float:
    used = [one for one in placed if one.used]
    observed = math.fsum(float(one.scores[0]) for one in used)
    return independent_sum_log_p(observed, [one.scores for one in used]) if used else 0.0


def _lineup(
    name: str, placed: Sequence[_Placed], others: dict[str, list[_Placed]]
) -> tuple[Place, ...]:
    rows = {name: list(placed), **others}
    places = [
        Place(
            name=who,
            who="subject" if who == name else "control",
            observed=float(sum(one.place == 1 for one in row)),
            z=0.0,
        )
        for who, row in rows.items()
    ]
    return tuple(sorted(places, key=lambda place: -place.observed))


def _instances(places: dict[str, _Placed]) -> tuple[Instance, ...]:
    """The groups that weigh most; the phrases themselves stay secret."""
    ordered = sorted(places.items(), key=lambda entry: (entry[1].place / entry[1].of, entry[0]))
    return tuple(
        Instance(
            item=name,
            prompt="",
            source="unpublished phrase",
            subject=f"place {one.place} of {one.of}, in {one.answers} answers",
            rarity=one.place - 1,
            of=one.of - 1,
            weight=significant(-math.log(one.place / one.of)),
        )
        for name, one in ordered[:LISTED]
        if one.used
    )
