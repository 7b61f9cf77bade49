"""How much of a picture is true? Every link, direction, sum and copy against the history."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import TypeAlias, final

from filiation.model.stemma import Stemma
from histories.truth import Truth

__all__ = ["Marks", "marked"]

Ends: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What was counted.

    Attributes:
        counts: By what is counted.
        faults: Each in words.
    """

    counts: Counter[str] = field(default_factory=Counter)
    faults: tuple[str, ...] = ()


def marked(stemma: Stemma, truth: Truth) -> Marks:
    """Set a picture beside the truth."""
    counts, faults, drawn = Counter[str](), list[str](), set[frozenset[str]]()
    for ends in _links(stemma):
        pairs = {frozenset((truth.node[a], truth.node[b])) for a, b in _pairs(ends)}
        drawn |= pairs
        one = [len(end) for end in ends] == [1, 1]
        counts["links, one model on either side" if one else "links, several models named"] += 1
        if not _right(ends, pairs, truth):
            counts["wrong links"] += 1
            faults.append(f"link {ends}")
    for earlier, later in _ways(stemma):
        counts["directions"] += 1
        if truth.node[earlier] not in truth.above[truth.node[later]]:
            counts["wrong directions"] += 1
            faults.append(f"direction {earlier} to {later}")
    counts["links in truth"] = len(truth.linked)
    missed = [pair for pair in truth.linked if pair not in drawn]
    counts["missed links"] = len(missed)
    for fault in _copies(stemma, truth):
        counts["wrong copies"] += 1
        faults.append(fault)
    counts["copies"] = sum(len(group) - 1 for group in stemma.copies)
    counts["sums"] = len(stemma.merges)
    for merge in stemma.merges:
        if truth.node[merge.model] not in truth.sums:
            counts["wrong sums"] += 1
            faults.append(f"sum {merge.model}")
    return Marks(counts=counts, faults=tuple(faults))


def _links(stemma: Stemma) -> Iterator[Ends]:
    """Every link, those of sums too."""
    yield from (link.ends for link in stemma.links)
    yield from ((side, (merge.model,)) for merge in stemma.merges for side in merge.sides)


def _pairs(ends: Ends) -> Iterator[tuple[str, str]]:
    first, second = ends
    yield from product(first, second) if second else combinations(first, 2)


def _right(ends: Ends, pairs: set[frozenset[str]], truth: Truth) -> bool:
    """One of the pairs is true; where none is favoured, every model has part in a true one."""
    true = {pair for pair in pairs if pair in truth.linked or len(pair) == 1}
    if ends[1]:
        return bool(true)
    return all(any(truth.node[name] in pair for pair in true) for name in ends[0])


def _ways(stemma: Stemma) -> Iterator[tuple[str, str]]:
    """(earlier, later) of everything that is drawn with a direction."""
    for link in stemma.links:
        if link.confirmed_by and link.later is not None:
            (one,), (other,) = link.ends
            yield (one if link.later == other else other), link.later
    for merge in stemma.merges:
        for side, confirmed in zip(merge.sides, merge.confirmed_by, strict=True):
            if confirmed:
                yield side[0], merge.model


def _copies(stemma: Stemma, truth: Truth) -> Iterator[str]:
    """Files said to hold one model that do not, and the other way round."""
    said = {name: group[0] for group in stemma.copies for name in group}
    names: Sequence[str] = list(truth.node)
    for a, b in combinations(names, 2):
        if {a, b} & truth.vague:
            continue
        one = said.get(a, a) == said.get(b, b)
        if one != (truth.node[a] == truth.node[b]):
            yield f"{a} and {b} are {'not ' if one else ''}one model"
