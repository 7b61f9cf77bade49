"""Does attention-axes accuse strangers of an unusual layout no more often than it says?"""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from filiation.methods.weights.attention_axes import AttentionAxes
from filiation.methods.weights.unit_order import UnitOrder
from filiation.model.finding import Finding
from filiation.model.sketch import Sketch
from readers.weights.test_mixers import CASES, seen
from trials import trials

LAYOUTS = ("DeepSeek 3", "RWKV as published", "Kimi Linear, delta attention", "GPT-NeoX")
REDRAWN = trials(120)
PAIRS = 8  # disjoint, of each layout


def in_another_order(sketch: Sketch, seed: int) -> Sketch:
    """The same model, had its axes been listed otherwise."""
    order = np.random.default_rng(seed).permutation(len(next(iter(sketch.axes.values()))))
    axes = {role: np.ascontiguousarray(rows[order]) for role, rows in sketch.axes.items()}
    return replace(sketch, axes=axes, subject_digest=f"{seed:064x}")


def p(source: Sketch, subject: Sketch) -> float:
    """Of one pair; 1 where it abstains, as it does of one pair in ten thousand by chance."""
    found = AttentionAxes().compare(source, subject, seed=0)
    if isinstance(found, Finding):
        return math.exp(found.log_p)
    assert "published matrix" in found.reason
    return 1.0


def no_oftener(ps: np.ndarray) -> None:
    for alpha in (0.01, 0.05, 0.2):
        hits = int(np.count_nonzero(ps <= alpha))
        assert binomtest(hits, len(ps), alpha, alternative="greater").pvalue > 1e-4


@pytest.mark.parametrize("case", LAYOUTS)
def test_redrawn_orders_of_one_pair(case: str) -> None:
    source, subject = seen(case, 21), seen(case, 22)
    no_oftener(np.array([p(in_another_order(source, n), subject) for n in range(REDRAWN)]))


def test_disjoint_strangers_of_all_layouts() -> None:
    ps = [
        p(seen(case, 100 + 2 * n), seen(case, 101 + 2 * n))
        for case in LAYOUTS
        for n in range(PAIRS)
    ]
    no_oftener(np.array(ps))


def test_units_of_strangers() -> None:
    """Values and outputs told apart from one tensor; of latent attention the outputs alone."""
    cases = [case for case in CASES if CASES[case][6]]
    method, ps = UnitOrder(frame="native", of="attention"), []
    for case in cases:
        for n in range(4):
            found = method.compare(seen(case, 200 + 2 * n), seen(case, 201 + 2 * n), seed=0)
            assert isinstance(found, Finding)
            ps.append(math.exp(found.log_p))
    no_oftener(np.array(ps))
