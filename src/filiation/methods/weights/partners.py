"""Which layer of the subject each layer of the source is set against, and in which matrices.

The null permutes the units of the source's layers. Everything here (which layers could be
compared, which candidate looks best) may depend on the data in any way, because every p-value is
multiplied by the number of candidates the source's layer had (Bonferroni).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from filiation.model.finding import Inapplicable
from filiation.model.sketch import Frame, LayerSketch, Sketch
from filiation.numerics.directions import alive, stack
from filiation.numerics.trace import Moments, trace_z

__all__ = ["FEWEST_UNITS", "Partner", "Partners", "find_partners", "named_pairs"]

Float32: TypeAlias = NDArray[np.float32]
Roles: TypeAlias = tuple[tuple[str, str], ...]  # (source role, subject role)

FEWEST_SHARED: Final = 64  # anchors two models must share for the token frame
FEWEST_UNITS: Final = 8  # compared units below which a layer says nothing
ALIGNED: Final = 6.0  # standard deviations beyond which an order is not chance


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Partner:
    """One layer of the source beside the subject's layer that looks most like it.

    Attributes:
        source: The source's layer.
        subject: The subject's layer.
        roles: The matrices compared.
        candidates: How many (layer, matrices) could have been chosen.
        z: Of the trace, by which the choice was made.
        a: Source's unit directions, float32 [units, columns], alive in both models.
        b: The subject's, same shape, same indices.
    """

    source: LayerSketch
    subject: LayerSketch
    roles: Roles
    candidates: int
    z: float
    a: Float32
    b: Float32


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Partners:
    """What can be compared between two sketches in one frame.

    Attributes:
        pairs: One per layer of the source that has a candidate.
        skipped: The source's other layers, with reasons.
        independent: Whether the source's layers may be taken as permuted independently: known
            layers, none of which shares its unit order with another.
    """

    pairs: tuple[Partner, ...]
    skipped: tuple[str, ...]
    independent: bool


def find_partners(
    source: Sketch, subject: Sketch, frame: Frame, method: str
) -> Partners | Inapplicable:
    """Choose for every layer of the source its best candidate in the subject."""
    obstacle = _obstacle(source, subject, frame)
    if obstacle is not None:
        return Inapplicable(method=method, reason=obstacle)
    prepared = _Prepared(frame)
    pairs: list[Partner] = []
    skipped: list[str] = []
    for layer in source.layers:
        options = list(_options(layer, subject.layers, frame))
        best = _best(layer, options, prepared)
        if best is None:
            skipped.append(f"{layer.label}: {_why_none(layer, subject, frame)}")
        else:
            pairs.append(best)
    if not pairs:
        return Inapplicable(
            method=method,
            reason=f"no layer of {subject.name} can be set against any of {source.name} "
            f"in this frame ({skipped[0]})",
        )
    return Partners(
        pairs=tuple(pairs),
        skipped=tuple(skipped),
        independent=not source.guessed and not _aligned_layers(source, frame, prepared),
    )


def named_pairs(
    layer: LayerSketch, others: Sequence[LayerSketch], frame: Frame
) -> Iterator[tuple[LayerSketch, tuple[Float32, Float32], tuple[Float32, Float32]]]:
    """For every layer of equal size the units of both models, seen through two matrices apart."""
    prepared = _Prepared(frame)
    for other, roles in _options(layer, others, frame):
        if len(roles) >= 2:
            one, two = (prepared.pair(layer, other, (role,)) for role in roles[:2])
            if len(one[0].rows) == len(two[0].rows):
                yield other, (one[0].rows, one[1].rows), (two[0].rows, two[1].rows)


def _obstacle(source: Sketch, subject: Sketch, frame: Frame) -> str | None:
    if source.method.projection != subject.method.projection:
        return (
            f"the sketches were taken differently ({source.method.id} and {subject.method.id}); "
            "take both with the same parameters"
        )
    for sketch in (source, subject):
        if not sketch.layers:
            return f"{sketch.name} has no pair of matrices that could be an MLP"
        if frame == "token" and sketch.token_absent is not None:
            return f"{sketch.name} has no token frame: {sketch.token_absent}"
    if all(any(_sorted_by_norm(layer) for layer in s.layers) for s in (source, subject)):
        return (
            f"{source.name} and {subject.name} both list units by norm; their order then says how "
            "they were exported, and not where they come from"
        )
    shared = len({*source.anchors} & {*subject.anchors})
    if frame == "token" and shared < FEWEST_SHARED:
        return (
            f"the vocabularies share {shared} anchor tokens, at least {FEWEST_SHARED} are needed; "
            "the token frame would compare different words"
        )
    return None


def _sorted_by_norm(layer: LayerSketch) -> bool:
    """Whether index and norm go together in any matrix (Spearman, six standard deviations)."""
    index = np.arange(layer.units) - (layer.units - 1) / 2
    for rows in layer.roles.values():
        live = rows.norms[rows.norms > 0]
        if live.size == layer.units >= FEWEST_UNITS:
            ranks = rankdata(live) - (layer.units + 1) / 2
            rho = float(index @ ranks) / float(np.sqrt((index @ index) * (ranks @ ranks) + 1e-30))
            if abs(rho) * np.sqrt(layer.units - 1) > ALIGNED:
                return True
    return False


def _options(
    layer: LayerSketch, others: Sequence[LayerSketch], frame: Frame
) -> Iterator[tuple[LayerSketch, Roles]]:
    """Every way of setting a layer of the source against the subject's layers."""
    for other in others:
        if other.units != layer.units:
            continue
        for roles in _pairings(layer, other):
            seen = tuple(pair for pair in roles if _comparable(layer, other, pair, frame))
            if seen:
                yield other, seen


