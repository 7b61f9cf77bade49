"""Put the question to every pair of a population of tokenizers, and say how they hang together.

Two share an order of tokens where the p of the pair is below the level over all pairs. A link that
a third explains better is not drawn: the third keeps nearly all neighbours that both keep, and
neither of the two keeps nearly all that the other and the third do. An arrow is drawn on one kind
of loss alone: tokens that stand in the other's order and that the one's own merging never makes,
since it lacks what they are made of, while a third tokenizer makes them. What was added at the end
of a list, or cut off there, shows no direction.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UsageError
from filiation.libraries.stemma import LEVEL
from filiation.methods.tokenizers.common import common, kept_in, ordinary
from filiation.methods.tokenizers.merge_order import MergeOrder
from filiation.methods.tokenizers.reached import unreached
from filiation.model.finding import Absent, Finding
from filiation.model.kinds import TOKENIZERS
from filiation.model.stemma import Link, Stemma, Stock, StockBranch
from filiation.model.survey import Pair, Screening, SetAside, Survey
from filiation.model.vocabulary import Vocabulary
from filiation.numerics.neighbour_joining import neighbour_joining
from filiation.numerics.pairs.adjacency import kept_neighbours
from filiation.numerics.rounding import significant

__all__ = ["survey_tokenizers"]

Bool: TypeAlias = NDArray[np.bool_]
Float64: TypeAlias = NDArray[np.float64]
Step: TypeAlias = Callable[[int, int], None]

NEARLY: Final = 0.99  # of the neighbours that two keep: who keeps so many explains them
ORPHANS: Final = 16  # tokens in their place without their parts; fewer may be chance


def survey_tokenizers(
    vocabularies: Sequence[Vocabulary],
    *,
    seed: int,
    aside: Sequence[SetAside] = (),
    step: Step = lambda done, of: None,
) -> Survey:
    """Compare all pairs by the order of their tokens.

    Args:
        vocabularies: No two of one name.
        seed: Seed of every random stream.
        aside: Tokenizers that could not be read, and why.
        step: Told (pairs done, of all).

    Raises:
        UsageError: Fewer than two tokenizers were given.
    """
    given = len(vocabularies) + len(aside)
    if given < 2:
        raise UsageError(f"a survey needs at least two tokenizers, found {given}")
    members, copies = _apart(vocabularies)
    pairs, absent = list[Pair](), list[Absent]()
    every = list(combinations(range(len(members)), 2))
    step(0, len(every))
    for done, (i, j) in enumerate(every, 1):
        source, subject = sorted((members[i], members[j]), key=lambda one: one.digest)
        found = MergeOrder().compare(source, subject, seed=seed)
        if isinstance(found, Finding):
            pairs.append(_row(source, subject, found))
        else:
            absent.append(_told(source, subject, found))
        step(done, len(every))
    screening = Screening(pairs=len(every), compared=len(every), level=LEVEL)
    return Survey(
        models=tuple(one.name for one in members),
        pairs=tuple(sorted(pairs, key=lambda p: (p.log_p, -p.observed, p.a, p.b))),
        absent=tuple(absent),
        stemma=_Kin(members, pairs, screening.bar).stemma(copies),
        aside=tuple(aside),
        screening=screening,
        kind=TOKENIZERS,
    )


def _apart(
    vocabularies: Sequence[Vocabulary],
) -> tuple[list[Vocabulary], tuple[tuple[str, ...], ...]]:
    """One of each order of tokens, and the names of those that have one order."""
    groups: dict[tuple[bytes, ...], list[Vocabulary]] = {}
    for one in vocabularies:
        groups.setdefault(one.made, []).append(one)
    several = (group for group in groups.values() if len(group) > 1)
    copies = tuple(tuple(one.name for one in group) for group in several)
    return [group[0] for group in groups.values()], copies


def _row(source: Vocabulary, subject: Vocabulary, found: Finding) -> Pair:
    return Pair(
        a=source.name, b=subject.name, method=found.method, kind="exact", z=None, rank=None,
        observed=found.observed, log_p=found.log_p, items=found.items or 0,
    )  # fmt: skip


def _told(source: Vocabulary, subject: Vocabulary, found: Absent) -> Absent:
    reason = f"{source.name} and {subject.name}: {found.reason}"
    return type(found)(method=found.method, reason=reason)


@final
class _Kin:
    """Who shares an order with whom, through whom, and which way where a loss shows it."""

    def __init__(self, members: Sequence[Vocabulary], pairs: Sequence[Pair], bar: float) -> None:
        self._members = {one.name: one for one in members}
        self._pairs = {frozenset((pair.a, pair.b)): pair for pair in pairs}
        self._linked = [key for key, pair in self._pairs.items() if pair.log_p <= math.log(bar)]
        self._lost: dict[str, frozenset[bytes]] = {}

    def stemma(self, copies: tuple[tuple[str, ...], ...]) -> Stemma:
        """All that was seen."""
        stocks = [self._stock(names) for names in self._stocks() if len(names) > 1]
        kin = {name for stock in stocks for name in stock.models} | {c[0] for c in copies}
        return Stemma(
            copies=copies,
            stocks=tuple(sorted(stocks, key=lambda s: (-len(s.models), s.models))),
            links=tuple(self._links()),
            merges=(),
            unplaced=(),
            alone=tuple(name for name in self._members if name not in kin),
            level=LEVEL,
            replicates=0,
        )

    def _stocks(self) -> list[list[str]]:
        stocks = {name: {name} for name in self._members}
        for key in self._linked:
            joined = set[str]().union(*(stocks[name] for name in key))
            stocks |= dict.fromkeys(joined, joined)
        firsts = {min(stock): stock for stock in stocks.values()}
        return [[name for name in self._members if name in stock] for stock in firsts.values()]

    def _stock(self, names: list[str]) -> Stock:
        distance = np.zeros((len(names), len(names)))
        for i, j in combinations(range(len(names)), 2):
            pair = self._pairs.get(frozenset((names[i], names[j])))
            distance[i, j] = distance[j, i] = 1.0 - (pair.observed if pair else 0.0)
        return Stock(
            models=tuple(names),
            branches=tuple(
                StockBranch(
                    upper=one.upper, lower=one.lower, length=significant(one.length), support=None
                )
                for one in neighbour_joining(distance)
            ),
        )

    def _links(self) -> Iterator[Link]:
        """Pairs that no third explains better, in the order of the models."""
        place = {name: at for at, name in enumerate(self._members)}
        for one, other in sorted(
            (sorted(key, key=lambda name: place[name]) for key in self._linked),
            key=lambda ends: [place[name] for name in ends],
        ):
            if not any(self._explains(third, one, other) for third in self._third(one, other)):
                yield self._link(one, other)

    def _third(self, one: str, other: str) -> Iterator[str]:
        """Those that share an order with both."""
        linked = {*self._linked}
        for third in self._members:
            if third not in (one, other) and {
                frozenset((third, one)), frozenset((third, other)),
            } <= linked:  # fmt: skip
                yield third

    def _explains(self, third: str, one: str, other: str) -> bool:
        return (
            self._keeps(third, one, other)
            and not self._keeps(one, third, other)
            and not self._keeps(other, third, one)
        )

    def _keeps(self, third: str, one: str, other: str) -> bool:
        """Whether a third keeps nearly all neighbours that two keep."""
        shared = common(self._members[one], self._members[other])
        kept = kept_neighbours(shared.places)
        also = kept & kept_in(shared.tokens, self._members[third])
        return bool(also.sum() >= NEARLY * kept.sum())

    def _link(self, one: str, other: str) -> Link:
        share = self._pairs[frozenset((one, other))].observed
        lost = {name: self._orphans(name, {one, other} - {name}) for name in (one, other)}
        later = [name for name, tokens in lost.items() if len(tokens) >= ORPHANS]
        if len(later) != 1:
            return Link(ends=((one,), (other,)), correlation=share)
        (last,) = later
        return Link(
            ends=((one,), (other,)),
            correlation=share,
            later=last,
            loss="orphaned",
            confirmed_by=tuple(self._makers(lost[last], {one, other})),
        )

    def _orphans(self, name: str, of: set[str]) -> set[bytes]:
        """Tokens between neighbours of the other's order that it never makes and the other does."""
        (other,) = of
        shared = common(self._members[other], self._members[name])
        kept = kept_neighbours(shared.places)
        inside = {
            t for t, a, b in zip(shared.tokens[1:-1], kept, kept[1:], strict=False) if a and b
        }
        return (inside & self._unmade(name)) - self._unmade(other)

    def _makers(self, tokens: set[bytes], but: set[str]) -> Iterator[str]:
        """Others that hold as many of these tokens and make them."""
        for name, one in self._members.items():
            if name not in but:
                made = tokens & {*ordinary(one)} - self._unmade(name)
                if len(made) >= ORPHANS:
                    yield name

    def _unmade(self, name: str) -> frozenset[bytes]:
        if name not in self._lost:
            self._lost[name] = frozenset(unreached(self._members[name]))
        return self._lost[name]
