"""Innocents who begin with one published matrix: not accused, and others not silenced."""

import math
from itertools import combinations

import numpy as np
import pytest
from scipy.fft import dct
from scipy.linalg import hadamard
from scipy.stats import binomtest

import toys
from filiation.methods.weights.attention_axes import AttentionAxes
from filiation.methods.weights.table_axes import TableAxes
from filiation.methods.weights.unit_order import UnitOrder
from filiation.methods.weights.unit_trace import UnitTrace
from filiation.methods.weights.written import (
    SHIFT,
    _shift,
    _written,
    faintly_in_both,
    written_in_both,
)
from filiation.model.finding import Finding, Inapplicable
from filiation.model.sketch import Component
from toys import Toy

PUBLISHED = {
    "identity": np.eye(64),
    "cosines": dct(np.eye(64), norm="ortho", axis=0),
    "hadamard": hadamard(64) / 8,
}
BODY, ATTENTION = ("up", "gate", "down"), ("q", "k", "v", "o")


def born(seed: int, parts: tuple[str, ...] = (), what: str = "identity", size: float = 5.0) -> Toy:
    """A toy with heads, and with so much of a published matrix in these of its own."""
    toy = toys.with_heads(toys.born(seed, layers=2, units=128, width=64), heads=8, groups=8, size=8)
    arrays = {}
    for number, (name, array) in enumerate(toy.arrays.items()):
        own = np.random.default_rng([seed, number]).normal(size=array.shape)
        if name.split(".")[-1] in parts:
            own[:64, :64] += size * PUBLISHED[what]  # of more units the first ones, as np.eye
        arrays[name] = own.astype(np.float32)
    return toys.changed(toy, toy.name, arrays)


def faint(seed: int, size: float = -0.6) -> Toy:
    """Two layers of sixteen values, in which a diagonal is too faint to be sure of."""
    own = toys.born(seed, layers=2, units=64, width=32)
    toy = toys.with_heads(own, heads=4, groups=2, size=8)
    arrays = {}
    for name in (f"layers.{n}.{part}" for n in range(2) for part in "vo"):
        noise = np.random.default_rng([seed, len(arrays)]).normal(size=toy.arrays[name].shape)
        arrays[name] = (noise + size * np.eye(*noise.shape)).astype(np.float32)
    return toys.changed(toy, toy.name, arrays)


def test_strangers_are_like_no_published_matrix() -> None:
    sketches = [toys.sketch(born(seed)) for seed in range(1, 61)]
    for what in ("mlp", "attention", "axes", "embedding", "head"):
        log_ps = np.array([_written(sketch, what).log_p for sketch in sketches])
        for alpha in (0.01, 0.05, 0.2):
            hits = int(np.count_nonzero(log_ps <= math.log(alpha)))
            assert binomtest(hits, len(log_ps), alpha, alternative="greater").pvalue > 1e-5


@pytest.mark.parametrize("what", PUBLISHED)
@pytest.mark.parametrize(("parts", "of"), [(BODY, "mlp"), (("o",), "attention")])
def test_who_begins_with_one_matrix_is_not_accused(
    what: str, parts: tuple[str, ...], of: Component
) -> None:
    """Mutation tried: where nobody abstains, p of unit-order falls to 1e-24 (body), 1e-4 (o)."""
    one, two = (toys.sketch(born(seed, parts, what)) for seed in (1, 2))
    for method in (UnitTrace(frame="native", of=of), UnitOrder(frame="native", of=of)):
        out = method.compare(one, two, seed=0)
        assert isinstance(out, Inapplicable) and "published matrix" in out.reason
    if of == "attention":
        out = AttentionAxes().compare(one, two, seed=0)
        assert isinstance(out, Inapplicable) and "published matrix" in out.reason
        assert isinstance(UnitTrace(frame="native").compare(one, two, seed=0), Finding)


def test_one_free_side_is_enough() -> None:
    one, two = toys.sketch(born(1, BODY)), toys.sketch(born(2))
    assert written_in_both(one, two, "mlp") is None
    assert isinstance(UnitOrder(frame="native").compare(one, two, seed=0), Finding)


