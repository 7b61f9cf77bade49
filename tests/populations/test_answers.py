"""Are recorded answers examined in the same way as weights?"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from filiation.errors import PopulationError
from filiation.methods import methods_for
from filiation.model.ancestry import Ancestry
from filiation.model.study import Outcome, Study, StudyPlan
from filiation.model.validation import Criterion
from filiation.populations.answers import RecordedAnswers, controls_of
from filiation.populations.criteria import validate_study
from filiation.populations.likelihoods import population_of
from populations.suite import posing, run, said


def test_recorded_answers_are_examined_in_the_same_way(
    ancestry: Ancestry, sketches: dict[str, Path], tmp_path: Path
) -> None:
    names = ["base-0", "noisy-0", *sorted(set(sketches) - {"base-0", "noisy-0", "permuted"})]
    file = said(names, tmp_path / "recordings")
    six_controls = posing(ancestry, "noisy-1", "noisy-2")
    study = run(six_controls, sketches, recordings=file.parent)
    assert study.outputs == tuple(method.id for method in methods_for("answers"))
    place = study.methods.index(
        next(m.id for m in methods_for("answers") if m.id.startswith("shared-errors"))
    )
    found = {(row.source, row.subject): row.outcomes[place] for row in study.rows}
    copied = found["base-0", "noisy-0"]
    assert copied.log_p is not None and copied.log_p < np.log(0.05)  # six controls support no less
    assert copied.value == max(o.value for o in found.values() if o.value is not None)
    assert found["base-0", "permuted"].absent == "inapplicable"  # it was not recorded
    population = population_of(study)
    channels = {method.id: method.channel for method in population.methods}
    assert channels[study.methods[place]] == "outputs"


def test_a_battery_is_read_by_the_methods_that_the_plan_names(
    ancestry: Ancestry, sketches: dict[str, Path], tmp_path: Path
) -> None:
    names = sorted(set(sketches) - {"permuted"})
    said(names, tmp_path / "recordings")
    folder = tmp_path / "both"
    folder.mkdir()
    (tmp_path / "recordings").rename(folder / "choices")
    plan = StudyPlan(batteries={"choices": ("shared-errors", "sequential")}, controls=5)
    study = run(posing(ancestry, "noisy-1", "noisy-2"), sketches, recordings=folder, plan=plan)
    assert [m.partition("/")[0] for m in study.outputs] == ["shared-errors", "sequential"]
    assert {name for name, digests in study.recorded if digests} == set(names)
    answers = [row.outcomes[-2].absent for row in study.rows if "permuted" not in
             (row.source, row.subject)]  # fmt: skip
    assert set(answers) <= {"", "underpowered"} and "" in answers
    assert all((row.heard is None) == (row.outcomes[-2].log_p is None) for row in study.rows)


@pytest.mark.parametrize(
    ("batteries", "said_"),
    [
        ({}, "choices: a battery that the plan assigns to no method, expected one of none"),
        ({"choices": ("shared-errors", "telepathy")}, "there is no method telepathy"),
        ({"choices": ("traps",), "texts": ("traps",)}, "traps would read two batteries"),
    ],
)
def test_a_plan_that_does_not_fit_the_batteries_is_refused(
    ancestry: Ancestry,
    sketches: dict[str, Path],
    tmp_path: Path,
    batteries: dict[str, tuple[str, ...]],
    said_: str,
) -> None:
    for name in {"choices", *batteries}:
        said(["base-0", "base-1"], tmp_path / name)
    with pytest.raises(PopulationError, match=said_):
        run(ancestry, sketches, recordings=tmp_path, plan=StudyPlan(batteries=batteries))


def test_of_strangers_so_many_are_drawn_and_of_relatives_all(
    ancestry: Ancestry, sketches: dict[str, Path], tmp_path: Path
) -> None:
    folder = said(sorted(sketches), tmp_path / "recordings").parent
    study = run(ancestry, sketches, recordings=folder, plan=StudyPlan(answers=2, controls=5))
    drawn = [row for row in study.rows if row.outcomes[-1].absent != "not drawn"]
    assert sum(not row.outputs for row in drawn) == 2
    assert sum(row.outputs for row in drawn) == sum(row.outputs for row in study.rows) > 0
    assert "2 of 31 (same architecture and data)" in study.left_out


def test_controls_are_kin_to_neither_and_not_to_one_another(
    ancestry: Ancestry, sketches: dict[str, Path], tmp_path: Path
) -> None:
    folder = said(sorted(sketches), tmp_path / "recordings").parent
    answers = RecordedAnswers.of(folder, ancestry, sketches, StudyPlan(controls=16))
    assert answers is not None
    recordings = dict.fromkeys(sketches, None)
    for source, subject in (("base-0", "noisy-1"), ("permuted", "base-4")):
        drawn = controls_of(answers, source, subject, recordings, 0)  # type: ignore[arg-type]
        families = [f for name in (source, subject, *drawn) for f in ancestry.families(name)]
        assert len(set(families)) == len(families) == 5
        assert drawn == controls_of(answers, source, subject, recordings, 0)  # type: ignore[arg-type]


def test_controls_share_what_the_subject_or_its_ancestors_were_trained_on(
    ancestry: Ancestry, sketches: dict[str, Path], tmp_path: Path
) -> None:
    """What was permuted or made noisy learned nothing itself; what its parent learned counts."""
    folder = said(sorted(sketches), tmp_path / "recordings").parent
    tuned = {"base-2", "base-4"}  # noisy-2 learned from what base-2 did
    other = Ancestry(
        models=tuple(
            replace(o, data=("code",) if o.name in tuned else () if o.parents else ("prose",))
            for o in ancestry.models
        )
    )
    answers = RecordedAnswers.of(folder, other, sketches, StudyPlan(controls=1))
    assert answers is not None
    recordings = dict.fromkeys(sketches, None)
    for source, subject, apart, among in (
        ("base-0", "noisy-2", False, {"base-4"}),
        ("base-4", "noisy-0", True, {"base-2", "noisy-2"}),
    ):
        drawn = controls_of(answers, source, subject, recordings, 0, apart=apart)  # type: ignore[arg-type]
        assert drawn and set(drawn) <= among


def test_taught_pairs_are_not_innocent_of_their_answers(study: Study) -> None:
    """A student at a small p fails no criterion for answers; a stranger does."""
    method = next(m.id for m in methods_for("answers") if m.id.startswith("shared-errors"))
    outcome = Outcome(method=method, log_p=-9.0, value=5.0)
    rule = Criterion(id="x", figure="alarms", channel="outputs", at=0.01, most=0.0)
    for regime, subject, verdict in (
        ("student and teacher", "noisy-0", None),
        ("other architecture", "base-1", False),
    ):
        row = replace(
            study.rows[0], source="base-0", subject=subject, regime=regime,
            outputs=verdict is None, related=False, initial=False,
            outcomes=(*study.rows[0].outcomes, outcome), heard=-9.0,
        )  # fmt: skip
        described = replace(
            study, rows=(row,), methods=(*study.methods, method), outputs=(method,), planted=()
        )
        assert validate_study(described, [rule], "0" * 64).verdicts[0].passed is verdict


def test_recordings_of_nobody_in_the_population_are_refused(
    ancestry: Ancestry, sketches: dict[str, Path], tmp_path: Path
) -> None:
    file = said(["x", "y"], tmp_path / "recordings")
    with pytest.raises(PopulationError, match="expected some of models of the population"):
        run(ancestry, sketches, recordings=file.parent)
