"""Where might the hidden units be, if no role file knows the names?

The residual width d is the one that most vectors and matrices share; a hidden width h is one that
occurs both as [h, d] and as [d, h]. Attention (queries and outputs) and a transposed unembedding
look the same, so only the largest h > d is taken, and any h that comes twice on one side and once
on the other, as gated MLPs and experts do. What cannot be known from shapes: which side reads,
which norm belongs where, and, without layer numbers, which matrices belong together.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, final

from filiation.model.layout import Layer, Layout, Skipped, TensorInfo, UnitMatrix
from filiation.readers.weights.roles import NOT_YET, not_examined

__all__ = ["guess"]

UNKNOWN = "not recognised by name, nor by shape as part of an MLP"
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{1,9}(?![0-9A-Za-z])")
_EMBED = re.compile(
    r"(?:^|[._])(?:embed_tokens|embed_in|wte|word_embeddings?|tok_embeddings)\.weight$"
)
_UNEMBED = re.compile(r"(?:^|[._])(?:lm_head|embed_out|unembed)\.weight$")
_GATED = 3  # matrices of a gated MLP
_STEEPEST = 8  # h / d; a single pair steeper than this could be the vocabulary


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Widths:
    """Residual width, the hidden widths to examine, and the axis of units in [h, d] and [d, h]."""

    d: int
    hidden: frozenset[int]
    reading_axis: Literal[0, 1]


def guess(
    tensors: Mapping[str, TensorInfo],
    *,
    unexamined: Mapping[str, str],
    vocabulary: frozenset[int] = frozenset(),
) -> Layout:
    """Infer a layout from shapes; without layers if nothing looks like an MLP.

    Args:
        tensors: All tensors, by name.
        unexamined: Tensors that hold no readable weights, with reasons.
        vocabulary: Sizes that are known to be a vocabulary's, never a hidden width.
    """
    readable = [info for name, info in tensors.items() if name not in unexamined]
    matrices = [info for info in readable if len(info.shape) == 2 and min(info.shape) > 1]
    widths = _widths(readable, matrices, vocabulary)
    layers = () if widths is None else _layers(matrices, widths)
    used = {matrix.tensor for layer in layers for matrix in layer.matrices}
    rest = [info for info in matrices if info.name not in used]
    embed, unembed = (_end(rest, pattern, widths) for pattern in (_EMBED, _UNEMBED))
    used |= {name for name in (embed, unembed) if name}
    otherwise = NOT_YET if layers else UNKNOWN
    return Layout(
        family="guessed",
        guessed=True,
        layers=layers,
        embed=embed,
        unembed=unembed,
        final_gain=None,
        skipped=tuple(
            Skipped(tensor=name, reason=unexamined.get(name, not_examined(info, otherwise)))
            for name, info in tensors.items()
            if name not in used
        ),
    )


def _widths(
    readable: list[TensorInfo], matrices: list[TensorInfo], vocabulary: frozenset[int]
) -> _Widths | None:
    shapes = Counter(info.shape for info in matrices)
    paired = {shape[1] for shape in shapes if shape[0] != shape[1] and shape[::-1] in shapes}
    if not paired:
        return None
    flat = (info.shape for info in readable if len(info.shape) <= 2)
    share = Counter(size for shape in flat for size in set(shape))
    d = min(paired, key=lambda size: (-share[size], size))
    counts = {
        h: (shapes[h, d], shapes[d, h])
        for h in paired
        if h != d and h not in vocabulary and shapes[h, d] and shapes[d, h]
    }
    hidden = _hidden(counts, d)
    if not hidden:
        return None
    as_stored = sum(counts[h][0] for h in hidden) >= sum(counts[h][1] for h in hidden)
    return _Widths(d=d, hidden=hidden, reading_axis=0 if as_stored else 1)


def _hidden(counts: Mapping[int, tuple[int, int]], d: int) -> frozenset[int]:
    """The widths whose two counts fit an MLP: as many on both sides, or twice as many on one."""
    gated = {h for h, (a, b) in counts.items() if a == 2 * b or b == 2 * a}
    plain = {h for h, (a, b) in counts.items() if a == b and h > d}
    most = max((sum(counts[h]) for h in gated | plain), default=0)
    if most > 2 or gated:  # a single pair beside layers is an unembedding
        plain = {h for h in plain if sum(counts[h]) > 2}
    else:
        plain = {h for h in plain if h <= _STEEPEST * d}
    largest = max(gated | plain, default=0)
    return frozenset(gated | (plain & {largest}))


def _layers(matrices: list[TensorInfo], widths: _Widths) -> tuple[Layer, ...]:
    units = [
        info
        for info in matrices
        if any(info.shape in ((h, widths.d), (widths.d, h)) for h in widths.hidden)
    ]
    stems = Counter(_NUMBER.sub("#", info.name) for info in units)
    groups: dict[tuple[str, tuple[int, ...], int], list[TensorInfo]] = {}
    if all(count > 1 for count in stems.values()):
        groups = _numbered(units)
    if not any(len(group) > 1 for group in groups.values()):
        return tuple(
            Layer(label=info.name, matrices=(_matrix(info, widths, stem=None),)) for info in units
        )
    hidden = Counter((prefix, numbers) for prefix, numbers, _ in groups)
    layers = []
    for (prefix, numbers, _), group in sorted(groups.items()):
        found = tuple(_matrix(info, widths, stem=_stem(info.name, len(numbers))) for info in group)
        label = prefix + ".".join(map(str, numbers))
        label += f" ({found[0].units} units)" if hidden[prefix, numbers] > 1 else ""
        layers.append(Layer(label=label, matrices=found))
    return tuple(layers)


def _numbered(
    units: list[TensorInfo],
) -> dict[tuple[str, tuple[int, ...], int], list[TensorInfo]]:
    """Matrices by (text before the first number, numbers, h + d).

    The first number is enough unless more than three matrices share it; then it does not count
    layers alone (experts, towers), and every number of the name is needed.
    """
    for depth in (1, None):
        groups: dict[tuple[str, tuple[int, ...], int], list[TensorInfo]] = defaultdict(list)
        for info in units:
            found = list(_NUMBER.finditer(info.name))
            numbers = tuple(int(match[0]) for match in found)[:depth]
            groups[info.name[: found[0].start()], numbers, sum(info.shape)].append(info)
        if all(len(group) <= _GATED for group in groups.values()):
            break
    return groups


def _stem(name: str, numbers: int) -> str:
    return _NUMBER.sub("#", name, count=numbers)


def _matrix(info: TensorInfo, widths: _Widths, *, stem: str | None) -> UnitMatrix:
    unit_axis: Literal[0, 1] = 1 if info.shape[0] == widths.d else 0
    reads = unit_axis == widths.reading_axis
    word = "in" if reads else "out"
    return UnitMatrix(
        role=word if stem is None else f"{word}:{stem}",
        tensor=info.name,
        unit_axis=unit_axis,
        start=0,
        units=info.shape[unit_axis],
        width=widths.d,
        side="reads" if reads else "writes",
    )


def _end(rest: list[TensorInfo], pattern: re.Pattern[str], widths: _Widths | None) -> str | None:
    """The one tensor [.., d] whose name leaves no doubt, or None."""
    found = [
        info.name
        for info in rest
        if widths and info.shape[1] == widths.d and pattern.search(info.name)
    ]
    return found[0] if len(found) == 1 else None
