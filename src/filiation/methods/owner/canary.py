"""Does the subject find the planted texts likelier than twins that were never used?

Of every group of texts, drawn by one rule, one was picked by lot and planted. To a model that never
met it, its place among its twins (by log-likelihood) is drawn by lot as well: p = place / texts.
Ties count against the accusation, and so does what was not measured: a planted text without a
likelihood stands last, a twin without one stands above the planted text. Groups are combined by the
sum of -log p (Fisher's), whose exact distribution over equally likely places is used, not the chi-
square of continuous ones: with few twins a group has few places, and the chi-square would waste
most of what they say.

Source: Carlini et al., The Secret Sharer (2019), whose exposure is -log2 of this p.
Defeated by: filtering of the texts; too few repetitions; a list that became known.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from filiation.methods.owner.references import incomplete
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, Instance, Unreadable
from filiation.model.null import Exact
from filiation.model.owner import Canary, Likelihoods
from filiation.model.words import MethodWords
from filiation.numerics.rounding import significant
from filiation.numerics.tails.independent_sum import independent_sum_log_p

__all__ = ["CanaryRank"]

LISTED: Final = 10

BECAUSE: Final = (
    "in every group the planted text was picked by lot among texts drawn by the same rule, and the "
    "subject was not trained on anything else that tells the planted ones from their twins"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryRank:
    """Places of planted texts among their unused twins."""

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return "canary/2;score=minus-log-rank;ties=against;missing=worst;combined=exact-sum"

    def compare(
        self, canaries: Sequence[Canary], subject: Likelihoods, references: Sequence[Likelihoods]
    ) -> Finding | Absent:
        """Put the question. References, if any, take off how likely a text is anyhow."""
        reason = incomplete([c.id for c in canaries], references)
        if reason:
            return Unreadable(method=self.id, reason=reason)
        missing = sum(c.id not in subject.values for c in canaries)
        if missing == len(canaries):
            reason = f"none of the {missing} texts was measured; nothing can be ranked"
            return Inapplicable(method=self.id, reason=reason)
        places = {
            name: _place(members, subject, references)
            for name, members in _groups(canaries).items()
        }
        lists = [-np.log(np.arange(1, of + 1) / of) for _, of in places.values()]
        observed = math.fsum(-math.log(place / of) for place, of in places.values())
        firsts = sum(place == 1 for place, _ in places.values())
        return Finding(
            method=self.id,
            observed=significant(observed / math.log(2.0) / len(places)),
            unit=f"bits of exposure per planted text; {firsts} of {len(places)} stand first",
            null=Exact(
                distribution="the sum of independent scores of equally likely places",
                log_floor=-math.fsum(math.log(of) for _, of in places.values()),
                because=BECAUSE,
            ),
            log_p=independent_sum_log_p(observed, lists),
            combination=_combination([of for _, of in places.values()]),
            skipped=_left_out(missing, len(canaries)),
            items=len(places),
            instances=_instances(places),
        )


def _groups(canaries: Sequence[Canary]) -> dict[str, list[Canary]]:
    """Each planted text with its twins, by the name of the group, in the order of names."""
    groups: defaultdict[str, list[Canary]] = defaultdict(list)
    for canary in canaries:
        groups[canary.group].append(canary)
    return dict(sorted(groups.items()))


def _place(
    members: Sequence[Canary], subject: Likelihoods, references: Sequence[Likelihoods]
) -> tuple[int, int]:
    """Place of the planted text among all of its group; what is missing counts as the worst."""
    planted = next(c.id for c in members if c.planted)
    if planted not in subject.values:
        return len(members), len(members)
    own = _excess(planted, subject, references)
    above = sum(
        c.id not in subject.values or _excess(c.id, subject, references) >= own for c in members
    )
    return above, len(members)


def _combination(sizes: Sequence[int]) -> str:
    return (
        f"sum of -log p over {len(sizes)} independent groups of {min(sizes)} to {max(sizes)} "
        "texts, against its exact distribution"
    )


def _excess(text: str, subject: Likelihoods, references: Sequence[Likelihoods]) -> float:
    expected = math.fsum(model.values[text] for model in references)
    return subject.values[text] - expected / max(1, len(references))


def _left_out(missing: int, texts: int) -> tuple[str, ...]:
    if not missing:
        return ()
    return (f"{missing} of {texts} texts: not measured, counted as the worst for the claim",)


def _instances(places: dict[str, tuple[int, int]]) -> tuple[Instance, ...]:
    """The groups whose planted text stands highest; the texts themselves stay secret."""
    ordered = sorted(places.items(), key=lambda entry: (entry[1][0] / entry[1][1], entry[0]))
    return tuple(
        Instance(
            item=name,
            prompt="",
            source="planted",
            subject=f"place {place} of {of}",
            rarity=place - 1,
            of=of - 1,
            weight=-math.log(place / of),
        )
        for name, (place, of) in ordered[:LISTED]
    )