def _pairings(layer: LayerSketch, other: LayerSketch) -> list[Roles]:
    """All matrices of equal role together; where a role was guessed, each with each alone."""
    common = sorted(r for r in layer.roles if r in other.roles and r not in ("in", "out"))
    if common:
        return [tuple((role, role) for role in common)]
    if all(r.startswith("mlp.") for r in (*layer.roles, *other.roles)):
        return []
    return [((a, b),) for a in sorted(layer.roles) for b in sorted(other.roles)]


def _comparable(
    layer: LayerSketch, other: LayerSketch, roles: tuple[str, str], frame: Frame
) -> bool:
    a, b = layer.roles[roles[0]], other.roles[roles[1]]
    same_width = a.width == b.width or frame == "token"
    return same_width and frame in a.directions and frame in b.directions


@final
class _Prepared:
    """Layers made ready for comparison in one frame, each at most once."""

    def __init__(self, frame: Frame) -> None:
        self._frame: Frame = frame
        self._alive: dict[tuple[int, str], NDArray[np.bool_]] = {}
        self._whole: dict[tuple[int, tuple[str, ...]], _Units] = {}

    def pair(
        self, layer: LayerSketch, other: LayerSketch, roles: Roles
    ) -> tuple["_Units", "_Units"]:
        """Both models' units at the indices where both are alive and unrepeated."""
        left = self._units(layer, tuple(a for a, _ in roles))
        right = self._units(other, tuple(b for _, b in roles))
        both = left.keep & right.keep
        return left.at(both), right.at(both)

    def _units(self, layer: LayerSketch, roles: tuple[str, ...]) -> "_Units":
        key = (id(layer), roles)
        if key not in self._whole:
            parts = [layer.roles[role].directions[self._frame] for role in roles]
            keep = np.logical_and.reduce([self._keep(layer, role) for role in roles])
            self._whole[key] = _Units.of(stack(parts, keep), keep)
        return self._whole[key]

    def _keep(self, layer: LayerSketch, role: str) -> NDArray[np.bool_]:
        key = (id(layer), role)
        if key not in self._alive:
            self._alive[key] = alive(layer.roles[role].directions[self._frame])
        return self._alive[key]


@final
@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    """The rows of one layer, which of them are kept, and the moments of those."""

    rows: Float32
    keep: NDArray[np.bool_]
    moments: Moments

    @classmethod
    def of(cls, rows: Float32, keep: NDArray[np.bool_]) -> "_Units":
        return cls(rows, keep, Moments.of(rows if keep.all() else rows[keep]))

    def at(self, indices: NDArray[np.bool_]) -> "_Units":
        if indices.all():
            return self
        return _Units.of(self.rows[indices], np.ones(int(indices.sum()), dtype=np.bool_))


def _best(
    layer: LayerSketch, options: Sequence[tuple[LayerSketch, Roles]], prepared: _Prepared
) -> Partner | None:
    best: Partner | None = None
    for other, roles in options:
        a, b = prepared.pair(layer, other, roles)
        if len(a.rows) < FEWEST_UNITS:
            continue
        z = trace_z(a.rows, b.rows, a.moments, b.moments)
        if best is None or z > best.z:
            best = Partner(
                source=layer,
                subject=other,
                roles=roles,
                candidates=len(options),
                z=z,
                a=a.rows,
                b=b.rows,
            )
    return best


def _why_none(layer: LayerSketch, subject: Sketch, frame: Frame) -> str:
    same = [other for other in subject.layers if other.units == layer.units]
    if not same:
        found = sorted({other.units for other in subject.layers})
        return f"{layer.units} units, those of {subject.name} have {_words(found)}"
    if any(True for _ in _options(layer, same, frame)):
        return f"fewer than {FEWEST_UNITS} units are alive and unrepeated in both models"
    widths = sorted({rows.width for other in same for rows in other.roles.values()})
    own = sorted({rows.width for rows in layer.roles.values()})
    return f"{_words(own)} residual axes, those of {subject.name} have {_words(widths)}"


def _words(numbers: Sequence[int]) -> str:
    return " or ".join(str(number) for number in numbers[:4]) + (" ..." if numbers[4:] else "")


def _aligned_layers(sketch: Sketch, frame: Frame, prepared: _Prepared) -> bool:
    """Whether two layers of one model list their units in the same order (a repeated layer)."""
    for number, layer in enumerate(sketch.layers):
        for other, roles in _options(layer, sketch.layers[number + 1 :], frame):
            a, b = prepared.pair(layer, other, roles)
            if len(a.rows) < FEWEST_UNITS:
                continue
            if trace_z(a.rows, b.rows, a.moments, b.moments) > ALIGNED:
                return True
    return False
