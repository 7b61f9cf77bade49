"""Units of the source planted in one layer of the subject: how often is one found again?

A planted unit is a sum of the original and of the unit that stood there, so that a stated cosine
to the original is left. In a frame made of tables both the unit and what it is seen through were
copied and damaged, so that the cosine squared is left of it.
"""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.examining.weights.planting.ways import Agreeing, Kept
from filiation.methods.weights.obstacles import placed_by_rule
from filiation.methods.weights.partners import Partners, find_partners
from filiation.methods.weights.reordered import (
    LOOKS,
    Limits,
    Rows,
    agreeing,
    asked_of_each,
    by_published_place,
    limits,
    living_rows,
    size_of,
)
from filiation.model.finding import Inapplicable
from filiation.model.plan import PlannedQuestion
from filiation.model.sketch import Component, Frame, LayerSketch, Sketch
from filiation.numerics.rng import stream

__all__ = ["agreeing_ways", "kept_ways", "left_of"]

Float32: TypeAlias = NDArray[np.float32]
Bools: TypeAlias = NDArray[np.bool_]

PLANTED: Final = 256  # units that are planted at least, layer by layer, and in a layer at most
LAYERS: Final = 4  # of each model in which units are planted, at most
TINY: Final = 1e-9
SHARE: Final = 0.25  # of a layer's units that are planted, to learn how often one is found


def left_of(cosine: float, frame: Frame) -> float:
    """What is left of a unit in a frame: where the frame was copied too, it was damaged as well."""
    return cosine if frame == "native" else cosine**2


