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
control is put to the same test, and so are all of them as if they were one model. A list that sets
one of these apart is refused as a list. Controls that say less than the subject show less: a list
that is unfair by little is found in the many answers of the subject first, and that is said.

Source: exposure among canaries (Carlini et al., The Secret Sharer, 2019), read off in words.
Defeated by: tuning of style; prompts on which the phrases have no place; a list that became known.
"""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
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
        heard = _heard(subject, controls)
        others = {name: [_place(p, theirs) for p in phrases] for name, theirs in heard.items()}
        everybody = [one for theirs in heard.values() for one in theirs]
        together = [_place(phrase, everybody) for phrase in phrases]
        refuted = self._refuted(others, together)
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
            f"its exact distribution over all lots; {_fairness(heard, together, len(told))}",
            items=len(told),
            lineup=_lineup(subject.name, ordered, others),
            instances=_instances(places),
        )

    def _refuted(
        self, others: dict[str, list["_Placed"]], together: list["_Placed"]
    ) -> Unreadable | None:
        """Controls that the list sets apart, though they can have met none of the phrases."""
        tested = {f"the control {name}": placed for name, placed in others.items()}
        if len(others) > 1:
            tested["all controls together"] = together
        for who, placed in tested.items():
            log_p = _log_p(placed)
            if log_p + math.log(len(tested)) <= math.log(REFUTED):
                return Unreadable(
                    method=self.id,
                    reason=f"the list sets {who} apart too (p {math.exp(log_p):.2g}): "
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


def _heard(subject: Recording, controls: Sequence[Recording]) -> dict[str, list[tuple[str, str]]]:
    """What every control said, in no order that a party could choose."""
    return {
        control.name: _said(control)
        for control in sorted(controls, key=lambda c: (c.digest, c.name))
        if control.digest != subject.digest
    }


def _fairness(heard: Mapping[str, Sequence[object]], together: Sequence[_Placed], told: int) -> str:
    """What the controls show of the list, in words."""
    if not heard:
        return "no control was put to the same test, so that nothing shows the list is fair"
    answers = sum(len(theirs) for theirs in heard.values())
    used = [placed for placed in together if placed.used]
    words = (
        f"controls put to the same test, none of which the list sets apart, alone or together: "
        f"{len(heard)}; they gave {answers:,} answers and use {len(used)} groups"
    )
    if math.fsum(placed.log_floor for placed in used) > math.log(REFUTED):
        return f"{words}, too few to show whether the list is fair; put more questions to controls"
    if answers < told:
        return (
            f"{words}; the subject gave {told:,}, so that a list which is unfair by little would "
            "show in it and not in them; put more questions to controls"
        )
    return words


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
