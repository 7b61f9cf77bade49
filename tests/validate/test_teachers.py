"""Before and after, and the place of a teacher: what the page says of them in words."""

import numpy as np
import pytest

from filiation.methods.answers.texts import PairValues
from filiation.numerics.pairs.movement import movement, p_moved
from filiation.numerics.rng import stream
from validate_outputs import before_after, teachers
from validate_outputs.shared import shared


def test_what_was_kept_is_no_movement_and_a_common_answer_weighs_nothing() -> None:
    others = np.array([[1, 2, 3, 4], [1, 9, 9, 4], [1, 9, 9, 9]])
    moved = movement(np.array([1, 0, 3, 5]), np.array([1, 2, 0, 4]), others)
    assert moved[:, 0].tolist() == [0.0, 0.0, 0.0]
    assert moved[0, 1] == pytest.approx(np.log(4))
    assert moved[0, 2] == pytest.approx(-np.log(4))
    assert moved[0, 3] == moved[1, 3] == pytest.approx(np.log(2))


def test_ties_count_against_the_accusation() -> None:
    moved = np.ones((5, 50))
    assert p_moved(moved, stream(0, "ties")) == 1.0


@pytest.mark.parametrize("kind", ["nobody", before_after.USUAL, "a control"])
def test_a_model_that_did_not_learn_from_the_source_is_not_accused(kind: str) -> None:
    rng = stream(3, "size", kind)
    found = [
        p_moved(movement(*before_after.simulated(kind, 0.4, 0.5, rng)), rng) for _ in range(20)
    ]
    assert min(found) > 1 / before_after.MODELS
    assert np.mean(np.array(found) <= 0.25) <= 0.25


def test_one_that_did_is_found() -> None:
    rng = stream(3, "power")
    moved = movement(*before_after.simulated("the source", 0.3, 0.5, rng))
    assert p_moved(moved, rng) == pytest.approx(1 / before_after.MODELS)


def test_a_place_counts_ties_and_siblings_apart() -> None:
    names = [f"{teachers.STUDENTS}a", f"{teachers.STUDENTS}b", teachers.TEACHER]
    names += [f"m{n}" for n in range(8)]
    rng = np.random.default_rng(0)
    values = rng.normal(size=(11, 11)) * 0.1
    values = values + values.T
    values[0, 1] = values[1, 0] = 3.0  # siblings
    values[0, 2] = values[2, 0] = 2.0  # a student and its teacher
    values[1, 2] = values[2, 1] = -3.0
    flat = np.full((11, 11), 1e-3)
    table = PairValues(values=values, noise=flat, items=np.full((11, 11), 99))
    first, second = teachers.places(table, names)
    assert first[:2] == (2, 1)
    assert second[:2] == (10, 9)
    assert first[2] > 3 > -3 > second[2]


def test_versions_of_a_teacher_are_one_candidate_and_kin_are_none() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(12, 12)) * 0.1
    values = values + values.T
    for row, height in ((1, 2.0), (2, 1.5), (3, 0.5), (4, 5.0)):
        values[0, row] = values[row, 0] = height
    kin = np.array(["s", "t", "t", *(f"m{n}" for n in range(3, 12))])
    flat = np.full((12, 12), 1e-3)
    table = PairValues(values=values, noise=flat, items=np.full((12, 12), 99))
    assert teachers.place_of([1, 2], 0, kin, table)[:2] == (2, 10)
    kin[4] = "s"
    assert teachers.place_of([1, 2], 0, kin, table)[:2] == (1, 9)


@pytest.mark.validate
@pytest.mark.skipif(not shared("wildbench.jsonl.xz").is_file(), reason="needs the shared answers")
def test_siblings_stand_before_the_teacher_in_the_wording_of_wildbench() -> None:
    from filiation.methods.answers.texts import align
    from filiation.methods.answers.wording import shared_wording

    aligned = align(teachers.load(shared("wildbench.jsonl.xz")), seed=0)
    table, _ = shared_wording(aligned, 200)
    found = list(teachers.places(table, aligned.names))
    assert all(place >= 6 and others > 1 for place, others, _ in found)
