"""What kind of relation is it? So far: the same tensors, the same values, or their rounding."""

from collections import Counter
from collections.abc import Sequence
from math import prod
from typing import Final

from filiation.examine.counterparts import Counterpart, counterparts, matrices
from filiation.model.case import Relation
from filiation.model.sketch import Sketch

__all__ = ["relate"]

WHOLE: Final = 0.95  # share of a model's weights that must have a counterpart
_KEPT: Final = frozenset({"same", "cast"})
_ROUNDED: Final = frozenset({"rounded", "restored", "both-rounded"})


def relate(source: Sketch | None, subject: Sketch | None) -> Relation:
    """Compare the digests of all tensors, whatever their names; then the values that are kept."""
    if source is None or subject is None:
        return Relation(kind="unknown", because="relations are typed on weights only")
    stored = [
        Counter(
            (tensor.dtype, tensor.shape, digest)
            for tensor, digest in zip(sketch.tensors, sketch.tensor_digests, strict=True)
        )
        for sketch in (source, subject)
    ]
    if stored[0] == stored[1]:
        same = source.subject_digest == subject.subject_digest
        return Relation(
            kind="identical",
            because=f"all {len(source.tensors)} tensors are equal, byte for byte"
            + ("" if same else ", under other names"),
        )
    if source.method != subject.method:
        return Relation(kind="unknown", because="the sketches were taken in different ways")
    return _by_values(source, subject)


def _by_values(source: Sketch, subject: Sketch) -> Relation:
    found = [c for c in counterparts(source, subject) if c.how in _KEPT | _ROUNDED]
    back = [c for c in counterparts(subject, source) if c.how in _KEPT | _ROUNDED]
    mine, others = _weights(source), _weights(subject)
    share, share_back = _share(found, mine), _share(back, others)
    told = _told(found, len(matrices(source)))
    if min(share, share_back) >= WHOLE:
        rounded = [c for c in found if c.how in _ROUNDED]
        if _share(rounded, mine) > 1 - WHOLE:
            return Relation(kind="quantised", because=told)
        return Relation(kind="re-exported", because=told)
    if share >= WHOLE:
        extra = len(matrices(subject)) - len({c.tensor for c in back})
        return Relation(
            kind="includes",
            because=f"{told}; {extra} of the subject's {len(matrices(subject))} are others",
        )
    if found:
        return Relation(kind="unknown", because=f"{told}; the kind of relation has not been typed")
    return Relation(kind="unknown", because="the kind of relation has not been typed")


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
