"""What may be drawn of related models: copies, links, what lies between two, and which way."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeAlias, final

import numpy as np

from filiation.libraries.aligned import Aligned, align, same_model
from filiation.libraries.lineage import Between, Lineage
from filiation.libraries.one_way import confirming, follows, known, loss
from filiation.model.sketch import Sketch
from filiation.model.stemma import Link, Loss, Merge
from filiation.numerics.pairs.conditional import correlation
from filiation.numerics.rounding import significant

__all__ = ["Kin", "find_copies", "find_kin"]

Links: TypeAlias = Mapping[str, frozenset[str]]
Names: TypeAlias = tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """Related models.

    Attributes:
        links: Which hang together directly.
        merges: Models between two.
        mixed: Models that share the same layers with two which share nothing.
        unplaced: Models whose values stand nowhere side by side with those of another.
    """

    links: tuple[Link, ...]
    merges: tuple[Merge, ...]
    mixed: Names
    unplaced: Names


def find_copies(models: Mapping[str, Sketch]) -> Sequence[Names]:
    """Names of one model in several files, each in the order given; only of two and more."""
    if len(models) < 2:
        return []
    aligned = align(models)
    groups: list[list[str]] = []
    for name, sketch in models.items():
        for group in groups:
            if all(same_model(aligned, models[other], sketch) for other in group):
                group.append(name)
                break
        else:
            groups.append([name])
    return [tuple(group) for group in groups if len(group) > 1]


def find_kin(models: Mapping[str, Sketch], links: Links) -> Kin:
    """How models of one connected group hang together.

    Args:
        models: By name, no two of them one model.
        links: For every name the others that it shares weights with by their p.
    """
    aligned = align(models)
    names = aligned.models
    if not aligned.blocks:
        return Kin(links=(), merges=(), mixed=(), unplaced=names)
    related = np.array([[b in links[a] for b in names] for a in names])
    found = Lineage(aligned, related)
    merges = tuple(_merge(found, aligned, between) for between in found.between)
    ties = [link for link in _links(found, names) if not _in_merge(link, merges)]
    anywhere = np.asarray(found.linked.any(axis=(0, 1)))
    return Kin(
        links=_followed(found, names, [_directed(link, aligned, found) for link in ties], merges),
        merges=merges,
        mixed=tuple(name for place, name in enumerate(names) if _is_mixed(found, place)),
        unplaced=tuple(name for place, name in enumerate(names) if not anywhere[place]),
    )


def _links(found: Lineage, names: Names) -> Iterator[Link]:
    for tie in found.ties:
        first, second = tie.ends
        one, other = (first[0], second[0]) if second else first[:2]
        gram, _ = found.pooled(one, other)
        yield Link(
            ends=(tuple(names[x] for x in first), tuple(names[x] for x in second)),
            correlation=significant(
                float(correlation(gram[one, other], gram[one, one], gram[other, other]))
            ),
        )


def _merge(found: Lineage, aligned: Aligned, between: Between) -> Merge:
    """The sides as the links name them, and what confirms either if it is their sum exactly."""
    names = aligned.models
    sides = tuple(_widened(found, between.model, side) for side in between.sides)
    exact = 1.0 - between.explained <= known(
        aligned, *(names[x] for x in (between.model, sides[0][0], sides[1][0]))
    )
    confirmed = tuple(
        tuple(names[x] for x in confirming(found, side[0], between.model))
        if exact and len(side) == 1
        else ()
        for side in sides
    )
    return Merge(
        model=names[between.model],
        sides=(tuple(names[x] for x in sides[0]), tuple(names[x] for x in sides[1])),
        weights=(significant(between.weights[0]), significant(between.weights[1])),
        correlations=(significant(between.correlations[0]), significant(between.correlations[1])),
        explained=significant(between.explained),
        exact=exact,
        confirmed_by=(confirmed[0], confirmed[1]),
    )


def _widened(found: Lineage, model: int, side: tuple[int, ...]) -> tuple[int, ...]:
    """With all that a link of the model with this side names."""
    for tie in found.ties:
        for ours, theirs in (tie.ends, tie.ends[::-1]):
            if ours == (model,) and set(theirs) & set(side):
                side = tuple(dict.fromkeys((*side, *theirs)))
            elif not ours and model in theirs and side[0] in theirs:
                kin = (x for x in theirs if x != model and found.related[x, side[0]])
                side = tuple(dict.fromkeys((*side, *kin)))
    return side


def _in_merge(link: Link, merges: Sequence[Merge]) -> bool:
    """Whether a merge says it already."""
    return any(
        ours == (merge.model,) and any(set(theirs) <= set(side) for side in merge.sides)
        for merge in merges
        for ours, theirs in (link.ends, link.ends[::-1])
    )


def _directed(link: Link, aligned: Aligned, found: Lineage) -> Link:
    """Which of the two lacks something, and who else holds it."""
    if [len(end) for end in link.ends] != [1, 1]:
        return link
    (one,), (other,) = link.ends
    for earlier, later in ((one, other), (other, one)):
        lost: Loss | None = loss(aligned, earlier, later)
        if lost is not None:
            places = aligned.models.index(earlier), aligned.models.index(later)
            holders = tuple(aligned.models[x] for x in confirming(found, *places))
            return replace(link, later=later, loss=lost, confirmed_by=holders)
    return link


def _followed(
    found: Lineage, names: Names, links: Sequence[Link], merges: Sequence[Merge]
) -> tuple[Link, ...]:
    """With a direction for what came by way of a later model, until there is no more to add."""
    known = [*links]
    while True:
        ways = list(_ways(known, merges))
        more = [_by_way(found, names, link, ways) for link in known]
        if more == known:
            return tuple(known)
        known = more


def _ways(links: Sequence[Link], merges: Sequence[Merge]) -> Iterator[tuple[str, str]]:
    """(earlier, later) wherever that was shown."""
    for link in links:
        if link.confirmed_by and link.later is not None:
            ends = (link.ends[0][0], link.ends[1][0])
            yield (ends[0] if link.later == ends[1] else ends[1]), link.later
    for merge in merges:
        for side, confirmed in zip(merge.sides, merge.confirmed_by, strict=True):
            if confirmed:
                yield side[0], merge.model


def _by_way(found: Lineage, names: Names, link: Link, ways: Sequence[tuple[str, str]]) -> Link:
    if link.loss is not None or [len(end) for end in link.ends] != [1, 1]:
        return link
    (one,), (other,) = link.ends
    for middle, last in ((one, other), (other, one)):
        sources = tuple(
            earlier
            for earlier, later in ways
            if later == middle
            and earlier != last
            and follows(found, *(names.index(name) for name in (earlier, middle, last)))
        )
        if sources:
            return replace(link, later=last, loss="inherited", confirmed_by=sources)
    return link


def _is_mixed(found: Lineage, model: int) -> bool:
    """Whether it shares a layer with two models that share nothing."""
    for layer in found.linked[:, model]:
        near = np.flatnonzero(layer)
        if any(not found.related[a, d] for a, d in combinations(near.tolist(), 2)):
            return True
    return False
