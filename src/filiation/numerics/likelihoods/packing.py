"""How many pairs have nothing in common with each other? The count that a bound may rest on."""

from collections.abc import Sequence

__all__ = ["disjoint_pairs"]


def disjoint_pairs(involved: Sequence[frozenset[str]]) -> tuple[int, ...]:
    """Places of pairs no two of which touch a common family.

    Chosen greedily, the pairs that touch fewest families first and then in the order given, so
    that what is chosen is known before any value is. There may be more than are found (the
    largest such set is hard to find); every set found is valid.

    Args:
        involved: For each pair the families that either model depends on.
    """
    taken: set[str] = set()
    chosen = []
    for place in sorted(range(len(involved)), key=lambda i: (len(involved[i]), i)):
        if not involved[place] & taken:
            taken |= involved[place]
            chosen.append(place)
    return tuple(sorted(chosen))
