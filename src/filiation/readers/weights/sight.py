"""What is known of a checkpoint's tensors before roles are given, sorted by the names in use."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, final

from filiation.model.layout import TensorInfo
from filiation.readers.weights.families import Family, Pattern, families, split
from filiation.readers.weights.settings import Settings

__all__ = ["Numbers", "Sight"]

Numbers: TypeAlias = tuple[int, ...]
Place: TypeAlias = tuple[str, Numbers]  # prefix and numbers: `model`, (3,) for layer 3

_DIGITS = 9  # a longer number counts no layers
EXPERT = "expert_"  # before the number of an expert of Switch and NLLB


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What is known before roles are given.

    Attributes:
        usable: Tensors that hold readable weights, by name.
        settings: Facts from config.json.
        named: Those tensors' names by pattern, then by place.
    """

    usable: Mapping[str, TensorInfo]
    settings: Settings
    named: Mapping[Pattern, Mapping[Place, str]]

    @classmethod
    def of(cls, usable: Mapping[str, TensorInfo], settings: Settings) -> "Sight":
        """Sort the names by every pattern that a role file mentions."""
        wanted = _wanted()
        lengths = sorted({len(pattern) for pattern in wanted})
        named: dict[Pattern, dict[Place, str]] = defaultdict(dict)
        for name in usable:
            parts = split(name)
            marks = _masked(parts)
            for length in lengths:
                pattern = marks[-length:]
                if length <= len(parts) and pattern in wanted:
                    own = (_number(part) for part in parts[-length:])
                    numbers = tuple(number for number in own if number is not None)
                    named[pattern].setdefault((".".join(parts[:-length]), numbers), name)
        return cls(usable=usable, settings=settings, named=named)

    def find(self, pattern: Pattern, prefix: str, numbers: Numbers) -> TensorInfo | None:
        """The tensor of this pattern at this place; a pattern takes the numbers it needs."""
        held, fixed = self.named.get(_sorted_as(pattern), {}), _fixed(pattern)
        left = iter(numbers[: fixed.count(None)])
        own = tuple(next(left, -1) if number is None else number for number in fixed)
        name = held.get((prefix, own))
        return None if name is None else self.usable[name]

    def places(self, pattern: Pattern) -> Iterator[Place]:
        """Where tensors of this pattern stand; of the numbers, those that it leaves open."""
        fixed = _fixed(pattern)
        for prefix, numbers in self.named.get(_sorted_as(pattern), ()):
            pairs = list(zip(fixed, numbers, strict=True))
            if all(wanted in (None, found) for wanted, found in pairs):
                yield prefix, tuple(found for wanted, found in pairs if wanted is None)

    def offset(self, family: Family) -> float:
        """What is added to each gain of this family."""
        words = sorted(self.settings.model_types & family.offsets.keys())
        return family.offsets[words[0]] if words else family.offset


@lru_cache(maxsize=1)
def _wanted() -> frozenset[Pattern]:
    """All patterns of all role files."""
    return frozenset(_masked(pattern) for family in families() for pattern in _patterns(family))


def _masked(parts: Pattern) -> Pattern:
    """The same with every number open: as the names are sorted."""
    return tuple(part if _number(part) is None else _open(part) for part in parts)


def _open(part: str) -> str:
    return EXPERT + "#" if part.startswith(EXPERT) else "#"


@lru_cache(maxsize=1 << 12)
def _sorted_as(pattern: Pattern) -> Pattern:
    """A role file's pattern as the names are sorted; these come again and again."""
    return _masked(pattern)


@lru_cache(maxsize=1 << 12)
def _fixed(pattern: Pattern) -> tuple[int | None, ...]:
    """The numbers of a pattern: those that it writes out, None for those that it leaves open."""
    return tuple(
        _number(part) for part in pattern if part.endswith("#") or _number(part) is not None
    )


def _number(part: str) -> int | None:
    digits = part.removeprefix(EXPERT)
    whole = digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS
    return int(digits) if whole else None


def _patterns(family: Family) -> Iterator[Pattern]:
    yield from family.needs + family.unless + family.reads_gain + family.writes_gain
    for beside in (*family.attentions, *family.mixers):
        yield from (*beside.gain, *beside.unless)
        yield from (beside.latent,) if beside.latent else ()
        yield from (matrix.tensor for matrix in beside.matrices)
    for block in family.blocks:
        yield from (matrix.tensor for matrix in block.matrices)
