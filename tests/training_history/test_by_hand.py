"""The gradients that the demonstration writes by hand, against differences of the loss."""

import numpy as np
import pytest

from size.shape import Shape
from size.text import chain
from trainings.by_hand import Hand, gradient, trained_by_hand

SMALL = Shape(width=8, hidden=12, layers=2, heads=4, groups=2, vocabulary=11, window=5)


def weights(dtype: type = np.float64) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    rng = np.random.default_rng(4)
    return {n: (0.3 * rng.standard_normal(s) + (len(s) == 1)).astype(dtype)
            for n, s in SMALL.tensors().items()}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SMALL.tensors()))
def test_each_gradient_is_the_slope_of_the_loss(name: str) -> None:
    here = weights()
    windows = np.random.default_rng(5).integers(11, size=(3, 6))
    slope = gradient(SMALL, here, windows)[1][name]
    along = np.random.default_rng(6).standard_normal(here[name].shape)
    ends = [
        gradient(SMALL, {**here, name: here[name] + step * along}, windows)[0]
        for step in (1e-5, -1e-5)
    ]
    assert (ends[0] - ends[1]) / 2e-5 == pytest.approx(float((slope * along).sum()), rel=1e-5)


def test_training_learns_and_the_same_interval_gives_the_same_bits() -> None:
    start = Hand(weights(np.float32))
    middle = trained_by_hand(start, 20, seed=1, last=60, shape=SMALL)
    end = trained_by_hand(middle, 40, seed=1, last=60, shape=SMALL)
    again = trained_by_hand(middle, 40, seed=1, last=60, shape=SMALL)
    assert all(np.array_equal(end.weights[n], x) for n, x in again.weights.items())
    windows = chain(1, 11).windows(50, 6, 9)
    before, after = (gradient(SMALL, one.weights, windows)[0] for one in (start, end))
    assert after < before - 0.1 and (start.step, end.step) == (0, 60)
