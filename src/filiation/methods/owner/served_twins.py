"""Does the subject know the answers that were served, better than twins that never were?

For each answer that was served the source was asked again, with the same prompt, snapshot and
settings, and what it said then was served to nobody. If the subject was not trained on the served
answers, all are exchangeable given the prompt, whatever else it read, the source's other answers
included: which of them was served is as good as drawn by lot. The scores of `twin_scores` are added
over prompts, and p is exact over all ways the served answer could have been any of its prompt.

Whether the twins are twins is asked of the source itself: its own places of the served answers have
to be even, both ways, in their middle, in their spread and in length. Where they are not, snapshot
or settings are not those of the log, answers were edited, or twins were picked: nothing is read. A
prompt without all its twins cannot be checked, and is the worst for the claim.

Defeated by: filtering of the answers; too few of them; much other text; further training.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.owner.references import (
    NOT_FIXED,
    Ask,
    against_references,
    failed,
    incomplete,
)
from filiation.methods.owner.twin_scores import STEPS, places_of, scores_of, speaking
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, Unreadable
from filiation.model.null import Exact
from filiation.model.owner import Beside, Likelihoods
from filiation.model.served import FEWEST_TWINS, Exchange
from filiation.model.words import MethodWords
from filiation.numerics.rounding import significant
from filiation.numerics.tails.lattice_sum import lattice_sum_log_p

__all__ = ["ServedTwins", "table_of", "uneven"]

Float64: TypeAlias = NDArray[np.float64]

FEWEST: Final = 20  # prompts that speak: below, nothing of the source's places can be checked
ENOUGH: Final = 0.5  # of the group's prompts, that the second control has at least
ALONE: Final = "since no reference but the source was planned"
ANOTHER: Final = "the snapshot is not the one that answered, or the reference knows the answers"
BECAUSE: Final = (
    "each served answer and its twins were drawn alike, given the prompt, from the snapshot and by "
    "the settings of the log, and nothing else that the subject was trained on tells the served "
    "ones from their twins"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ServedTwins:
    """Scores of served answers among their twins, summed over prompts.

    Attributes:
        level: At which the source's own places have to be even, all checks together.
    """

    level: float = field(default=0.01)

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return (
            "served-twins/2;score=half-studentised;ties=against;missing=worst;combined=exact-sum;"
            f"even={self.level:g}"
        )

    def compare(
        self, exchanges: Sequence[Exchange], subject: Likelihoods, references: Sequence[Likelihoods]
    ) -> Finding | Absent:
        """Put the question of one list. References take off how likely an answer is anyhow."""
        reason = incomplete(_drawn(exchanges), references)
        if reason:
            return Unreadable(method=self.id, reason=reason)
        values = table_of(exchanges, subject.values)
        if np.isnan(values).all():
            return Inapplicable(method=self.id, reason="none of the answers was measured")
        scores = scores_of(values, [table_of(exchanges, one.values) for one in references])
        says = speaking(scores)
        if int(says.sum()) < FEWEST:
            reason = f"{says.sum()} of {len(says)} prompts speak, expected at least {FEWEST}"
            return Inapplicable(method=self.id, reason=reason)
        told = scores[says]
        observed = int(told[:, 0].sum())
        firsts = int((places_of(values)[:, 0] == 1).sum())
        return Finding(
            method=self.id,
            observed=significant(observed / STEPS / len(told)),
            unit=f"spreads above the mean of its prompt for each answer; {firsts} of {len(values)} "
            f"stand first of {values.shape[1]}",
            null=Exact(
                distribution="the same sum, any answer of each prompt the served one",
                log_floor=-len(told) * math.log(told.shape[1]),
                because=BECAUSE,
            ),
            log_p=lattice_sum_log_p(observed, told),
            combination=f"sum over {len(told)} prompts of {values.shape[1]} answers, "
            "against its exact distribution",
            skipped=_skipped(exchanges, values, says),
            items=len(told),
        )

    def examine(
        self,
        exchanges: Sequence[Exchange],
        subject: Likelihoods,
        source: Likelihoods,
        references: Sequence[Likelihoods],
        *,
        fixed: bool,
        likelihoods: bool = True,
    ) -> tuple[Finding | Absent, tuple[Beside, ...]]:
        """Put the question of what the group was served, and all that is checked beside it.

        Args:
            exchanges: Of the group, and of others.
            subject: What was measured of the model under examination.
            source: Log-likelihoods under the snapshot that is said to have answered.
            references: Log-likelihoods under further models.
            fixed: Whether snapshot and references were fixed before the lot was drawn.
            likelihoods: Whether the subject's values are log-likelihoods, which what other models
                find likely is taken off.
        """
        group = [one for one in exchanges if one.to == "group"]
        others = [one for one in exchanges if one.to == "others"]
        parts = [exchanges, group] if others else [group]  # others could balance what is uneven
        checks, why = self._checked(parts, source)
        if why:
            return Unreadable(method=self.id, reason=why), checks
        against = [source, *references] if likelihoods else []
        outcome, beside = self._judged(group, subject, against, fixed=fixed)
        more = [*checks]
        if isinstance(outcome, Finding):
            more.append(Beside(how="places", name="", log_p=_by_places(group, subject.values)))
        enough = len(others) >= ENOUGH * len(group)
        second = self.compare(others, subject, against) if enough else None
        if isinstance(second, Finding):
            more.append(Beside(how="others", name="", log_p=second.log_p))
        return outcome, (*beside, *more)

    def _judged(
        self, group: Sequence[Exchange], subject: Likelihoods, against: Sequence[Likelihoods], *,
        fixed: bool,
    ) -> tuple[Finding | Absent, tuple[Beside, ...]]:  # fmt: skip
        """The test, and what references do to it; the source is the first of them, if any are.

        A source that no reference bears out could be another snapshot: p then is the largest.
        """
        ask, alone = partial(self.compare, group), len(against) == 1
        outcome, beside = against_references(ask, subject, against, fixed=fixed and not alone)
        if fixed and alone and isinstance(outcome, Finding):
            outcome = replace(outcome, combination=outcome.combination.replace(NOT_FIXED, ALONE))
        neighbours = _neighbours(ask, against)
        if why := failed(neighbours, len(against) - 1):
            told = f"{why.partition(': ')[0]}: {ANOTHER}"
            outcome = Unreadable(method=self.id, reason=told)
        return outcome, (*beside, *neighbours)

    def _checked(
        self, parts: Sequence[Sequence[Exchange]], source: Likelihoods
    ) -> tuple[tuple[Beside, ...], str]:
        """The checks of the last part, or of the first that fails, and why it does."""
        checks: tuple[Beside, ...] = ()
        why = incomplete(_drawn(parts[0]), [source])
        for part in parts:
            if not why:
                checks, why = uneven(part, source, math.log(self.level / len(parts)))
        return checks, why


def _neighbours(ask: Ask, against: Sequence[Likelihoods]) -> tuple[Beside, ...]:
    """Each reference in the subject's place, less the source, both ways.

    Twins of a neighbouring snapshot are as likely to the source as what was served, and yet other
    answers to every model that never saw them, once what the source finds likely is taken off.
    """
    found = []
    for one in against[1:]:
        turned = replace(one, values={name: -value for name, value in one.values.items()})
        claim, opposite = ask(one, against[:1]), ask(turned, against[:1])
        if isinstance(claim, Finding) and isinstance(opposite, Finding):
            found.append(Beside(how="in-place", name=f"{one.name} less {against[0].name}",
                                log_p=claim.log_p, opposite=opposite.log_p))  # fmt: skip
    return tuple(found)


def table_of(exchanges: Sequence[Exchange], values: Mapping[str, float]) -> Float64:
    """What was measured, float64 [prompts, 1 + twins]; not a number where nothing was.

    Answers of one prompt that are equal have one value, the mean: what a server gives for the same
    words twice is noise, of which nobody is to pick. A prompt without all its twins has no value.
    """
    most = max((len(one.twins) for one in exchanges), default=0)
    found = np.full((len(exchanges), 1 + most), np.nan)
    for row, one in zip(found, exchanges, strict=True):
        told: dict[str, list[int]] = {}
        for place, (name, text) in enumerate(zip(one.names, one.said, strict=True)):
            if None not in one.twins and name in values:
                row[place] = values[name]
                told.setdefault(str(text), []).append(place)
        for same in told.values():
            row[same] = row[same].mean() if len(same) > 1 else row[same]
    return found


def uneven(
    exchanges: Sequence[Exchange], source: Likelihoods, log_level: float
) -> tuple[tuple[Beside, ...], str]:
    """Checks of the twins alone, and why they are no twins; empty if nothing speaks against it.

    The source's own scores of the served answers: too high or too low in the middle, too far out or
    too near in spread; and the same of lengths. Two-sided, the level divided over three checks.
    """
    whole = [one for one in exchanges if None not in one.twins]
    if any(len(one.twins) < FEWEST_TWINS for one in whole):
        return (), "one twin each, expected two or more: with one their spread cannot be checked"
    if len(whole) < FEWEST:
        return (), (
            f"{len(whole)} prompts have all their twins, expected at least {FEWEST}: whether they "
            "are twins cannot be checked"
        )
    likely = scores_of(table_of(whole, source.values))
    long = scores_of(np.array([one.long for one in whole], dtype=np.float64))
    centre = np.abs(likely)
    checks = tuple(
        Beside(how="check", name=name, log_p=lattice_sum_log_p(int(s[:, 0].sum()), s),
               opposite=lattice_sum_log_p(int(-s[:, 0].sum()), -s))
        for name, s in (("likelihood", likely), ("spread of likelihood", centre), ("length", long))
    )  # fmt: skip
    for one in checks:
        least = min(one.log_p, one.opposite if one.opposite is not None else 0.0)
        if least + math.log(2.0 * len(checks)) <= log_level:
            way = "too high" if least == one.log_p else "too low"
            return checks, (
                f"the source's own {one.name} of the served answers among their twins is {way} (p "
                f"{math.exp(least):.2g}): snapshot or settings are not those of the log, answers "
                "were edited, or twins were picked"
            )
    return checks, ""


def _by_places(exchanges: Sequence[Exchange], values: Mapping[str, float]) -> float:
    """Log p of the sum of places alone, nothing taken off."""
    places = -places_of(table_of(exchanges, values))
    return lattice_sum_log_p(int(places[:, 0].sum()), places)


def _drawn(exchanges: Sequence[Exchange]) -> list[str]:
    """Names of all answers that there are."""
    return [
        name
        for one in exchanges
        for name, text in zip(one.names, one.said, strict=True)
        if text is not None
    ]


def _skipped(
    exchanges: Sequence[Exchange], values: Float64, says: NDArray[np.bool_]
) -> tuple[str, ...]:
    hidden = sum(None in one.twins for one in exchanges)
    lost = int(np.isnan(values).sum()) - hidden * values.shape[1]
    same = sum(text == one.answer for one in exchanges for text in one.twins)
    one_only = int((~says).sum())
    told = (
        (lost, f"{lost} of {values.size} answers: not measured, counted as the worst for the "
         "claim"),
        (hidden, f"{hidden} prompts of which a twin was not handed over, counted as the worst for "
         "the claim"),
        (same, f"{same} twins are the served answer word for word, and tie with it"),
        (one_only, f"{one_only} prompts with one answer only: they say nothing"),
    )  # fmt: skip
    return tuple(words for count, words in told if count)
