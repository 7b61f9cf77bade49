"""The layers that one family sees under one prefix.

Names are compared part by part from the right, with `#` for numbers, so any prefix may stand
before a layer's stem. Shapes must agree within a layer and with its norm gain: that tells GPT-2,
which stores matrices as [in, out], from models with the same names that do not.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import final

from filiation.model.layout import Gain, Layer, Skipped, UnitMatrix
from filiation.readers.weights.beside import unit_matrix, with_mixers
from filiation.readers.weights.families import Block, Family, Matrix, Pattern
from filiation.readers.weights.sight import Numbers, Sight

__all__ = ["Stack", "stacks"]


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
            for prefix, numbers in sight.places(matrix.tensor):
                found[prefix][numbers, n] = None
    needed = [{prefix for prefix, _ in sight.places(need)} for need in family.needs]
    other = {prefix for name in family.unless for prefix, _ in sight.places(name)}
    for prefix, places in found.items():
        if prefix not in other and all(prefix in prefixes for prefixes in needed):
            yield _stack(family, prefix, sorted(places), sight)


def _stack(family: Family, prefix: str, places: list[tuple[Numbers, int]], sight: Sight) -> Stack:
    layers: list[Layer] = []
    rejected: list[Skipped] = []
    places_of: list[Numbers] = []
    beside: set[Numbers] = set()  # layers whose attention stands beside an MLP already
    found = [
        (numbers, n, tuple(_matrices(family, family.blocks[n], prefix, numbers, sight)))
        for numbers, n in places
    ]
    best = _best([matrices for *_, matrices in found], sight)
    for place, (numbers, n, matrices) in enumerate(found):
        problem = _problem(matrices, sight)
        if problem:
            rejected += [Skipped(tensor=m.tensor, reason=problem) for m in matrices]
        elif place in best:
            own = numbers[: family.layer.count("#")]
            layer = Layer(label=_label(family, family.blocks[n], numbers), matrices=matrices)
            layers.append(
                layer if own in beside else with_mixers(layer, family, prefix, own, sight)
            )
            beside.add(own)
            places_of.append(own)
    if family.alone:
        layers = _with_lone(layers, places_of, family, prefix, sight)
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


def _with_lone(
    layers: list[Layer], own: list[Numbers], family: Family, prefix: str, sight: Sight
) -> list[Layer]:
    """The same, where a layer holds mixers of tokens and no MLP: these go to the next that does.

    Nemotron-H and others give attention a layer of its own; the MLP that it stands beside is then
    the next layer's.
    """
    held, alone = set(own), set[Numbers]()
    for beside in (*family.attentions, *family.mixers):
        for matrix in beside.matrices:
            count = family.layer.count("#")
            alone |= {n[:count] for at, n in sight.places(matrix.tensor) if at == prefix} - held
    for numbers in sorted(alone):
        place = next((n for n, other in enumerate(own) if other > numbers), None)
        if place is None:
            continue
        layer = layers[place]
        lone = with_mixers(layer, family, prefix, numbers, sight)
        free = not layer.attention
        layers[place] = replace(
            layer,
            attention=lone.attention if free else layer.attention,
            heads=lone.heads if free else layer.heads,
            groups=lone.groups if free else layer.groups,
            mixers=(*layer.mixers, *lone.mixers),
        )
    return layers


def _best(found: list[tuple[UnitMatrix, ...]], sight: Sight) -> set[int]:
    """Which of these MLPs stand: of those that share a tensor the one of most matrices."""
    best: set[int] = set()
    taken: set[str] = set()
    for place in sorted(range(len(found)), key=lambda place: -len(found[place])):
        tensors = {matrix.tensor for matrix in found[place]}
        if tensors and not tensors & taken and _problem(found[place], sight) is None:
            best.add(place)
            taken |= tensors
    return best


def _matrices(
    family: Family, block: Block, prefix: str, numbers: Numbers, sight: Sight
) -> Iterator[UnitMatrix]:
    """The readable matrices of one MLP, with their gains."""

    def gain(patterns: tuple[Pattern, ...]) -> Gain | None:
        found = (sight.find(pattern, prefix, numbers) for pattern in patterns)
        info = next((info for info in found if info is not None), None)
        return None if info is None else Gain(tensor=info.name, offset=sight.offset(family))

    def like(matrix: Matrix) -> int | None:
        other = next((m for m in block.matrices if m.role == matrix.like), None)
        info = None if other is None else sight.find(other.tensor, prefix, numbers)
        return None if other is None or info is None else info.shape[other.unit_axis]

    gains = {"reads": gain(family.reads_gain), "writes": gain(family.writes_gain)}
    if family.required and gains["reads"] is None:
        return
    for matrix in block.matrices:
        info = sight.find(matrix.tensor, prefix, numbers)
        if info is not None and len(info.shape) == 2 and info.nbytes:
            yield from unit_matrix(matrix, info, gains[matrix.side], like(matrix))


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
