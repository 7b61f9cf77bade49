"""What stands beside an MLP: attention in every way of storing it, and other mixers of tokens.

Where the heads are known, queries, keys, values and outputs are told apart also in a tensor that
they share. What does not fit (no config.json, gates, a latent, a state) is not left out: whatever
has the width of the stream still says by its columns in which order the stream's axes stand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, final

from filiation.model.layout import Gain, Layer, TensorInfo, UnitMatrix
from filiation.readers.weights.families import Beside, Family, Fused, Matrix, Pattern
from filiation.readers.weights.sight import Numbers, Sight
from filiation.readers.weights.towers import by_name

__all__ = ["unit_matrix", "with_mixers"]

ATTENTION: Final = ("attn.q", "attn.k", "attn.v", "attn.o")
# What a fused tensor is called as a whole.
WHOLE: Final[Mapping[Fused, str]] = {
    "in-turn": "attn.qkv",
    "by-group": "attn.qkv",
    "gated": "attn.gated",
    "unit-by-unit": "attn.qkv",
}


def with_mixers(layer: Layer, family: Family, prefix: str, numbers: Numbers, sight: Sight) -> Layer:
    """The layer with what stands beside its MLP; what has no understood order, as mixers.

    Args:
        layer: An MLP.
        family: Whose names are looked for.
        prefix: Before the layer's stem.
        numbers: The layer's own.
        sight: All tensors.
    """
    at = _Place(family=family, prefix=prefix, numbers=numbers, sight=sight)
    attention: tuple[UnitMatrix, ...] = ()
    heads = groups = 0
    for count, shared in at.heads():
        for beside in family.attentions:
            if not attention:
                attention, heads, groups = at.heads_of(beside, count, shared), count, shared
    read = {matrix.tensor for matrix in attention}
    mixers: dict[tuple[str, int], UnitMatrix] = {}
    for beside in (*family.attentions, *family.mixers):
        for matrix in at.matrices(beside, layer.matrices[0].width):
            if matrix.tensor not in read:
                mixers.setdefault((matrix.tensor, matrix.start), matrix)
    whole = len(attention) == len(ATTENTION)
    return replace(
        layer,
        attention=attention,
        heads=heads if attention else 0,
        groups=(groups if whole else heads) if attention else 0,
        mixers=tuple(mixers.values()),
    )


def unit_matrix(
    matrix: Matrix, info: TensorInfo, gain: Gain | None, like: int | None = None
) -> Iterator[UnitMatrix]:
    """A matrix, or one part of a fused one, if its axis can be divided so.

    Args:
        matrix: Where it is stored.
        info: The tensor.
        gain: What is folded into it.
        like: Units of each part; all parts are equal if not given.
    """
    held, width = info.shape[matrix.unit_axis], info.shape[1 - matrix.unit_axis]
    units, rest = divmod(held, matrix.of) if like is None else (like, 0)
    mixed = matrix.fused == "unit-by-unit"
    start = matrix.part if mixed else units * matrix.part
    if matrix.after is not None:
        start, units = matrix.after * width, held - matrix.after * width
    if rest or units < 1 or (not mixed and start + units > held):
        return
    yield UnitMatrix(
        role=matrix.role,
        tensor=info.name,
        unit_axis=matrix.unit_axis,
        start=start,
        run=int(mixed),
        step=matrix.of if mixed else 0,
        units=units,
        width=width,
        side=matrix.side,
        gain=gain,
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One layer of one family under one prefix."""

    family: Family
    prefix: str
    numbers: Numbers
    sight: Sight

    def heads_of(self, beside: Beside, heads: int, groups: int) -> tuple[UnitMatrix, ...]:
        """Queries, keys, values and outputs, if all are there and the heads divide them.

        Of latent attention the outputs alone: their columns stand in heads, the values' rows read
        the latent.
        """
        other = any(self._find(name) for name in beside.unless)
        if other or not heads or not groups or heads % groups:
            return ()
        found = [
            apart
            for matrix in beside.matrices
            for one in self._read(matrix, beside)
            for apart in (told_apart(matrix, one, heads, groups) if matrix.fused else (one,))
        ]
        units = {matrix.role: matrix.units for matrix in found}
        if not _level(found):
            return ()
        if beside.latent is not None and self._find(beside.latent):
            out = [matrix for matrix in found if matrix.role == "attn.o"]
            return tuple(out) if out and units["attn.o"] % heads == 0 else ()
        if len(found) != len(ATTENTION) or set(units) != set(ATTENTION):
            return ()
        size = units["attn.o"] // heads
        wanted = {"attn.q": heads, "attn.k": groups, "attn.v": groups, "attn.o": heads}
        fits = size > 0 and all(units[role] == count * size for role, count in wanted.items())
        return tuple(found) if fits else ()

    def heads(self) -> Iterator[tuple[int, int]]:
        """Heads, and groups that share a key and a value: a tower's own, then the body's.

        What a stack is called does not keep it from being read as what it is.
        """
        settings, named = self.sight.settings, by_name(f"{self.prefix}.{self.family.layer[0]}")
        section = None if named is None else settings.towers.get(named[1])
        if section is not None and section.heads:
            yield section.heads, section.heads
        yield settings.heads, settings.groups

    def matrices(self, beside: Beside, width: int) -> Iterator[UnitMatrix]:
        """The matrices as wide as the stream, a fused one as a whole."""
        for matrix in beside.matrices:
            for one in self._read(matrix, beside):
                if one.width == width:
                    yield replace(one, role=WHOLE[matrix.fused]) if matrix.fused else one

    def _read(self, matrix: Matrix, beside: Beside) -> Iterator[UnitMatrix]:
        info = self._find(matrix.tensor)
        if info is None or len(info.shape) != 2 or not info.nbytes:
            return
        norms = (self._find(pattern) for pattern in beside.gain)
        norm = next((found for found in norms if found is not None), None)
        if norm is None:
            yield from unit_matrix(matrix, info, None)
        elif norm.shape == (info.shape[1 - matrix.unit_axis],):
            gain = Gain(tensor=norm.name, offset=self.sight.offset(self.family))
            yield from unit_matrix(matrix, info, gain if matrix.side == "reads" else None)

    def _find(self, pattern: Pattern) -> TensorInfo | None:
        return self.sight.find(pattern, self.prefix, self.numbers)


def told_apart(matrix: Matrix, whole: UnitMatrix, heads: int, groups: int) -> Iterator[UnitMatrix]:
    """The queries, the keys or the values of a tensor that holds more than them.

    Args:
        matrix: Which of them, and how they share the tensor.
        whole: The tensor as one matrix.
        heads: Heads of the attention.
        groups: Groups of heads that share a key and a value.
    """
    place = ATTENTION.index(matrix.role)
    each = heads // groups
    parts = {  # heads of queries, keys and values that stand side by side, and how often
        "in-turn": ((heads, groups, groups), 1),
        "by-group": ((each, 1, 1), groups),
        "gated": ((1, 1), heads),
    }
    inside, times = parts[matrix.fused or "in-turn"]
    size, rest = divmod(whole.units, sum(inside) * times)
    if rest or not size or place >= len(inside):
        return
    run, step = inside[place] * size, sum(inside) * size
    yield replace(
        whole,
        role=matrix.role,
        start=sum(inside[:place]) * size,
        units=run * times,
        run=run if times > 1 else 0,
        step=step if times > 1 else 0,
    )


def _level(found: Sequence[UnitMatrix]) -> bool:
    return len({matrix.width for matrix in found}) == 1
