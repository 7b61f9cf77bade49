"""Do two models list the axes of their stream in the same order, as their attention shows it?

Queries, keys, values and outputs of all layers have one column (or row) for every axis of the
residual stream. A sketch keeps, of each axis, sums of its entries with fixed signs. Axes are paired
by these within runs of sixteen neighbours, and those are counted that are paired with their own
number. Defeated by: rotating the stream, listing its axes in another order, or permuting the rows
of queries, keys and values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.weights.axes import Seen, count_kept, finding_of, marked, prepare
from filiation.methods.weights.obstacles import taken_differently
from filiation.methods.weights.written import written_in_both
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable
from filiation.model.sketch import Sketch
from filiation.model.words import MethodWords
from filiation.numerics.rng import stream

__all__ = ["AttentionAxes", "axes_of", "side_by_side"]

Float32: TypeAlias = NDArray[np.float32]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionAxes:
    """Number of axes whose best partner in their run stands at their own index."""

    @property
    def reads(self) -> str:
        return "weights"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return "attention-axes/1"

    def compare(
        self,
        source: Sketch,
        subject: Sketch,
        controls: Sequence[Sketch] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        seen = _seen(source, subject)
        if isinstance(seen, str):
            return Inapplicable(method=self.id, reason=seen)
        rng = stream(seed, self.id, source.subject_digest, subject.subject_digest)
        return finding_of(
            self.id,
            (seen,),
            seen,
            count_kept(seen, rng),
            unit=f"axes of {len(seen.a)} paired with their own index",
            combination="one count for the whole model, since all layers share one order of axes",
            component="attention",
        )


def _seen(source: Sketch, subject: Sketch) -> Seen | str:
    """Both models' axes as their attention shows them, or why not."""
    obstacle = taken_differently(source, subject) or marked(source, subject)
    if obstacle is not None:
        return obstacle
    for sketch in (source, subject):
        if not sketch.axes:
            return f"the sketch of {sketch.name} keeps no columns of an attention"
    obstacle = written_in_both(source, subject, "axes")
    if obstacle is not None:
        return obstacle
    roles = sorted(source.axes.keys() & subject.axes.keys())
    widths = [len(next(iter(sketch.axes.values()))) for sketch in (source, subject)]
    if not roles or widths[0] != widths[1]:
        return (
            f"{source.name} has {widths[0]} residual axes and {subject.name} {widths[1]}; kinds of "
            f"matrix of the attention that both have: {len(roles)}"
        )
    return prepare(
        side_by_side(axes_of(source, roles)),
        side_by_side(axes_of(subject, roles)),
        label="all layers",
        roles=", ".join(roles),
        names=(source.name, subject.name),
    )


def axes_of(sketch: Sketch, roles: Sequence[str]) -> tuple[Float32, ...]:
    """Of each role the axes as rows of unit length."""
    return tuple(_unit(sketch.axes[role].astype(np.float32)) for role in roles)


def side_by_side(parts: Sequence[Float32]) -> Float32:
    """Each axis as one row, every matrix with the same weight, the mean axis removed."""
    centred = [rows - rows.mean(axis=0) for rows in parts]
    return np.ascontiguousarray(np.concatenate(centred, axis=1))


def _unit(rows: Float32) -> Float32:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30))
