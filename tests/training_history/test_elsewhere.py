"""Units of a source among units of one's own, in other axes: found, named, and not in strangers."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from filiation.examining.trainings import claims
from filiation.methods.weights.elsewhere import FEWEST, Elsewhere, drawn_on, elsewhere
from filiation.model.sketch import Sketch
from filiation.model.training import Whole
from filiation.numerics.frames.consistency import consistent, unit_angles
from size.shape import Shape, Weights
from size.starts import plain
from size.view import sketched
from trainings.forging import Runs, between, shared

SHAPE = Shape(width=64, hidden=160, layers=3, vocabulary=96)


@cache
def weights(seed: int) -> Weights:
    return plain(SHAPE, seed)


@cache
def sketch(seed: int) -> Sketch:
    return sketched(f"{seed}", weights(seed), SHAPE)


@cache
def blended(strength: int, share: float, part: str = "MLPs") -> Sketch:
    """A share of model 1 in model 2, as it is, permuted or disguised."""
    runs = Runs(source=[weights(1)], own=[weights(2), weights(2)], shape=SHAPE)
    return sketched("blended", shared(runs, strength, part, share)[-1], SHAPE)


@pytest.mark.parametrize("strength", [0, 1, 2])
@pytest.mark.parametrize("share", [0.05, 0.1])
def test_a_share_of_the_units_is_found_in_whatever_axes(strength: int, share: float) -> None:
    found = elsewhere(sketch(1), blended(strength, share), seed=0)
    assert found is not None and found.found
    assert found.units >= 0.7 * 3 * round(share * 160)


@pytest.mark.parametrize("share", [0.5, 0.7, 0.8])
def test_units_that_are_blended_and_not_whole_are_found_where_the_way_leads(share: float) -> None:
    whole = shared(Runs(source=[weights(1)], own=[weights(2)] * 9, shape=SHAPE), 2, "MLPs", 0.1)
    points = [
        sketched("p", between(weights(2), one, share), SHAPE) for one in (*whole[::4], whole[7])
    ]
    first, half, last, before = points
    alone = elsewhere(sketch(1), last, seed=0)
    assert alone is not None and not alone.found
    way = [first, first, first, first, half, half, half, before, last]
    found = drawn_on(sketch(1), way, seed=0)
    assert found is not None and found.found
    honest = drawn_on(sketch(3), way, seed=0)
    assert honest is not None and not honest.found


@pytest.mark.filterwarnings("error")
def test_a_layer_without_a_living_unit_is_left_out() -> None:
    dead = {n: x * np.float32("mlp" not in n) for n, x in weights(1).items()}
    assert any("mlp" in n for n in dead)
    none = sketched("dead", dead, SHAPE)
    assert elsewhere(sketch(1), none, seed=0) is None
    assert drawn_on(sketch(1), [sketch(1), none], seed=0) is None


def test_signs_that_were_kept_are_counted_by_an_exact_test() -> None:
    permuted = elsewhere(sketch(1), blended(1, 0.1), seed=0)
    disguised = elsewhere(sketch(1), blended(2, 0.1), seed=0)
    assert permuted is not None and permuted.log_p is not None
    assert permuted.log_p < -0.6 * permuted.units * math.log(2)
    assert disguised is not None and disguised.log_p is not None
    assert disguised.log_p > math.log(1e-3)  # signs were changed by lot


def test_strangers_hold_no_unit_of_each_other() -> None:
    found = [elsewhere(sketch(a), sketch(b), seed=0) for a in (1, 2, 3) for b in (4, 5, 6)]
    assert all(one is not None and not one.found and one.units < FEWEST for one in found)
    p = [one.log_p for one in found if one is not None and one.log_p is not None]
    assert sum(one <= math.log(0.05) for one in p) <= 3


def test_attention_is_not_looked_at_and_a_model_without_rows_is_not_looked_for() -> None:
    found = elsewhere(sketch(1), blended(1, 0.25, "attention"), seed=0)
    assert found is not None and not found.found
    assert elsewhere(sketch(1), replace(sketch(2), deep=()), seed=0) is None


def test_units_that_all_lie_alike_are_no_agreement() -> None:
    """Inner products that are the same in any two models pair by chance as well as in truth."""
    rng = np.random.default_rng(4)
    sides = []
    for _ in range(2):
        base = rng.standard_normal((1, 3, 40)) + 0.05 * rng.standard_normal((300, 3, 40))
        rows = base / np.linalg.norm(base, axis=2, keepdims=True)
        sides.append(rows.astype(np.float32))
    angles = (unit_angles(sides[0], (0, 2)), unit_angles(sides[1], (0, 2)))
    found = consistent(sides[0], sides[1], angles, (0, 2))
    assert not Elsewhere(
        units=len(found.source), of=300, by_chance=found.by_chance, log_p=None
    ).found


def test_angles_do_not_move_with_sign_scale_order_or_rotation() -> None:
    rng = np.random.default_rng(5)
    rows = rng.standard_normal((20, 3, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=2, keepdims=True)
    turn = np.linalg.qr(rng.standard_normal((16, 16)))[0].astype(np.float32)
    signs = rng.choice([-1.0, 1.0], (20, 1)).astype(np.float32)
    moved = rows @ turn
    moved[:, 0] *= signs
    moved[:, 2] *= signs
    assert unit_angles(moved, (0, 2)) == pytest.approx(unit_angles(rows, (0, 2)), abs=1e-5)


def _clean(point: object) -> Whole:
    return Whole(toward="independence", reason="powered-and-clean")


@pytest.mark.parametrize(
    ("strength", "outcome", "why"), [(1, "fails", "contact"), (2, "open", "units-elsewhere")]
)
def test_no_history_with_a_tenth_of_the_mlps_is_clean(
    strength: int, outcome: str, why: str
) -> None:
    """Though the whole examination finds nothing: it fits a rotation to all units."""
    points = [sketch(2), blended(strength, 0.1)]
    found = claims.claim_contact(points, sketch(1), _clean, seed=0)
    assert (found.outcome, found.why, found.place) == (outcome, why, 1)
    if outcome == "open":
        name, value, _, limit = found.figures[0]
        assert name == "elsewhere" and value > limit >= FEWEST
    own = claims.claim_contact([sketch(2), sketch(2)], sketch(1), _clean, seed=0)
    assert own.outcome == "holds" and own.figures[0][0] == "elsewhere"
