"""Spaces of log-probabilities."""

import numpy as np
import pytest

from filiation.numerics.frames.subspace import column_space, overlap, shared_directions

RNG = np.random.default_rng(0)


def rows(unembedding: np.ndarray, places: int, noise: float = 0.0) -> np.ndarray:
    logits = RNG.normal(size=(places, unembedding.shape[1])) @ unembedding.T
    spread = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return np.asarray(spread + noise * RNG.normal(size=spread.shape))


@pytest.mark.parametrize("noise", [0.0, 1e-6, 1e-3])
def test_the_dimension_is_the_width(noise: float) -> None:
    unembedding = RNG.normal(size=(90, 17))
    space = column_space(rows(unembedding, 60, noise))

    assert space is not None
    assert space.shape == (90, 17)
    centred = unembedding - unembedding.mean(axis=0)
    left = centred - space @ (space.T @ centred)
    assert np.linalg.norm(left) < 1e-8 + 3 * noise * np.linalg.norm(centred)


def test_one_number_per_place_is_not_in_the_space() -> None:
    unembedding = RNG.normal(size=(50, 6))
    spread = rows(unembedding, 40)
    shifted = column_space(spread + RNG.normal(size=(40, 1)))
    plain = column_space(spread)

    assert plain is not None
    assert shifted is not None
    assert overlap(plain, shifted) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("places", "noise"), [(15, 0.0), (17, 0.0), (60, 3.0)], ids=["few", "as-many", "noise"]
)
def test_what_is_not_seen_is_not_guessed(places: int, noise: float) -> None:
    assert column_space(rows(RNG.normal(size=(90, 17)), places, noise)) is None


def test_nothing_varies() -> None:
    assert column_space(np.zeros((10, 10))) is None
    assert column_space(np.zeros((1, 10))) is None


def test_overlap_against_angles() -> None:
    """By the definition: cosines of principal angles, from scipy."""
    from scipy.linalg import subspace_angles

    a, b = (np.linalg.qr(RNG.normal(size=(40, k)))[0] for k in (5, 9))
    angles = subspace_angles(a, b)
    assert overlap(a, b) == pytest.approx(float(np.mean(np.cos(angles) ** 2)))
    assert overlap(a, b) == pytest.approx(overlap(b, a))
    assert shared_directions(a, b, 0.7) == int(np.sum(np.sin(angles) ** 2 <= 0.7))
    assert shared_directions(a, a, 1e-9) == 5


def test_random_spaces_overlap_by_their_size() -> None:
    found = [
        overlap(*(np.linalg.qr(RNG.normal(size=(60, 12)))[0] for _ in range(2))) for _ in range(200)
    ]
    assert np.mean(found) == pytest.approx(12 / 60, abs=0.01)
