"""Does shared-errors keep its size on open questions, answered in many ways of writing?

Stated rates: of the pairs of strangers at most 2 % have p <= .01 and 7 % p <= .05, and at most
4 % stand beyond z of 2.33, however strangers come to agree. All worlds and seeds:
docs/validation/outputs.md.
"""

import pytest

from validate_outputs.open_ended import WORLDS, measured, read_back


@pytest.mark.parametrize("world", ["usual", "strong misconceptions"])
def test_strangers_and_relatives(world: str) -> None:
    drawn = WORLDS[world].draw(7)
    answers = read_back(drawn, 7)
    assert answers.notes == ("answers read by literal/2 on 800 items",)
    for declared in (True, False):
        found = measured(answers, drawn, declared=declared)
        assert found["p_at_1"] <= 0.02 and found["p_at_5"] <= 0.07 and found["z_at_1"] <= 0.04
        assert found["auc"] >= (0.95 if world == "usual" else 0.85)


def test_the_way_of_writing_is_no_error() -> None:
    """The same population, written in other ways, has the same answers."""
    drawn = WORLDS["usual"].draw(8)
    plain, dressed = read_back(drawn, 1), read_back(drawn, 2)
    same = (plain.codes == plain.key) == (dressed.codes == dressed.key)
    assert same.mean() > 0.998  # the rest: an empty string without its quotes is no answer
