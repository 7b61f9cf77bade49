"""Ways to test failing at the same items: what each holds against whom, and why none counts."""

import math

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.answers_pairs import family_numbers
from validate_outputs.failing_forms import FORMS, given_skills, log_ps
from validate_outputs.failing_size import company, mates_of, measured, whole
from validate_outputs.failing_worlds import DRAWN, answers_of, trained
from validate_outputs.held_out import RELATIVES, family_of, pairs_of

CONTROLS, DRAWS = 13, 12
ALONE = np.arange(CONTROLS + 2, dtype=np.int64)


def shares(world: str, level: float) -> dict[str, float]:
    """The share of line-ups of a drawn world with p at most the level, by way."""
    rows = [
        log_ps(DRAWN[world].draw(CONTROLS, np.random.default_rng((7, draw))), ALONE)
        for draw in range(DRAWS)
    ]
    return {form: float(np.mean([row[form] <= math.log(level) for row in rows])) for form in FORMS}


def test_texts_in_common_accuse_by_failing_and_not_by_wrong_answers() -> None:
    """This is why it does not count. Without an effect there would be nothing to be said."""
    innocent = shares("same texts, no control", 0.05)
    assert innocent["failing"] >= 0.4
    assert innocent["given the controls' skills"] >= 0.4
    assert innocent["wrong answers"] <= 0.2
    assert shares("strangers", 0.05)["failing"] <= 0.2
    assert shares("child", 0.01)["wrong answers"] >= 0.9


def partial(shared: float, held_by: int) -> float:
    """The first two rows' partial correlation, in deviations, where so many rows have a skill."""
    rng = np.random.default_rng(0)
    rows, skill = rng.normal(size=(15, 1000)), rng.normal(size=1000)
    rows[:held_by] += shared * skill
    return float(given_skills(rows, 2)[0, 1])


def test_a_skill_of_the_controls_is_taken_off_and_one_of_the_two_alone_is_not() -> None:
    assert partial(0.0, 0) < 3.0
    assert partial(0.7, 2) > 7.0
    assert partial(0.7, 15) < 0.5 * partial(0.7, 2)


def test_a_control_as_near_as_the_subject_clears_it() -> None:
    rng = np.random.default_rng(3)
    codes: NDArray[np.int64] = rng.integers(2, size=(CONTROLS + 2, 1200))
    codes[1] = np.where(rng.random(1200) < 0.6, codes[0], codes[1])
    near = log_ps(answers_of(codes), ALONE)["nearer than every control"]
    codes[5] = np.where(rng.random(1200) < 0.6, codes[0], codes[5])
    cleared = log_ps(answers_of(codes), ALONE)["nearer than every control"]
    assert near < math.log(1e-6)
    assert cleared > math.log(0.05)


def test_the_larger_p_is_never_below_either() -> None:
    found = log_ps(DRAWN["child"].draw(CONTROLS, np.random.default_rng(1)), ALONE)
    assert set(found) == set(FORMS)
    assert found["wrong answers and failing"] == max(found["wrong answers"], found["failing"])
    assert found["failing and nearer"] == max(found["failing"], found["nearer than every control"])


def test_nets_of_one_corpus_fail_alike_and_children_answer_alike() -> None:
    sets = dict(trained(3, 0, 1))
    agree = {kind: float(np.mean(one.codes[0] == one.codes[1])) for kind, one in sets.items()}
    assert list(sets) == [
        "other texts", "same texts, and all controls", "same texts, no control", "child",
    ]  # fmt: skip
    assert agree["child"] > agree["same texts, no control"] > 0.2
    assert all(0.2 < float(one.ability().mean()) < 0.8 for one in sets.values())


def test_controls_are_of_other_makers_and_of_as_many_as_there_are() -> None:
    family = np.array([0, 1, 2, 2, 2, 3, 3, 4, 1])
    rows = company(family, (0, 1), 5, [4, 3, 2, 8, 5, 6, 7])
    assert rows == [0, 1, 4, 5, 7, 3, 6]  # one of each first, then second ones; none of maker 1
    assert len(company(family, (0, 1), 9, range(9))) == 7  # no third one of a maker


def test_one_makers_pairs_are_neither_related_nor_strangers() -> None:
    names = sorted({name for group in RELATIVES for name in group})
    kin, far = pairs_of(names)
    makers = {name: family_of(name) for name in names}
    mates = mates_of(family_numbers(tuple(names), makers), kin)
    assert mates and not set(mates) & (set(kin) | set(far))
    assert len(mates) + len(kin) + len(far) == math.comb(len(names), 2)


def test_shares_are_of_line_ups_at_or_below_the_level() -> None:
    rows = [("one", 0.01), ("one", 0.02), ("other", 0.05), ("one", 0.06), ("one", 1.0)]
    told = list(measured((kind, dict.fromkeys(FORMS, math.log(p))) for kind, p in rows))
    assert told[:2] == ["  1: one (4)", "  2: other (1)"]
    assert told[3].endswith("    .500 / .250   1.000 / .000")
    assert len(told) == 3 + len(FORMS)


def test_in_a_whole_set_a_child_is_found_and_ways_are_all_told() -> None:
    answers = DRAWN["child"].draw(16, np.random.default_rng(0))
    strangers = [(2, 3), (4, 5), (6, 7), (8, 9)]
    told = list(whole(answers, np.array([*range(16), 14, 15]), [(0, 1)], strangers))
    assert [line[:28].strip() for line in told[2:]] == [
        "wrong answers", "failing", "both", "nearer than every control",
        "failing and nearer", "wrong, or failing and nearer",
    ]  # fmt: skip
    assert told[2].split()[2:4] == ["1.000", "1.00"]
