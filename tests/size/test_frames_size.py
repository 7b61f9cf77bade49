"""Do frames that are fitted to the pair, or made from each model, keep the unit methods exact?"""

import itertools
import math
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from scipy.stats import binomtest

import toys
from filiation.methods.weights.alignment import align
from filiation.methods.weights.unit_order import UnitOrder
from filiation.methods.weights.unit_trace import UnitTrace
from filiation.model.finding import Finding
from filiation.model.sketch import ALIGNED
from size.test_unit_methods_size import (
    common_direction,
    dead_at_equal_indices,
    plain,
    repeated_layers,
    shared_embeddings,
)
from toys import Toy
from trials import trials

PAIRS = trials(60)
METHODS = [m for f in ALIGNED for m in (UnitTrace(frame=f, draws=399), UnitOrder(frame=f))]
TRAPS: tuple[Callable[[int], Toy], ...] = (
    plain, common_direction, dead_at_equal_indices, repeated_layers, shared_embeddings,
)  # fmt: skip


@cache
def null_log_ps(trap: Callable[[int], Toy]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {method.id: [] for method in METHODS}
    for pair in range(PAIRS):
        source, subject = (toys.sketch(trap(2 * pair + side + 1)) for side in (0, 1))
        for method, log_ps in zip(METHODS, found.values(), strict=True):
            out = method.compare(source, subject, seed=pair)
            assert isinstance(out, Finding)
            log_ps.append(out.log_p)
    return found


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.__name__)
def test_size_is_at_most_alpha(trap: Callable[[int], Toy]) -> None:
    for log_ps, alpha in itertools.product(null_log_ps(trap).values(), (0.02, 0.1, 0.3)):
        hits = int(np.count_nonzero(np.array(log_ps) <= math.log(alpha)))
        assert binomtest(hits, PAIRS, alpha, alternative="greater").pvalue > 1e-6


def test_the_fit_does_not_see_the_order_of_the_units() -> None:
    """Permuting the source's units re-labels the pairs and leaves the rotation: the exact p's."""
    one, two = toys.born(1), toys.born(2)
    before = align(toys.sketch(one), toys.sketch(two), hold_back=False)
    after = align(toys.sketch(toys.permuted(one, 3)), toys.sketch(two), hold_back=False)

    assert before.pairs == after.pairs
    assert np.allclose(before.rotation, after.rotation, atol=1e-3)


def test_layers_held_back_have_no_part_in_the_fit() -> None:
    one, two = toys.born(1, layers=4), toys.born(2, layers=4)
    other = toys.born(9, layers=4)
    swapped = toys.changed(
        one, "swapped", {n: a for n, a in other.arrays.items() if n.startswith("layers.1.")}
    )
    before, after = (
        align(toys.sketch(x), toys.sketch(two), hold_back=True) for x in (one, swapped)
    )

    assert 1 not in before.fitted
    if before.pairs == after.pairs:
        assert np.array_equal(before.rotation, after.rotation)


@pytest.mark.parametrize("frame", ALIGNED)
def test_a_rotated_and_rescaled_child_is_found(frame: str) -> None:
    parent = toys.born(1)
    child = toys.rotated(toys.tuned(parent, 2, drift=0.1), 3)
    out = UnitOrder(frame=frame).compare(toys.sketch(parent), toys.sketch(child), seed=0)  # type: ignore[arg-type]
    assert isinstance(out, Finding)
    assert out.log_p < math.log(1e-30)


def test_the_signature_frame_needs_no_embeddings_and_bears_another_width() -> None:
    parent = toys.born(1, layers=4, units=96)
    tuned = toys.rotated(toys.tuned(parent, 2, drift=0.2), 3)
    bare = toys.Toy("bare", {n: a for n, a in tuned.arrays.items() if "embed" not in n}, None)
    wide = {}
    for name, array in bare.arrays.items():
        pad = ((0, 4), (0, 0)) if name.endswith("down") else ((0, 0), (0, 4))
        wide[name] = np.pad(array, pad)
    for child in (bare, toys.Toy("wide", wide, None)):
        out = UnitOrder(frame="signature").compare(toys.sketch(parent), toys.sketch(child), seed=0)
        assert isinstance(out, Finding)
        assert out.log_p < math.log(1e-100)
