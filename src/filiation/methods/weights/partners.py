"""Which layer of the subject each layer of the source is set against, and in which matrices.

The null permutes the units of the source's layers. Everything here (which layers could be
compared, which candidate looks best) may depend on the data in any way, because every p-value is
multiplied by the number of candidates the source's layer had (Bonferroni).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.weights.frames import FEWEST_SHARED, Seen, views
from filiation.methods.weights.obstacles import taken_differently
from filiation.model.finding import Inapplicable
from filiation.model.sketch import Component, Frame, LayerSketch, Sketch
from filiation.numerics.frames.directions import alive, stack
from filiation.numerics.tails.runs import length_for, runs_of
from filiation.numerics.tails.trace import Moments, trace_z

__all__ = [
    "FEWEST_UNITS",
    "Partner",
    "Partners",
    "find_partners",
    "named_pairs",
    "repeats_layers",
]

Float32: TypeAlias = NDArray[np.float32]
Roles: TypeAlias = tuple[tuple[str, str], ...]  # (source role, subject role)

FEWEST_UNITS: Final = 8  # compared units below which a layer says nothing
NONE: Final = {
    "mlp": "pair of matrices that could be an MLP",
    "attention": "attention whose values and output are known",
}
SMALL: Final = 1 << 20  # bytes of rows, of all layers, that are kept and not made anew
FEW: Final = 4  # times as many must stay, where moments are found from those taken out
ALIGNED: Final = 6.0  # standard deviations beyond which an order is not chance
LOCK: Final = Lock()  # methods run side by side and share one choice of partners


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Partner:
    """One layer of the source beside the subject's layer that looks most like it.

    Attributes:
        source: The source's layer.
        subject: The subject's layer.
        roles: The matrices compared.
        candidates: How many (layer, matrices) could have been chosen.
        z: The z of the trace, by which the choice was made.
        of_a: What the source's directions are made of.
        of_b: And the subject's.
        runs: The run of each, int64 [units]: the null re-orders units within their runs only.
    """

    source: LayerSketch
    subject: LayerSketch
    roles: Roles
    candidates: int
    z: float
    of_a: "Chosen"
    of_b: "Chosen"
    runs: NDArray[np.int64]

    @property
    def units(self) -> int:
        """How many are compared."""
        return len(self.runs)

    @property
    def at(self) -> NDArray[np.int64]:
        """Places of those units in the source's layer."""
        return self.of_a.at()

    @property
    def a(self) -> Float32:
        """The source's unit directions, float32 [units, columns], alive in both; never changed."""
        return self.of_a.rows()

    @property
    def b(self) -> Float32:
        """The subject's, same shape, same indices."""
        return self.of_b.rows()