def test_a_faint_diagonal_is_seen_before_it_can_accuse() -> None:
    """Where the trace of strangers would move by two deviations, each alone moves by far more."""
    for seed in range(1, 7):
        assert _written(toys.sketch(born(seed, BODY, size=1.0)), "mlp").log_p < math.log(1e-6)


def test_tables_and_axes_that_begin_alike_do_not_count() -> None:
    one, two = (toys.sketch(born(seed, ("embed",))) for seed in (1, 2))
    out = TableAxes(of="embedding").compare(one, two, seed=0)
    assert isinstance(out, Inapplicable) and "published matrix" in out.reason


def test_an_identity_and_one_table_do_not_count_in_the_frames_of_the_table() -> None:
    """With one table in both, axis i is axis i in every frame that is made of it.

    Mutation tried: where nobody abstains, p falls to 1e-10, 1e-5 and 1e-36.
    """
    table = born(9).arrays["embed"]
    one, two = (
        toys.sketch(toys.changed(born(seed, BODY), f"toy-{seed}", {"embed": table}))
        for seed in (1, 2)
    )
    for frame in ("token", "table", "gauge"):
        out = UnitOrder(frame=frame).compare(one, two, seed=0)
        assert isinstance(out, Inapplicable) and "published matrix" in out.reason


def test_a_child_is_seen_elsewhere() -> None:
    parent = born(1, BODY)
    out = UnitOrder(frame="signature").compare(
        toys.sketch(parent), toys.sketch(toys.tuned(parent, 2)), seed=0
    )
    assert isinstance(out, Finding) and out.log_p < math.log(1e-6)


def test_a_diagonal_too_faint_to_be_sure_of_does_not_count_among_few_values() -> None:
    """As LAPACK's factorisation leaves it. Mutation tried: where nobody abstains, 29 of the 435 p
    are at most .05 and 8 at most .01; of strangers without a diagonal fewer than one in a hundred.
    """
    trace = UnitTrace(frame="native", of="attention", draws=199)
    sketches = [toys.sketch(faint(seed)) for seed in range(1, 31)]
    log_ps, faintly, told = [], 0, []
    for one, two in combinations(sketches, 2):
        out = trace.compare(one, two, seed=0)
        if isinstance(out, Finding):
            log_ps.append(out.log_p)
        else:
            faintly += "faintly" in out.reason
        told.append(_shift(_written(one, "attention"), _written(two, "attention"), 0))
    assert faintly > 250
    assert np.mean(told) > SHIFT
    hits = int(np.count_nonzero(np.array(log_ps) <= math.log(0.05)))
    assert binomtest(hits, len(log_ps), 0.05, alternative="greater").pvalue > 1e-3


def test_faint_diagonals_of_opposite_signs_hide_nothing() -> None:
    one, two = toys.sketch(faint(1, -0.6)), toys.sketch(faint(2, 0.6))
    assert faintly_in_both(one, two, "attention") is None
    assert faintly_in_both(one, toys.sketch(faint(2, -0.6)), "attention") is not None


def test_one_side_without_a_diagonal_is_enough() -> None:
    """However much of it the other has: what the free one has of it is chance."""
    strong, free = toys.sketch(faint(1, -3.0)), [toys.sketch(faint(n, 0.0)) for n in range(2, 8)]
    sides = [(_written(strong, "attention"), _written(one, "attention")) for one in free]
    assert max(_shift(*both, 0) for both in sides) > SHIFT
    for one in free:
        assert faintly_in_both(strong, one, "attention") is None
        assert faintly_in_both(one, strong, "attention") is None


def test_strangers_and_children_of_few_values_are_asked() -> None:
    """Of children of two layers of 16 values one in a hundred is not: chance is alike in both."""
    sketches = [toys.sketch(faint(seed, 0.0)) for seed in range(1, 41)]
    pairs = [*combinations(sketches, 2), *((one, one) for one in sketches)]
    silent = [pair for pair in pairs if faintly_in_both(*pair, "attention") is not None]
    assert len(silent) <= 3
    assert not any(faintly_in_both(one, one, "mlp") for one in sketches)
