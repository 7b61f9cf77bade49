"""How alike are two functions, and how much of one tree stands in another?

Each feature weighs by its rarity. Likeness is measured by channel, runs of tokens with names kept
and without them apart, and combined by a mean of high power, which leans to the channel in which
two functions are most alike: people who adapt code leave lines as they were, people who hide a copy
leave what it does. A likeness is shrunk by `DOUBTS`, so that a short function cannot be as alike as
a long one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.code.rarity import Background, Weights
from filiation.model.source import BLIND, CHANNELS, Fragment, Hashes, family_of

__all__ = [
    *("DOUBTS", "Alike", "Contained", "Weighed", "alike", "combined", "contained", "parts_of"),
    *("remaining", "weighed"),
]

# Nats by which a likeness is shrunk: of lines, tokens, runs without names, and structure. What some
# five rare features weigh; runs overlap, so that no two functions share only a few.
DOUBTS: Final = (50.0, 50.0, 10.0, 50.0)
POWER: Final = 4.0  # of the mean of the likenesses


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighed:
    """Features of one function with what each weighs: lines, tokens, runs without names, structure.

    Attributes:
        hashes: By part.
        weights: By part.
    """

    hashes: tuple[Hashes, ...]
    weights: tuple[Weights, ...]

    @property
    def total(self) -> float:
        """What the function weighs, a mean of the parts."""
        return float(np.mean([part.sum() for part in self.weights]))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Likeness of two functions, from 0 to below 1.

    Attributes:
        lines: By their lines.
        tokens: By runs of tokens with the names of public libraries.
        runs: By longer runs without names.
        structure: By what they compute.
    """

    lines: float
    tokens: float
    runs: float
    structure: float

    @property
    def whole(self) -> float:
        """The mean of high power."""
        return float(combined(np.array([self.lines, self.tokens, self.runs, self.structure])))


def combined(likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means of high power over the first axis, which are the parts."""
    mean: NDArray[np.float64] = np.mean(likeness**POWER, axis=0) ** (1.0 / POWER)
    return mean


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Contained:
    """What two trees have in common, in nats of rarity.

    Attributes:
        shared: Weight of the features of both.
        source: Weight of those of the source.
        subject: Weight of those of the subject.
    """

    shared: float
    source: float
    subject: float

    @property
    def share(self) -> float:
        """Of the lighter tree's weight what is in the other too."""
        least = min(self.source, self.subject)
        return self.shared / least if least else 0.0


def weighed(fragment: Fragment, background: Background) -> Weighed:
    """What each feature of a function weighs, times how often it stands there."""
    hashes, weights = [], []
    for number, one in enumerate(fragment.channels):
        each = background.weights(number, one.hashes, fragment.language) * one.counts
        for chosen in parts_of(number, one.hashes):
            hashes.append(one.hashes[chosen])
            weights.append(each[chosen])
    return Weighed(hashes=tuple(hashes), weights=tuple(weights))


def parts_of(channel: int, hashes: Hashes) -> tuple[NDArray[np.bool_], ...]:
    """Which features of a channel belong to which part: tokens have two, others one."""
    blind = (hashes & np.uint64(BLIND)) == BLIND
    return (~blind, blind) if CHANNELS[channel] == "tokens" else (np.ones(len(hashes), bool),)


def alike(one: Weighed, two: Weighed) -> Alike:
    """How alike two functions are."""
    lines, tokens, runs, structure = (
        _part(one.hashes[n], one.weights[n], two.hashes[n], two.weights[n], doubt)
        for n, doubt in enumerate(DOUBTS)
    )
    return Alike(lines=lines, tokens=tokens, runs=runs, structure=structure)


def _part(ours: Hashes, our: Weights, theirs: Hashes, their: Weights, doubt: float) -> float:
    """Weight of what both have, by the geometric mean of what each has."""
    if not len(ours) or not len(theirs):
        return 0.0
    place = np.minimum(np.searchsorted(theirs, ours), len(theirs) - 1)
    both = theirs[place] == ours
    shared = float(np.minimum(our[both], their[place[both]]).sum())
    return shared / (float(np.sqrt(our.sum() * their.sum())) + doubt)


def contained(
    source: Iterable[Fragment], subject: Iterable[Fragment], background: Background, channel: str
) -> Contained:
    """How much of the rare that one tree has is in the other too; each feature counts once."""
    return remaining(source, subject, (), background, channel)


def remaining(
    source: Iterable[Fragment],
    subject: Iterable[Fragment],
    others: Sequence[Iterable[Fragment]],
    background: Background,
    channel: str,
) -> Contained:
    """The same without the features that any of `others` has."""
    number = CHANNELS.index(channel)
    ours, theirs = (_distinct(each, number) for each in (source, subject))
    for other in others:
        known = _distinct(other, number)
        ours, theirs = (_without(each, known) for each in (ours, theirs))
    both = {family: np.intersect1d(ours[family], theirs[family]) for family in {*ours} & {*theirs}}
    shared, own, their = (_weight(each, number, background) for each in (both, ours, theirs))
    return Contained(shared=shared, source=own, subject=their)


def _distinct(fragments: Iterable[Fragment], number: int) -> Mapping[str, Hashes]:
    """Every feature of a channel once, ascending, by family of languages."""
    found: dict[str, list[Hashes]] = {}
    for fragment in fragments:
        family = family_of(fragment.language)
        found.setdefault(family, []).append(fragment.channels[number].hashes)
    return {family: np.unique(np.concatenate(each)) for family, each in found.items()}


def _without(ours: Mapping[str, Hashes], known: Mapping[str, Hashes]) -> Mapping[str, Hashes]:
    return {
        family: np.setdiff1d(each, known[family], assume_unique=True) if family in known else each
        for family, each in ours.items()
    }


def _weight(hashes: Mapping[str, Hashes], number: int, background: Background) -> float:
    return float(
        sum(
            background.weights(number, each, family).sum()
            for family, each in sorted(hashes.items())
        )
    )
