"""An interval that was trained again: who is near, who is far, and what chance does."""

import math

import numpy as np
import pytest

from filiation.examining.trainings.replayed import claim_replay, drawn_interval
from filiation.numerics.paths.repeated import repeated
from filiation.sketching.samples import sample_places
from size.shape import Weights
from training_history.walks import taken, wandering


def shaken(weights: Weights, size: float, seed: int) -> Weights:
    rng = np.random.default_rng(seed)
    return {
        n: (x + size * x.std() * rng.standard_normal(x.shape)).astype(np.float32)
        for n, x in weights.items()
    }


def test_a_lot_draws_every_interval_and_a_history_changes_it() -> None:
    digest = "ab" * 32
    drawn = [drawn_interval(digest, f"round {n}", 5) for n in range(400)]
    counts = np.bincount(drawn, minlength=4)
    assert len(counts) == 4 and counts.min() > 60  # 100 each; five standard deviations are 43
    other = [drawn_interval("cd" * 32, f"round {n}", 5) for n in range(400)]
    assert drawn != other


def test_the_same_bits_hold() -> None:
    points = taken(wandering(4))
    found = claim_replay(points, 1, points[2:3])
    assert (found.outcome, found.why, found.place) == ("holds", "same-bits", 2)


def test_one_repetition_shows_nothing() -> None:
    points = taken(wandering(4))
    found = claim_replay(points, 1, taken([shaken(wandering(4)[2], 0.01, 0)]))
    assert (found.outcome, found.why) == ("open", "too-few-repeated")


def test_one_end_that_is_handed_in_twice_is_one_repetition() -> None:
    """Else it would pass for two that lie on each other."""
    near = taken([shaken(wandering(4)[2], 0.002, 1)])
    found = claim_replay(taken(wandering(4)), 1, [*near, *near])
    assert (found.outcome, found.why) == ("open", "too-few-repeated")


def test_near_repetitions_hold_with_a_bound() -> None:
    way = wandering(4)
    again = taken([shaken(way[2], 0.002, seed) for seed in (1, 2)])
    found = claim_replay(taken(way), 1, again)
    assert (found.outcome, found.why) == ("holds", "as-repeated")
    assert found.log_p is not None and found.log_p < math.log(1e-6)


@pytest.mark.parametrize("size", [0.002, 0.5])
def test_a_checkpoint_that_training_does_not_reach_is_left_open(size: float) -> None:
    """Whoever repeats on other batches ends as far away: it accuses nobody."""
    way, other = wandering(4), wandering(4, seed=9)
    again = taken([shaken(way[2], size, seed) for seed in (1, 2)])
    claimed = [*way[:2], {n: way[1][n] - (other[2][n] - other[1][n]) for n in way[1]}, way[3]]
    found = claim_replay(taken(claimed), 1, again)
    assert (found.outcome, found.why, found.place) == ("open", "beyond-repeated", 2)


def test_a_checkpoint_that_was_drawn_a_tenth_of_the_way_to_another_does_not_hold() -> None:
    """A forger trains in truth, and then moves a part of the way to the copy."""
    way, copy = wandering(4), wandering(4, seed=9)[-1]
    drawn = {n: 0.9 * x + 0.1 * copy[n] for n, x in way[2].items()}
    again = taken([shaken(way[2], 0.002, seed) for seed in (1, 2)])
    assert claim_replay(taken([*way[:2], drawn, way[3]]), 1, again).outcome == "open"


def test_an_end_that_is_true_only_where_a_sketch_keeps_values_does_not_hold() -> None:
    """Their places are public: a forger trains in truth, spares them, and puts the rest in."""
    way, other = wandering(4), wandering(4, seed=9)[-1]
    again = taken([shaken(way[2], 0.002, seed) for seed in (1, 2)])
    forged, spared = {n: x.copy() for n, x in way[2].items()}, 0
    for tensor in again[0].tensors:
        true, rows = way[2][tensor.name], tensor.shape[0]
        at = sample_places(tensor, again[0].method.seed)
        if tensor.shape == (rows, rows):  # read both ways
            at = np.concatenate([at, at % rows * rows + at // rows])
        put = other[tensor.name].copy()
        put.flat[at] = true.flat[at]
        forged[tensor.name], spared = put, spared + len(np.unique(at))
    assert spared < sum(x.size for x in forged.values()) / 3
    found = claim_replay(taken([*way[:2], forged, way[3]]), 1, again)
    figures = {name: (value, most) for name, value, _, most in found.figures}
    assert figures["distance"][0] <= figures["distance"][1]
    assert figures["units-distance"][0] > 3 * figures["units-distance"][1]
    assert (found.outcome, found.why) == ("open", "beyond-repeated")


def test_the_rank_is_exact_among_exchangeable_ends() -> None:
    """Of three ends the claimed one is the farthest in a third of all draws."""
    rng = np.random.default_rng(4)
    ranks = [
        repeated(np.zeros(20), *(lambda x: (x[0], x[1:]))(rng.standard_normal((3, 20)))).log_rank
        for _ in range(600)
    ]
    worst = np.mean([rank == pytest.approx(math.log(1 / 3)) for rank in ranks])
    assert abs(worst - 1 / 3) < 0.08  # four standard deviations


def test_the_bound_on_chance_is_one() -> None:
    """Cosines of independent directions lie above a bound of 10 % in at most 10 % of draws."""
    rng = np.random.default_rng(5)
    found = [
        repeated(np.zeros(12), rng.standard_normal(12), np.tile(rng.standard_normal(12), (2, 1)))
        for _ in range(2_000)
    ]
    share = np.mean([one.log_chance <= math.log(0.1) for one in found])
    assert 0.02 < share <= 0.1 + 3 * math.sqrt(0.09 / 2_000)
