"""How alike are two functions, and how much of one tree stands in another?

Each feature weighs by its rarity. The channels are combined by their cubic mean, which leans to
the channel in which two functions are most alike: people who adapt code leave lines as they were,
people who hide a copy leave what it does. A likeness is shrunk by `DOUBT`, so that a short function
cannot be as alike as a long one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from filiation.methods.code.rarity import Background, Weights
from filiation.model.source import CHANNELS, Fragment, Hashes

__all__ = ["DOUBT", "Alike", "Contained", "Weighed", "alike", "contained", "remaining", "weighed"]

DOUBT: Final = 50.0  # nats by which every likeness is shrunk: what some five rare features weigh


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighed:
    """Features of one function with what each weighs, by channel."""

    hashes: tuple[Hashes, ...]
    weights: tuple[Weights, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Likeness of two functions by channel, from 0 to below 1."""

    lines: float
    tokens: float
    structure: float

    @property
    def whole(self) -> float:
        """The cubic mean of the channels."""
        cubes = self.lines**3 + self.tokens**3 + self.structure**3
        return float(np.cbrt(cubes / len(CHANNELS)))


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
    return Weighed(
        hashes=tuple(one.hashes for one in fragment.channels),
        weights=tuple(
            background.weights(number, one.hashes) * one.counts
            for number, one in enumerate(fragment.channels)
        ),
    )


def alike(one: Weighed, two: Weighed) -> Alike:
    """How alike two functions are."""
    found = [
        _channel(one.hashes[n], one.weights[n], two.hashes[n], two.weights[n])
        for n in range(len(CHANNELS))
    ]
    return Alike(lines=found[0], tokens=found[1], structure=found[2])


def _channel(ours: Hashes, our: Weights, theirs: Hashes, their: Weights) -> float:
    """Weight of what both have, by the geometric mean of what each has."""
    if not len(ours) or not len(theirs):
        return 0.0
    place = np.minimum(np.searchsorted(theirs, ours), len(theirs) - 1)
    both = theirs[place] == ours
    shared = float(np.minimum(our[both], their[place[both]]).sum())
    return shared / (float(np.sqrt(our.sum() * their.sum())) + DOUBT)


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
        ours, theirs = (np.setdiff1d(each, known, assume_unique=True) for each in (ours, theirs))
    both = np.intersect1d(ours, theirs, assume_unique=True)
    shared, own, their = (
        float(background.weights(number, hashes).sum()) for hashes in (both, ours, theirs)
    )
    return Contained(shared=shared, source=own, subject=their)


def _distinct(fragments: Iterable[Fragment], number: int) -> Hashes:
    """Every feature of a channel once, ascending."""
    found = [fragment.channels[number].hashes for fragment in fragments]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.uint64)
