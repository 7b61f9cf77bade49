"""What is known of a checkpoint's tensors before roles are given, sorted by the names in use."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, final

from filiation.model.layout import TensorInfo
from filiation.readers.weights.families import Family, Pattern, families, split
from filiation.readers.weights.settings import Settings

__all__ = ["Numbers", "Sight"]

Numbers: TypeAlias = tuple[int, ...]
Place: TypeAlias = tuple[str, Numbers]  # prefix and numbers: `model`, (3,) for layer 3

_DIGITS = 9  # a longer number counts no layers


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
        wanted = {pattern for family in families() for pattern in _patterns(family)}
        lengths = sorted({len(pattern) for pattern in wanted})
        named: dict[Pattern, dict[Place, str]] = defaultdict(dict)
        for name in usable:
            parts = split(name)
            marks = tuple("#" if _is_number(part) else part for part in parts)
            for length in lengths:
                pattern = marks[-length:]
                if length <= len(parts) and pattern in wanted:
                    own = zip(parts[-length:], pattern, strict=True)
                    numbers = tuple(int(part) for part, mark in own if mark == "#")
                    named[pattern].setdefault((".".join(parts[:-length]), numbers), name)
        return cls(usable=usable, settings=settings, named=named)

    def find(self, pattern: Pattern, prefix: str, numbers: Numbers) -> TensorInfo | None:
        """The tensor of this pattern at this place; a pattern takes the numbers it needs."""
        place = prefix, numbers[: pattern.count("#")]
        name = self.named.get(pattern, {}).get(place)
        return None if name is None else self.usable[name]

    def offset(self, family: Family) -> float:
        """What is added to each gain of this family."""
        words = sorted(self.settings.model_types & family.offsets.keys())
        return family.offsets[words[0]] if words else family.offset


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= _DIGITS


def _patterns(family: Family) -> Iterator[Pattern]:
    yield from family.needs + family.reads_gain + family.writes_gain
    for beside in (*family.attentions, *family.mixers):
        yield from (*beside.gain, *beside.unless)
        yield from (beside.latent,) if beside.latent else ()
        yield from (matrix.tensor for matrix in beside.matrices)
    for block in family.blocks:
        yield from (matrix.tensor for matrix in block.matrices)
