"""What is said of a history, against histories whose way was chosen."""

import math
from dataclasses import replace

import numpy as np
import pytest

from filiation.examining.trainings import claims
from filiation.examining.trainings.bands import FEATURES, Band
from filiation.examining.trainings.measured import measured, start_log_p
from filiation.model.training import Outcome, Whole
from size.shape import TINY
from size.starts import STARTS, plain
from size.view import sketched
from training_history.walks import BANDS, line, noise, taken, wandering


def test_a_way_that_turns_and_spikes_holds() -> None:
    found = claims.claim_steps(taken(wandering()), BANDS, seed=0)
    assert (found.outcome, found.why) == ("holds", "in-bands")
    assert found.log_p is not None and found.log_p < math.log(1e-6)
    assert {name for name, *_ in found.figures} == set(FEATURES)


def test_a_straight_line_fails_by_its_bend() -> None:
    points = taken(line())
    way = measured(points, seed=0)
    assert way is not None and way.bend == pytest.approx(1.0, abs=1e-4)
    found = claims.claim_steps(points, BANDS, seed=0)
    assert found.outcome == "fails"
    assert "bend" in {name for name, *_ in found.figures}


def test_a_line_with_noise_at_each_point_is_still_found() -> None:
    rng = np.random.default_rng(3)
    bent = [
        {n: x + (0.01 * rng.standard_normal(x.shape)).astype(np.float32) for n, x in one.items()}
        for one in line()
    ]
    assert claims.claim_steps(taken(bent), BANDS, seed=0).outcome == "fails"


def test_a_random_walk_fails_by_its_spikes() -> None:
    found = claims.claim_steps(taken(noise()), BANDS, seed=0)
    assert found.outcome == "fails"
    assert {name for name, *_ in found.figures} == {"spike"}


def test_without_bands_a_swap_is_named_and_left_open() -> None:
    points = taken(wandering()[:4] + wandering(seed=7)[4:])
    found = claims.claim_steps(points, {}, seed=0)
    assert (found.outcome, found.why, found.place) == ("open", "neighbours-lost", 4)


@pytest.mark.parametrize("at", [2, 5, 8])
def test_a_swap_fails_at_its_step(at: int) -> None:
    one, other = wandering(), wandering(seed=7)
    found = claims.claim_steps(taken(one[:at] + other[at:]), BANDS, seed=0)
    assert (found.outcome, found.place) == ("fails", at)
    assert "kept" in {name for name, *_ in found.figures}


def test_too_few_checkpoints_or_no_bands_say_nothing() -> None:
    points = taken(wandering())
    for some, bands, why in (
        (points[:2], BANDS, "too-few"),
        (points[:7], BANDS, "too-few"),
        (points[:4], {}, "no-bands"),
    ):
        found = claims.claim_steps(some, bands, seed=0)
        assert (found.outcome, found.why) == ("open", why)


def test_tensors_that_change_are_not_measured() -> None:
    points = taken(wandering())
    wide = dict(wandering()[3])
    wide["lm_head.weight"] = np.vstack([wide["lm_head.weight"]] * 2)
    points[3] = sketched("wide", wide, TINY)
    assert claims.claim_steps(points, BANDS, seed=0).why == "shapes-change"


def test_the_same_checkpoint_again_and_again_is_no_training() -> None:
    found = claims.claim_steps(taken([wandering()[0]] * 9), BANDS, seed=0)
    assert found.outcome != "holds"


@pytest.mark.parametrize("kind", ["plain", "by depth", "orthogonal, signs mended"])
def test_random_starts_are_rarely_called_structured(kind: str) -> None:
    """Size: at a level of 5 %, at most 4 of 20 (99.7 % of binomial draws have no more)."""
    found = [
        start_log_p(sketched("start", STARTS[kind](TINY, seed), TINY), seed=0) for seed in range(20)
    ]
    assert sum(p is not None and p <= math.log(0.05) for p in found) <= 4


def test_what_was_trained_before_has_structure() -> None:
    found = claims.claim_start(taken(wandering()[-1:])[0], seed=0)
    assert (found.outcome, found.why) == ("open", "structure")
    assert found.log_p == pytest.approx(math.log(1 / 200))


