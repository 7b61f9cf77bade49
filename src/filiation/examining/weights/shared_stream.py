"""Do two models go back to one stream of random numbers, and not to one training?

Whoever seeds the generator as everybody does, and draws a few numbers more or less than another,
begins with the other's initial values, shifted. A shift is no disguise of a copy: it moves the rows
of gate and up by whole units at most, and the columns of down by none, or by another number; moving
units on purpose moves all three alike. The streams of the seeds that are published most are drawn
again and set against what a sketch keeps of each tensor.
"""

import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.examining.weights.kinship.counterparts import counterparts
from filiation.methods.weights.equal_tensors import equal_by_digest
from filiation.model.layout import TensorInfo
from filiation.model.sketch import DeepLayer, LayerSketch, Sketch
from filiation.numerics.mersenne import drawn_for, normals_at, uniforms
from filiation.numerics.pairs.offsets import Waves, agreement_at, peaks_between
from filiation.sketching.samples import sample_places

__all__ = ["beyond_seed", "default_seed", "shared_stream"]

Float32: TypeAlias = NDArray[np.float32]
# Name of a tensor, places in its sample, and by kind of draw the numbers drawn there.
Drawn: TypeAlias = tuple[str, NDArray[np.int64], dict[str, Float32]]

SEEDS: Final = (0, 1, 42, 1234, 1337)
DRAWS: Final = 1 << 24  # of each stream, at most
FEWEST: Final = 128  # values of one tensor
LAYERS: Final = 4  # of the source, evenly over the depth
VALUES: Final = 1 << 20  # of one matrix of whole rows, from the first
PEAK: Final = 8.0  # standard deviations; the largest of ten million by chance is below 6
# Correlation of what training added, from which a training was shared. Measured on one seed: two
# trainings of 60 to 720 steps .05 to .23, children (trained as long again, or merged) .62 to .99.
BEYOND: Final = 0.4
LARGEST: Final = 4.0  # spreads of a column; beyond, values count no more
TINY: Final = np.float32(1e-12)
APART: Final = 4.0  # what the columns of down must stay below at that offset
READS: Final = ("mlp.gate", "mlp.up", "attn.v", "in")
WRITES: Final = ("mlp.down", "attn.o", "out")
SURE: Final = 4.0  # what a tensor must keep of its numbers, in standard deviations
BLOCK: Final = re.compile(r"\.(\d+)\.")
UNMOVED: Final = 0.99  # correlation with the numbers drawn, from which nothing was trained
ORDER: Final = ("q", "k", "v", "o", "gate", "up", "down")  # in which blocks are built


def shared_stream(source: Sketch, subject: Sketch) -> str | None:
    """Why agreement of the two may be that of a stream of random numbers, or None."""
    seed = default_seed(source)
    if seed is not None and seed == default_seed(subject):
        beyond = beyond_seed(source, subject)
        if beyond >= BEYOND or _trained_alike(source, subject):
            return None
        return (
            f"both models descend from the initial values of seed {seed}, which anybody could "
            f"have drawn, and beyond these they have little in common (correlation {beyond:.2f})"
        )
    found = _offset(source, subject)
    if found is None:
        return None
    layer, role, offset, unit = found
    return (
        f"{role} of {layer} agrees with the subject's shifted by {offset} {unit}, and the matrix "
        "that writes does not: both were drawn from one stream of random numbers, at different "
        "places of it"
    )


def beyond_seed(source: Sketch, subject: Sketch) -> float:
    """Correlation of what training added to initial values that both drew from one known seed.

    Of each matrix of a block, the sampled values less their best multiple of the drawn numbers; the
    mean over those in which both still agree with the numbers. A container may give the other
    model's matrices other names: that one is taken that agrees with the numbers best. Tables are
    left out: trainings on like text move them alike.
    """
    for one, other in ((source, subject), (subject, source)):
        if found := list(_beyond(one, other)):
            return float(np.mean(found))
    return 0.0


def _trained_alike(source: Sketch, subject: Sketch) -> bool:
    """Whether both hold a matrix value for value that is no more what was drawn for it."""
    kept = (each.tensor for each in counterparts(source, subject) if each.how in ("same", "cast"))
    equal = {*kept, *equal_by_digest(source, subject)}
    return any(
        name in equal and abs(_correlation(source.samples[name][at], numbers)) < UNMOVED
        for name, (at, numbers) in _drawn(source, tables=True)
    )


def _beyond(one: Sketch, other: Sketch) -> Iterator[float]:
    shapes = {t.name: sorted(t.shape) for t in one.tensors}
    samples = other.samples
    kept = [(sorted(t.shape), samples[t.name]) for t in other.tensors if t.name in samples]
    for name, (at, numbers) in _drawn(one):
        there = [values[at] for shape, values in kept if shape == shapes[name]]
        agree = [_correlation(values, numbers) for values in there]
        if agree and max(agree) * math.sqrt(len(at)) >= SURE:
            both = one.samples[name][at], there[int(np.argmax(agree))]
            yield _correlation(*(_without(values, numbers) for values in both))