def kept_ways(
    sides: tuple[Sketch, Sketch],
    plan: PlannedQuestion,
    of: Component,
    frames: tuple[Frame, ...],
    *,
    cosine: float,
    more_layers: bool = False,
    seed: int,
) -> Iterator[Kept]:
    """The planned methods that count units at their own place, in the frames that survive."""
    for frame in frames:
        if not any(_counts(method, frame, of) for method in plan.methods):
            continue
        partners = find_partners(*sides, frame, "power", of)
        if isinstance(partners, Inapplicable):
            continue
        if placed_by_rule(*sides, frame, "mlp" if of == "mlp" else "attention", seed=seed):
            continue  # the method abstains, of a copy too
        middle = partners.pairs[len(partners.pairs) // 2]
        hit, weight = _order_rate(partners, left_of(cosine, frame), seed)
        yield Kept(
            name=f"unit-order in the {frame} frame",
            units=tuple(pair.units for pair in partners.pairs),
            run=len(middle.runs) / (int(middle.runs.max()) + 1),
            candidates=tuple(p.candidates * (2 if more_layers else 1) for p in partners.pairs),
            hit=hit,
            weight=weight,
            by_chance=False,
            independent=partners.independent,
            plan=plan,
        )


def _counts(method: str, frame: Frame, of: Component) -> bool:
    """Whether a planned method counts units of this component in this frame."""
    stem, _, rest = method.partition("/")
    knobs = rest.split(";")
    spoken = next((k.removeprefix("of=") for k in knobs if k.startswith("of=")), "mlp")
    return stem == "unit-order" and f"frame={frame}" in knobs and spoken == of


@lru_cache(maxsize=64)
def _order_rate(partners: Partners, cosine: float, seed: int) -> tuple[float, float]:
    """How often a planted unit is paired with its original, and what it adds to the trace."""
    rng = stream(seed, "planted in place", f"{cosine:g}")
    hits: list[NDArray[np.bool_]] = []
    weights: list[float] = []
    while sum(map(len, hits)) < PLANTED:
        pair = partners.pairs[len(hits) % len(partners.pairs)]
        at, a, planted = _places(pair.units, rng), pair.a, pair.b.copy()
        planted[at] = _mixed(a[at], planted[at], cosine)
        ahead, back = planted[at] @ a.T, a[at] @ planted.T
        hits.append((ahead.argmax(axis=1) == at) & (back.argmax(axis=1) == at))
        own = float(ahead[np.arange(len(at)), at].mean() - ahead.mean())
        weights.append(max(own, 0.0) / max(float(ahead.std()), TINY) + TINY)
    return float(np.concatenate(hits).mean()), min(weights)


def agreeing_ways(
    sides: tuple[Sketch, Sketch],
    of: Component,
    frames: tuple[Frame, ...],
    *,
    cosine: float,
    more_layers: bool = False,
    more_units: bool = False,
    in_place: bool = False,
    seed: int,
) -> Iterator[Agreeing]:
    """The reservation on units that pair up in any order, in the frames that survive.

    Not of units in their place, where a published matrix explains that they pair up.
    """
    for look in LOOKS:
        if in_place and by_published_place(*sides, look, of):
            continue
        ours, theirs = _rows(*sides, look, of) if set(look) <= set(frames) else ((), ())
        if not (ours and theirs):
            continue
        one, two = ([x.units for x in _layers(sketch, of)] for sketch in sides)
        units = [count * (2 if more_units else 1) for count in two]
        units *= 2 if more_layers else 1
        asked = tuple(asked_of_each(one, sum(units)))
        yield Agreeing(
            name=f"the pairing of units in the {' and '.join(look)} frame",
            units=tuple(one),
            asked=asked,
            hit=_agreeing_rate(*sides, look, of, left_of(cosine, look[0]), more_units, seed),
            limit=_limits(asked, tuple(units)),
        )


def _layers(sketch: Sketch, of: Component) -> Sequence[LayerSketch]:
    return sketch.attention if of == "attention" else sketch.layers


@lru_cache(maxsize=64)
def _limits(asked: tuple[int, ...], units: tuple[int, ...]) -> Limits:
    return limits(asked, units)


@lru_cache(maxsize=16)
def _rows(
    source: Sketch, subject: Sketch, look: tuple[Frame, ...], of: Component
) -> tuple[tuple[Rows, ...], tuple[Rows, ...]]:
    return living_rows(source, subject, look, of, most=LAYERS)


@lru_cache(maxsize=64)
def _agreeing_rate(
    source: Sketch,
    subject: Sketch,
    look: tuple[Frame, ...],
    of: Component,
    cosine: float,
    more_units: bool,
    seed: int,
) -> float:
    """How often two matrices of a planted unit find it, those two that do so least often."""
    ours, theirs = _rows(source, subject, look, of)
    rng = stream(seed, "planted anywhere", of, *look, f"{cosine:g}", f"{more_units}")
    found: list[Bools] = []
    while sum(x.shape[1] for x in found) < PLANTED:
        one = ours[len(found) % len(ours)]
        other = theirs[len(found) * len(theirs) // len(ours) % len(theirs)]
        found.append(_found(one, other, cosine, more_units, rng))
    if len({len(x) for x in found}) > 1:  # layers that lack a matrix have fewer twos
        return min(float(x.mean(axis=1).min()) for x in found)
    return float(np.concatenate(found, axis=1).mean(axis=1).min())


def _found(
    one: Rows, other: Rows, cosine: float, more_units: bool, rng: np.random.Generator
) -> Bools:
    """Which planted units are found by each two of their matrices, bool [twos, planted].

    Two that agree on a wrong partner do so with a chance of one in the number of units.
    """
    at = _places(min(size_of(one), size_of(other)), rng)
    planted = {}
    for role in [role for role in one if role in other]:
        rows, among = one[role], other[role].copy()
        among[at] = _mixed(rows[at], among[at], cosine)
        planted[role] = np.concatenate([among, _noise(among.shape, rng)]) if more_units else among
    return agreeing(one, at, planted)


def _mixed(original: Float32, there: Float32, cosine: float) -> Float32:
    return np.asarray(cosine * original + math.sqrt(1.0 - cosine**2) * there)


def _places(units: int, rng: np.random.Generator) -> NDArray[np.int64]:
    count = min(PLANTED, max(1, round(SHARE * units)))
    return np.sort(rng.choice(units, size=count, replace=False))


def _noise(shape: tuple[int, ...], rng: np.random.Generator) -> Float32:
    drawn = rng.standard_normal(shape).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))
