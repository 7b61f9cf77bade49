import dataclasses
import math

import numpy as np
import pytest

from filiation.methods.answers.answers import code_answers
from filiation.methods.answers.answers_exchangeable import ExchangeableErrors
from filiation.methods.answers.answers_lineup import admit
from filiation.methods.answers.shared_errors import SharedErrors, _relatives
from filiation.methods.answers.shared_errors_reach import reach_among
from filiation.methods.answers.shared_errors_survey import ErrorPairs, survey_pairs
from filiation.model.finding import Absent, Finding, Inapplicable, Underpowered
from filiation.model.recording import Recording
from filiation.numerics.pairs.pair_model import HeldOut
from methods.answers.population import Population

RELATED = Population(models=14, items=800, children=((1, 0, 0.6),))
STRANGERS = Population(models=14, items=800)


def compare(
    recordings: list[Recording], families: dict[str, str] | None = None
) -> Finding | Absent:
    source, subject, *controls = recordings
    return SharedErrors().compare(source, subject, controls, families=families or {}, seed=0)


def test_a_child_is_found_and_stands_first_in_the_line_up() -> None:
    finding = compare(RELATED.recordings(1))
    assert isinstance(finding, Finding)
    assert finding.log_p == finding.null.log_floor < math.log(0.02)
    assert finding.lineup[0].who == "subject" and finding.lineup[0].z > 6
    assert len(finding.lineup) == 13
    assert finding.items == 800 and 0 < len(finding.instances) <= 12
    first = finding.instances[0]
    assert first.source == first.subject and first.rarity < first.of
    weights = [instance.weight for instance in finding.instances]
    assert weights == sorted(weights, reverse=True)


def test_a_stranger_is_not() -> None:
    finding = compare(STRANGERS.recordings(2))
    assert isinstance(finding, Finding) and finding.log_p > math.log(0.05)


def nothing_in_common(seed: int) -> list[Recording]:
    """A source that errs seldom and a subject that errs always, each as nobody else does."""
    source, subject, *controls = Population(models=24, open_values=12).recordings(seed)
    keys = [item.key for item in source.items]
    rng = np.random.default_rng(seed)
    slips = set(rng.choice(len(keys), 25, replace=False).tolist())
    astray = rng.random(len(keys)) < 0.9
    seldom = [str(1000 + n) if n in slips else key for n, key in enumerate(keys)]
    always = [str(5000 + n) if astray[n] else key for n, key in enumerate(keys)]
    return [
        dataclasses.replace(source, outputs=tuple(seldom)),
        dataclasses.replace(subject, outputs=tuple(always)),
        *controls,
    ]


@pytest.mark.parametrize("seed", range(3))
def test_who_has_no_error_in_common_shares_none_however_little_was_expected(seed: int) -> None:
    """Agreement with nobody predicts less than none: 0 of 23 alike stood at z 20, p .004."""
    recordings = nothing_in_common(seed)
    found = compare(recordings)
    assert isinstance(found, Finding) and "0 of them answered alike" in found.unit
    assert found.log_p > math.log(0.4)
    assert all(place.z <= 0 for place in found.lineup if place.who == "subject")
    survey = survey_pairs(code_answers(recordings), families={}, seed=0)
    assert isinstance(survey, ErrorPairs)
    assert survey.z[0, 1] <= 0.0 and survey.log_p[0, 1] > math.log(0.4)


def test_open_ended_answers_work_and_are_better_evidence() -> None:
    few = Population(models=12, items=150, open_values=40, children=((1, 0, 0.5),))
    finding = compare(few.recordings(3))
    assert isinstance(finding, Finding) and finding.lineup[0].who == "subject"
    assert finding.lineup[0].z > 4


def test_the_order_of_the_controls_moves_nothing() -> None:
    source, subject, *controls = RELATED.recordings(4)
    ways = [
        SharedErrors().compare(source, subject, c, families={}, seed=0)
        for c in (controls, controls[::-1])
    ]
    assert ways[0] == ways[1]


def test_a_family_declared_of_the_parties_moves_nothing() -> None:
    """Whatever was declared, this pair is the question: it is found, and found as it was."""
    recordings = RELATED.recordings(4)
    declared = compare(recordings, {r.name: "one" for r in recordings[:2]})
    assert isinstance(declared, Finding) and declared == compare(recordings)


def test_fewer_than_five_controls_are_too_few() -> None:
    found = compare(STRANGERS.recordings(5)[:6])
    assert isinstance(found, Underpowered)
    assert "4 independent controls, expected at least 5" in found.reason
    assert "1 in 21 at best, and 1 in 100 by itself takes 13" in found.reason


def test_controls_of_one_family_are_one_control() -> None:
    recordings = STRANGERS.recordings(6)[:8]
    found = compare(recordings, {f"model-{m}": "one" for m in range(2, 6)})
    assert isinstance(found, Underpowered) and "3 independent controls" in found.reason


def test_relatives_are_set_aside_with_reasons() -> None:
    population = dataclasses.replace(RELATED, children=((1, 0, 0.6), (2, 0, 0.9)))
    recordings = population.recordings(7)
    twin = dataclasses.replace(recordings[0], name="twin")
    found = compare([*recordings, twin], {"model-0": "one", "model-3": "one"})
    assert isinstance(found, Finding)
    reasons = {place.name: place.reason for place in found.lineup if place.who == "relative"}
    assert "the same recording as model-0" in reasons["twin"]
    assert "one family with model-0" in reasons["model-3"]
    assert "shares errors with model-0 as relatives do" in reasons["model-2"]
    assert found.lineup[0].who == "subject"


