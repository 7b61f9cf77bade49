"""A merge: the subject as a sum, with weights that add up to one, of named candidates.

Or as an ensemble, in which candidates stand side by side: then the weights are their shares.
"""

from collections.abc import Sequence
from math import prod
from typing import Final

import numpy as np

from filiation.examining.weights.kinship.contact import find_contact
from filiation.examining.weights.kinship.counterparts import matrices
from filiation.examining.weights.kinship.values import WHOLE, kept_matrices, kind_by_values
from filiation.model.relation import Ingredient
from filiation.model.sketch import Sketch
from filiation.numerics.frames.difference import mixture_weights, restored
from filiation.numerics.rng import stream
from filiation.numerics.rounding import significant

__all__ = ["find_ensemble", "find_mixture", "left_over"]

PURE: Final = 0.03  # weight below which a candidate is no ingredient
APART: Final = 0.2  # mean cosine from which two candidates are kin, and no two ingredients
# Relative error of values as they are stored; of float32 that of the arithmetic of a merge.
STORED: Final = {"BF16": 2.0**-9, "F16": 2.0**-12}
EXACT: Final = 2.0**-20


def find_mixture(
    source: Sketch, subject: Sketch, candidates: Sequence[Sketch], *, seed: int
) -> tuple[Ingredient, ...]:
    """The source and those candidates that the subject is made of; empty if only one is.

    A candidate counts if it touches the subject and not the source: a model and its own child do
    not make a merge. All must have the source's shapes, in the native frame.
    """
    others = [c for c in candidates if _apart(source, c, seed) and _touches(c, subject, seed)]
    kept = [c for c in (source, *others) if _shapes(c) == _shapes(subject)]
    if len(kept) < 2 or kept[0] is not source:
        return ()
    rng = stream(seed, "mixture", *(sketch.subject_digest for sketch in (subject, *kept)))
    weights, interval = mixture_weights(_rows(subject), [_rows(c) for c in kept], rng)
    if np.count_nonzero(weights >= PURE) < 2 or weights[0] < PURE:
        return ()
    return tuple(
        Ingredient(
            name=sketch.name,
            weight=significant(float(weight)),
            low=significant(float(low)),
            high=significant(float(high)),
        )
        for sketch, weight, low, high in zip(kept, weights, *interval, strict=True)
        if weight >= PURE
    )


def find_ensemble(
    source: Sketch, subject: Sketch, candidates: Sequence[Sketch]
) -> tuple[Ingredient, ...]:
    """The source and the candidates that stand whole in the subject; empty if they do not fill it.

    No matrix of the subject may stand in two of them: a candidate that is the source under another
    name is no second ingredient. Weights are shares of the subject's weights, known exactly.
    """
    sizes = {info.name: prod(info.shape) for info in matrices(subject).values()}
    total, left, found = sum(sizes.values()), set(sizes), list[tuple[str, float]]()
    for sketch in (source, *candidates):
        whole = kind_by_values(sketch, subject)
        held = {c.tensor for c in kept_matrices(subject, sketch)} if whole else set[str]()
        if whole is not None and whole.kind == "includes" and held <= left:
            left -= held
            found.append((sketch.name, sum(sizes[name] for name in held) / total))
    if len(found) < 2 or found[0][0] != source.name or sum(w for _, w in found) < WHOLE:
        return ()
    parts = [(name, significant(weight)) for name, weight in found]
    return tuple(Ingredient(name=n, weight=w, low=w, high=w) for n, w in parts)


def left_over(subject: Sketch, exhibited: Sequence[Sketch], mixture: Sequence[Ingredient]) -> str:
    """What the subject holds beside a sum of the ingredients, in words; empty if nothing.

    Each matrix may have weights of its own. Where a relative of an ingredient was taken in its
    stead, something is left.
    """
    names = {each.name for each in mixture}
    parts = [sketch for sketch in exhibited if sketch.name in names]
    left = whole = allowed = 0.0
    for name in matrices(subject):
        sampled = [part.samples.get(name) for part in parts]
        values = subject.samples[name].astype(np.float64)
        if any(each is None or len(each) != len(values) for each in sampled):
            return "; whether anything else is in it was not told: not all have the same matrices"
        sides = np.stack([np.asarray(each, dtype=np.float64) for each in sampled], axis=1)
        weights, *_ = np.linalg.lstsq(sides, values, rcond=None)
        left += float(np.square(values - sides @ weights).sum())
        whole += float(np.square(values).sum())
        allowed += sum(
            float(np.square(_error(held, name) * weight * side).sum())
            for held, weight, side in zip(
                (subject, *parts), (1.0, *weights), (values, *sides.T), strict=True
            )
        )
    if left <= allowed:
        return ""
    share = f"{left / whole:.1g}"
    return f"; {share} of the squares of its values is in none of them, as of a relative of one"


def _error(sketch: Sketch, name: str) -> float:
    """Relative error of the stored values of one tensor."""
    dtype = next(info.dtype for info in sketch.tensors if info.name == name)
    return STORED.get(dtype, EXACT)


def _touches(candidate: Sketch, subject: Sketch, seed: int) -> bool:
    contact = find_contact(candidate, subject, seed=seed)
    return contact is not None and contact.frame == "native"


def _apart(source: Sketch, candidate: Sketch, seed: int) -> bool:
    contact = find_contact(source, candidate, seed=seed)
    return contact is None or max(touch.cosine for touch in contact.touching) < APART


def _shapes(sketch: Sketch) -> list[tuple[int, tuple[tuple[str, int], ...]]]:
    return [
        (layer.units, tuple(sorted((role, rows.width) for role, rows in layer.roles.items())))
        for layer in sketch.layers
    ]


def _rows(sketch: Sketch) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """All units of all matrices, one above the other."""
    return np.concatenate(
        [
            restored(layer.roles[role].directions["native"], layer.roles[role].norms)
            for layer in sketch.layers
            for role in sorted(layer.roles)
        ]
    )
