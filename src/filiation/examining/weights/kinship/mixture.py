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

__all__ = ["find_ensemble", "find_mixture"]

PURE: Final = 0.03  # weight below which a candidate is no ingredient
APART: Final = 0.2  # mean cosine from which two candidates are kin, and no two ingredients


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