def test_a_control_without_answers_or_with_other_questions_is_harmless() -> None:
    recordings = RELATED.recordings(8)
    silent = dataclasses.replace(recordings[5], outputs=(None,) * 800)
    other = dataclasses.replace(
        recordings[6],
        items=tuple(dataclasses.replace(i, id=f"x{i.id}") for i in recordings[6].items),
    )
    found = compare([*recordings[:5], silent, other, *recordings[7:]])
    assert isinstance(found, Finding) and found.items == 800
    assert any("less than half of the items" in reason for reason in found.skipped)
    assert found.lineup[0].who == "subject"


def test_no_answers_at_all_is_inapplicable() -> None:
    recordings = STRANGERS.recordings(9)
    silent = dataclasses.replace(recordings[1], outputs=(None,) * 800)
    found = compare([recordings[0], silent, *recordings[2:]])
    assert isinstance(found, Inapplicable) and "no answer could be read" in found.reason


def test_too_few_joint_errors_are_underpowered() -> None:
    found = compare(dataclasses.replace(STRANGERS, items=12).recordings(10))
    assert isinstance(found, Underpowered) and "expected at least 20" in found.reason


def test_wrong_keys_are_reported_with_the_z_without_them() -> None:
    population = dataclasses.replace(RELATED, wrong_keys=0.15)
    found = compare(population.recordings(11))
    assert isinstance(found, Finding)
    assert any("a key that most able controls contradict" in reason for reason in found.skipped)


def test_a_source_that_never_errs_shares_nothing() -> None:
    recordings = STRANGERS.recordings(12)
    keys = tuple(item.key for item in recordings[0].items)
    perfect = dataclasses.replace(recordings[0], outputs=keys)
    assert isinstance(compare([perfect, *recordings[1:]]), Underpowered)


def test_all_models_equal_leaves_nothing_to_measure_by() -> None:
    one = STRANGERS.recordings(13)[0]
    clones = [
        dataclasses.replace(one, name=f"m{i}", outputs=("Z" if i == 99 else "B",) * 800)
        for i in range(9)
    ]
    assert not isinstance(compare(clones), Finding)


def test_survey_holds_every_pair() -> None:
    answers = code_answers(RELATED.recordings(14))
    survey = survey_pairs(answers, families={}, seed=0)
    assert isinstance(survey, ErrorPairs)
    off = ~np.eye(14, dtype=bool)
    assert np.isfinite(survey.z[off]).all() and np.isnan(np.diag(survey.z)).all()
    assert np.array_equal(survey.z, survey.z.T, equal_nan=True)
    assert np.nanargmax(survey.z) == 1
    assert survey.log_p[0, 1] == survey.log_floor
    assert survey.rank[0, 1] == pytest.approx(1 / 13)
    assert (survey.log_p[off] >= survey.log_floor).all() and (survey.log_p[off] <= 0).all()


def test_survey_of_too_few_is_underpowered() -> None:
    answers = code_answers(STRANGERS.recordings(15)[:5])
    assert isinstance(survey_pairs(answers, families={}, seed=0), Underpowered)


def test_the_exchangeable_baseline_is_exact_and_says_that_it_does_not_count() -> None:
    source, subject, *controls = RELATED.recordings(16)
    found = ExchangeableErrors().compare(source, subject, controls, families={}, seed=0)
    assert isinstance(found, Finding) and found.log_p < -20
    assert not found.counts and "context-only" in found.method
    assert "false for real models" in found.null.because


@pytest.mark.parametrize(("z", "relative"), [(16.0, False), (19.0, True)])
def test_how_close_a_relative_is_hangs_on_the_independent_controls(
    z: float, relative: bool
) -> None:
    """One in a million by Student's t: 17.8 with the six degrees that eight makers leave.

    Two controls of one maker are one: seven degrees would ask for 14.2, five for 24.8.
    """
    answers = code_answers(Population(models=11, items=40).recordings(0))
    known = np.full((11, 11), np.nan)
    known[1, 5] = z
    none = np.zeros((11, 11), dtype=bool)
    fit = HeldOut(z=known, rest=known, scatter=1.0, traits=0, stranger=none)
    family = np.array([9, 10, *range(8), 7])

    assert [one.name for one in _relatives(answers, fit, family)] == (
        [answers.models[5]] if relative else []
    )


def test_what_can_be_reached_does_not_hang_on_a_family_declared_of_the_parties() -> None:
    source, subject, *controls = RELATED.recordings(1)
    families = {one.name: "one maker" for one in (source, subject)}
    reach = [reach_among("m", (source, subject), controls, known) for known in ({}, families)]
    assert reach[0] == reach[1]


@pytest.mark.parametrize("name", ["{}", "  {} ", "{u}"])
def test_a_control_that_is_called_like_a_party_is_set_aside(name: str) -> None:
    """Also where only case and blanks tell the names apart: one model under two spellings."""
    source, subject, *controls = STRANGERS.recordings(2)
    called = name.format(subject.name, u=subject.name.swapcase())
    admitted = admit(source, subject, [dataclasses.replace(controls[0], name=called)], {})
    assert [(one.name, one.reason) for one in admitted.aside] == [
        (called, f"named like {subject.name}")
    ]