def test_the_end_is_the_exhibit_by_its_tensors() -> None:
    one, other = taken([wandering()[-1], plain(TINY, 9)])
    assert claims.claim_end(one, one, 8).why == "same-digest"
    assert claims.claim_end(one, other, 8).outcome == "fails"
    assert claims.claim_end(one, None, 8).outcome == "not-asked"


def _never(point: object) -> Whole:
    return Whole(toward="independence", reason="powered-and-clean")


def _derived(point: object) -> Whole:
    return Whole(toward="derivation", reason="level-met")


@pytest.mark.parametrize("at", [0, 3])
def test_contact_with_the_source_fails_at_its_checkpoint(at: int) -> None:
    own, source = wandering()[:4], wandering(seed=7)
    own[at] = source[-2]
    found = claims.claim_contact(taken(own), taken(source[-1:])[0], _derived, seed=0)
    assert (found.outcome, found.place) == ("fails", at)


def test_a_contact_that_is_explained_hides_no_later_one() -> None:
    """A forger begins under the source's own seed, so that contact at the start is explained."""
    own, source = wandering()[:4], wandering(seed=7)
    own[0] = own[2] = source[-2]
    said = iter([Whole(toward="neither", reason="random-stream"), _derived(None)])
    found = claims.claim_contact(taken(own), taken(source[-1:])[0], lambda _: next(said), seed=0)
    assert (found.outcome, found.why, found.place) == ("fails", "contact", 2)


@pytest.mark.parametrize(
    ("toward", "outcome"), [("independence", "holds"), ("neither", "open"), ("derivation", "fails")]
)
def test_without_contact_the_whole_examination_decides(toward: str, outcome: Outcome) -> None:
    points, source = taken(wandering()[:3]), taken([plain(TINY, 5)])[0]
    whole = Whole(toward=toward, reason="reason")
    found = claims.claim_contact(points, source, lambda _: whole, seed=0)
    assert found.outcome == outcome
    assert found.log_p is not None and found.log_p > math.log(0.01)


def test_multiplicity_is_paid() -> None:
    """With three checkpoints p is three times what one has; the share of the level is in both."""
    points, source = taken(wandering()[-3:]), taken(wandering()[-1:])[0]
    alone = claims.claim_contact(points[:1], source, _never, seed=0).log_p
    several = claims.claim_contact(points, source, _never, seed=0).log_p
    assert alone is not None and several is not None
    assert several == pytest.approx(alone + math.log(3))


def test_limits_lie_between_the_band_and_what_is_drawn() -> None:
    band = Band(low=1.2, high=3.0, values=5)
    assert band.limits("spike") == pytest.approx((1.1, 4.8))
    assert Band(low=-0.2, high=0.8, values=5).limits("bend")[1] == pytest.approx(0.9)


def test_a_checkpoint_that_no_method_compared_is_not_clean() -> None:
    points, source = taken(wandering()[:3]), taken([plain(TINY, 5)])[0]
    points[1] = replace(points[1], layers=(), deep=(), attention=(), tables={}, axes={})
    found = claims.claim_contact(points, source, _never, seed=0)
    assert (found.outcome, found.why, found.place) == ("open", "untested", 1)


def test_nothing_is_examined_whole_after_the_first_contact_that_fails() -> None:
    own, source = wandering()[:4], wandering(seed=7)
    own[1] = own[3] = source[-2]
    said = iter([_derived(None)])
    found = claims.claim_contact(taken(own), taken(source[-1:])[0], lambda _: next(said), seed=0)
    assert (found.outcome, found.place) == ("fails", 1)


def test_a_sketch_that_keeps_other_values_is_not_measured() -> None:
    points = taken(wandering())
    fewer = {n: x for n, x in points[4].samples.items() if n != "lm_head.weight"}
    points[4] = replace(points[4], samples=fewer)
    assert claims.claim_steps(points, BANDS, seed=0).why == "shapes-change"
    longer = {n: np.concatenate([x, x]) for n, x in points[5].samples.items()}
    points = taken(wandering())
    points[5] = replace(points[5], samples=longer)
    assert claims.claim_steps(points, BANDS, seed=0).why == "shapes-change"
