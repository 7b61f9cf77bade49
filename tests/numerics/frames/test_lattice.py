"""Lattices: found where there is one, not where there is none, and roundings told from drifts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.numerics.frames.lattice import find_lattice, share_within

EXACT = 2.0**-22


def rounded(rng: np.random.Generator, bits: int, runs: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Normal runs of 16 and their rounding to 2^bits levels between the extremes of 32 values."""
    before = rng.standard_normal((runs, 32))
    low, high = before.min(axis=1, keepdims=True), before.max(axis=1, keepdims=True)
    step = (high - low) / (2**bits - 1)
    after = low + step * np.rint((before - low) / step)
    return before[:, :16].astype(np.float32), after[:, :16].astype(np.float32)


@pytest.mark.parametrize("bits", [2, 3, 4, 5, 6, 8])
def test_a_rounding_is_found_and_within_half_a_step(bits: int) -> None:
    before, after = rounded(np.random.default_rng(bits), bits)
    lattice = find_lattice(after, EXACT)
    on = lattice.found

    assert on.mean() > 0.98
    assert lattice.levels.max() <= 2**bits - 1
    assert share_within(before[on], after[on], lattice.steps[on], EXACT) > 0.99


def test_the_step_against_what_was_used() -> None:
    rng = np.random.default_rng(9)
    steps = rng.uniform(0.01, 3, 500)
    numbers = rng.integers(-127, 128, (500, 16))
    values = (steps[:, None] * numbers + rng.normal(size=(500, 1))).astype(np.float32)
    found = find_lattice(values, EXACT)
    ratio = found.steps / steps

    assert np.allclose(ratio, np.rint(ratio), atol=1e-3)  # a multiple where all numbers share one
    assert (np.rint(ratio) == 1).mean() > 0.99


def test_values_of_no_lattice_are_on_none() -> None:
    """Of 20,000 runs of normal values none may be taken for a lattice at full precision."""
    values = np.random.default_rng(1).standard_normal((20_000, 16)).astype(np.float32)
    found = sum(int(find_lattice(part, EXACT).found.sum()) for part in np.split(values, 20))
    assert found == 0


def test_bfloat16_hides_eight_bits_but_not_four() -> None:
    import ml_dtypes

    for bits, least, most in ((4, 0.9, 1.0), (8, 0.0, 0.2)):
        _, after = rounded(np.random.default_rng(bits), bits)
        seen = after.astype(ml_dtypes.bfloat16).astype(np.float32)
        assert least <= find_lattice(seen, 2.0**-9).found.mean() <= most


@pytest.mark.parametrize("drift", [0.1, 0.25, 1.0])
def test_what_drifted_before_it_was_rounded_is_no_rounding(drift: float) -> None:
    """`drift` is in steps; a tenth of a step is about the least that can be told."""
    rng = np.random.default_rng(2)
    before, _ = rounded(rng, 4, runs=2000)
    step = np.ptp(before, axis=1, keepdims=True) / 15
    moved = before + drift * step * rng.standard_normal(before.shape)
    after = np.rint(moved / step) * step
    share = share_within(before, after.astype(np.float32), step[:, 0].astype(float), EXACT)

    assert share < 0.97 if drift <= 0.1 else share < 0.95


@given(st.integers(0, 2**32), st.integers(1, 8))
def test_constant_and_degenerate_runs_have_no_step(seed: int, runs: int) -> None:
    values = np.full((runs, 16), np.float32(np.random.default_rng(seed).normal()))
    found = find_lattice(values, EXACT)

    assert not found.found.any() and not found.levels.any()
    assert share_within(values[:0], values[:0], found.steps[:0], EXACT) == 0.0