@final
@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Units of one layer as they are compared; their rows take eight times the memory.

    Attributes:
        seen: The layer.
        roles: The matrices compared.
        keep: Which units are.
        places: Among those kept; None for all.
        made: The rows of all that are kept, if they are few.
    """

    seen: Seen
    roles: tuple[str, ...]
    keep: NDArray[np.bool_]
    places: NDArray[np.int64] | None = None
    made: Float32 | None = None

    def rows(self) -> Float32:
        if self.made is not None:
            return self.made if self.places is None else self.made[self.places]
        rows = stack([self.seen.rows[role] for role in self.roles], self.keep)[self.keep]
        return rows if self.places is None else rows[self.places]

    def at(self) -> NDArray[np.int64]:
        at = self.seen.at[self.keep]
        return at if self.places is None else at[self.places]


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
    source: Sketch, subject: Sketch, frame: Frame, method: str, of: Component = "mlp"
) -> Partners | Inapplicable:
    """Choose for every layer of the source its best candidate in the subject."""
    with LOCK:
        found = _partners(source, subject, frame, of)
    return Inapplicable(method=method, reason=found) if isinstance(found, str) else found


@lru_cache(maxsize=32)
def _partners(source: Sketch, subject: Sketch, frame: Frame, of: Component) -> Partners | str:
    obstacle = _obstacle(source, subject, frame, of)
    if obstacle is not None:
        return obstacle
    seen = views(source, subject, frame, of)
    if isinstance(seen, str):
        return seen
    ours, theirs = seen
    prepared = _Prepared(kept=SMALL // max(1, len(ours) + len(theirs)))
    pairs: list[Partner] = []
    skipped: list[str] = []
    for one in ours:
        options = list(_options(one, theirs, frame))
        best = _best(one, options, prepared)
        if best is None:
            skipped.append(f"{one.layer.label}: {_why_none(one, theirs, subject.name, frame)}")
        else:
            pairs.append(best)
    if not pairs:
        return (
            f"no layer of {subject.name} can be set against any of {source.name} "
            f"in this frame ({skipped[0]})"
        )
    return Partners(
        pairs=tuple(pairs),
        skipped=tuple(skipped),
        independent=not source.guessed and not _aligned_layers(ours, frame, prepared),
    )


def named_pairs(
    source: Sketch, subject: Sketch, frame: Frame
) -> Iterator[tuple[LayerSketch, tuple[Float32, Float32], tuple[Float32, Float32]]]:
    """The source's middle layer against each of equal size: units through two matrices apart."""
    seen = views(source, subject, frame)
    if isinstance(seen, str):
        return
    prepared, one = _Prepared(), seen[0][len(seen[0]) // 2]
    for other, roles in _options(one, seen[1], frame):
        if len(roles) >= 2:
            first, second = (prepared.pair(one, other, (role,)) for role in roles[:2])
            if len(first[0].rows) == len(second[0].rows):
                rows = ((first[0].rows, first[1].rows), (second[0].rows, second[1].rows))
                yield other.layer, *rows


def _obstacle(source: Sketch, subject: Sketch, frame: Frame, of: Component) -> str | None:
    if (differently := taken_differently(source, subject)) is not None:
        return differently
    for sketch in (source, subject):
        layers = sketch.attention if of == "attention" else sketch.layers
        if not layers:
            return f"{sketch.name} has no {NONE[of]}"
        if frame == "token" and sketch.token_absent is not None:
            return f"{sketch.name} has no token frame: {sketch.token_absent}"
        if frame == "table" and not any(
            frame in rows.directions for layer in layers for rows in layer.roles.values()
        ):
            return f"{sketch.name} has no table frame: its sketch keeps no table of embeddings"
    shared = len({*source.anchors} & {*subject.anchors})
    if frame == "token" and shared < FEWEST_SHARED:
        return (
            f"the vocabularies share {shared} anchor tokens, at least {FEWEST_SHARED} are needed; "
            "the token frame would compare different words"
        )
    return None


def repeats_layers(seen: Sequence[Seen], frame: Frame) -> bool:
    """Whether two layers of one model list their units in the same order."""
    return _aligned_layers(seen, frame, _Prepared())


def _options(one: Seen, others: Sequence[Seen], frame: Frame) -> Iterator[tuple[Seen, Roles]]:
    """Every way of setting a layer of the source against the subject's layers."""
    for other in others:
        if _size(other) != _size(one):
            continue
        for roles in _pairings(one.layer, other.layer):
            seen = tuple(pair for pair in roles if _comparable(one, other, pair, frame))
            if seen:
                yield other, seen


def _size(one: Seen) -> tuple[int, int]:
    """What two layers must have in common: their units, and the size of a head."""
    return one.layer.units, one.layer.block


def _pairings(layer: LayerSketch, other: LayerSketch) -> list[Roles]:
    """All matrices of equal role together; where a role was guessed, each with each alone."""
    common = sorted(r for r in layer.roles if r in other.roles and r not in ("in", "out"))
    if common:
        return [tuple((role, role) for role in common)]
    if all(r.startswith("mlp.") for r in (*layer.roles, *other.roles)):
        return []
    return [((a, b),) for a in sorted(layer.roles) for b in sorted(other.roles)]


def _comparable(one: Seen, other: Seen, roles: tuple[str, str], frame: Frame) -> bool:
    if roles[0] not in one.rows or roles[1] not in other.rows:
        return False
    a, b = one.layer.roles[roles[0]], other.layer.roles[roles[1]]
    if frame == "native" and a.width != b.width:
        return False
    return bool(one.rows[roles[0]].shape[1] == other.rows[roles[1]].shape[1])


@final
class _Prepared:
    """Layers made ready for comparison in one frame, each at most once.

    Rows of at most `kept` bytes are there for whoever looks at a pair later.
    """

    def __init__(self, kept: int = 0) -> None:
        self._kept = kept
        self._alive: dict[tuple[int, str], NDArray[np.bool_]] = {}
        self._whole: dict[tuple[int, tuple[str, ...]], _Units] = {}

    def pair(self, one: Seen, other: Seen, roles: Roles) -> tuple["_Units", "_Units"]:
        """Both models' units at the indices where both are seen, alive and unrepeated.

        If the source's order within runs is random, so is the order of those of its units that
        fall on the shared indices: a permutation of them alone is a subgroup, a test over it exact.
        """
        left = self._units(one, tuple(a for a, _ in roles))
        right = self._units(other, tuple(b for _, b in roles))
        if np.array_equal(left.at, right.at):
            return left, right
        _, ours, theirs = np.intersect1d(left.at, right.at, assume_unique=True, return_indices=True)
        return left.only(ours), right.only(theirs)

    def _units(self, one: Seen, roles: tuple[str, ...]) -> "_Units":
        key = (id(one), roles)
        if key not in self._whole:
            keep = np.logical_and.reduce([self._keep(one, role) for role in roles])
            self._whole[key] = _Units.of(Chosen(one, roles, keep), one.at[keep], self._kept)
        return self._whole[key]

    def _keep(self, one: Seen, role: str) -> NDArray[np.bool_]:
        key = (id(one), role)
        if key not in self._alive:
            self._alive[key] = alive(one.rows[role])
        return self._alive[key]


@final
@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    """Rows of one layer, their places in it, and their moments."""

    chosen: Chosen
    rows: Float32
    at: NDArray[np.int64]
    moments: Moments

    @classmethod
    def of(cls, chosen: Chosen, at: NDArray[np.int64], kept: int) -> "_Units":
        rows = chosen.rows()
        if rows.nbytes <= kept:
            rows.setflags(write=False)  # many will look at them
            chosen = replace(chosen, made=rows)
        return cls(chosen, rows, at, _moments(rows))

    def only(self, places: NDArray[np.int64]) -> "_Units":
        left, whole = len(places), len(self.at)
        if left == whole:
            return self
        rows, at = self.rows[places], self.at[places]
        if self.moments.gram is None or FEW * (whole - left) > left:
            moments = _moments(rows)
        else:
            out = np.ones(whole, dtype=bool)
            out[places] = False
            moments = self.moments.without(self.rows[out], left)
        return _Units(replace(self.chosen, places=places), rows, at, moments)


def _moments(rows: Float32) -> Moments:
    return Moments.of(rows) if len(rows) else Moments(np.zeros(0), np.zeros((0, 0)))


def _best(one: Seen, options: Sequence[tuple[Seen, Roles]], prepared: _Prepared) -> Partner | None:
    best: Partner | None = None
    for other, roles in options:
        a, b = prepared.pair(one, other, roles)
        if len(a.rows) < FEWEST_UNITS:
            continue
        z = trace_z(a.rows, b.rows, a.moments, b.moments)
        if best is None or z > best.z:
            best = Partner(
                source=one.layer,
                subject=other.layer,
                roles=roles,
                candidates=len(options),
                z=z,
                of_a=a.chosen,
                of_b=b.chosen,
                runs=_runs(a.at, one.layer),
            )
    return best


def _runs(at: NDArray[np.int64], layer: LayerSketch) -> NDArray[np.int64]:
    """Runs of sixteen inside a head, of fewer units in a narrow MLP."""
    if layer.block:
        return runs_of(at, block=layer.block)
    return runs_of(at, length=length_for(layer.units))


def _why_none(one: Seen, others: Sequence[Seen], name: str, frame: Frame) -> str:
    same = [other for other in others if _size(other) == _size(one)]
    if not same:
        found = sorted({other.layer.units for other in others})
        return f"{one.layer.units} units, those of {name} have {_words(found)}" + (
            f", in heads of {one.layer.block}" if one.layer.block else ""
        )
    if any(True for _ in _options(one, same, frame)):
        return f"fewer than {FEWEST_UNITS} units are alive and unrepeated in both models"
    widths = sorted({rows.width for other in same for rows in other.layer.roles.values()})
    own = sorted({rows.width for rows in one.layer.roles.values()})
    return f"{_words(own)} residual axes, those of {name} have {_words(widths)}"


def _words(numbers: Sequence[int]) -> str:
    return " or ".join(str(number) for number in numbers[:4]) + (" ..." if numbers[4:] else "")


def _aligned_layers(seen: Sequence[Seen], frame: Frame, prepared: _Prepared) -> bool:
    """Whether two layers of one model list their units in the same order (a repeated layer)."""
    for number, one in enumerate(seen):
        for other, roles in _options(one, seen[number + 1 :], frame):
            a, b = prepared.pair(one, other, roles)
            if len(a.rows) < FEWEST_UNITS:
                continue
            if trace_z(a.rows, b.rows, a.moments, b.moments) > ALIGNED:
                return True
    return False
