"""Units of the source's attention planted in the subject's, as the axes of the stream show them.

A sketch keeps of every axis a sum over rows with fixed signs. Where a share of the rows is copied
at some cosine, what is left in the sum of the source's own is the product of the two, whichever
rows they are; the rest is as any other axis of the subject.
"""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from filiation.examining.weights.planting.ways import Measured
from filiation.methods import method_named
from filiation.methods.weights.attention_axes import axes_of, side_by_side
from filiation.methods.weights.axes import Seen, count_kept, prepare
from filiation.model.finding import Finding
from filiation.model.plan import PlannedQuestion
from filiation.model.sketch import Sketch
from filiation.numerics.combining.combine import harmonic_factor
from filiation.numerics.rng import stream

__all__ = ["axes_ways"]

DRAWS: Final = 8  # orders of the subject's own axes, for one share


def axes_ways(
    sides: tuple[Sketch, Sketch],
    plan: PlannedQuestion,
    *,
    cosine: float,
    more_layers: bool,
    seed: int,
) -> Iterator[Measured]:
    """The planned method that counts axes of the attention, if it does not abstain."""
    method = next((m for m in plan.methods if m.partition("/")[0] == "attention-axes"), None)
    if method is None or not _applies(method, *sides, seed):
        return
    methods = len(plan.methods)
    least = math.log(plan.level) - math.log(methods) - math.log(harmonic_factor(methods))
    left = cosine / math.sqrt(2.0) if more_layers else cosine  # silent layers weigh as much
    yield Measured(
        name="attention-axes",
        limit=-least,
        planted=lambda share, at: _found(sides, share * left, at),
    )


@lru_cache(maxsize=32)
def _applies(method: str, source: Sketch, subject: Sketch, seed: int) -> bool:
    return isinstance(method_named(method).compare(source, subject, seed=seed), Finding)


@lru_cache(maxsize=256)
def _found(sides: tuple[Sketch, Sketch], cosine: float, seed: int) -> tuple[float, ...]:
    """Minus log p with this cosine left in every axis, for several orders of the subject's own.

    Its own axes are put in another order: what both have in common already must not help.
    """
    source, subject = sides
    roles = sorted(source.axes.keys() & subject.axes.keys())
    ours, theirs = (axes_of(sketch, roles) for sketch in sides)
    found = []
    for draw in range(DRAWS):
        rng = stream(seed, "planted axes of the attention", f"{cosine:g}", f"{draw}")
        order, rest = rng.permutation(len(theirs[0])), math.sqrt(1.0 - cosine**2)
        planted = [cosine * a + rest * b[order] for a, b in zip(ours, theirs, strict=True)]
        seen = prepare(
            side_by_side(ours),
            side_by_side(planted),
            label="planted",
            roles=", ".join(roles),
            names=(source.name, subject.name),
        )
        found.append(-count_kept(seen, rng).log_p if isinstance(seen, Seen) else 0.0)
    return tuple(found)
