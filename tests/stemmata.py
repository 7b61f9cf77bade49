"""Tiny models in memory and what a survey would draw of them, without the cost of all methods."""

import itertools
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from filiation.libraries.stemma import Likeness, draw_up
from filiation.model.stemma import Link, Stemma
from filiation.numerics.rng import stream
from size.shape import TINY, Weights
from size.starts import plain
from size.view import sketched

ALIKE = 0.12  # cosine of two matrices of one name from which the tests call two models related


def original(seed: int) -> Weights:
    """Drawn weights."""
    return plain(TINY, seed)


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


def drawn(models: Mapping[str, Weights]) -> Stemma:
    """The stemma of these models."""
    sketches = {
        name: replace(sketched(name, w, _shape(w)), name=name) for name, w in models.items()
    }
    pairs = [
        Likeness(
            a=a, b=b, log_p=-500.0 if _related(models[a], models[b]) else -0.7,
            cosines=(0.9,), units=(64,),
        )
        for a, b in itertools.combinations(models, 2)
    ]  # fmt: skip
    return draw_up(sketches, pairs, seed=0)


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


def _shape(weights: Weights):  # type: ignore[no-untyped-def]
    layers = sum("up_proj" in name for name in weights)
    tokens = len(weights["model.embed_tokens.weight"])
    return replace(TINY, layers=layers, vocabulary=tokens)


def _related(one: Weights, other: Weights) -> bool:
    return any(
        abs(float(np.vdot(x, y))) > ALIKE * np.linalg.norm(x) * np.linalg.norm(y)
        for x in one.values()
        for y in other.values()
        if x.shape == y.shape and x.ndim > 1 and x.size > 1024
    )
