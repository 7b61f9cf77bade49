"""Eight-bit directions: rounding, dead units, centring."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from filiation.numerics.frames.directions import alive, quantise, stack
from filiation.numerics.rng import signs, stream


def cosines(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x, y = x.astype(np.float64), y.astype(np.float64)
    return np.sum(x * y, axis=1) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1)


@given(st.integers(0, 2**32 - 1), st.floats(1e-20, 1e20))
def test_rounding_keeps_the_direction_at_any_scale(seed: int, scale: float) -> None:
    rows = np.random.default_rng(seed).normal(size=(20, 64)) * scale

    assert np.all(cosines(rows, quantise(rows.astype(np.float32))) > 0.999)


def test_zero_rows_stay_zero_and_are_not_alive() -> None:
    rows = np.random.default_rng(0).normal(size=(10, 64)).astype(np.float32)
    rows[[2, 5]] = 0.0

    assert alive(quantise(rows)).tolist() == [i not in (2, 5) for i in range(10)]


def test_all_of_a_group_of_equal_rows_are_dropped() -> None:
    rows = np.random.default_rng(1).normal(size=(10, 64)).astype(np.float32)
    rows[[1, 4, 7]] = rows[4]

    assert alive(quantise(rows)).tolist() == [i not in (1, 4, 7) for i in range(10)]


def test_dropping_does_not_depend_on_order() -> None:
    rng = np.random.default_rng(2)
    rows = quantise(rng.normal(size=(50, 64)).astype(np.float32))
    rows[10:20] = rows[0]
    order = rng.permutation(50)

    assert np.array_equal(alive(rows[order]), alive(rows)[order])


def test_stack_is_the_mean_of_the_cosines() -> None:
    rng = np.random.default_rng(3)
    keep = np.ones(40, dtype=bool)
    parts = [quantise(rng.normal(size=(40, 64)).astype(np.float32)) for _ in range(3)]
    alone = [stack([part], keep) for part in parts]
    together = stack(parts, keep)

    assert np.allclose(together @ together.T, np.mean([x @ x.T for x in alone], axis=0), atol=1e-5)
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)


def test_streams_are_named() -> None:
    one, same, other, joined = (
        stream(1, *names).random() for names in (("a", "b"), ("a", "b"), ("ab",), ("a", "b", ""))
    )

    assert one == same
    assert len({one, other, joined}) == 3


def test_signs_are_fixed_for_ever() -> None:
    """SHAKE-256 of named bytes: sketches taken years apart compare only if this never changes."""
    first = signs(0, "native", "4096", rows=2, columns=8)

    assert first.tolist() == signs(0, "native", "4096", rows=4, columns=8)[:2].tolist()
    assert first.astype(int).tolist() == GOLDEN


GOLDEN = [[1, -1, 1, -1, 1, 1, -1, 1], [-1, 1, 1, -1, -1, 1, 1, 1]]
