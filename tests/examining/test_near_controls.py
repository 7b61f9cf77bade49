"""Are controls named that stand closer to a party, or to each other, than strangers do?"""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from filiation.examining.answers.near_controls import near
from filiation.model.finding import Finding, Likeness
from filiation.model.null import Calibrated

NAMES = ("source", "subject", *(f"m{n}" for n in range(12)))


def found(**closer: float) -> Finding:
    """A line-up of strangers, but for pairs such as `m3_source`."""
    draw = np.random.default_rng(4).normal(0.0, 1.0, (len(NAMES), len(NAMES)))
    rows = [[float(z) for z in draw[row, :row]] for row in range(len(NAMES))]
    for pair, z in closer.items():
        row, other = sorted((NAMES.index(name) for name in pair.split("_")), reverse=True)
        rows[row][other] = z
    return Finding(
        method="shared-errors/2;invented",
        observed=1.0,
        unit="agreements",
        null=Calibrated(controls=12, log_floor=math.log(1e-3), because="invented"),
        log_p=0.0,
        combination="none",
        likeness=Likeness(names=NAMES, z=tuple(map(tuple, rows))),
    )


@pytest.mark.parametrize("pair", ["m3_source", "m3_subject", "m3_m7"])
def test_a_control_that_is_close_is_named_with_whom_it_is_close_to(pair: str) -> None:
    (said,) = near([found(**{pair: 9.0})])
    one, other = pair.split("_")
    assert f"{one} and {other} (z 9.0)" in said or f"{other} and {one} (z 9.0)" in said
    assert "that little was found would then say nothing" in said


def test_strangers_and_the_pair_in_question_are_not_remarked_on() -> None:
    assert not [*near([found()])]
    assert not [*near([found(source_subject=30.0)])]


def test_what_does_not_count_is_not_looked_at() -> None:
    assert not [*near([replace(found(m3_source=9.0), counts=False)])]
    assert not [*near([replace(found(m3_source=9.0), likeness=None)])]


def test_no_more_than_three_pairs_are_named() -> None:
    (said,) = near([found(m3_source=9.0, m4_source=9.0, m5_source=9.0, m6_source=9.0, m7_m8=9.0)])
    assert "and 2 more pairs" in said


@pytest.mark.parametrize(("z", "told"), [(5.0, 0), (7.0, 1)])
def test_close_is_rare_over_all_pairs_by_a_tail_of_few_models(z: float, told: int) -> None:
    """Fourteen models leave ten degrees of freedom, and ninety pairs each an even share of .01."""
    assert bool(stats.t.sf(z, 10) <= 0.01 / 90) is bool(told)
    said = [*near([found(m3_source=z)])]
    assert len(said) == told
