"""Which pairs does a study examine, wherever and however often it is run?"""

from pathlib import Path

import numpy as np
import pytest

from filiation.errors import PopulationError
from filiation.libraries.executor import InProcess, LocalPool
from filiation.libraries.journal import Journal
from filiation.model.ancestry import Ancestry
from filiation.model.study import Study, StudyPlan
from filiation.populations.study import OUTCOME
from populations.suite import run


def test_every_pair_is_examined_once_with_the_ancestor_as_source(
    ancestry: Ancestry, sketches: dict[str, Path], study: Study
) -> None:
    assert len(study.rows) == len(sketches) * (len(sketches) - 1) // 2
    assert len({frozenset((row.source, row.subject)) for row in study.rows}) == len(study.rows)
    for row in study.rows:
        if row.regime == "parent and child":
            assert row.source in ancestry.by_name[row.subject].parents
    found = {row.subject: row.combined for row in study.rows if row.operation == "noise"}
    assert len(found) == 3 and all(p is not None and p < np.log(1e-6) for p in found.values())


def test_where_it_runs_does_not_matter(ancestry: Ancestry, sketches: dict[str, Path]) -> None:
    some = {
        name: path for name, path in sketches.items() if name in ("base-0", "base-1", "noisy-0")
    }
    here = run(ancestry, some, executor=InProcess())
    there = run(ancestry, some, executor=LocalPool(workers=2))
    assert here.rows == there.rows and here.planted == there.planted


def test_a_killed_study_goes_on_and_ends_the_same(
    ancestry: Ancestry, sketches: dict[str, Path], study: Study, tmp_path: Path
) -> None:
    class Killed:
        done = 0

        def run(self, function, tasks):  # type: ignore[no-untyped-def]
            for index, task in enumerate(tasks):
                if index == 7:
                    raise KeyboardInterrupt
                self.done += 1
                yield index, function(*task)

    class Counting:
        done = 0

        def run(self, function, tasks):  # type: ignore[no-untyped-def]
            for index, task in enumerate(tasks):
                self.done += 1
                yield index, function(*task)

    def journal(key: str) -> Journal:  # type: ignore[type-arg]
        return Journal(tmp_path / "journal", key, OUTCOME)

    whole = study
    with pytest.raises(KeyboardInterrupt):
        run(ancestry, sketches, executor=Killed(), journal=journal)
    rest = Counting()
    again = run(ancestry, sketches, executor=rest, journal=journal)
    assert again.rows == whole.rows and again.planted == whole.planted
    assert rest.done == len(whole.rows) + sum(p.trials for p in whole.planted) - 7
    assert not (tmp_path / "journal").exists()


def test_a_journal_of_another_plan_is_not_used(
    ancestry: Ancestry, sketches: dict[str, Path], tmp_path: Path
) -> None:
    keys: list[str] = []

    def journal(key: str) -> Journal:  # type: ignore[type-arg]
        keys.append(key)
        return Journal(tmp_path / "journal", key, OUTCOME)

    some = {name: path for name, path in sketches.items() if name.startswith("base")}
    run(ancestry, some, journal=journal)
    run(ancestry, some, journal=journal, plan=StudyPlan(seed=1))
    assert keys[0] != keys[1]


def test_two_models_of_one_digest_are_refused_or_left_out(
    ancestry: Ancestry, sketches: dict[str, Path]
) -> None:
    doubled = {
        "base-0": sketches["base-0"],
        "base-1": sketches["base-0"],
        "base-2": sketches["base-2"],
    }
    with pytest.raises(PopulationError, match="base-0 and base-1 are the same model"):
        run(ancestry, doubled)
    study = run(ancestry, doubled, plan=StudyPlan(same="leave out"))
    assert "base-1 is the same model as base-0 and was left out" in study.left_out
    assert [
        (row.source, row.subject) for row in study.rows if "base-1" in (row.source, row.subject)
    ] == []


def test_what_is_missing_is_said(ancestry: Ancestry, sketches: dict[str, Path]) -> None:
    some = {name: path for name, path in sketches.items() if name != "base-4"}
    assert "left out: base-4" in run(ancestry, some).left_out


def test_one_model_is_no_population(ancestry: Ancestry, sketches: dict[str, Path]) -> None:
    with pytest.raises(PopulationError, match="1 models, expected at least two"):
        run(ancestry, {"base-0": sketches["base-0"]})
