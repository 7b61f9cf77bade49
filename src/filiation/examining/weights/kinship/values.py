"""Are the same values there, under other names, axes or dtypes, or rounded to fewer bits?

Read from the values that sketches keep; nothing is asked of units or frames.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Final, final

from filiation.examining.weights.kinship.counterparts import (
    Counterpart,
    counterparts,
    matrices,
    moved_vectors,
)
from filiation.model.relation import Direction, RelationKind
from filiation.model.sketch import Sketch
from filiation.numerics.frames.lattice import Taken

__all__ = ["WHOLE", "Valued", "kept_matrices", "kind_by_values"]

WHOLE: Final = 0.95  # share of a model's weights that must have a counterpart
# What was rounded itself leaves no value inside its run further than half a step away, and takes as
# much as a step is wide. A relative of it leaves some; what was added to a rounded model, less.
FEWEST: Final = 256  # values inside their runs, without which neither is seen
STRAY: Final = 0.0005  # share of them that may be further
SPREAD: Final = (0.6, 1.3)  # mean square of what was taken, over that of all of the step
_KEPT: Final = frozenset({"same", "cast"})
_ROUNDED: Final = frozenset({"rounded", "restored", "both-rounded"})


def kept_matrices(source: Sketch, subject: Sketch) -> list[Counterpart]:
    """The matrices of the source whose values stand in the subject, kept or rounded."""
    if source.method.projection != subject.method.projection:
        return []
    return [c for c in counterparts(source, subject) if c.how in _KEPT | _ROUNDED]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Valued:
    """What the values alone say of two models.

    Attributes:
        kind: Re-exported, quantised, fine-tuned, or all of the source among others.
        because: How it shows.
        direction: Which of the two was rounded to the other; only a rounding tells.
        very: Whether the subject holds the source's very values, and not a relative's.
    """

    kind: RelationKind
    because: str
    direction: Direction = "not-determined"
    very: bool = False


def kind_by_values(source: Sketch, subject: Sketch) -> Valued | None:
    """Re-exported, quantised, or all of the source among others; None if it is none of these."""
    found, back = kept_matrices(source, subject), kept_matrices(subject, source)
    mine, others = _weights(source), _weights(subject)
    share, share_back = _share(found, mine), _share(back, others)
    told = _told(found, len(matrices(source)))
    rounded = [c for c in found if c.how in _ROUNDED]
    direction, why = _which_way(rounded)
    very = not rounded or direction == "source-to-subject"
    if min(share, share_back) >= WHOLE:
        if _share(rounded, mine) > 1 - WHOLE:
            because = f"{told}{why}"
            return Valued(kind="quantised", because=because, direction=direction, very=very)
        moved = _moved(source, subject, found, back)
        if moved:
            return Valued(kind="fine-tuned", because=f"{told}; {moved}", very=very)
        return Valued(kind="re-exported", because=told, very=very)
    if share >= WHOLE:
        extra = len(matrices(subject)) - len({c.tensor for c in back})
        are = "is another" if extra == 1 else "are others"
        whole = len(matrices(subject))
        because = f"{told}; {extra} of the subject's {whole} {are}"
        return Valued(kind="includes", because=because, very=very)
    return None


def _which_way(rounded: Sequence[Counterpart]) -> tuple[Direction, str]:
    """Which of the two was rounded; or why it may as well have been a relative of the other."""
    ways = {c.how for c in rounded}
    if len(ways) > 1 or "both-rounded" in ways:
        return "not-determined", ""
    lost = sum((c.taken for c in rounded), Taken())
    if lost.values < FEWEST:
        return "not-determined", "; whether this or a relative of it was rounded is not shown"
    if lost.beyond > STRAY * lost.values:
        lie = "lies" if lost.beyond == 1 else "lie"
        return "not-determined", (
            f"; {lost.beyond} of {lost.values} values {lie} further than half a step from the "
            "other's, as where a relative of it was rounded"
        )
    if not SPREAD[0] <= 12.0 * lost.squares / lost.values <= SPREAD[1]:
        return "not-determined", (
            "; what sets the values apart does not fill the step, as where a rounded model was "
            "changed a little"
        )
    return ("source-to-subject" if ways == {"rounded"} else "subject-to-source"), ""


def _moved(
    source: Sketch, subject: Sketch, found: Sequence[Counterpart], back: Sequence[Counterpart]
) -> str:
    """What stands in both at the same lengths and holds other values; empty if nothing does.

    What one of them lacks was left out, and is no change of values.
    """
    shapes = [
        Counter(tuple(sorted(x.shape)) for n, x in matrices(sketch).items() if n not in kept)
        for sketch, kept in (
            (source, {c.tensor for c in found}),
            (subject, {c.tensor for c in back}),
        )
    ]
    changed = (shapes[0] & shapes[1]).total()
    vectors = moved_vectors(source, subject)
    counted = ((changed, "matrix", "matrices"), (vectors, "vector", "vectors"))
    said = [f"{n} {one if n == 1 else many}" for n, one, many in counted if n]
    hold = "holds" if changed + vectors == 1 else "hold"
    return f"{' and '.join(said)} of the same lengths {hold} other values" if said else ""


def _weights(sketch: Sketch) -> int:
    return sum(prod(info.shape) for info in matrices(sketch).values())


def _share(found: Sequence[Counterpart], weights: int) -> float:
    return sum(c.weights for c in found) / weights if weights else 0.0


def _told(found: Sequence[Counterpart], total: int) -> str:
    """How many matrices came out how, and in which dtypes."""
    parts = []
    for how, words in (
        ("same", "value for value"),
        ("cast", "in the precision of {dtypes}"),
        ("rounded", "rounded in the subject to {bits} bits ({dtypes})"),
        ("restored", "rounded in the source to {bits} bits ({dtypes})"),
        ("both-rounded", "roundings of one matrix in both ({dtypes})"),
    ):
        chosen = [c for c in found if c.how == how]
        if chosen:
            bits = sorted({c.bits for c in chosen})
            span = f"{bits[0]}" if len(bits) == 1 else f"{bits[0]} to {bits[-1]}"
            dtypes = ", ".join(sorted({c.dtype for c in chosen}))
            parts.append(f"{len(chosen)} {words.format(bits=span, dtypes=dtypes)}")
    listed = ", ".join(parts) if parts else "none"
    return (
        f"of the source's {total} matrices, compared at the values that sketches keep, these stand "
        f"in the subject: {listed}"
    )
