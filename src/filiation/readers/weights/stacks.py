"""The layers that one family sees under one prefix.

Names are compared part by part from the right, with `#` for numbers, so any prefix may stand
before a layer's stem. Shapes must agree within a layer and with its norm gain: that tells GPT-2,
which stores matrices as [in, out], from models with the same names that do not.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, final

from filiation.model.layout import Gain, Layer, Skipped, TensorInfo, UnitMatrix
from filiation.readers.weights.families import Block, Family, Matrix, Pattern, families, split
from filiation.readers.weights.settings import Settings

__all__ = ["Sight", "Stack", "stacks"]

Numbers: TypeAlias = tuple[int, ...]
Place: TypeAlias = tuple[str, Numbers]  # prefix and numbers: `model`, (3,) for layer 3

ATTENTION = ("attn.q", "attn.k", "attn.v", "attn.o")
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


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The layers of one family under one prefix.

    Attributes:
        layers: Sorted by numbers; labels without the prefix.
        rejected: Matrices whose layer contradicts itself.
        rank: Bytes explained; named by config.json; told apart by a name it needs; gains found.
    """

    family: Family
    prefix: str
    layers: tuple[Layer, ...]
    rejected: tuple[Skipped, ...]
    rank: tuple[int, bool, bool, int]

    @property
    def used(self) -> set[str]:
        return {matrix.tensor for layer in self.layers for matrix in layer.matrices}


def stacks(family: Family, sight: Sight) -> Iterator[Stack]:
    """Every stack that this family sees, whether or not another family sees more in it."""
    if family.model_types and not family.model_types & sight.settings.model_types:
        return
    found: dict[str, dict[tuple[Numbers, int], None]] = defaultdict(dict)
    for n, block in enumerate(family.blocks):
        for matrix in block.matrices:
            for prefix, numbers in sight.named.get(matrix.tensor, ()):
                found[prefix][numbers, n] = None
    needed = [{prefix for prefix, _ in sight.named.get(need, ())} for need in family.needs]
    for prefix, places in found.items():
        if all(prefix in prefixes for prefixes in needed):
            yield _stack(family, prefix, sorted(places), sight)


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= _DIGITS


def _patterns(family: Family) -> Iterator[Pattern]:
    yield from family.needs + family.reads_gain + family.writes_gain + family.attention_gain
    yield from (matrix.tensor for matrix in family.attention)
    for block in family.blocks:
        yield from (matrix.tensor for matrix in block.matrices)


def _stack(family: Family, prefix: str, places: list[tuple[Numbers, int]], sight: Sight) -> Stack:
    layers: list[Layer] = []
    rejected: list[Skipped] = []
    beside: set[Numbers] = set()  # layers whose attention stands beside an MLP already
    for numbers, n in places:
        block = family.blocks[n]
        matrices = tuple(_matrices(family, block, prefix, numbers, sight))
        problem = _problem(matrices, sight)
        if problem:
            rejected += [Skipped(tensor=m.tensor, reason=problem) for m in matrices]
        elif matrices:
            own = numbers[: family.layer.count("#")]
            attention = () if own in beside else _attention(family, prefix, own, sight)
            beside.add(own)
            layers.append(
                Layer(
                    label=_label(family, block, numbers),
                    matrices=matrices,
                    attention=attention,
                    heads=sight.settings.heads if attention else 0,
                    groups=sight.settings.groups if attention else 0,
                )
            )
    matrices = tuple(m for layer in layers for m in layer.matrices)
    explained = sum(sight.usable[name].nbytes for name in {m.tensor for m in matrices})
    gains = {m.gain.tensor for m in matrices if m.gain}
    return Stack(
        family=family,
        prefix=prefix,
        layers=tuple(layers),
        rejected=tuple(rejected),
        rank=(explained, bool(family.model_types), bool(family.needs), len(gains)),
    )


def _matrices(
    family: Family, block: Block, prefix: str, numbers: Numbers, sight: Sight
) -> Iterator[UnitMatrix]:
    """The readable matrices of one MLP, with their gains."""

    def gain(patterns: tuple[Pattern, ...]) -> Gain | None:
        found = (sight.find(pattern, prefix, numbers) for pattern in patterns)
        info = next((info for info in found if info is not None), None)
        return None if info is None else Gain(tensor=info.name, offset=sight.offset(family))

    gains = {"reads": gain(family.reads_gain), "writes": gain(family.writes_gain)}
    for matrix in block.matrices:
        info = sight.find(matrix.tensor, prefix, numbers)
        if info is not None and len(info.shape) == 2 and info.nbytes:
            yield from _unit_matrix(matrix, info, gains[matrix.side])


def _attention(
    family: Family, prefix: str, numbers: Numbers, sight: Sight
) -> tuple[UnitMatrix, ...]:
    """Queries, keys, values and outputs, if all are there and the heads divide them."""
    norms = (sight.find(pattern, prefix, numbers) for pattern in family.attention_gain)
    norm = next((info for info in norms if info is not None), None)
    gain = None if norm is None else Gain(tensor=norm.name, offset=sight.offset(family))
    found: list[UnitMatrix] = []
    for matrix in family.attention:
        info = sight.find(matrix.tensor, prefix, numbers)
        if info is not None and len(info.shape) == 2 and info.nbytes:
            found += _unit_matrix(matrix, info, gain if matrix.side == "reads" else None)
    heads, groups = sight.settings.heads, sight.settings.groups
    if len(found) != len(ATTENTION) or not heads or not groups or heads % groups:
        return ()
    units = {matrix.role: matrix.units for matrix in found}
    size = units["attn.q"] // heads
    wanted = {"attn.q": heads, "attn.k": groups, "attn.v": groups, "attn.o": heads}
    fits = size > 0 and all(units[role] == count * size for role, count in wanted.items())
    level = len({m.width for m in found}) == 1 and (norm is None or norm.shape == (found[0].width,))
    return tuple(found) if fits and level else ()


def _unit_matrix(matrix: Matrix, info: TensorInfo, gain: Gain | None) -> Iterator[UnitMatrix]:
    units, rest = divmod(info.shape[matrix.unit_axis], matrix.of)
    if rest:
        return
    yield UnitMatrix(
        role=matrix.role,
        tensor=info.name,
        unit_axis=matrix.unit_axis,
        start=units * matrix.part,
        units=units,
        width=info.shape[1 - matrix.unit_axis],
        side=matrix.side,
        gain=gain,
    )


def _problem(matrices: tuple[UnitMatrix, ...], sight: Sight) -> str | None:
    """Why these matrices are not one MLP, or None."""
    shapes = sorted({(m.units, m.width) for m in matrices})
    if len(shapes) > 1:
        words = ", ".join(f"{units} units of width {width}" for units, width in shapes)
        return f"the matrices of this layer disagree: {words}"
    for m in matrices:
        if m.gain and sight.usable[m.gain.tensor].shape != (m.width,):
            found = list(sight.usable[m.gain.tensor].shape)
            return f"the norm gain of this layer has shape {found}, expected [{m.width}]"
    return None


def _label(family: Family, block: Block, numbers: Numbers) -> str:
    left = iter(numbers)
    parts = family.layer + block.label
    return ".".join(str(next(left)) if part == "#" else part for part in parts)
