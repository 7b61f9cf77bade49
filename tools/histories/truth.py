"""What is true of the models that a survey sees, of a history of which it does not see all?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from histories.history import Birth

__all__ = ["Truth", "truth"]

Place: TypeAlias = tuple[str, int]  # a model and one of its layers; -1 stands for all the rest

SAME: Final = frozenset({"half", "brain", "copy"})
FIXED: Final = frozenset({"eight-bit", "four-bit"})  # done twice they give the same


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a picture may say.

    Attributes:
        node: Of each shown model the model that it is an export of (itself if of none).
        vague: Sums of two exports of one model: the same up to the rounding of one of them.
        linked: Pairs of nodes that hang together in a layer by way of hidden models only.
        above: Of each node all nodes that it descends from.
        sums: Nodes that were made by adding up two, and what was made of such.
    """

    node: dict[str, str]
    vague: frozenset[str]
    linked: frozenset[frozenset[str]]
    above: dict[str, frozenset[str]]
    sums: frozenset[str]


def truth(births: Sequence[Birth]) -> Truth:
    """Read it off the history."""
    node = {b.name: b.name for b in births}
    vague = set[str]()
    made: dict[tuple[object, ...], str] = {}
    for b in births:
        origins = {node[parent] for parent in b.parents}
        if b.operation in SAME or (b.operation == "merge" and len(origins) == 1):
            (node[b.name],) = origins
            if b.operation == "merge" or b.parents[0] in vague:
                vague.add(b.name)
        elif b.operation in FIXED or (b.operation == "cut" and b.share):
            node[b.name] = made.setdefault((b.operation, *origins, *b.kept), b.name)
    shown = {node[b.name] for b in births if b.shown}
    parents: dict[Place, list[Place]] = {}
    above: dict[str, frozenset[str]] = {}
    sums = {b.name for b in births if b.operation == "merge"}
    for b in births:
        name = node[b.name]
        if name != b.name:
            continue
        mothers = [node[parent] for parent in b.parents]
        above[name] = frozenset(mothers).union(*(above[m] for m in mothers))
        for layer, source in enumerate((*b.kept, -1)):
            place = (name, layer if layer < len(b.kept) else -1)
            parents[place] = [] if source is None else [(m, source) for m in mothers]
    return Truth(
        node={b.name: node[b.name] for b in births if b.shown},
        vague=frozenset(vague),
        linked=_linked(parents, shown),
        sums=frozenset(name for name, found in above.items() if {name, *found} & sums),
        above={name: found & shown for name, found in above.items() if name in shown},
    )


def _linked(parents: dict[Place, list[Place]], shown: set[str]) -> frozenset[frozenset[str]]:
    """Two are linked if both come from one place, and no shown model stands on the way to it."""
    reached: dict[Place, set[Place]] = {}
    for place in parents:  # parents stand before children
        found = {place}
        for parent in parents[place]:
            found |= {parent} if parent[0] in shown else reached[parent]
        reached[place] = found
    linked = set[frozenset[str]]()
    places = [place for place in parents if place[0] in shown]
    for n, one in enumerate(places):
        for other in places[n + 1 :]:
            if one[0] != other[0] and _meet(reached[one], reached[other], one, other, shown):
                linked.add(frozenset((one[0], other[0])))
    return frozenset(linked)


def _meet(mine: set[Place], theirs: set[Place], one: Place, other: Place, shown: set[str]) -> bool:
    """Whether they come from one hidden place, or one from the other."""
    return any(place[0] not in shown or place in (one, other) for place in mine & theirs)
