"""Is the sign of a unit the toss of a fair coin in this model, looked at alone?

Changing the sign of a unit's up row and down column together changes nothing, so training leaves
it to chance. But a dense layer turned into a gated one, or a bias folded in, makes up rows lean on
gate rows, or all of them lean one way; then two strangers' signs agree for that reason. Every fact
tested here changes sign with the unit (an odd fact); if signs are fair and independent, it has
either sign with probability one half.
"""

import math
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.weights.deep import DeepUnits
from filiation.numerics.tails.tail import fair_coin_log_p

__all__ = ["FAIR_TO", "coin_log_p"]

Float32: TypeAlias = NDArray[np.float32]

FAIR_TO: Final = 0.05  # p below which a model's signs are taken to lean
DRAWS: Final = 999


def coin_log_p(layers: Sequence[DeepUnits], rng: np.random.Generator) -> float:
    """Natural log p of fair and independent signs, given a model's gated layers.

    Per layer, on which side of its gate and of the mean gate a unit's up and down stand (exact,
    two-sided); and over all layers, how far up rows and down columns add up (signs re-drawn).
    Smallest p times the number of facts.
    """
    facts = [_sides(layer) for layer in layers]
    each = [
        min(0.0, min(_two_sided(found) for found in fact) + math.log(len(layers)))
        for fact in zip(*facts, strict=True)
    ]
    each.append(_sums(layers, rng))
    return min(0.0, min(each) + math.log(len(each)))


def _sides(layer: DeepUnits) -> list[NDArray[np.float64]]:
    """Four facts of each unit, each of which changes sign with it."""
    (gate,) = (x for k, x in enumerate(layer.parts) if k not in layer.flips)
    mean = gate.mean(axis=0)
    found = []
    for k in layer.flips:
        found.append(np.einsum("ij,ij->i", layer.parts[k], gate, dtype=np.float64))
        found.append((layer.parts[k] @ mean).astype(np.float64))
    return found


def _two_sided(fact: NDArray[np.float64]) -> float:
    tosses = int(np.count_nonzero(fact))
    heads = int(np.count_nonzero(fact > 0))
    return min(0.0, fair_coin_log_p(max(heads, tosses - heads), tosses=tosses) + math.log(2))


def _sums(layers: Sequence[DeepUnits], rng: np.random.Generator) -> float:
    """Log p of the squared length of the summed rows, against the same with random signs.

    The smallest of all layers, times their number: a layer that is repeated must not count twice.
    """
    return min(0.0, min(_sum(layer, rng) for layer in layers) + math.log(len(layers)))


def _sum(layer: DeepUnits, rng: np.random.Generator) -> float:
    signs = rng.integers(0, 2, size=(DRAWS + 1, len(layer.at))).astype(np.float32) * 2 - 1
    signs[0] = 1.0
    total = sum(np.square(signs @ layer.parts[k]).sum(axis=1) for k in layer.flips)
    return math.log(float(np.mean(total >= total[0] * (1 - 1e-6))))
