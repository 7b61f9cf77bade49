"""How many rows of the subject does the source explain, and how many could a choice have?

Whoever still may arrange his own model can choose the order of its units, the order and signs of
its axes, any rotation of its residual stream, which token has which number. All of that together is
less than any linear map of his rows, chosen with the subject in view: as many numbers for each
column as the stream has axes. Such a map explains as many rows as there are axes, and a little
more for the choice of partners, however many rows there are; a child is explained row by row. So
rows are counted (squared cosine, beyond that of the next best unit) in units of what a map could
account for. Pairings of gate, up and down that agree are no such evidence: one rotation, which
changes nothing that the model computes, makes them agree between strangers
(`tools/docs/chosen_order.py`). Units of the source that do nothing in it (`.acting`) explain no
row, unless they are asked for: whoever holds the source can have put them there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.examining.weights.corroboration.acting import acting
from filiation.methods.weights.alignment import Alignment, align, no_alignment
from filiation.methods.weights.partners import Partner, find_partners
from filiation.model.finding import Inapplicable
from filiation.model.sketch import FRAMES, Component, Frame, LayerSketch, Sketch
from filiation.numerics.frames.rotation import likeness
from filiation.numerics.rng import stream

__all__ = ["TIMES", "Explained", "capacity", "excess", "in_every_frame"]

Float32: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.int64]

# Times what a freely chosen map accounts for. Orders, signs, rotations and maps that were fitted to
# strangers (casebook, made ones of 16 to 256 axes, layers of SmolLM2) reach 1.5; children of the
# casebook that kept their shape begin at 5. Printed by `python tools/docs/chosen_order.py`.
TIMES: Final = 3.0
SAMPLE: Final = 1024  # units of a layer that are looked at; the others count like them
TOUCH: Final = 4.0  # standard deviations of the trace below which a layer explains nothing


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Rows of the subject that the source explains in one frame.

    Attributes:
        frame: `native`, `token`, `table` or, after the best rotation was looked for, `signature`.
        component: Of what.
        excess: Squared cosines beyond those of the next best units, summed over rows. Layers
            beyond those that settle it are not looked at.
        capacity: What a freely chosen map could account for.
    """

    frame: Frame
    component: Component
    excess: float
    capacity: float

    @property
    def times(self) -> float:
        """How often what could be chosen."""
        return self.excess / self.capacity

    @property
    def holds(self) -> bool:
        """Whether no choice of an order comes near."""
        return self.times >= TIMES


def explained(
    source: Sketch, subject: Sketch, frame: Frame, of: Component, *, idle: bool = False, seed: int
) -> Explained | None:
    """What is explained at equal places in a stored frame; None if nothing is in contact there."""
    partners = find_partners(source, subject, frame, "corroboration", of)
    if isinstance(partners, Inapplicable):
        return None
    pairs = _each_once(partners.pairs)
    if not pairs or pairs[0].z < TOUCH:
        return None
    maps = 1 if frame == "native" else 2  # reading and writing matrices are seen through one each
    columns = min(_width(pairs[0]), pairs[0].a.shape[1] // len(pairs[0].roles))
    rows = sum(len(pair.roles) * pair.units for pair in pairs)
    room = capacity(maps * _width(pairs[0]), rows, columns, _mixing([p.source for p in pairs]))
    total = 0.0
    for pair in pairs:
        if total >= TIMES * room or pair.z < TOUCH:
            break
        rng = stream(
            seed, "corroboration", frame, source.subject_digest, subject.subject_digest,
            pair.source.label,
        )  # fmt: skip
        chosen = rng.permutation(pair.units)[:SAMPLE]
        share = pair.units / len(chosen)
        if not idle:
            chosen = chosen[acting(source, pair.source, pair.at[chosen])]
        total += share * excess(pair.a @ pair.b[chosen].T, chosen, len(pair.roles))
    return Explained(frame=frame, component=of, excess=total, capacity=room)


def explained_in_turn(source: Sketch, subject: Sketch, *, idle: bool = False) -> Explained | None:
    """What is explained by the best order, signs and rotation that were found; whole rows."""
    if no_alignment(source, subject) is not None:
        return None
    fit = align(source, subject, hold_back=False)
    total, rows = 0.0, 0
    for (i, j), pairing in zip(fit.pairs, fit.pairings, strict=True):
        one, two = fit.source[i], fit.subject[j]
        alike, _ = likeness(one.parts, two.parts, fit.rotation, one.flips)
        act = acting(source, one.layer, one.at[pairing.a]) | idle
        total += excess(alike[:, pairing.b[act]], pairing.a[act], len(one.parts))
        rows += len(one.parts) * min(len(one.at), len(two.at))
    if rows == 0:
        return None
    room = capacity(fit.source[0].rows[0].shape[1], rows, _columns(fit))
    return Explained(frame="signature", component="mlp", excess=total, capacity=room)


def capacity(axes: int, rows: int, columns: int, mixing: float = 0.0) -> float:
    """Rows that a freely chosen map, with the best partners, could account for.

    Args:
        axes: Numbers that are free in each column of the map.
        rows: How many are compared.
        columns: In which they are seen; in fewer, more strangers are alike by chance.
        mixing: Numbers for each axis that may be chosen besides: within heads.
    """
    return axes + mixing + rows / columns


def excess(alike: Float32, partner: Indices, matrices: int) -> float:
    """Squared cosine of each column with its partner, beyond that of the next best row.

    Args:
        alike: Mean cosines over the matrices, float32 [source's units, subject's units].
        partner: For each column its row.
        matrices: How many rows each unit stands for.
    """
    if alike.shape[0] < 2 or alike.shape[1] == 0:
        return 0.0
    here = alike[partner, np.arange(alike.shape[1])].astype(np.float64)
    others = alike.copy()
    others[partner, np.arange(alike.shape[1])] = -1.0
    best = np.maximum(others.max(axis=0).astype(np.float64), 0.0)
    ahead = here > best
    return float(matrices * np.sum(here[ahead] ** 2 - best[ahead] ** 2))


def _each_once(pairs: Sequence[Partner]) -> list[Partner]:
    """By falling contact, no layer of the subject twice: copies of one layer explain it once."""
    found, seen = list[Partner](), set[int]()
    for pair in sorted(pairs, key=lambda pair: -pair.z):
        if id(pair.subject) not in seen:
            seen.add(id(pair.subject))
            found.append(pair)
    return found


def _width(pair: Partner) -> int:
    return max(pair.source.roles[role].width for role, _ in pair.roles)


def _mixing(layers: Sequence[LayerSketch]) -> float:
    """What may be mixed within heads without a change of what the model computes, for each axis."""
    return sum(x.units * x.block / max(r.width for r in x.roles.values()) for x in layers)


def _columns(fit: Alignment) -> int:
    return int(fit.source[0].parts[0].shape[1])


def in_every_frame(
    source: Sketch, subject: Sketch, *, idle: bool = False, seed: int
) -> Iterator[Explained]:
    """One after the other, the cheap ones first; `idle`: by units that do nothing, too."""
    for of in ("mlp", "attention"):
        for frame in FRAMES:
            found = explained(source, subject, frame, of, idle=idle, seed=seed)
            if found is not None:
                yield found
    if (turned := explained_in_turn(source, subject, idle=idle)) is not None:
        yield turned
