import ml_dtypes
import numpy as np
import pytest
from numpy.typing import NDArray

from filiation.numerics.frames.difference import (
    CLEAN,
    RankEstimate,
    difference_rank,
    free_difference_rank,
    mixture_weights,
    restored,
)
from filiation.numerics.frames.directions import quantise
from filiation.numerics.rng import stream

UNITS, WIDTH, COLUMNS = 240, 96, 64
Float64 = NDArray[np.float64]


def ranked(before: Float64, after: Float64) -> RankEstimate:
    """As a sketch sees whole rows: rounded to eight bits, with their norms."""
    seen = [quantise(x.astype(np.float32)) for x in (before, after)]
    return difference_rank(*seen, np.stack([np.linalg.norm(x, axis=1) for x in (before, after)]))


def free(before: Float64, after: Float64) -> RankEstimate:
    """Rows of which only the directions are known, projected beforehand or not."""
    return free_difference_rank(
        *(quantise(x.astype(np.float32)) for x in (before, after)), most=WIDTH // 4
    )


def changed(rank: int, relative: float, seed: int) -> tuple[Float64, Float64]:
    rng = stream(seed, "difference", str(rank))
    weights = rng.normal(size=(UNITS, WIDTH))
    change = rng.normal(size=(UNITS, rank)) @ rng.normal(size=(rank, WIDTH))
    return weights, weights + change * relative * np.linalg.norm(weights) / np.linalg.norm(change)


@pytest.mark.parametrize("rank", [1, 4, 8, 16])
@pytest.mark.parametrize("relative", [0.03, 0.1, 0.5, 2.0])
def test_the_rank_of_an_adapter_is_found(rank: int, relative: float) -> None:
    for seed in range(5):
        before, after = changed(rank, relative, seed)
        found = ranked(before, after)
        assert found.rank == rank and found.left < CLEAN and found.rest < 0.05


@pytest.mark.parametrize("rank", [1, 4, 16])
@pytest.mark.parametrize("relative", [0.1, 0.5])
def test_the_rank_is_found_through_factors_of_rows(rank: int, relative: float) -> None:
    for seed in range(3):
        before, after = changed(rank, relative, seed)
        factors = stream(seed, "factors").lognormal(size=(UNITS, 1))
        found = free(before, after * factors)
        assert found.rank == rank and found.left < CLEAN and found.rest < 0.05


@pytest.mark.parametrize("dtype", [ml_dtypes.bfloat16, np.float16])
def test_the_precision_of_the_stored_values_hides_no_rank(dtype: type) -> None:
    for seed in range(5):
        stored = [x.astype(dtype).astype(np.float64) for x in changed(4, 0.1, seed)]
        assert ranked(*stored).rank == 4 and ranked(*stored).left < CLEAN


@pytest.mark.parametrize("relative", [0.01, 0.03, 0.1, 0.5])
def test_a_change_of_full_rank_never_looks_clean(relative: float) -> None:
    for seed in range(5):
        for found in (
            ranked(*changed(WIDTH, relative, seed)),
            free(*changed(WIDTH, relative, seed)),
        ):
            assert found.rank > 24 or found.left > CLEAN


def test_a_change_whose_directions_fade_is_not_low() -> None:
    """As of a full training: few directions hold most of it, and the others are there as well."""
    for seed in range(5):
        rng = stream(seed, "fading")
        weights = rng.normal(size=(UNITS, WIDTH))
        left, right = (np.linalg.qr(rng.normal(size=(n, WIDTH)))[0] for n in (UNITS, WIDTH))
        for relative in (0.01, 0.05, 0.2):
            sizes = 1.0 / np.arange(1, WIDTH + 1)
            change = (left * sizes) @ right.T
            after = weights + change * relative * np.linalg.norm(weights) / np.linalg.norm(change)
            for found in (ranked(weights, after), free(weights, after)):
                assert found.left > CLEAN or found.rest > 0.05 or found.gap < 1.5


def test_no_change_has_no_rank() -> None:
    weights, _ = changed(1, 0.1, 0)
    for found in (ranked(weights, weights), free(weights, weights)):
        assert (found.rank, found.left, found.rest) == (0, 0.0, 0.0)


def test_restored_rows_have_their_norms() -> None:
    rows = stream(1, "rows").normal(size=(20, COLUMNS)).astype(np.float32)
    norms = np.linalg.norm(rows, axis=1)
    found = restored(quantise(rows), norms)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), norms, rtol=1e-6)
    np.testing.assert_allclose(found, rows, atol=0.02)
    assert not restored(np.zeros((2, 3), dtype=np.int8), np.ones(2, dtype=np.float32)).any()


@pytest.mark.parametrize("weights", [(0.5, 0.5), (0.9, 0.1), (0.2, 0.3, 0.5), (1.0, 0.0)])
def test_the_weights_of_a_mixture_are_found(weights: tuple[float, ...]) -> None:
    rng = stream(2, "mixture")
    parents = [rng.normal(size=(500, COLUMNS)) for _ in weights]
    child = sum(w * p for w, p in zip(weights, parents, strict=True))
    noisy = np.asarray(child) + 0.1 * rng.normal(size=(500, COLUMNS))
    found, (low, high) = mixture_weights(noisy, parents, rng)
    np.testing.assert_allclose(found, weights, atol=0.01)
    assert found.sum() == pytest.approx(1.0)
    assert (low <= found).all() and (found <= high).all() and (high - low < 0.03).all()


def test_the_interval_of_a_mixture_covers() -> None:
    hits = []
    for seed in range(60):
        rng = stream(seed, "mixture-cover")
        parents = [rng.normal(size=(80, 16)) for _ in range(2)]
        child = 0.7 * parents[0] + 0.3 * parents[1] + 0.3 * rng.normal(size=(80, 16))
        _, (low, high) = mixture_weights(child, parents, rng)
        hits.append(low[0] <= 0.7 <= high[0])
    assert np.mean(hits) >= 0.85


def test_one_parent_is_no_mixture() -> None:
    with pytest.raises(ValueError, match="two or more"):
        mixture_weights(np.ones((2, 2)), [np.ones((2, 2))], stream(0, "x"))
