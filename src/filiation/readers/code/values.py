"""Values and effects as hashes: what a function computes, counted.

A value has a hash for each depth to which its operations are looked at, with the names of public
libraries and without any name. Where operands may change places, their order does not count.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations, pairwise
from typing import Final, TypeAlias, final

__all__ = ["MASK", "Effect", "Value", "counted", "hashed", "mixed"]

MASK: Final = (1 << 64) - 1
ODD: Final = 0x9E3779B97F4A7C15
DEPTHS: Final = 4
COMMUTE: Final = frozenset({"+", "*", "==", "!=", "and", "or", "&&", "||", "&", "|", "^", "either"})
MOST_USES: Final = 12  # of one name within a function


@lru_cache(maxsize=1 << 18)
def hashed(text: str) -> int:
    """64 bits of a text."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def mixed(first: int, rest: Iterable[int]) -> int:
    """64 bits of a sequence of numbers of 64 bits."""
    for one in rest:
        first = ((first ^ one) * ODD + 1) & MASK
        first ^= first >> 29
    return first


@final
class Value:
    """A value by its operation and by what that is applied to.

    Attributes:
        label: The operation.
        kids: What it is applied to.
        name: The name of its own that the label hides; empty if there is none.
        levels: Hashes to more and more depth, with the names of public libraries.
        blind: The same without any name.
    """

    __slots__ = ("blind", "kids", "label", "levels", "name")

    def __init__(
        self, label: str, kids: Sequence["Value"] = (), *, name: str = "", shape: str = ""
    ) -> None:
        self.label, self.kids, self.name = label, kids, name
        sort = label in COMMUTE
        own = hashed(label)
        self.levels: list[int] = _deeper(own, [kid.levels for kid in kids], sort)
        shade = hashed(shape) if shape else own
        self.blind: list[int] = _deeper(shade, [kid.blind for kid in kids], sort)


def _deeper(own: int, kids: Sequence[list[int]], sort: bool) -> list[int]:
    """Hashes of a value to more and more depth, from those of what it is applied to."""
    found = [own]
    for depth in range(DEPTHS - 1 if kids else 0):
        below = [kid[depth] if depth < len(kid) else kid[-1] for kid in kids]
        found.append(mixed(own, sorted(below) if sort else below))
    return found


Effect: TypeAlias = tuple[Value, Value | None]
"""What is done, and the innermost condition or loop that it stands under."""

BLIND, USED, UNDER, THEN = (hashed(word) for word in ("blind", "used", "under", "then"))


def counted(effects: Sequence[Effect]) -> Counter[int]:
    """How often which feature stands in what these effects need.

    Features are values to each depth; for every two places where one name of its own is used, the
    two together; each effect with its condition; and two effects that follow each other.
    """
    found: Counter[int] = Counter()
    uses: dict[str, list[int]] = defaultdict(list)
    for value in _reached(effects):
        found.update({*value.levels[1:]})
        found.update(mixed(BLIND, (one,)) for one in {*value.blind[2:]})
        _note_uses(value, uses)
    for contexts in uses.values():
        pairs = combinations(sorted(contexts)[:MOST_USES], 2)
        found.update(mixed(USED, pair) for pair in pairs)
    for value, guard in effects:
        if guard is not None:
            found[mixed(UNDER, (_at(guard, 1), _at(value, 1)))] += 1
    for (one, _), (two, _) in pairwise(effects):
        found[mixed(THEN, (_at(one, 1), _at(two, 1)))] += 1
    return found


def _note_uses(value: Value, uses: dict[str, list[int]]) -> None:
    """In which operations and at which places the names of a value stand."""
    own = value.levels[0]
    if value.name:
        uses[value.name].append(mixed(own, (len(value.kids),)))
    commutes = value.label in COMMUTE
    for place, kid in enumerate(value.kids):
        if kid.name:
            uses[kid.name].append(mixed(own, (0 if commutes else place,)))


def _reached(effects: Iterable[Effect]) -> Iterator[Value]:
    """Every value that an effect needs, once."""
    seen: set[int] = set()
    left = [value for effect in effects for value in effect if value is not None]
    while left:
        value = left.pop()
        if id(value) not in seen:
            seen.add(id(value))
            yield value
            left += value.kids


def _at(value: Value, depth: int) -> int:
    return value.levels[min(depth, len(value.levels) - 1)]
