"""No forged history passes for one of training, but those whose way was true; contact finds these.

The honest ways are drawn, not trained: real ones are judged by `python -m trainings`.
"""

from functools import cache

import pytest

from filiation.examining.trainings import claims
from filiation.model.training import Whole
from size.shape import TINY
from training_history.walks import BANDS, taken, wandering
from trainings.forging import FAMILIES, STRENGTHS, Runs

TENTH = "a tenth of the units from point 5 on"
TRUE_WAYS = {
    "merged in slowly", "merged in slowly, 50 points", "the source's own history", TENTH,
}  # fmt: skip


@cache
def runs() -> Runs:
    return Runs(source=wandering(seed=7), own=wandering(seed=1), shape=TINY)


@pytest.mark.parametrize("strength", [0, 2], ids=[STRENGTHS[0], STRENGTHS[2]])
@pytest.mark.parametrize("name", sorted(set(FAMILIES) - TRUE_WAYS))
def test_a_forged_way_fails(name: str, strength: int) -> None:
    points = taken(FAMILIES[name](runs(), strength))
    found = claims.claim_steps(points, BANDS, seed=0)
    assert found.outcome == "fails", found.figures


@pytest.mark.parametrize("name", sorted(TRUE_WAYS))
def test_a_true_way_to_a_copy_is_found_by_contact(name: str) -> None:
    points = taken(FAMILIES[name](runs(), 0)[-2:])
    source = taken(runs().source[-1:])[0]
    whole = Whole(toward="derivation", reason="level-met")
    found = claims.claim_contact(points, source, lambda _: whole, seed=0)
    assert found.outcome == "fails"


@pytest.mark.parametrize("name", sorted(set(FAMILIES) - {TENTH}))
def test_every_forged_history_ends_in_the_copy_or_its_training(name: str) -> None:
    made = FAMILIES[name](runs(), 0)[-1]
    end = runs().source[-1]
    for part, values in made.items():
        assert values == pytest.approx(end[part], abs=0.3 * float(end[part].std()) + 1e-6)


def test_a_tenth_of_the_units_is_the_sources() -> None:
    end, source = FAMILIES[TENTH](runs(), 0)[-1], runs().source[-1]
    for part in source:
        if part.endswith("gate_proj.weight"):
            same = (end[part] == source[part]).all(axis=1)
            assert same.sum() == len(same) // 10, part
            assert same[: same.sum()].all()