def _offset(source: Sketch, subject: Sketch) -> tuple[str, str, int, str] | None:
    """Layer, matrix and offset of a shared stream."""
    if source.method.projection != subject.method.projection:
        return None
    for ours, theirs in (
        (source.layers, subject.layers),
        (source.attention, subject.attention),
    ):
        known = [(one.label, _Matrices(_projected(one))) for one in _spread(ours)]
        for other in theirs:
            there = _Matrices(_projected(other))
            for label, one in known:
                found = _shifted(one, there, 1)
                if found is not None:
                    return label, *found, "rows"
    if len(source.deep) == len(subject.deep):
        places = sorted({0, len(source.deep) // 2} & {*range(len(source.deep))})
        for first, second in ((source.deep[n], subject.deep[n]) for n in places):
            widths = {rows.shape[1] for deep in (first, second) for rows in deep.rows.values()}
            if len(widths) == 1:
                one, there = (_Matrices(_flat(deep)) for deep in (first, second))
                found = _shifted(one, there, widths.pop())
                if found is not None:
                    return source.layers[first.layer].label, *found, "numbers"
    return None


@final
class _Matrices:
    """The matrices of one layer, each transformed when it is first looked at."""

    def __init__(self, rows: dict[str, Float32]) -> None:
        self.rows = rows
        self._waves: dict[str, Waves] = {}

    def peaks(self, other: "_Matrices", role: str, period: int) -> NDArray[np.float64]:
        return peaks_between(self._known(role), other._known(role), period)

    def _known(self, role: str) -> Waves:
        if role not in self._waves:
            self._waves[role] = Waves.of(self.rows[role])
        return self._waves[role]


def _shifted(ours: _Matrices, theirs: _Matrices, period: int) -> tuple[str, int] | None:
    """The matrix of readers that agrees at an offset at which no writer does, and the offset.

    Not where it agrees more at none: what stands in its place is no shifted stream.
    """
    one, two = ours.rows, theirs.rows
    both = [r for r in one if r in two and one[r].shape == two[r].shape]
    for role in READS:
        if role not in both:
            continue
        away = ours.peaks(theirs, role, period)
        middle = len(away) // 2
        here, away[middle] = float(away[middle]), 0.0
        offset = int(np.argmax(away)) - middle
        if away[middle + offset] >= max(PEAK, here) and all(
            agreement_at(ours.peaks(theirs, w, period), offset) < APART for w in WRITES if w in both
        ):
            return role, offset
    return None


def _projected(layer: LayerSketch) -> dict[str, Float32]:
    return {role: _centred(rows.directions["native"]) for role, rows in layer.roles.items()}


def _flat(deep: DeepLayer) -> dict[str, Float32]:
    """Whole rows one after another, [values, 1], zero where a unit was not kept."""
    found = {}
    for role, rows in deep.rows.items():
        whole = np.zeros((int(deep.units.max(initial=0)) + 1, rows.shape[1]), dtype=np.float32)
        whole[deep.units] = _level(_centred(rows))
        found[role] = whole.reshape(-1, 1)[:VALUES]
    return found


def _level(rows: Float32) -> Float32:
    """All columns of one size: a few large ones are alike at many offsets."""
    spread = np.sqrt(np.square(rows).mean(axis=0))
    return np.asarray(np.clip(rows / np.maximum(spread, TINY), -LARGEST, LARGEST))


def _centred(rows: NDArray[np.int8]) -> Float32:
    """Unit rows less their mean; dead ones stay zero."""
    found = rows.astype(np.float32)
    live = found.any(axis=1)
    found[live] /= np.linalg.norm(found[live], axis=1, keepdims=True)
    if live.any():
        found[live] -= found[live].mean(axis=0)
    return found


def default_seed(sketch: Sketch) -> int | None:
    """The published seed from which the model's initial values were drawn, as far as can be told.

    Tensors are taken to be drawn first, or one after another in the order in which their blocks are
    built, on a CPU, by `uniform_` or `normal_`; once, or a second time after all of them. What was
    drawn otherwise, or after 16 million numbers, is not recognised.
    """
    found = _origin(sketch)
    return None if found is None else found[0]


@lru_cache(maxsize=32)
def _origin(sketch: Sketch) -> tuple[int, int] | None:
    """The seed, and which of the ways in which tensors may have been drawn."""
    drawn, kept = _matrices(sketch)
    if not kept:
        return None
    for seed in SEEDS:
        stream = uniforms(seed, _needed(drawn))
        agree = [_agree(sketch, _pairs(sketch, kept, starts, stream)) for starts in _starts(drawn)]
        if max(largest for largest, _ in agree) >= PEAK:
            return seed, int(np.argmax([pooled for _, pooled in agree]))
    return None


def _drawn(
    sketch: Sketch, *, tables: bool = False
) -> Iterator[tuple[str, tuple[NDArray[np.int64], Float32]]]:
    """By matrix of a block which sampled values are known, and the numbers first drawn for them.

    Of tables too, if asked.
    """
    origin = _origin(sketch)
    if origin is None:
        return
    drawn, kept = _matrices(sketch)
    stream = uniforms(origin[0], _needed(drawn))
    starts = next(s for way, s in enumerate(_starts(drawn)) if way == origin[1])
    for name, at, kinds in _pairs(sketch, kept, starts, stream):
        values = sketch.samples[name][at]
        agree, kind = max((_correlation(values, numbers), kind) for kind, numbers in kinds.items())
        if (tables or BLOCK.search(name)) and agree * math.sqrt(len(at)) >= SURE:
            yield name, (at, kinds[kind])


def _matrices(sketch: Sketch) -> tuple[list[TensorInfo], list[TensorInfo]]:
    """All matrices in the order in which they are drawn, and those of which enough is kept."""
    drawn = [t for t in sorted(sketch.tensors, key=_built) if len(t.shape) == 2]
    return drawn, [t for t in drawn if len(sketch.samples.get(t.name, ())) >= FEWEST]


def _needed(drawn: Sequence[TensorInfo]) -> int:
    return min(DRAWS, 2 * sum(drawn_for(_size(t)) for t in drawn) + 32)


def _starts(drawn: Sequence[TensorInfo]) -> Iterator[dict[str, int]]:
    """Where in the stream each tensor may begin."""
    yield {t.name: 0 for t in drawn}
    for passes in (0, 1):
        for take in (drawn_for, int):
            ends = np.cumsum([0] + [take(_size(t)) for t in drawn]).tolist()
            yield {t.name: passes * ends[-1] + end for t, end in zip(drawn, ends, strict=False)}


def _pairs(
    sketch: Sketch, kept: Sequence[TensorInfo], starts: dict[str, int], stream: Float32
) -> Iterator[Drawn]:
    """By tensor the places in its sample, and the numbers drawn there in one kind and the other."""
    for tensor in kept:
        places, at = np.unique(sample_places(tensor, sketch.method.seed), return_index=True)
        start, size = starts[tensor.name], _size(tensor)
        if start + drawn_for(size) <= len(stream):
            numbers = {"normal": normals_at(stream, start, places, size)}
        else:
            inside = start + places < len(stream)
            places, at, numbers = places[inside], at[inside], {}
        if len(at) >= FEWEST // 2:
            yield tensor.name, at, {"uniform": stream[start + places], **numbers}


def _agree(sketch: Sketch, pairs: Iterator[Drawn]) -> tuple[float, float]:
    """Correlation of the sampled values with the stream, in standard deviations of chance.

    The largest of single tensors, and of all together drawn in one kind or the other; and the
    latter alone.
    """
    z: dict[str, list[float]] = {"uniform": [], "normal": []}
    for name, at, kinds in pairs:
        for kind, numbers in kinds.items():
            z[kind].append(_correlation(sketch.samples[name][at], numbers) * math.sqrt(len(at)))
    pooled = max([0.0, *(sum(found) / math.sqrt(len(found)) for found in z.values() if found)])
    return max([pooled, *z["uniform"], *z["normal"]]), pooled


def _without(values: Float32, numbers: Float32) -> Float32:
    """What is left of values without their best multiple of the numbers."""
    x, y = (v - v.mean(dtype=np.float64) for v in (values, numbers))
    return np.asarray(x - y * (float(x @ y) / max(float(y @ y), 1e-30)), dtype=np.float32)


def _correlation(a: Float32, b: Float32) -> float:
    x, y = (v.astype(np.float64) - v.mean(dtype=np.float64) for v in (a, b))
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 0 else 0.0


def _built(tensor: TensorInfo) -> tuple[int, int, int, str]:
    """The order in which blocks are built: embedding, layers, head."""
    name = tensor.name
    number = BLOCK.search(name)
    role = re.search(r"(?:^|[._])(q|k|v|o|gate|up|down)(?:_proj|utput)?(?:\.|$)", name)
    stage = 1 if number else 2 if re.search(r"head|unembed|output", name) else 0
    place = ORDER.index(role[1]) if role else len(ORDER)
    return stage, int(number[1]) if number else 0, place, name


def _size(tensor: TensorInfo) -> int:
    return int(np.prod(tensor.shape))


def _spread(layers: Sequence[LayerSketch]) -> list[LayerSketch]:
    if not layers:
        return []
    return [layers[n] for n in sorted(set(np.linspace(0, len(layers) - 1, LAYERS).astype(int)))]
