"""Do the figures of a study count what they say?"""

from pathlib import Path

import pytest

from filiation.model.ancestry import Ancestry
from filiation.model.study import Study
from filiation.model.validation import Criterion
from filiation.populations.criteria import validate_study
from filiation.populations.likelihoods import population_of
from populations.suite import posing, run


def test_a_false_alarm_is_counted(ancestry: Ancestry, sketches: dict[str, Path]) -> None:
    """A child that passes for an original is what a stranger taken for a relative looks like."""
    study = run(posing(ancestry, "noisy-0"), sketches)
    rule = Criterion(id="no-accusation", figure="alarms", at=1e-6, most=0.0)
    found = validate_study(study, [rule], "0" * 64)
    (regime,) = [r for r in found.regimes if r.regime == "same architecture and data"]
    # seen from its parent, and from the parent's permuted child
    assert regime.alarms[0].found == 2 and found.failed == ("no-accusation",)


def test_the_bound_of_independent_pairs_uses_each_family_once(study: Study) -> None:
    found = validate_study(study, [Criterion(id="x", figure="alarms", most=0.0)], "0" * 64)
    (regime,) = [r for r in found.regimes if r.regime == "same architecture and data"]
    alarm = regime.alarms[0]
    assert (regime.families, alarm.disjoint, alarm.found_disjoint) == (5, 2, 0)
    assert alarm.bound_disjoint == pytest.approx(1 - 0.05 ** (1 / 2))
    assert alarm.bound == pytest.approx(1 - 0.05 ** (1 / alarm.of))


def test_planting_everything_is_found_and_little_is_not(study: Study) -> None:
    planted = {p.share: p for p in study.planted}
    assert planted[1.0].found == planted[1.0].trials == 3
    assert planted[0.1].found < 3


def test_pairs_become_a_population(study: Study) -> None:
    population = population_of(study)
    related = [pair for pair in population.pairs if pair.related]
    assert {pair.regime for pair in related} >= {"noise", "units permuted"}
    assert len(population.pairs) == 36
