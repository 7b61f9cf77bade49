"""Tiny models in memory and what a survey would draw of them, without the cost of all methods."""

import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from filiation.libraries.stemma import Likeness, draw_up
from filiation.model.layout import TensorInfo
from filiation.model.sketch import Sketch, SketchMethod
from filiation.model.stemma import Link, Stemma
from filiation.numerics.rng import stream
from filiation.sketching.samples import sample_places
from size.shape import TINY, Weights
from size.starts import plain

ALIKE = 0.12  # cosine of two matrices of one name from which the tests call two models related


def original(seed: int, layers: int = 2) -> Weights:
    """Drawn weights."""
    return plain(replace(TINY, layers=layers), seed)


def moved(parent: Weights, amount: float, seed: int) -> Weights:
    """Every matrix changed by so much of its norm, in a direction of its own."""
    rng = stream(seed, "moved")
    found = {}
    for name, x in parent.items():
        change = rng.normal(size=x.shape)
        size = amount * np.linalg.norm(x) / np.linalg.norm(change)
        found[name] = (x + size * change).astype(np.float32) if x.ndim > 1 else x
    return found


def rounded(parent: Weights, bits: int = 4) -> Weights:
    """Every matrix rounded to a lattice for each run of sixteen values."""
    found = {}
    for name, x in parent.items():
        groups = x.reshape(-1, 16)
        step = np.abs(groups).max(axis=1, keepdims=True) / np.float32(2 ** (bits - 1) - 1)
        near = np.rint(groups / np.where(step > 0, step, 1)) * step
        found[name] = near.reshape(x.shape).astype(np.float32) if x.ndim > 1 else x
    return found


def pruned(parent: Weights, share: float = 0.5) -> Weights:
    """The smallest values of every matrix set to zero."""
    return {
        n: np.where(np.abs(x) < np.quantile(np.abs(x), share), np.float32(0), x)
        if x.ndim > 1
        else x
        for n, x in parent.items()
    }


def weighted(one: Weights, other: Weights, share: float = 0.5) -> Weights:
    """A weighted sum."""
    return {n: (share * x + (1 - share) * other[n]).astype(np.float32) for n, x in one.items()}


def sketch_of(name: str, weights: Weights) -> Sketch:
    """All of a sketch that a stemma reads: the values kept of every tensor."""
    infos = [
        TensorInfo(name=n, dtype="F32", shape=x.shape, nbytes=x.nbytes)
        for n, x in sorted(weights.items())
    ]
    samples = {info.name: weights[info.name].ravel()[sample_places(info, 0)] for info in infos}
    for info in infos:  # a square matrix is kept twice, the second time with its axes swapped
        if len(info.shape) == 2 and info.shape[0] == info.shape[1]:
            swapped = weights[info.name].T.ravel()[sample_places(info, 0)]
            samples[info.name] = np.concatenate([samples[info.name], swapped])
    digest = hashlib.sha256(b"".join(weights[info.name].tobytes() for info in infos)).hexdigest()
    return Sketch(
        name=name, digest=digest, subject_digest=digest, method=SketchMethod(), family="llama",
        guessed=False, tensors=infos, tensor_digests=(), anchors=(),
        anchor_rows=np.zeros((0, 1), np.int8), token_absent=None, skipped=(), layers=(),
        samples=samples,
    )  # fmt: skip


def drawn(models: Mapping[str, Weights]) -> Stemma:
    """The stemma of these models."""
    sketches = {name: sketch_of(name, x) for name, x in models.items()}
    return draw_up(sketches, likenesses(models), seed=0)


def likenesses(models: Mapping[str, Weights]) -> list[Likeness]:
    """Every pair, with a p that is tiny exactly where some matrices are alike."""
    return [
        Likeness(a=a, b=b, log_p=-500.0 if related else -0.7, cosines=cosines, units=units)
        for a, b in itertools.combinations(models, 2)
        for related, cosines, units in [_alike(models[a], models[b])]
    ]


def linked(stemma: Stemma) -> dict[frozenset[str], Link]:
    """The links with one model on either side."""
    return {
        frozenset((link.ends[0][0], link.ends[1][0])): link
        for link in stemma.links
        if [len(end) for end in link.ends] == [1, 1]
    }


def directed(stemma: Stemma) -> set[tuple[str, str]]:
    """(earlier, later) of every arrow."""
    found = set()
    for link in stemma.links:
        if link.confirmed_by and link.later is not None:
            (one,), (other,) = link.ends
            found.add((one if link.later == other else other, link.later))
    for merge in stemma.merges:
        for side, confirmed in zip(merge.sides, merge.confirmed_by, strict=True):
            if confirmed:
                found.add((side[0], merge.model))
    return found


def _alike(one: Weights, other: Weights) -> tuple[bool, tuple[float, ...], tuple[int, ...]]:
    """Whether they share weights, and the mean cosine of units by layer where shapes allow it."""
    shared = [
        (x, y)
        for x in one.values()
        for y in other.values()
        if x.shape == y.shape and x.ndim > 1 and x.size > 1024
    ]
    related = any(
        abs(float(np.vdot(x, y))) > ALIKE * np.linalg.norm(x) * np.linalg.norm(y) for x, y in shared
    )
    rows = [(one[n], other[n]) for n in one if n in other and "up_proj" in n]
    cosines = tuple(
        float(
            np.mean(
                np.einsum("ij,ij->i", x, y) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1)
            )
        )
        for x, y in rows
    )
    return related, cosines, tuple(len(x) for x, _ in rows)
